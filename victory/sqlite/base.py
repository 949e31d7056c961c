"""The engine that Django calls: its own for SQLite, with a line in front of the one who writes.

SQLite has one writer at a time, and no line. Whoever comes while another writes sleeps, longer each time, up
to a tenth of a second, and who happens to ask at the right moment goes first: of four who saved without a
pause, one waited for more than a second now and then. Here the first in the line alone asks SQLite, a few
times in the thousandth of a second that a write takes; the others wait for the first at a lock of the
operating system, which wakes them in their turn.
"""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
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


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes its turn before a transaction. Reading never waits.

    A statement that writes outside of a transaction asks SQLite by itself, for as long as `timeout` says, and
    where others save without a pause it may wait for seconds. Whatever people save is in one.
    """

    def get_new_connection(self, conn_params):
        try:
            return super().get_new_connection(conn_params)
        except Database.OperationalError as error:
            raise Database.OperationalError(f"{error}: {conn_params['database']} (DATABASE_URL)") from error

    def _start_transaction_under_autocommit(self):
        begun = monotonic()
        # Standing in line counts: behind a write that never ends, each gives up when their time is over.
        longest = self.settings_dict["OPTIONS"].get("timeout", UNTOLD)
        with self._first_in_line(), self._answered_at_once(otherwise=longest):
            try:
                return super()._start_transaction_under_autocommit()
            except OperationalError as error:
                if not is_busy(error.__cause__):
                    raise
            with self.wrap_database_errors:
                self._begin_as_soon_as_may_be(begun, begun + longest)

    def _begin_as_soon_as_may_be(self, begun: float, until: float):
        """Ask SQLite again and again. Past Django, which takes several times as long to hear a no."""
        while True:
            now = monotonic()
            sleep(min(SHORTEST + (now - begun) / 20, LONGEST))
            try:
                self.connection.execute(f"BEGIN {self.transaction_mode}")
                return
            except Database.OperationalError as error:
                if not is_busy(error) or now > until:
                    raise

    @contextmanager
    def _first_in_line(self) -> Iterator[None]:
        """Until the write has begun. What is locked is the file of the log, which SQLite itself never locks.

        Without that file, or where files cannot be locked, there is no line: all ask SQLite. Whoever stands
        in line waits for as long as those before them do, each of whom gives up when their own time is over.
        """
        with ExitStack() as stack:
            with suppress(OSError):
                log = stack.enter_context(Path(f"{self.settings_dict['NAME']}-wal").open("rb"))
                fcntl.flock(log, fcntl.LOCK_EX)
                stack.callback(fcntl.flock, log, fcntl.LOCK_UN)  # a forked child would keep it otherwise
            yield

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
