"""Where the data lie: files for SQLite, and for PostgreSQL a server.

That is the one which is named, else one of our own for as long as is measured, as `.ci/run` starts it.
"""

import ctypes
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.installation import children_of


class Databases(Protocol):
    """Makes databases on one engine; each is known by its address."""

    def new(self) -> str:
        """An empty one."""

    def copy(self, original: str) -> str:
        """One in which the same stands; nobody may be using the original."""

    def gather_statistics(self):
        """Do what the engine does by itself some minutes after so much was written."""

    def processor(self) -> int:
        """The processor time, in nanoseconds, that processes of the engine's own have taken so far."""


@dataclass
class Files:
    """SQLite: the engine works inside of the process that asks."""

    folder: Path
    made: int = 0

    def new(self) -> str:
        self.made += 1
        return f"sqlite:///{self.folder}/{self.made}.sqlite3"

    def copy(self, original: str) -> str:
        copy = self.new()
        with closing(sqlite3.connect(path_of(original))) as link:
            link.execute("VACUUM INTO ?", [path_of(copy)])
        return copy

    def gather_statistics(self):
        pass

    def processor(self) -> int:
        return 0


def path_of(address: str) -> str:
    return address.removeprefix("sqlite:///")


@dataclass
class PostgreSQL:
    """A server in which databases are made for us, and taken away again."""

    url: str
    leader: int | None = None
    """The process that the others are children of, where it runs for us alone. Else they cannot be told."""
    made: list[str] = field(default_factory=list)

    def new(self) -> str:
        return self.copy("template0")

    def copy(self, original: str) -> str:
        name = f"winning_bench_{secrets.token_hex(4)}"
        with psycopg.connect(self.url, autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name} TEMPLATE {original.rpartition('/')[2]}")
        self.made.append(name)
        return self.address_of(name)

    def gather_statistics(self):
        for name in self.made:
            with psycopg.connect(self.address_of(name), autocommit=True) as link:
                link.execute("VACUUM ANALYZE")

    def address_of(self, database: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def drop_databases(self):
        with psycopg.connect(self.url, autocommit=True) as link:
            for name in self.made:
                link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def processor(self) -> int:
        return sum(map(processor_of, children_of(self.leader))) if self.leader else 0


def processor_of(process: int) -> int:
    """The processor time that another process has taken so far, in nanoseconds."""
    clock = ctypes.c_int()
    if ctypes.CDLL(None).clock_getcpuclockid(process, ctypes.byref(clock)):
        return 0  # it ended meanwhile
    return time.clock_gettime_ns(clock.value)


@contextmanager
def postgresql(named: str = "") -> Iterator[PostgreSQL | None]:
    """The server that is named, else one of our own; None where there is none to be had."""
    initdb = find_initdb()
    if named:
        server = PostgreSQL(named)
        try:
            yield server
        finally:
            server.drop_databases()
    elif initdb:
        with throw_away(initdb.parent) as server:
            yield server
    else:
        yield None


def find_initdb() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[-3].zfill(4))
    on_path = shutil.which("initdb")
    return found[-1] if found else Path(on_path) if on_path else None


@contextmanager
def throw_away(programs: Path) -> Iterator[PostgreSQL]:
    """It refuses to run as root, who therefore lets the user `postgres` run it."""
    is_root = os.geteuid() == 0
    as_somebody = ["runuser", "-u", "postgres", "--"] if is_root else []
    cluster = Path(tempfile.mkdtemp(prefix="winning-bench-"))
    if is_root:
        shutil.chown(cluster, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = cluster / "data"

    def run(program: str, *options: str):
        command = [*as_somebody, str(programs / program), "-D", str(data), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=cluster)

    try:
        run("initdb", "-U", "winning", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        where = f"-h 127.0.0.1 -p {port} -k {cluster}"
        run("pg_ctl", "-l", str(cluster / "log"), "--wait", "start", "-o", where)
        leader = int((data / "postmaster.pid").read_text().split()[0])
        yield PostgreSQL(f"postgres://winning@127.0.0.1:{port}/postgres", leader)
    finally:
        subprocess.run(
            [*as_somebody, str(programs / "pg_ctl"), "-D", str(data), "--mode=immediate", "stop"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=cluster,
        )
        shutil.rmtree(cluster, ignore_errors=True)
