"""PostgreSQL: by its own programs, pg_dump, pg_restore and psql.

The password reaches them in the environment, where no other account can read it.
"""

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from victory.backups.refused import Refused, damaged

NAME = "PostgreSQL"
BEGIN = """
    BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL idle_in_transaction_session_timeout = 0
"""
COMPRESS = False  # it is already
LONGEST_WAIT = 60
"""Seconds in which somebody else has to let go of a table that they change as a whole."""


def dump(seen: BaseDatabaseWrapper, file: Path):
    """Write the database as it stood at the moment that is seen."""
    with seen.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        (moment,) = cursor.fetchone()
    # A migration could wait for us and pg_dump for the migration: it must not wait forever.
    wait = f"--lock-wait-timeout={LONGEST_WAIT}s"
    command = _program("pg_dump", "--format=custom", f"--snapshot={moment}", wait, f"--file={file}")
    done = subprocess.run([*command, *_where()], env=_environment(), capture_output=True, text=True)
    if done.returncode:
        raise Refused(done.stderr.strip())


def after(seen: BaseDatabaseWrapper):
    """Nothing was put off for the sake of the backup."""


def read_back(file: Path) -> dict[str, int]:
    """How many rows each table has in the file, all of which was read."""
    with tempfile.TemporaryFile() as said:
        reader = _reading(file, "--data-only", errors=said)
        with reader:
            counts = _rows_in(reader.stdout)
        if reader.returncode:
            raise damaged(_last_words(said))
    return counts


def is_empty() -> bool:
    """Whether there is no table."""
    return not connection.introspection.table_names()


def load(file: Path):
    """Put the file in the place of all tables, in one transaction."""
    with connection.cursor() as cursor:
        tables = ", ".join(map(connection.ops.quote_name, connection.introspection.table_names(cursor)))
    connection.close()
    begin = f"BEGIN; SET LOCAL lock_timeout = '{LONGEST_WAIT}s'; "
    begin += f"DROP TABLE {tables} CASCADE;\n" if tables else "\n"
    command = _program("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as said_by_reader:
        writer = subprocess.Popen(
            [*command, *_where()], env=_environment(), stdin=subprocess.PIPE, stderr=said
        )
        reader = _reading(file, "--no-owner", "--no-privileges", "--no-comments", errors=said_by_reader)
        try:
            with writer, reader:
                writer.stdin.write(begin.encode())
                shutil.copyfileobj(reader.stdout, writer.stdin, 1 << 20)
                # Without it, all stays as it was: half a file is taken back when psql comes to its end. Of
                # new tables PostgreSQL knows no size, and would read them as if they were small.
                if reader.wait() == 0:
                    writer.stdin.write(b"\nANALYZE;\nCOMMIT;\n")
        except BrokenPipeError:
            pass  # psql has stopped at an error, and says which
        if reader.returncode and not writer.returncode:
            raise damaged(_last_words(said_by_reader))
        if writer.returncode:
            raise Refused(f"PostgreSQL did not take the backup in: {_last_words(said)}")


def _rows_in(lines: Iterable[bytes]) -> Counter[str]:
    """Count the rows that a script brings, by table: each is a line between COPY and a full stop."""
    counts, table = Counter(), None
    for line in lines:
        if table is None and line.startswith(b"COPY "):
            table = line.decode().split(" ", 2)[1].rpartition(".")[2].strip('"')
        elif line == b"\\.\n":
            table = None
        elif table is not None:
            counts[table] += 1
    return counts


def _reading(file: Path, *parameters: str, errors: IO[bytes]) -> subprocess.Popen:
    """The file as a script in SQL, at the output of pg_restore."""
    command = _program("pg_restore", "--file=-", *parameters, str(file))
    return subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=errors)


def _program(name: str, *parameters: str) -> list[str]:
    if not shutil.which(name):
        raise Refused(
            f"{name} is missing. Install the client programs of PostgreSQL, at least as new as the server "
            "(on Debian: apt-get install postgresql-client)."
        )
    return [name, *parameters]


def _where() -> list[str]:
    """The database, as all three programs are told."""
    return connection.client.settings_to_cmd_args_env(connection.settings_dict, ["--no-password"])[0][1:]


def _environment() -> dict[str, str]:
    secrets = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])[1]
    return os.environ | (secrets or {})


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read()[-2000:].decode(errors="replace").strip() or "it says no more than that."
