"""New keys for the rows of an export: those in its file mean something in the file alone."""

from collections.abc import Iterable

from django.db import connection, models

IN_RESERVE = 100
"""How many keys are fetched at once for rows that were deleted before the export was written."""


def reserve_keys(model: type[models.Model], count: int) -> list[int]:
    """So many keys of the model's table that no row has, nor will have unasked; in their order."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [f'"{table}"', column, count],
            )
            return sorted(key for (key,) in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = found[0] if found else 0
        if found is None:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
        else:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last + count, table])
    return list(range(last + 1, last + count + 1))


class NewKeys:
    """Which key each row of the file gets here, also where the row itself is long gone."""

    def __init__(self):
        self._given: dict[tuple[str, int], int] = {}
        self._reserve: dict[str, list[int]] = {}

    def give(self, model: type[models.Model], keys: Iterable[int]):
        """Give new keys to these rows, in the order of their old ones."""
        old = sorted(set(keys))
        if old:
            new = reserve_keys(model, len(old))
            self._given |= {(model._meta.label_lower, key): new[n] for n, key in enumerate(old)}

    def __call__(self, model: type[models.Model], key: int) -> int:
        """The new key for that row of the file."""
        place = model._meta.label_lower, key
        if place not in self._given:
            self._given[place] = self._next(model)
        return self._given[place]

    def _next(self, model: type[models.Model]) -> int:
        reserve = self._reserve.setdefault(model._meta.label_lower, [])
        if not reserve:
            reserve += reversed(reserve_keys(model, IN_RESERVE))
        return reserve.pop()
