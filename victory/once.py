"""What may stand once only: when two names are the same, and what happens when one is taken meanwhile."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import wraps

from django.db import IntegrityError, OperationalError, connection, models
from django.db.models.functions import Lower


def lowered(texts: Sequence[str]) -> list[str]:
    """The texts as the database lowers them in its unique constraints; Python lowers some differently."""
    if not texts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(['LOWER(CAST(%s AS text))'] * len(texts))}", texts)
        return list(cursor.fetchone())


def by_lowered(rows: models.QuerySet, keys: Sequence[str], *, of: str = "name") -> dict[str, models.Model]:
    """Those of the rows that have one of these names, by the name as `lowered` gives it."""
    found = rows.annotate(lowered=Lower(of)).filter(lowered__in=keys)
    return {row.lowered: row for row in found}


MOST_TRIES = 3
"""Among several who write the same at the same moment, more than one try can come too late."""

DEADLOCK = "40P01"
"""What PostgreSQL calls two who wait for each other."""


def is_deadlock(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == DEADLOCK


def again_if_taken(write: Callable) -> Callable:
    """Try a write, atomic in itself, again where somebody else took its place meanwhile.

    The next try finds what the other one did, and can say so beside the field: a name that is taken now,
    or a row that is gone. Where two waited for each other, PostgreSQL ended one; the other is done by now.
    """

    @wraps(write)
    def try_again(*args, **kwargs):
        for left in reversed(range(MOST_TRIES)):
            token = _first_try.set(left == MOST_TRIES - 1)
            try:
                return write(*args, **kwargs)
            except (IntegrityError, OperationalError) as error:
                if not left or (isinstance(error, OperationalError) and not is_deadlock(error)):
                    raise
            finally:
                _first_try.reset(token)

    return try_again


_first_try: ContextVar[bool] = ContextVar("first_try", default=False)


def may_be_tried_again() -> bool:
    """Whether what the database refuses now is tried again: it need not be asked before."""
    return _first_try.get()
