"""What became of an action: every change of it, from its history."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actionplans.models import Action, Status
from actionplans.questions import IN_SHORT, write_answer
from metrics.models import Metric
from victory.models import Member


@dataclass(frozen=True)
class Change:
    """What somebody changed on a day, in sentences."""

    day: str
    by: str
    sentences: list[str]


def changes_of(action: Action) -> list[Change]:
    """Every change, the newest first; a save that changed nothing of what people read is left out."""
    records = list(action.history.select_related("history_user").order_by("history_date", "history_id"))
    members = Member.objects.in_bulk({record.who_id for record in records})
    metrics = Metric.objects.in_bulk({record.metric_id for record in records})
    changes = []
    for before, record in zip([None, *records], records, strict=False):
        sentences = list(differences(before, record, members, metrics)) if before else [first_words(record)]
        if sentences:
            day = date_format(timezone.localtime(record.history_date))
            changes.append(Change(day, str(record.history_user or ""), sentences))
    return changes[::-1]


def first_words(record) -> str:
    return _("Promised for %(date)s.") % {"date": date_format(record.due)}


def differences(before, after, members: dict, metrics: dict) -> Iterator[str]:
    """What is not as it was, one sentence for each thing."""
    if after.history_type == "-":
        yield _("Deleted.")
    elif before.history_type == "-":
        yield _("Put back.")
    if before.due != after.due:
        sentence = (
            _("Put off from %(before)s to %(after)s.")
            if after.due > before.due
            else _("Brought forward from %(before)s to %(after)s.")
        )
        yield sentence % {"before": date_format(before.due), "after": date_format(after.due)}
    if before.status != after.status:
        yield from_to(_("Status"), Status(before.status).label, Status(after.status).label)
    if before.who_id != after.who_id:
        yield from_to(_("Who"), name_of(before.who_id, members), name_of(after.who_id, members))
    if before.metric_id != after.metric_id:
        yield from_to(_("Metric"), name_of(before.metric_id, metrics), name_of(after.metric_id, metrics))
    if before.what != after.what:
        yield from_to(_("Action"), before.what, after.what)
    for name in IN_SHORT:
        if getattr(before, name) != getattr(after, name):
            yield _("Answered: %(answer)s.") % {"answer": write_answer(name, getattr(after, name))}


def from_to(what: str, before: str, after: str) -> str:
    return _("%(what)s: %(before)s → %(after)s") % {"what": what, "before": before, "after": after}


def name_of(key: int, rows: dict) -> str:
    """The row as it is called now; it may have been deleted since."""
    return str(rows[key]) if key in rows else _("no longer here")
