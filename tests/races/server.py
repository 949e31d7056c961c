"""The application as a server of its own, on the database of the tests; and people who use it over HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from tests import factories
from victory.models import Organization, User
from victory.tenancy import Role

LONGEST_START = 60  # seconds


class Unanswered(Exception):
    """The server went away before it answered: whether it wrote is not known."""


@dataclass
class Server:
    """Several processes that serve the application, on one port, until they are stopped or killed."""

    application: str = "victory.wsgi"
    variables: dict[str, str] = field(default_factory=lambda: {"DEBUG": "1"})
    processes: int = 4
    options: tuple[str, ...] = ("--preload",)
    port: int = 0
    code: Path = settings.BASE_DIR
    process: subprocess.Popen | None = None

    def start(self):
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        command = ["-m", "gunicorn", self.application, "--workers", str(self.processes), *self.options]
        self.process = subprocess.Popen(
            [sys.executable, *command, "--bind", f"127.0.0.1:{self.port}", "--log-level", "error"],
            cwd=self.code,
            env=environment() | self.variables,
            start_new_session=True,  # so that all its processes can be killed at once
        )
        self.wait_until_it_answers()

    def wait_until_it_answers(self):
        end = time.monotonic() + LONGEST_START
        while time.monotonic() < end:
            try:
                return Person(self.port).get("/accounts/login/")
            except Unanswered:
                time.sleep(0.1)
        raise TimeoutError("the server did not start")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def environment() -> dict[str, str]:
    """What a process is told that works on the database of the tests."""
    shared = {"DATABASE_URL": database_url(), "CACHE_URL": settings.CACHE_URL}
    return os.environ | {"DEBUG": "1", "LOG_LEVEL": "ERROR"} | shared


def database_url() -> str:
    """Where the tests keep their rows."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    person = quote(known["USER"]) + (f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else "")
    return f"postgres://{person}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


@dataclass
class Answer:
    status: int
    text: str
    saved: bool
    trigger: str
    """What the page is told has happened."""


@dataclass
class Person:
    """A browser with a session of its own, whose requests are those of a page that uses htmx.

    They come through the proxy that ends HTTPS, where the server believes one.
    """

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str) -> Answer:
        return self.send("GET", address)

    def post(self, address: str, typed: dict) -> Answer:
        token = {"X-CSRFToken": self.cookies.get("csrftoken", "")}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", address, urlencode(typed), token | form)

    def send(self, method: str, address: str, body: str | None = None, headers=None) -> Answer:
        link = HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        through_proxy = {"X-Forwarded-Proto": "https", "Referer": f"https://127.0.0.1:{self.port}/"}
        of_all = {"Cookie": cookies, "HX-Request": "true"} | through_proxy
        try:
            link.request(method, address, body, of_all | (headers or {}))
            answer = link.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException) as gone:
            raise Unanswered from gone
        finally:
            link.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, text, "X-Saved" in answer.headers, answer.headers.get("HX-Trigger", ""))


def a_person(server: Server, organization: Organization, role: Role = Role.MANAGER) -> Person:
    """A member of the organization, signed in."""
    user: User = factories.UserFactory()
    factories.MemberFactory(organization=organization, user=user, role=role, name=user.name)
    client = Client()
    client.force_login(user)
    person = Person(
        server.port, {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    )
    person.get("/o/enfield/focus/rights/paste/")  # which hands out the token
    return person
