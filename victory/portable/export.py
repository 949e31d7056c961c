"""Writing everything of an organization into one file."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TextIO

from django.db import connection, models
from django.utils import timezone

from victory.models import Deletion, Organization
from victory.portable.tables import (
    FORMAT,
    OF_THE_ORGANIZATION,
    VERSION,
    Table,
    exported_fields,
    names_organization,
    tables,
)
from victory.portable.values import plain
from victory.tenancy import organization_scope
from victory.trail import Event, all_or_nothing, call_write

AT_ONCE = 2000
"""How many rows are read from the database at a time."""


def write_export(organization: Organization, file: TextIO):
    """Write everything of the organization, as it stood at one moment, and note that it was exported."""
    with one_moment(), organization_scope(organization):
        for piece in _pieces(organization):
            file.write(piece)
        call_write(Event.EXPORTED, organization_id=organization.pk)


@contextmanager
def one_moment() -> Iterator[None]:
    """Let all reads see the same moment. On SQLite every transaction does."""
    outermost = not connection.in_atomic_block
    with all_or_nothing():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _pieces(organization: Organization) -> Iterator[str]:
    """The file piece by piece, so that no more than some rows of it are held at a time."""
    yield "{\n"
    for key, value in _about(organization).items():
        yield f"{json.dumps(key)}: {_dump(value)},\n"
    yield '"tables": {'
    for number, table in enumerate(tables()):
        yield f"{',' if number else ''}\n{json.dumps(table.label)}: "
        yield from _table(table, organization)
    yield "\n}}\n"


def _about(organization: Organization) -> dict:
    own = {name: getattr(organization, name) for name in OF_THE_ORGANIZATION}
    return {
        "format": FORMAT,
        "version": VERSION,
        "written_at": plain(timezone.now()),
        "organization": own | {"part_of": organization.parent and organization.parent.name},
    }


def _table(table: Table, organization: Organization) -> Iterator[str]:
    yield '{"rows": ['
    yield from _rows(table.model.objects.order_by("pk"))
    yield "]"
    if table.history:
        yield ', "history": ['
        yield from _rows(table.model.history.filter(organization=organization).order_by("history_id"))
        yield "]"
    yield "}"


def _rows(rows: models.QuerySet) -> Iterator[str]:
    fields = exported_fields(rows.model)
    writers = [(field.name, _writer(field)) for field in fields]
    separator = "\n"
    for values in rows.values_list(*(field.attname for field in fields)).iterator(AT_ONCE):
        row = {name: write(value) for (name, write), value in zip(writers, values, strict=True)}
        yield f"{separator}{_dump(row)}"
        separator = ",\n"


def _writer(field: models.Field) -> Callable[[Any], Any]:
    """How the values of a field are written."""
    if names_organization(field):
        return _name_of()
    if field.model is Deletion and field.name == "rows":
        return lambda rows: [_deleted(row) for row in rows]
    return plain


def _name_of() -> Callable[[int | None], str | None]:
    """The names of other organizations by their keys, each asked for once."""
    return cache(lambda key: Organization.objects.filter(pk=key).values_list("name", flat=True).first())


def _deleted(row: dict) -> dict:
    """A deleted row without what would not go along if it were there."""
    model = Deletion.model_of(row)
    if model is None:
        return row
    kept = {field.name: field for field in exported_fields(model)}
    values = {name: value for name, value in row["fields"].items() if name in kept}
    for field_name in values:
        if names_organization(kept[field_name]):
            values[field_name] = _name_of()(values[field_name])
    return row | {"fields": values}


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
