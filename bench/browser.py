"""Somebody who is signed in and asks for pages, and what each answer cost."""

import gzip
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from urllib.parse import urlencode

from bench.installation import LONGEST_ANSWER, Installation


@dataclass(frozen=True)
class Answer:
    """An answer, with what the server says of it (see `bench.meter`)."""

    status: int
    headers: dict[str, str]
    sent: bytes

    @property
    def processor(self) -> int:
        """Processor time, in nanoseconds."""
        return int(self.headers["x-bench-processor"])

    @property
    def database(self) -> int:
        """How long the database was waited for, in nanoseconds."""
        return int(self.headers["x-bench-database"])

    @property
    def queries(self) -> int:
        return int(self.headers["x-bench-queries"])

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.sent) if self.headers.get("content-encoding") == "gzip" else self.sent

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def saved(self) -> bool:
        return self.status == 200 and "x-saved" in self.headers


@dataclass
class Browser:
    """One person with a session, who asks one thing after the other."""

    installation: Installation
    token: str = ""
    link: HTTPConnection = None
    typed: dict[str, str] = field(default_factory=dict)
    """By metric, what was entered last for today."""
    numbers: count = field(default_factory=lambda: count(50))

    def __post_init__(self):
        self.link = HTTPConnection("127.0.0.1", self.installation.port, timeout=LONGEST_ANSWER)
        answer = self.get("/token/")
        self.token = answer.headers["set-cookie"].partition("csrftoken=")[2].partition(";")[0]

    def get(self, address: str, **headers: str) -> Answer:
        return self.send("GET", address, None, headers)

    def post(self, address: str, fields: dict) -> Answer:
        """As htmx does it."""
        typed = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        return self.send("POST", address, urlencode(fields), typed | {"X-CSRFToken": self.token})

    def send(self, method: str, address: str, body: str | None, headers: dict) -> Answer:
        here = f"https://127.0.0.1:{self.installation.port}"
        cookies = f"sessionid={self.installation.facts['session']}; csrftoken={self.token}"
        given = {
            "Accept-Encoding": "gzip",
            "X-Forwarded-Proto": "https",
            "Referer": f"{here}/",
            "Cookie": cookies,
        }
        self.link.request(method, address, body, given | headers)
        answer = self.link.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, answer.read())

    def enter_figure(self, slug: str, metric: int, today: str) -> Answer:
        """Enter a figure of today in step E, another one each time."""
        number = 50 + next(self.numbers) % 50
        key = f"{slug} {metric}"
        fields = {
            "on": today,
            "value": f"{number} %",
            "was": self.typed.get(key, ""),
            "note": "",
            "was_note": "",
        }
        answer = self.post(f"/o/{slug}/performance/{metric}/", fields)
        if not answer.saved:
            raise AssertionError(f"the figure was not saved: {answer.status} {answer.text[:2000]}")
        self.typed[key] = fields["value"]
        return answer
