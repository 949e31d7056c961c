"""Whoever has a workbook, and the houses that organizations form."""

import zoneinfo
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from itertools import chain, starmap
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from victory.tenancy import organizations_naming
from victory.trail import Line, all_or_nothing, note_organization


def check_time_zone(name):
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Write it like Europe/London."), params={"name": name}
        )


RESERVED_ADDRESSES = frozenset(
    [
        "account",
        "accounts",
        "admin",
        "api",
        "demo",
        "invitations",
        "kept",
        "mine",
        "new",
        "organizations",
        "restore",
        "static",
        "support",
    ]
)
"""What no organization is called in addresses: people would take it for a part of the application."""


def today_in(time_zone: str) -> date:
    """The day it is there."""
    return timezone.localdate(timezone=zoneinfo.ZoneInfo(time_zone))


class OrganizationQuerySet(models.QuerySet):
    def below(self, *tops: "Organization"):
        """Every unit below these, at any depth, without these themselves."""
        keys = [top.pk for top in tops]
        return self.filter(pk__in=RawSQL(_reached("SELECT id", keys, _BELOW), keys)).exclude(pk__in=keys)

    def due_for_deletion(self):
        """Those whose deletion was asked for, and the wait is over."""
        return self.filter(deleted_from__lte=timezone.now())

    def free_slug(self, wanted: str) -> str:
        """The address as wanted, or with the first number behind it that is free."""
        longest = self.model._meta.get_field("slug").max_length
        whole = slugify(wanted) or "workbook"
        slug = whole[:longest]
        number = 1
        while slug in RESERVED_ADDRESSES or self.filter(slug=slug).exists():
            number += 1
            slug = f"{whole[: longest - len(str(number)) - 1]}-{number}"
        return slug


_BELOW, _ABOVE = "unit.parent_id = reached.id", "unit.id = reached.parent_id"


def _reached(select: str, start: list[int] | str, step: str) -> str:
    """In SQL, what is asked of all that one step after another leads to from the start; a circle ends.

    The start are some keys, or what another query finds.
    """
    if not isinstance(start, str):
        start = ", ".join(["%s"] * len(start)) or "NULL"
    return (
        "WITH RECURSIVE reached(id, parent_id) AS ("
        f"SELECT id, parent_id FROM victory_organization WHERE id IN ({start})"
        f" UNION SELECT unit.id, unit.parent_id FROM victory_organization unit JOIN reached ON {step}"
        f") {select} FROM reached"
    )


def _parents_reached(start: list[int], step: str) -> dict[int, int | None]:
    """Where one step after another leads to from the start, each with its parent, in one query."""
    if not start:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_reached("SELECT id, parent_id", start, step), start)
        return dict(cursor.fetchall())


def _keys_of_house(key: int) -> list[int]:
    """All that belong to one house with an organization, itself included."""
    with connection.cursor() as cursor:
        cursor.execute(_reached("SELECT id", _reached("SELECT id", [key], _ABOVE), _BELOW), [key])
        return [key for (key,) in cursor.fetchall()]


def lines_above(units: Collection["Organization | UnitLine"]) -> dict[int, list[int]]:
    """By unit, the keys of all that it is part of, the nearest first; a circle ends."""
    parents = _parents_reached([unit.pk for unit in units], _ABOVE)
    return {unit.pk: _line_above(unit.pk, parents) for unit in units}


def keys_above(units: Collection["Organization"]) -> set[int]:
    """The keys of everything that one of these units is part of."""
    return set(chain.from_iterable(lines_above(units).values()))


def _line_above(key: int, parents: Mapping[int, int | None]) -> list[int]:
    line = []
    while (key := parents.get(key)) is not None and key not in line:
        line.append(key)
    return line


class Organization(models.Model):
    """Whoever has a workbook: a company, a department, a team or one person.

    From `deleted_from` on it may be deleted for good; until then that can be stopped. `revision` is what
    releases up to 2026-11 move on instead of `Revision`, and counts as long as one of them still serves.
    """

    WAIT = timedelta(days=14)
    """How long a deletion that was asked for can still be stopped."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("company")
        NON_PROFIT = "non-profit", _("non-profit")
        PUBLIC = "public", _("public body")
        DEPARTMENT = "department", _("department")
        FUNCTION = "function", _("function")
        TEAM = "team", _("team")
        PERSON = "person", _("person")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("address"), unique=True, help_text=_("stands in the address of every page: /o/address/")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COMPANY)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("part of")
    )
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[check_time_zone])
    currency = models.CharField(
        _("currency"), max_length=3, default="EUR", help_text=_("of figures in money")
    )
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    second_factor = models.BooleanField(
        _("second factor"),
        default=False,
        help_text=_("members see the workbook only once they sign in with a code or a passkey as well"),
    )
    deleted_from = models.DateTimeField(_("deleted from"), null=True, editable=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self):
        return self.name

    @all_or_nothing(savepoint=False)
    def save(self, **kwargs):
        before = _keys_of_house(self.pk) if self.pk else []
        super().save(**kwargs)
        # Others of its house name it on their pages, or show what is below them; some did before it left.
        for key in {*before, *_keys_of_house(self.pk), *organizations_naming(self)}:
            note_organization(key)

    @property
    def today(self) -> date:
        """The day it is where the organization works."""
        return today_in(self.time_zone)

    @cached_property
    def house(self) -> list[int]:
        """The keys of all that belong to one house with it, itself included."""
        return _keys_of_house(self.pk)

    def clean(self):
        if self.pk and self.parent_id and self.pk in _parents_reached([self.parent_id], _ABOVE):
            raise ValidationError({"parent": _("A unit cannot be part of itself.")})

    @property
    def state(self) -> "State":
        """Which state of its workbook stands."""
        try:
            revised = self.revised
        except Revision.DoesNotExist:
            revised = Revision()
        return State(self.revision, revised.structure, revised.number)


class State(NamedTuple):
    """One state of a workbook: while it is the same, all that is made of the workbook on a day is the same.

    While `earlier` and `structure` are the same, only single lines changed: those of the rows that were
    `touched` by a write with a higher number.
    """

    earlier: int
    structure: int
    number: int

    def __str__(self):
        return "-".join(map(str, self))

    @property
    def frame(self) -> tuple[int, int]:
        """What stays the same as long as only single lines change."""
        return self.earlier, self.structure


class UnitLine(NamedTuple):
    """An organization as it is read where hundreds stand on one page: flat, and only what is said of it."""

    pk: int
    name: str
    slug: str
    kind: str
    time_zone: str
    earlier: int
    structure: int | None
    number: int | None

    @classmethod
    def read(cls, organizations: OrganizationQuerySet) -> list["UnitLine"]:
        state = ("revision", "revised__structure", "revised__number")
        rows = organizations.values_list("pk", "name", "slug", "kind", "time_zone", *state)
        return list(starmap(cls, rows))

    @property
    def today(self) -> date:
        """The day it is where the organization works."""
        return today_in(self.time_zone)

    @property
    def state(self) -> State:
        """Which state of its workbook stands."""
        return State(self.earlier, self.structure or 0, self.number or 0)


class Revision(models.Model):
    """How often an organization's workbook was changed, so that what is made of it can be kept until then.

    `number` moves on with every write, in its transaction and as its last statement: whoever has read it has
    the changes, and no two writes wait for each other in a circle. `structure` is the number of the last
    write that may show on any line; one that shows on single lines leaves its number on these (see
    `metrics.models.Touch`).
    """

    organization = models.OneToOneField(
        Organization,
        models.CASCADE,
        primary_key=True,
        related_name="revised",
        verbose_name=_("organization"),
        db_constraint=False,  # releases that do not know this table still delete organizations
    )
    number = models.PositiveBigIntegerField(default=0, db_default=0)
    structure = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("revision of a workbook")
        verbose_name_plural = _("revisions of workbooks")

    def __str__(self):
        return str(self.number)

    @classmethod
    def move_on(cls, organization_id: int, *, anywhere: bool, lines: Collection[Line] = ()):
        """Count one more write, which shows anywhere or on these lines."""
        number = cls._following(organization_id, anywhere)
        if number is None:
            if not Organization.objects.filter(pk=organization_id).exists():
                return  # it was deleted for good
            cls.objects.bulk_create([cls(organization_id=organization_id)], ignore_conflicts=True)
            number = cls._following(organization_id, anywhere)
        if not anywhere:
            for model in {model for model, _key in lines}:
                model.touch([key for of, key in lines if of is model], number)

    @staticmethod
    def _following(organization_id: int, anywhere: bool) -> int | None:
        """The number of this write, or None where none was counted yet. Plain, since every save sends it."""
        structure = ", structure = number + 1" if anywhere else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE victory_revision SET number = number + 1{structure}"
                " WHERE organization_id = %s RETURNING number",
                [organization_id],
            )
            row = cursor.fetchone()
        return row and row[0]
