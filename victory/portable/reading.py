"""Reading the file of an export: whether it is one at all, and what it holds."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from victory.models import Member, Organization
from victory.portable.tables import FORMAT, OF_THE_ORGANIZATION, VERSION, Part, Table, tables
from victory.portable.values import read_value

LARGEST_FILE = 5 * 1024 * 1024
"""Bytes taken through the page: what a worker takes in before it is stopped. The command takes any size."""


@dataclass(frozen=True)
class Package:
    """An export as its file tells it: rows as plain values, which nobody has checked yet."""

    written_at: datetime
    organization: dict[str, Any]
    part_of: str
    parts: dict[str, dict[Part, list[dict]]]

    def rows(self, table: Table, part: Part = "rows") -> list[dict]:
        return self.parts.get(table.label, {}).get(part, [])

    @cached_property
    def counts(self) -> list[tuple[str, int]]:
        """How many rows of which kind it holds, as people call them."""
        counts = [(table.name, len(self.rows(table))) for table in tables() if table.is_restored]
        return [(name, count) for name, count in counts if count]

    @property
    def people(self) -> list[str]:
        """The members it holds, who are invited anew."""
        return [str(row.get("name", "")) for row in self.rows(Table(Member))]


def read_package(content: bytes) -> Package:
    """What the file holds; raises ValidationError where it is not an export that can be taken in."""
    told = _read_json(content)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ValidationError(_("This file is not an export of an organization."))
    if told.get("version") != VERSION:
        raise ValidationError(_("This export was written by another version, which cannot be read here."))
    about = told.get("organization")
    if not isinstance(about, dict):
        raise _broken("organization")
    return Package(
        written_at=_read_moment(told.get("written_at")),
        organization={name: _read_own(name, about) for name in OF_THE_ORGANIZATION},
        part_of=about["part_of"] if isinstance(about.get("part_of"), str) else "",
        parts=_read_parts(told.get("tables")),
    )


def _broken(place: str) -> ValidationError:
    return ValidationError(
        _("This export is broken at “%(place)s”. Nothing was taken."), params={"place": place[:100]}
    )


def _read_json(content: bytes) -> Any:
    """The file as JSON, without what no database takes: NUL, half a character, a number with a point."""
    try:
        text = content.decode("utf-8-sig")
        told = json.loads(text, parse_float=_refuse_number, parse_constant=_refuse_number)
    except (ValueError, RecursionError) as error:
        raise ValidationError(_("This file cannot be read: it is not whole, or not an export.")) from error
    _check_texts(told)
    return told


def _refuse_number(text: str):
    raise ValueError(text)


def _check_texts(told: Any):
    waiting = [told]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and ("\0" in value or _is_torn(value)):
            raise _broken(ascii(value))


def _is_torn(text: str) -> bool:
    """Whether it holds half a character, which UTF-8 cannot write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _read_own(name: str, about: dict) -> Any:
    field = Organization._meta.get_field(name)
    try:
        value = read_value(field, about.get(name))
    except ValidationError as error:
        raise _broken(f"organization, {name}") from error
    if value == "":
        raise _broken(f"organization, {name}")
    return value


def _read_moment(text: Any) -> datetime:
    try:
        return read_value(Organization._meta.get_field("deleted_from"), text or "")
    except ValidationError as error:
        raise _broken("written_at") from error


def _read_parts(told: Any) -> dict[str, dict[Part, list[dict]]]:
    known = {table.label: table for table in tables()}
    if not isinstance(told, dict):
        raise _broken("tables")
    for label, parts in told.items():
        allowed = {"rows", "history"} if label in known and known[label].history else {"rows"}
        if label not in known or not isinstance(parts, dict) or not parts.keys() <= allowed:
            raise _broken(label)
        for part, rows in parts.items():
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise _broken(f"{label}, {part}")
    return told
