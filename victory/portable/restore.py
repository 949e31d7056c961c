"""Taking an export in as a new organization: with new keys, all of it or nothing.

The file comes from outside, and may be broken or made up. Every value is checked against the field that
it goes into; a reference leads to a row of the same file or the file is refused. So nothing in it can
reach another organization.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from victory.actions import make_admin_member
from victory.models import Deletion, Member, Organization, User
from victory.portable.keys import NewKeys
from victory.portable.reading import Package
from victory.portable.tables import Part, Table, is_key, names_organization, tables
from victory.portable.values import read_key, read_value
from victory.rows import WorkbookRow
from victory.tenancy import is_tenant_key, memberships_of, organization_scope
from victory.trail import Event, all_or_nothing, call_write

AT_ONCE = 500


@dataclass
class Restored:
    """What became of an export: the new organization, and what could not come along."""

    organization: Organization
    admin: Member | None = None
    cut_off: set[str] = field(default_factory=set)
    """Other organizations that it spoke of: what it was part of, and units that are its customers."""
    deletions_left_out: int = 0


@all_or_nothing()
def restore(*, package: Package, by: User) -> Restored:
    """Take the export in as a new organization, whose admin is the person who brings it.

    Raises ValidationError with a sentence for the person where the file cannot be taken.
    """
    restored = Restored(Organization(**package.organization))
    if package.part_of:
        restored.cut_off.add(package.part_of)
    restored.organization.name = told_apart(package.organization["name"], from_those_of=by)
    try:
        restored.organization.slug = Organization.objects.free_slug(restored.organization.slug)
        restored.organization.save()
        with organization_scope(restored.organization):
            Restoration(package, restored).write()
            restored.admin = make_admin_member(organization=restored.organization, user=by)
    except DatabaseError as error:
        raise ValidationError(
            _("This export contradicts itself: something is in it twice, or out of bounds.")
        ) from error
    stood = date_format(timezone.localtime(package.written_at), "DATETIME_FORMAT")
    detail = _("as it stood on %(when)s") % {"when": stood}
    call_write(Event.RESTORED, organization_id=restored.organization.pk, detail=detail)
    return restored


def told_apart(name: str, *, from_those_of: User) -> str:
    """The name, with a number behind it where the person has an organization of that name already."""
    taken = set(memberships_of(from_those_of).values_list("organization__name", flat=True))
    most = Organization._meta.get_field("name").max_length
    numbered = (f"{name[: most - 6]} ({number})" for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


def rehearse(*, package: Package, by: User) -> Restored:
    """What `restore` would do, which is really done and taken back. Raises ValidationError as it does."""
    with all_or_nothing() as write:
        restored = restore(package=package, by=by)
        write.take_back()
    return restored


class Restoration:
    """The rows of one package, on their way into the organization in scope."""

    def __init__(self, package: Package, restored: Restored):
        self.package, self.restored = package, restored
        self.tables = {table.label: table for table in tables() if table.is_restored}
        self.there: dict[type[models.Model], set[int]] = {}
        self.new_key = NewKeys()

    def write(self):
        for table in self.tables.values():
            self._give_keys(table)
        for table in self.tables.values():
            rows = list(self._read_rows(table))
            table.model.objects.bulk_create(rows, batch_size=AT_ONCE)
            if table.history:
                table.history.objects.bulk_create(self._read_history(table), batch_size=AT_ONCE)
        for table in self.tables.values():
            if issubclass(table.model, WorkbookRow):
                table.model.derive_anew()

    def _give_keys(self, table: Table):
        """New keys in the order of the old ones, so that what is sorted by them stays in its order."""
        rows = [self._key_of(row, table) for row in self.package.rows(table)]
        self.there[table.model] = set(rows)
        if len(self.there[table.model]) < len(rows):
            raise _wrong(table, _("two rows have the same key"))
        history = [self._key_of(row, table) for row in self.package.rows(table, "history")]
        self.new_key.give(table.model, [*rows, *history])

    def _key_of(self, row: dict, table: Table) -> int:
        try:
            return read_key(row.get("id"))
        except ValidationError as error:
            raise _wrong(table, *error.messages) from error

    def _read_rows(self, table: Table) -> Iterator[models.Model]:
        for row in sorted(self.package.rows(table), key=lambda row: row["id"]):
            if table.model is not Deletion:
                yield self._read(table, "rows", row, only=self.there)
            elif deletion := self._read_deletion(row):
                yield deletion
            else:
                self.restored.deletions_left_out += 1

    def _read_history(self, table: Table) -> Iterator[models.Model]:
        return (self._read(table, "history", row) for row in self.package.rows(table, "history"))

    def _read(self, table: Table, part: Part, row: dict, only=None) -> models.Model:
        """A row of the model, or of its history, with new keys.

        `only` holds the keys of the rows by model to which it may refer; without it, also to one that is
        long gone.
        """
        fields = table.fields_of(part)
        if unknown := row.keys() - {each.name for each in fields}:
            raise _wrong(table, _("there is no field of this name: %(name)s") % {"name": min(unknown)})
        values = {"organization_id": self.restored.organization.pk}
        for each in fields:
            try:
                values[each.attname] = self._value(each, row, table, only)
            except ValidationError as error:
                raise _wrong(table, each.name, *error.messages) from error
        try:
            table.model.take_in(values, lambda label, key: self.new_key(apps.get_model(label), read_key(key)))
        except ValidationError as error:
            raise _wrong(table, *error.messages) from error
        return (table.model if part == "rows" else table.history)(**values)

    def _value(self, each: models.Field, row: dict, table: Table, only) -> Any:
        if names_organization(each):
            if isinstance(row.get(each.name), str):
                self.restored.cut_off.add(row[each.name])
            return None
        if is_key(each):
            model = each.related_model or table.model
            if each.null and row.get(each.name) is None:
                return None
            key = read_key(row.get(each.name))
            if only is not None and is_tenant_key(each) and key not in only.get(model, ()):
                raise ValidationError(_("leads to a row that is not there"))
            return self.new_key(model, key)
        if each.name not in row:
            return each.get_default()
        return read_value(each, row[each.name])

    def _read_deletion(self, row: dict) -> Deletion | None:
        """The deletion with the rows that it can put back, or None where it can put nothing back."""
        deletion = self._read(Table(Deletion), "rows", row, only=self.there)
        try:
            rows = [self._read_deleted(each) for each in deletion.rows]
            deletion.cut = [self._read_cut(*each) for each in deletion.cut]
        except (ValidationError, KeyError, TypeError, ValueError, AttributeError):
            return None
        if not rows or rows[0] is None:
            return None
        deletion.rows = json.loads(serializers.serialize("json", filter(None, rows)))
        return deletion

    def _read_deleted(self, row: dict) -> models.Model | None:
        """A row that was deleted; None for one of a table that is not restored."""
        table = self.tables.get(str(row["model"]) if "model" in row else "")
        if table is None or table.model is Deletion:
            return None
        values = {name: value for name, value in row["fields"].items() if name != "organization"}
        return self._read(table, "rows", values | {"id": row.get("pk")})

    def _read_cut(self, label: str, key: int, name: str, value: int) -> list:
        """A reference that the deletion emptied: in which row, by which field, and where it led."""
        table = self.tables.get(label.lower())
        cut = {each.name: each for each in table.fields}.get(name) if table else None
        if cut is None or not is_tenant_key(cut) or not cut.null:
            raise ValidationError(_("is not a reference"))
        new = self.new_key(cut.related_model, read_key(value))
        return [table.model._meta.label, self.new_key(table.model, read_key(key)), name, new]


def _wrong(table: Table, *what: str) -> ValidationError:
    """The sentence for a file that cannot be taken, with the place where."""
    return ValidationError(
        _("This export cannot be taken: %(table)s, %(what)s. Nothing was taken."),
        params={"table": table.name, "what": Truncator(": ".join(map(str, what))).chars(200)},
    )
