"""The engine that Django calls: its own for SQLite, with a line in front of the one who writes.

SQLite has one writer at a time, and no line. Whoever comes while another writes sleeps, longer each time, up
to a tenth of a second, and who happens to ask at the right moment goes first: of four who saved without a
pause, one waited for more than a second now and then. Here the first in the line alone asks SQLite, a few
times in the thousandth of a second that a write takes; the others wait for the first at a lock of the
operating system, which wakes them in their turn.

Whoever takes over finds all caches cold, of SQLite as of the processor. So a turn is not one write: who
writes again and again goes on for some hundredths of a second, and eight write almost as much as one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from sqlite3 import SQLITE_BUSY
from time import monotonic, sleep

from django.db import OperationalError
from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.base import Database

__all__ = ["Database", "DatabaseWrapper"]

UNTOLD = 5.0
"""Seconds for which SQLite lets wait where `timeout` says nothing."""

SHORTEST, LONGEST = 0.0002, 0.005
"""Seconds until the first in the line asks again: a write takes about one thousandth of a second."""

TURN = 0.04
"""Seconds for which whoever got their turn begins another write without standing in line again."""

PATIENCE, QUIET, GLANCE = 0.02, 0.0015, 0.0005
"""Seconds for which the first in the line lets them go on; without a write for so long, they have stopped. It
looks that often: more often, it would keep them from writing.
"""


MOST_STATEMENTS, MOST_LETTERS = 500, 10_000
"""Of how many, and of how long ones, it is remembered how SQLite wants their placeholders."""


@lru_cache(MOST_STATEMENTS)
def with_marks(statement: str) -> str:
    return base.SQLiteCursorWrapper.convert_query(None, statement)


class Cursor(base.SQLiteCursorWrapper):
    """Sends statements without looking for their placeholders each time."""

    def convert_query(self, query, *, param_names=None):
        if param_names is None and len(query) <= MOST_LETTERS:
            return with_marks(query)
        return super().convert_query(query, param_names=param_names)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes its turn before a transaction. Reading never waits.

    A statement that writes outside of a transaction asks SQLite by itself, for as long as `timeout` says, and
    where others save without a pause it may wait for seconds. Whatever people save is in one.
    """

    _turn_ends = 0.0

    def get_new_connection(self, conn_params):
        try:
            return super().get_new_connection(conn_params)
        except Database.OperationalError as error:
            raise Database.OperationalError(f"{error}: {conn_params['database']} (DATABASE_URL)") from error

    def create_cursor(self, name=None):
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self):
        begun = monotonic()
        # Standing in line counts: behind a write that never ends, each gives up when their time is over.
        longest = self.settings_dict["OPTIONS"].get("timeout", UNTOLD)
        with self._answered_at_once(otherwise=longest):
            if begun < self._turn_ends and self._begins_at_once():
                return
            with self._first_in_line():
                if not self._begins_at_once():
                    with self.wrap_database_errors:
                        self._begin_as_soon_as_may_be(begun + longest)
        self._turn_ends = monotonic() + TURN

    def _begins_at_once(self) -> bool:
        """Whether nobody else is writing, so that the transaction has begun."""
        try:
            super()._start_transaction_under_autocommit()
        except OperationalError as error:
            if is_busy(error.__cause__):
                return False
            raise
        return True

    def _begin_as_soon_as_may_be(self, until: float):
        """Ask SQLite again and again. Past Django, which takes several times as long to hear a no."""
        begun = monotonic()
        self._let_them_go_on(begun)
        while True:
            now = monotonic()
            sleep(min(SHORTEST + (now - begun) / 20, LONGEST))
            try:
                self.connection.execute(f"BEGIN {self.transaction_mode}")
                return
            except Database.OperationalError as error:
                if not is_busy(error) or now > until:
                    raise

    def _let_them_go_on(self, begun: float):
        """Wait for as long as somebody else does write after write, up to a bound."""
        seen, since = None, begun
        while (now := monotonic()) - begun < PATIENCE and now - since < QUIET:
            version = self._version()
            if version != seen:
                seen, since = version, now
            sleep(GLANCE)

    def _version(self) -> int | None:
        """Another number after each write of somebody else; none where SQLite is busy for readers as well."""
        try:
            return self.connection.execute("PRAGMA data_version").fetchone()[0]
        except Database.OperationalError as error:
            if is_busy(error):
                return None
            raise

    @contextmanager
    def _first_in_line(self) -> Iterator[None]:
        """Until the write has begun. What is locked is the file of the log, which SQLite itself never locks.

        Without that file, or where files cannot be locked, there is no line: all ask SQLite. Whoever stands
        in line waits for as long as those before them do, each of whom gives up when their own time is over.
        """
        line = None
        try:
            with suppress(OSError):
                line = os.open(f"{self.settings_dict['NAME']}-wal", os.O_RDONLY)
                fcntl.flock(line, fcntl.LOCK_EX)
            yield
        finally:
            if line is not None:
                with suppress(OSError):
                    fcntl.flock(line, fcntl.LOCK_UN)  # a forked child would keep it otherwise
                os.close(line)

    @contextmanager
    def _answered_at_once(self, *, otherwise: float) -> Iterator[None]:
        """Let SQLite say at once that somebody else is writing, instead of sleeping longer each time."""
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {int(otherwise * 1000)}")


def is_busy(error: BaseException | None) -> bool:
    """Whether SQLite says, in one of its ways, that somebody else is writing."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == SQLITE_BUSY
