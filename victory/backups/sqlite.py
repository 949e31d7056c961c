"""SQLite: by its own backup, from a reader's view of the write-ahead log.

In that log a reader keeps the moment it began at, and writers go on beside it. Without the open
transaction the backup would begin anew at every write, and on a busy day never come to an end.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from victory.backups.refused import Refused, damaged
from victory.backups.tables import counted

NAME = "SQLite"
BEGIN = "BEGIN"
COMPRESS = True
LONGEST_WAIT = 60
"""Seconds in which somebody else has to finish their write."""


def dump(seen: BaseDatabaseWrapper, file: Path):
    """Write the database as it stood at the moment that is seen."""
    try:
        with closing(sqlite3.connect(file)) as copy:
            copy.execute("PRAGMA synchronous=OFF")  # what has to reach the disk is the backup that holds it
            seen.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # a single file, that opens where nobody may write
    except sqlite3.Error as error:
        raise Refused(f"SQLite could not copy the database: {error}") from error


def after(seen: BaseDatabaseWrapper):
    """Bring what was written meanwhile into the database, or the next person who saves waits for that."""
    with seen.cursor() as cursor:
        cursor.execute("COMMIT")
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def read_back(file: Path) -> dict[str, int]:
    """How many rows each table has in the file, all of which was read and found in order."""
    copy = _opened(file)
    try:
        with copy.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check(1)")
            (found,) = cursor.fetchone()
        if found != "ok":
            raise damaged(found)
        return counted(copy)
    except DatabaseError as error:
        raise damaged(error) from error
    finally:
        copy.close()


def is_empty() -> bool:
    """Whether there is no table. Where there is no file yet, it is not asked: that would make one."""
    return not Path(connection.settings_dict["NAME"]).exists() or not connection.introspection.table_names()


def load(file: Path):
    """Put the file in the place of all that is in the database, in one transaction.

    The file of the database stays the same: a process that has it open sees the other content, where a
    file that is exchanged beneath it would be damaged.
    """
    begun = time.monotonic()

    def give_up(status: int, remaining: int, total: int):
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > begun + LONGEST_WAIT:
            raise Refused("Somebody else is writing into the database. Stop the server first.")

    copy = _opened(file)
    try:
        copy.ensure_connection()
        connection.ensure_connection()
        copy.connection.backup(connection.connection, progress=give_up)
    except sqlite3.Error as error:
        raise Refused(f"SQLite did not take the backup in: {error}") from error
    finally:
        copy.close()
        connection.close()


def _opened(file: Path) -> BaseDatabaseWrapper:
    """A connection as Django makes them: its indexes are sorted by functions that SQLite does not know."""
    opened = connection.copy()
    opened.settings_dict["NAME"] = str(file)
    opened.settings_dict["OPTIONS"].pop("init_command", None)
    return opened
