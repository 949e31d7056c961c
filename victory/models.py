"""People, organizations and what step W writes down."""

import zoneinfo
from collections.abc import Collection, Mapping
from datetime import date
from itertools import chain

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from victory.tenancy import OrganizationModel, Role, WorkbookRow, scoped


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """Somebody who signs in, by e-mail. What they may do is said by their memberships."""

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    def __str__(self):
        return self.name or self.email

    def clean(self):
        super().clean()
        self.email = self.email.lower()  # as `create_user` and the sign-in do

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)


def check_time_zone(name):
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Write it like Europe/London."), params={"name": name}
        )


class OrganizationQuerySet(models.QuerySet):
    def below(self, *tops: "Organization"):
        """Every unit below these, at any depth, without these themselves."""
        keys = [top.pk for top in tops]
        return self.filter(pk__in=_keys_reached(keys, _BELOW)).exclude(pk__in=keys)

    def above(self, *units: "Organization"):
        """Everything that these units are part of, and these themselves."""
        return self.filter(pk__in=_keys_reached([unit.pk for unit in units], _ABOVE))


_BELOW = "SELECT unit.id FROM victory_organization unit JOIN reached ON unit.parent_id = reached.id"
_ABOVE = (
    "SELECT unit.parent_id FROM victory_organization unit JOIN reached ON unit.id = reached.id"
    " WHERE unit.parent_id IS NOT NULL"
)


def _keys_reached(start: list[int], step: str) -> list[int]:
    """Where one step after another leads to from the start, in one query; a circle ends."""
    if not start:
        return []
    marks = ", ".join(["%s"] * len(start))
    sql = (
        f"WITH RECURSIVE reached(id) AS (SELECT id FROM victory_organization WHERE id IN ({marks})"
        f" UNION {step}) SELECT id FROM reached"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, start)
        return [key for (key,) in cursor.fetchall()]


def lines_above(units: Collection["Organization"]) -> dict[int, list[int]]:
    """By unit, the keys of all that it is part of, the nearest first; a circle ends."""
    parents = dict(Organization.objects.above(*units).values_list("pk", "parent_id"))
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

    `revision` moves on with every change of its workbook, so that a page on a wall can ask for next
    to nothing whether it is still what stands (see `victory.tenancy.WorkbookRow`).
    """

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

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self):
        return self.name

    @property
    def today(self) -> date:
        """The day it is where the organization works."""
        return timezone.localdate(timezone=zoneinfo.ZoneInfo(self.time_zone))

    @cached_property
    def house(self) -> list[int]:
        """The keys of all that belong to one house with it, itself included."""
        return _keys_reached(_keys_reached([self.pk], _ABOVE), _BELOW)

    def clean(self):
        if self.pk and self.parent_id and self.pk in _keys_reached([self.parent_id], _ABOVE):
            raise ValidationError({"parent": _("A unit cannot be part of itself.")})


class MemberQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)


class Member(WorkbookRow):
    """A person of an organization.

    They have a user once they can sign in; somebody without one can still own a metric or an action.
    """

    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    role = models.PositiveSmallIntegerField(_("role"), choices=Role, default=Role.VIEWER)
    user = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("signs in as"),
    )
    active = models.BooleanField(_("active"), default=True)

    objects = scoped(MemberQuerySet)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                name="member_name_once",
                violation_error_message=_("Somebody of this name is a member already."),
            ),
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                condition=~Q(email=""),
                name="member_email_once",
                violation_error_message=_("Somebody with this e-mail is a member already."),
            ),
            models.UniqueConstraint(
                fields=["organization", "user"],
                name="member_user_once",
                violation_error_message=_("This person is a member already."),
            ),
        ]

    def __str__(self):
        return self.name

    def may(self, role: Role) -> bool:
        return self.role >= role

    @property
    def may_record(self) -> bool:
        """Whether they may enter measurements and update their own actions."""
        return self.may(Role.CONTRIBUTOR)

    @property
    def may_edit(self) -> bool:
        """Whether they may change the workbook."""
        return self.may(Role.MANAGER)


class FocusStatementQuerySet(models.QuerySet):
    def draft(self):
        """The revision that is still being written, or None."""
        return self.filter(adopted_on=None).first()

    def adopted(self):
        """The revisions that were adopted, the one in force first."""
        return self.exclude(adopted_on=None).order_by("-revision")


class FocusStatement(WorkbookRow):
    """One revision of the customer focus statement and the view of perfection it is written from.

    At most one revision is a draft. An adopted one never changes again: the next change is a new draft.
    """

    LIMIT = 10_000

    revision = models.PositiveIntegerField(_("revision"))
    view_of_perfection = models.TextField(_("view of perfection"), blank=True, max_length=LIMIT)
    statement = models.TextField(_("customer focus statement"), blank=True, max_length=LIMIT)
    adopted_on = models.DateField(_("adopted on"), null=True, editable=False)
    adopted_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("adopted by")
    )

    objects = scoped(FocusStatementQuerySet)

    class Meta:
        ordering = ["-revision"]
        verbose_name = _("focus statement")
        verbose_name_plural = _("focus statements")
        constraints = [
            models.UniqueConstraint(fields=["organization", "revision"], name="focus_revision_once"),
            models.UniqueConstraint(
                fields=["organization"], condition=Q(adopted_on=None), name="focus_one_draft"
            ),
        ]

    def __str__(self):
        return str(_("revision %(number)s")) % {"number": self.revision}

    @property
    def is_draft(self) -> bool:
        return self.adopted_on is None

    def adopt(self, by: Member):
        """Put this draft in force from today. Raises ValidationError where there is nothing to adopt."""
        if not self.is_draft:
            raise ValidationError(_("This revision has been adopted already."))
        if not self.statement.strip():
            raise ValidationError(_("Write the customer focus statement before adopting it."))
        self.adopted_on, self.adopted_by = timezone.localdate(), by
        self.save()

    def save(self, **kwargs):
        if FocusStatement.objects.adopted().filter(pk=self.pk).exists():
            raise ValidationError(_("This revision has been adopted already."))
        super().save(**kwargs)


class CustomerRight(WorkbookRow):
    """One line of the Customer Bill of Rights: what a customer has the right to expect."""

    text = models.CharField(_("a customer has the right to"), max_length=300)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("customer right")
        verbose_name_plural = _("customer rights")
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("text"),
                name="customer_right_once",
                violation_error_message=_("This right is on the list already."),
            )
        ]

    def __str__(self):
        return self.text


class Step(models.TextChoices):
    """The six steps of the process. The key is the last part of a step's address."""

    FOCUS = "focus", _("Focus statement")
    DRIVERS = "drivers", _("Customer drivers")
    NEEDS = "needs", _("Needs & expectations")
    METRICS = "metrics", _("Metrics")
    PERFORMANCE = "performance", _("Performance")
    PLAN = "plan", _("Action plan")


class Note(WorkbookRow):
    """A note or an insight, on one step or on the workbook as a whole (no step)."""

    step = models.CharField(_("step"), max_length=20, choices=Step, blank=True)
    text = models.TextField(_("notes and insights"), max_length=4000)
    by = models.ForeignKey(
        Member, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self):
        return self.text[:60]


class Deletion(OrganizationModel):
    """A row that was deleted, with all that went with it, kept so that it can be put back.

    `rows` holds them serialized, parents first; `cut` names the references that the deletion
    emptied elsewhere: model, key, field and the key it pointed to. See `victory.undo`.
    """

    label = models.CharField(max_length=200)
    rows = models.JSONField()
    cut = models.JSONField(default=list)
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("deletion")
        verbose_name_plural = _("deletions")

    def __str__(self):
        return self.label
