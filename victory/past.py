"""What a row was before: every change of it, from its history, as people read it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from victory.comparing import Piece, compare
from victory.models import Member, Organization
from victory.rows import WorkbookRow
from victory.trail import Verb

CHANGES_ON_A_PAGE = 20
SHORT = 60
"""Texts that are longer than this are compared word by word."""
SAID_OTHERWISE = {"id", "organization", "position", "version"}


def kinds() -> dict[str, type[WorkbookRow]]:
    """Every kind of row that has a history, by its word in addresses: `customer-right`, `metric`."""
    return {kind_of(model): model for model in apps.get_models() if issubclass(model, WorkbookRow)}


def kind_of(model: type[WorkbookRow]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", model.__name__).lower()


@dataclass(frozen=True)
class FieldChange:
    """What one field was and became; `pieces` where the two are texts to be compared word by word."""

    label: str
    before: str
    after: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Change:
    """What somebody did to the row at one time, ready to be shown. `key` is that of its state since then."""

    key: int
    when: str
    who: str
    verb: str
    fields: list[FieldChange]
    may_return: bool


@dataclass(frozen=True)
class Page:
    """Some of the changes of a row, the newest first; `earlier` is where the next ones begin."""

    changes: list[Change]
    earlier: int | None


def states_of(model: type[WorkbookRow], organization: Organization, pk: int) -> models.QuerySet:
    """Everything that the row has been, the newest first. History is not scoped, so it is asked for here."""
    return model.history.filter(organization=organization, id=pk).order_by("-history_id")


def changes_of(model: type[WorkbookRow], pk: int, *, organization: Organization, before: int | None) -> Page:
    """The changes of a row that were made before one of them, or the newest.

    A save that changed nothing of what people read is left out.
    """
    states = states_of(model, organization, pk)
    newest = states.values_list("history_id", flat=True).first()
    asked = states.filter(history_id__lt=before) if before else states
    records = list(asked.select_related("history_user")[: CHANGES_ON_A_PAGE + 1])
    reader = Reader(model, records, organization)
    shown = records[:CHANGES_ON_A_PAGE]
    earlier = shown[-1].history_id if len(records) > CHANGES_ON_A_PAGE else None
    pairs = pairwise([*records, None]) if earlier is None else pairwise(records)
    changes = [
        Change(
            key=record.history_id,
            when=date_format(timezone.localtime(record.history_date), "DATETIME_FORMAT"),
            who=reader.who(record),
            verb=verb_of(record, previous).label,
            fields=fields,
            may_return=record.history_type != "-" and record.history_id != newest,
        )
        for record, previous in pairs
        if (fields := list(reader.differences(previous, record))) or record.history_type != "~"
    ]
    return Page(changes, earlier)


def verb_of(record, previous) -> Verb:
    if record.history_type == "-":
        return Verb.DELETED
    if record.history_type == "~":
        return Verb.CHANGED
    return Verb.PUT_BACK if previous else Verb.ADDED


def as_it_was(record, organization: Organization) -> WorkbookRow:
    """The row as it stood then, not to be saved; what is derived from other rows is not in it."""
    tracked = {field.attname: getattr(record, field.attname) for field in record.tracked_fields}
    row = record.instance_type(**tracked)
    row.organization = organization
    return row


class Reader:
    """Puts states of one row into words. All rows they point to are read at once."""

    def __init__(self, model: type[WorkbookRow], records: Iterable, organization: Organization):
        self.organization = organization
        self.fields = [field for field in model.history.model.tracked_fields if is_told(field, model)]
        self.related = {
            related: Related(related, keys, organization) for related, keys in self._keys(records).items()
        }

    def _keys(self, records) -> dict[type[models.Model], set[int]]:
        keys = {Member: set()}
        for record in records:
            keys[Member].add(record.history_member_id)
            for field in self.fields:
                if field.is_relation:
                    keys.setdefault(field.related_model, set()).add(getattr(record, field.attname))
        return {related: found - {None} for related, found in keys.items()}

    def who(self, record) -> str:
        """Whoever wrote it, as they are called now."""
        return self.related[Member].name(record.history_member_id) or str(record.history_user or "")

    def differences(self, before, after) -> Iterator[FieldChange]:
        """Each field that is not as it was. A row that was deleted or put back is as it was then."""
        if after.history_type == "-":
            return
        for field in self.fields:
            was = getattr(before, field.attname) if before else None
            became = getattr(after, field.attname)
            if was == became:
                continue
            old = self.in_words(field, before, was) if before else ""
            new = self.in_words(field, after, became)
            if old != new:
                yield short_or_compared(str(field.verbose_name), old, new)

    def in_words(self, field: models.Field, record, value) -> str:
        """A field of a state as people read it: a choice by its label, another row by its name."""
        if value in (None, ""):
            return ""
        if field.is_relation:
            return self.related[field.related_model].name(value) or _("no longer here")
        return self.row_then(record).write_field(field.name) or plain_words(field, value)

    def row_then(self, record) -> WorkbookRow:
        """The row with those that it pointed to, all as they were: a figure in the unit of that time."""
        row = as_it_was(record, self.organization)
        for field in self.fields:
            if field.is_relation:
                related = self.related[field.related_model]
                setattr(row, field.name, related.then(getattr(record, field.attname), record.history_date))
        return row


def is_told(field: models.Field, model: type[WorkbookRow]) -> bool:
    """Whether the field says something to people that its row's history does not say elsewhere."""
    return field.name not in SAID_OTHERWISE and field.name not in model.unspoken


def short_or_compared(label: str, old: str, new: str) -> FieldChange:
    """From the one to the other; long texts are compared word by word."""
    long = bool(old and new) and max(len(old), len(new)) > SHORT
    return FieldChange(label[:1].upper() + label[1:], old, new, compare(old, new) if long else [])


def plain_words(field: models.Field, value) -> str:
    """A value without a row that knows better: in the words and the form of the language."""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, models.DateTimeField):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(field, models.DateField):
        return date_format(value)
    if isinstance(field, models.DecimalField):
        return number_format(value.normalize())
    return str(value)


class Related:
    """Rows of another table that a history points to: as they are now, and as they were."""

    def __init__(self, model: type[models.Model], keys: set[int], organization: Organization):
        self.organization = organization
        self.now = model.objects.in_bulk(keys) if keys else {}
        self.states = defaultdict(list)
        if keys and issubclass(model, WorkbookRow):
            for record in model.history.filter(organization=organization, id__in=keys).order_by("history_id"):
                self.states[record.id].append(record)

    def name(self, key: int | None) -> str:
        """What the row is called, or was called last; nothing where nobody knows."""
        if key in self.now:
            return str(self.now[key])
        try:
            return str(as_it_was(self.states[key][-1], self.organization)) if self.states[key] else ""
        except ObjectDoesNotExist:  # it was called after rows that are gone as well
            return ""

    def then(self, key: int | None, moment: datetime) -> models.Model | None:
        """The row as it was at that time; one whose history does not reach back, as it is now."""
        states = self.states[key]
        until = [state for state in states if state.history_date <= moment] or states[:1]
        return as_it_was(until[-1], self.organization) if until else self.now.get(key)
