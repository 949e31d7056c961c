"""One write: all of it or nothing, and one entry in the audit trail that says who did what.

Everything that changes rows of an organization runs inside `all_or_nothing`. The outermost one is the
write of a request: when it ends well it puts one `AuditEntry` beside the changes, in their transaction.
What an inner one takes back is not in it. Rows note their own changes (see
`victory.rows.WorkbookRow`); a write that is more than changed rows gets its name with `call_write`.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from victory.saving import store_new

MOST_NAMED = 20
"""How many rows of one write are named in its entry; all of them are counted."""

Line = tuple[type[models.Model], int]
"""A row that pages show as one line, by its model and its key."""


class Shows(Enum):
    """Where the change of a row shows beside the row's own page."""

    ANYWHERE = "anywhere"
    ON_ONE_LINE = "on one line"
    NOWHERE_ELSE = "nowhere else"


class Verb(models.TextChoices):
    """What became of a row."""

    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    DELETED = "deleted", _("deleted")
    PUT_BACK = "put back", _("put back")


class Event(models.TextChoices):
    """What an entry of the audit trail is about."""

    EDITED = "edited", _("edited the workbook")
    SIGNED_IN = "signed in", _("signed in")
    SIGN_IN_FAILED = "sign-in failed", _("sign-in failed")
    SIGNED_OUT = "signed out", _("signed out")
    ACCOUNT_CHANGED = "account changed", _("changed the account")
    MEMBER_ADDED = "member added", _("added a member")
    MEMBER_CHANGED = "member changed", _("changed a member")
    ROLE_CHANGED = "role changed", _("changed a role")
    MEMBER_FORGOTTEN = "member forgotten", _("removed a person’s data")
    HANDED_OVER = "handed over", _("handed over")
    INVITED = "invited", _("invited")
    INVITATION_WITHDRAWN = "invitation withdrawn", _("withdrew an invitation")
    JOINED = "joined", _("joined")
    EXPORTED = "exported", _("exported")
    RESTORED = "restored", _("restored from an export")
    SETTINGS_CHANGED = "settings changed", _("changed the settings")
    DELETION_ASKED = "deletion asked", _("asked for deletion")
    DELETION_STOPPED = "deletion stopped", _("stopped the deletion")
    ORGANIZATION_ADDED = "organization added", _("set the organization up")
    ORGANIZATION_DELETED = "organization deleted", _("deleted the organization")


@dataclass(frozen=True)
class Change:
    """What became of one row: `kind` is the model's label, `key` its key, `label` what it was called.

    `shows` is where it shows beside its own page (see `Shows`), and `line` the row on whose
    line alone that is.
    """

    organization_id: int
    verb: Verb
    kind: str
    key: int
    label: str
    shows: Shows
    line: Line | None

    @property
    def as_named(self) -> dict:
        """As the entry keeps it."""
        return {"verb": self.verb.value, "kind": self.kind, "key": self.key, "label": self.label}


@dataclass
class Write:
    """What was changed so far, and what the whole is called where it is more than that."""

    within: "Write | None" = None
    changes: list[Change] = field(default_factory=list)
    named: dict[int, tuple[Event, str, models.Model | None]] = field(default_factory=dict)
    left: dict[int, set[Line]] = field(default_factory=lambda: defaultdict(set))
    moved: set[int] = field(default_factory=set)
    held: set[Line] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many rows were changed so far, here and in what this is a part of."""
        return len(self.changes) + (self.within.count if self.within else 0)

    def end(self):
        """Hand what was done over to the write that this is a part of, or put it down."""
        if self.within is None:
            return self.put_down()
        self.within.changes += self.changes
        self.within.named |= self.named
        self.within.moved |= self.moved
        self.within.held |= self.held
        for organization_id, lines in self.left.items():
            self.within.left[organization_id] |= lines

    def holds(self, row: Line) -> bool:
        """Whether the row is locked already, here or in what this is a part of."""
        return row in self.held or bool(self.within and self.within.holds(row))

    def take_back(self):
        """Undo all of it at the end: what was done is only to be looked at."""
        transaction.set_rollback(True)
        self.changes.clear()
        self.named.clear()
        self.left.clear()
        self.moved.clear()
        self.held.clear()

    @property
    def organizations(self) -> list[int]:
        """The keys of the organizations that this write concerns."""
        return list(dict.fromkeys([*self.named, *(change.organization_id for change in self.changes)]))

    def changes_in(self, organization_id: int) -> list[Change]:
        return [change for change in self.changes if change.organization_id == organization_id]

    def put_down(self):
        """An entry for each organization that this write concerns, and at last its next revision."""
        if request_under_way() is not None:
            if self.changes:
                request_under_way().wrote = True  # `victory.kept` tells the browser
            for organization_id in self.organizations:
                event, detail, by = self.named.get(organization_id, (Event.EDITED, "", None))
                changes = self.changes_in(organization_id)
                put_down(event, organization_id=organization_id, detail=detail, changes=changes, member=by)
        check_keys()
        # In one order and after all else, so that two writes never wait for each other in a circle.
        for organization_id in sorted({*self.organizations, *self.moved}):
            self.move_revision_on(organization_id)

    def move_revision_on(self, organization_id: int):
        """Let whoever keeps something of the workbook notice what changed."""
        changes = self.changes_in(organization_id)
        lines = self.left[organization_id] | {change.line for change in changes if change.line}
        anywhere = organization_id in {*self.named, *self.moved} or any(
            each.shows == Shows.ANYWHERE for each in changes
        )
        apps.get_model("victory", "Revision").move_on(organization_id, anywhere=anywhere, lines=lines)


_write: ContextVar[Write | None] = ContextVar("write", default=None)


@contextmanager
def all_or_nothing(savepoint: bool = True) -> Iterator[Write]:
    """Do all of it or, where an exception ends it, nothing. As a decorator: `@all_or_nothing()`."""
    write = Write(within=_write.get())
    token = _write.set(write)
    try:
        with transaction.atomic(savepoint=savepoint):
            yield write
            write.end()
    finally:
        _write.reset(token)


def note_change(row: models.Model, verb: Verb):
    """Note what became of a row of an organization. Called inside `all_or_nothing`."""
    write = _write.get()
    label = ""
    if request_under_way() and write.count < MOST_NAMED:
        with suppress(ObjectDoesNotExist):  # somebody else is deleting what it is named by: a key will say so
            label = str(row)[:200]
    shows = row.shows_as(verb)
    line = row.line if shows == Shows.ON_ONE_LINE else None
    change = Change(row.organization_id, verb, row._meta.label_lower, row.pk, label, shows, line)
    write.changes.append(change)


def note_left(row: models.Model, line: Line):
    """Note that the row no longer shows on that line. Called inside `all_or_nothing`."""
    _write.get().left[row.organization_id].add(line)


def note_organization(organization_id: int):
    """Note that an organization itself changed, which shows anywhere. Called inside `all_or_nothing`."""
    _write.get().moved.add(organization_id)


def note_held(row: Line):
    """Note that the row is locked until the write ends, where one is under way."""
    if write := _write.get():
        write.held.add(row)


def is_held(row: Line) -> bool:
    """Whether the write under way has locked the row already."""
    write = _write.get()
    return write is not None and write.holds(row)


def is_writing() -> bool:
    """Whether a write is under way, whose changes may still be taken back."""
    return _write.get() is not None


def call_write(event: Event, *, organization_id: int, detail: str = "", by: models.Model | None = None):
    """Call the write under way by its name. Called inside `all_or_nothing`.

    `by` is the member who does it, where the request belongs to no organization.
    """
    _write.get().named[organization_id] = (event, detail, by)


def put_down(
    event: Event, *, organization_id: int | None, detail: str = "", changes=(), member=None, user=None
):
    """Write one entry of the audit trail, in the transaction under way.

    Who did it is the member whose request this is, else its user; `member` and `user` say so where the
    request belongs to no organization, or nobody is signed in yet.
    """
    request = request_under_way()
    member = member or getattr(request, "member", None)
    if member is not None and member.organization_id != organization_id:
        member = None
    if user is None and request is not None and request.user.is_authenticated:
        user = request.user
    route = getattr(request, "resolver_match", None)
    values = {
        "organization_id": organization_id,
        "at": timezone.now(),
        "event": str(event),
        "member_id": member and member.pk,
        "user_id": user and user.pk,
        "by": str(member or user or ""),
        "address": request and address_of(request),
        "route": (route and route.url_name) or "",
        "rows": [change.as_named for change in changes[:MOST_NAMED]],
        "count": len(changes),
        "detail": detail,
    }
    store_new(apps.get_model("victory", "AuditEntry"), values)


def check_keys():
    """Let PostgreSQL check the keys of what was written now instead of at the commit.

    For that it locks the rows that are pointed to: done with the revision in hand, it would wait for somebody
    who holds one of them and waits for the revision. Asked of the driver, beside the queries of the page.
    """
    if connection.vendor == "postgresql":
        with connection.wrap_database_errors:
            connection.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            connection.connection.execute("SET CONSTRAINTS ALL DEFERRED")


def request_under_way():
    """The request that is being answered, or None in a command."""
    return getattr(HistoricalRecords.context, "request", None)


def acting_member_id() -> int | None:
    """The key of the member whose request is being answered: whose change the history says it is."""
    member = getattr(request_under_way(), "member", None)
    return member and member.pk


def address_of(request) -> str | None:
    """The network address that a request came from, as far as it can be trusted.

    Behind the proxy it is what the proxy wrote last; all before that could be written by anybody.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    written = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(written))
    except ValueError:
        return None
