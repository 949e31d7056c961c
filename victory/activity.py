"""What happened in an organization, from its audit trail, in sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from victory.models import AuditEntry, Member
from victory.past import kind_of, kinds
from victory.rows import WorkbookRow
from victory.trail import Event, Verb

LINES_ON_A_PAGE = 50
LATELY = 5
LONGEST_NAME = 80
LAST_DAY = date.max - timedelta(days=2)

OF_THE_WORKBOOK = (
    Event.EDITED,
    Event.MEMBER_ADDED,
    Event.MEMBER_FORGOTTEN,
    Event.HANDED_OVER,
    Event.JOINED,
    Event.RESTORED,
    Event.ORGANIZATION_ADDED,
)
"""What concerns everybody who works on the workbook; the other events are for those who look after people."""


@dataclass(frozen=True)
class Line:
    """One thing that happened, ready to be shown. `what` says it without who did it."""

    key: int
    day: str
    time: str
    who: str
    event: str
    what: str
    address: str


@dataclass(frozen=True)
class Lines:
    """Some of what happened, the newest first; `earlier` is where the next ones begin."""

    lines: list[Line]
    earlier: int | None


def lately(member: Member) -> list[Line]:
    """The last few things that happened in the workbook."""
    return read_lines(workbook_entries(), member, most=LATELY).lines


def workbook_entries() -> models.QuerySet:
    return AuditEntry.objects.filter(event__in=OF_THE_WORKBOOK)


def narrowed(entries: models.QuerySet, chosen: Mapping) -> models.QuerySet:
    """Those that a person did, of an event, on a kind of row, and in a period, as far as these are chosen."""
    if person := chosen.get("person"):
        entries = entries.filter(member=person)
    if event := chosen.get("event"):
        entries = entries.filter(event=event)
    if kind := chosen.get("kind"):
        # A quotation mark in what people wrote is kept with a backslash, so this is found nowhere else.
        entries = entries.annotate(text=Cast("rows", models.TextField())).filter(
            text__contains=f'"{kinds()[kind]._meta.label_lower}"'
        )
    if since := chosen.get("since"):
        entries = entries.filter(at__gte=start_of(since))
    if until := chosen.get("until"):
        entries = entries.filter(at__lt=start_of(min(until, LAST_DAY) + timedelta(days=1)))
    return entries


def start_of(day) -> datetime:
    """The first moment of a day where the organization works."""
    return timezone.make_aware(datetime.combine(day, time.min))


def read_lines(
    entries: models.QuerySet, member: Member, *, before: int | None = None, most: int = LINES_ON_A_PAGE
) -> Lines:
    """The newest of these entries, or those before one of them, as the member may see them."""
    if before and (last := AuditEntry.objects.filter(pk=before).first()):
        entries = entries.filter(models.Q(at__lt=last.at) | models.Q(at=last.at, pk__lt=last.pk))
    found = list(entries.select_related("member").order_by("-at", "-pk")[: most + 1])
    lines = [line_of(entry, member) for entry in found[:most]]
    return Lines(lines, earlier=lines[-1].key if len(found) > most else None)


def line_of(entry: AuditEntry, member: Member) -> Line:
    at = timezone.localtime(entry.at)
    return Line(
        key=entry.pk,
        day=date_format(at, "DATE_FORMAT"),
        time=time_format(at, "TIME_FORMAT"),
        who=str(entry.member or entry.by),
        event=entry.get_event_display(),
        what=edit_in_words(entry, member) or event_in_words(entry),
        address=entry.address or "",
    )


def edit_in_words(entry: AuditEntry, member: Member) -> str:
    """What became of the first row that was changed, and of how many more; nothing for other events."""
    first = entry.rows[0] if entry.event == Event.EDITED and entry.rows else None
    model = models_by_label().get(first["kind"]) if first else None
    if model is None:
        return ""
    sentence = {
        Verb.ADDED: _("added the {kind} “{row}”"),
        Verb.CHANGED: _("changed the {kind} “{row}”"),
        Verb.DELETED: _("deleted the {kind} “{row}”"),
        Verb.PUT_BACK: _("put back the {kind} “{row}”"),
    }[Verb(first["verb"])]
    label = Truncator(first["label"] or first["key"]).chars(LONGEST_NAME)
    if model.history_role is not None and member.may(model.history_role):
        address = reverse("history", args=[member.organization.slug, kind_of(model), first["key"]])
        label = format_html('<a href="{}">{}</a>', address, label)
    said = format_html(sentence, kind=model._meta.verbose_name, row=label)
    if entry.count == 1:
        return said
    more = ngettext("and {count} more row", "and {count} more rows", entry.count - 1)
    return format_html("{} {}", said, more.format(count=entry.count - 1))


def models_by_label() -> dict[str, type[WorkbookRow]]:
    return {model._meta.label_lower: model for model in kinds().values()}


def event_in_words(entry: AuditEntry) -> str:
    """What an event other than an edit was, with what is known about it."""
    about = entry.detail or ", ".join(row["label"] for row in entry.rows[:3])
    if not about:
        return entry.get_event_display()
    return _("%(event)s: %(about)s") % {"event": entry.get_event_display(), "about": about}


def as_cells(entries: models.QuerySet) -> Iterator[list[str]]:
    """The entries for a spreadsheet, the newest first, below what their columns are called."""
    yield [_("When"), _("Who"), _("What"), _("Details"), _("Rows"), _("How many rows"), _("From")]
    for entry in entries.select_related("member").order_by("-at", "-pk"):
        yield [
            timezone.localtime(entry.at).isoformat(sep=" ", timespec="seconds"),
            str(entry.member or entry.by),
            entry.get_event_display(),
            entry.detail,
            "; ".join(row_in_words(row) for row in entry.rows),
            str(entry.count),
            entry.address or "",
        ]


def row_in_words(row: dict) -> str:
    """One of the rows that an entry names."""
    model = models_by_label().get(row["kind"])
    kind = model._meta.verbose_name if model else row["kind"]
    return f"{Verb(row['verb']).label}: {kind} “{row['label'] or row['key']}”"
