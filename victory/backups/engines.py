"""The databases that can be backed up. A module for each says how it is written, read back and put back."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from victory.backups import postgresql, sqlite

ENGINES = {"sqlite": sqlite, "postgresql": postgresql}


def engine() -> ModuleType:
    """The one that `DATABASE_URL` names."""
    return ENGINES[connection.vendor]


@contextmanager
def one_moment() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, whose reads all see the same moment, and for which no writer waits."""
    seen = connection.copy()
    try:
        with seen.cursor() as cursor:
            cursor.execute(engine().BEGIN)
        yield seen
    finally:
        seen.close()
