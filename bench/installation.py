"""An installation of its own: a database, what it is filled with, and the server of production on it."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
EMAIL = "bench@example.org"
PROCESSES = 2
LONGEST_START = 60
"""Seconds until the server has to answer."""
LONGEST_ANSWER = 300
"""Seconds for one answer: what is too slow is to be measured as well, on a machine that is busy."""


@dataclass
class Installation:
    """The application on one database, as in production; what it writes goes into a scratch directory."""

    name: str
    database: str
    scratch: Path
    port: int = 0
    server: subprocess.Popen | None = None
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(45))

    @cached_property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DEBUG": "0",
            "SECRET_KEY": self.secret,
            "ALLOWED_HOSTS": "127.0.0.1",
            "BEHIND_PROXY": "1",
            "DATABASE_URL": self.database,
            "BENCH_STATIC": str(self.scratch / "static"),
        }

    def run(self, *command: str, show: bool = False) -> str:
        """Run Python in it, and return what that said."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            check=True,
            text=True,
            stdout=None if show else subprocess.PIPE,
        )
        return done.stdout or ""

    def set_up(self):
        """Fill an empty database with the tables, and let somebody have an account."""
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        self.run("-m", "bench.facts", EMAIL)

    def generate(self, slug: str, organizations: int, metrics: int, measurements: int, parent: bool = False):
        sizes = {"organizations": organizations, "metrics": metrics, "measurements": measurements}
        options = [part for name, value in sizes.items() for part in (f"--{name}", str(value))]
        above = ["--parent"] if parent else []
        self.run("manage.py", "generate", "--slug", slug, "--admin", EMAIL, *options, *above, show=True)

    @cached_property
    def facts(self) -> dict:
        """A session, and the keys of what is there (see `bench.facts`)."""
        return json.loads(self.run("-m", "bench.facts", EMAIL))

    def start(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options = {
            "--workers": PROCESSES,
            "--bind": f"127.0.0.1:{self.port}",
            "--log-level": "error",
            "--timeout": LONGEST_ANSWER,
        }
        with open(self.scratch / f"{self.name}.log", "ab") as log:
            self.server = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "victory.wsgi"),
                    *(str(part) for option in options.items() for part in option),
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self.wait_until_it_answers()

    def wait_until_it_answers(self):
        end = time.monotonic() + LONGEST_START
        while time.monotonic() < end and self.server.poll() is None:
            try:
                with urlopen(Request(f"http://127.0.0.1:{self.port}/readyz"), timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"The server did not start; see {self.scratch / self.name}.log")

    def stop(self):
        if self.server:
            self.server.terminate()
            self.server.wait(timeout=30)
            self.server = None

    def __enter__(self) -> "Installation":
        self.start()
        return self

    def __exit__(self, *failure):
        self.stop()

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        return children_of(self.server.pid)


def children_of(parent: int) -> list[int]:
    """The processes that this one started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(after_name[1]) == parent:
            found.append(int(path.parent.name))
    return found
