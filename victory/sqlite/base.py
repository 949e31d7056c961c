"""The engine that Django calls: its own for SQLite, with a line in front of the one who writes.

SQLite has one writer at a time, and no line. Whoever comes while another writes sleeps, longer each time, up
to a tenth of a second, and who happens to ask at the right moment goes first: of four who saved without a
pause, one waited for more than a second now and then. Here the first in the line alone asks SQLite; the
others wait for the first at a lock of the operating system, which wakes them in their turn.
"""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.base import Database

__all__ = ["Database", "DatabaseWrapper"]

UNTOLD = 5.0
"""Seconds for which SQLite lets wait where `timeout` says nothing."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes its turn before a transaction. Reading never waits.

    A statement that writes outside of a transaction, such as the one that counts a try to sign in, asks
    SQLite by itself, for as long as `timeout` says. Whatever people save is in one.
    """

    def get_new_connection(self, conn_params):
        try:
            return super().get_new_connection(conn_params)
        except Database.OperationalError as error:
            raise Database.OperationalError(f"{error}: {conn_params['database']} (DATABASE_URL)") from error

    def _start_transaction_under_autocommit(self):
        begun = monotonic()
        with self._first_in_line():
            longest = self.settings_dict["OPTIONS"].get("timeout", UNTOLD)
            # Standing in line counts: behind a write that never ends, each gives up when their time is over.
            with self._waiting_for(longest - (monotonic() - begun), otherwise=longest):
                super()._start_transaction_under_autocommit()

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
    def _waiting_for(self, seconds: float, *, otherwise: float) -> Iterator[None]:
        """Let SQLite wait for so long, for this once."""
        self.connection.execute(f"PRAGMA busy_timeout = {max(0, int(seconds * 1000))}")
        try:
            yield
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {int(otherwise * 1000)}")
