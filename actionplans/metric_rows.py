"""The lines of the dashboard: each customer metric as it stands, for whom, and what is marked on it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.days import write_due
from actionplans.index import needs_answered
from actionplans.last_review import LastReview
from actionplans.models import Action, Status
from actionplans.sparkline import Sparkline
from actionplans.thread import ActionLine, Thread
from metrics.models import Metric, Verdict
from metrics.rhythm import Freshness, Rhythm
from victory.models import Member
from victory.wording import listed

SIGNALS = {
    "outside-low": gettext_lazy("signal: below its lower limit"),
    "outside-high": gettext_lazy("signal: above its upper limit"),
    "run-low": gettext_lazy("signal: eight or more in a row below the mean"),
    "run-high": gettext_lazy("signal: eight or more in a row above the mean"),
    "near-low": gettext_lazy("signal: three of four near the lower limit"),
    "near-high": gettext_lazy("signal: three of four near the upper limit"),
}
"""What the codes that a metric keeps of its signal mean, see `metrics.behaviour`."""


class Mark(TextChoices):
    """What somebody should look at."""

    CHANGED = "changed", gettext_lazy("changed since the last review")
    SIGNAL = "signal", gettext_lazy("signal")
    LATE = "late", gettext_lazy("action late")
    DUE = "due", gettext_lazy("figure due")
    NO_OWNER = "no-owner", gettext_lazy("not met, without an owner")
    NO_ACTION = "no-action", gettext_lazy("not met, without an action")


@dataclass(frozen=True)
class NextAction:
    """The most urgent open action for a metric."""

    pk: int
    what: str
    who: str
    when: str
    status: Status
    version: int
    may_update: bool


@dataclass(frozen=True)
class MetricRow:
    """One customer metric as it stands, in ready-made texts.

    `customers`, `drivers` among them, `aspects` and `marks` are the keys that the filters know them by.
    """

    pk: int
    metric: str
    url: str
    deliverable: str
    deliverable_id: int
    customers: frozenset[str]
    drivers: frozenset[str]
    for_whom: str
    objections: list[str]
    aspects: frozenset[str]
    performance: str
    target: str
    verdict: Verdict
    reason: str
    changed: str
    signal: str
    freshness: Freshness
    due: str
    sparkline: Sparkline | None
    owner: str
    owner_id: int | None
    action: NextAction | None
    late_actions: int
    gap_url: str

    @property
    def marks(self) -> list[Mark]:
        missed = self.verdict == Verdict.NOT_MET
        marked = {
            Mark.CHANGED: self.changed,
            Mark.SIGNAL: self.signal,
            Mark.LATE: self.late_actions,
            Mark.DUE: self.freshness in (Freshness.DUE, Freshness.STALE),
            Mark.NO_OWNER: missed and not self.owner,
            Mark.NO_ACTION: missed and self.action is None,
        }
        return [mark for mark, is_set in marked.items() if is_set]


def read_rows(thread: Thread, review: LastReview, member: Member) -> list[MetricRow]:
    """Every metric, not met first."""
    metrics = Metric.objects.with_verdict().not_met_first(thread.today)
    return [metric_row(metric, thread, review, member) for metric in metrics if metric.pk in thread.metrics]


def metric_row(metric: Metric, thread: Thread, review: LastReview, member: Member) -> MetricRow:
    """How one metric stands, for whom it is, who can act on it and what is done about it."""
    line = thread.metrics[metric.pk]
    actions = [thread.actions[pk] for pk in thread.actions_of_metric.get(metric.pk, ())]
    rhythm = metric.rhythm(thread.today)
    verdict = Verdict(metric.stands)
    customers = customers_of(metric, thread)
    return MetricRow(
        pk=metric.pk,
        metric=metric.measured_by,
        url=reverse("metric", args=[thread.organization.slug, metric.pk]),
        deliverable=metric.deliverable.name,
        deliverable_id=metric.deliverable_id,
        customers=frozenset(str(pk) for pk in customers),
        drivers=frozenset(str(pk) for pk in customers if pk in thread.drivers),
        for_whom=listed([thread.customers[pk].name for pk in customers]),
        objections=thread.objections.get(metric.deliverable_id, []),
        aspects=aspects_of(metric, thread),
        performance=metric.scale.write(metric.latest.value) if metric.latest else "",
        target=write_target(metric, thread.today),
        verdict=verdict,
        reason=explain(metric, thread),
        changed=review.what_changed(metric.pk, verdict),
        signal=str(SIGNALS.get(metric.signal, metric.signal)),
        freshness=rhythm.freshness,
        due=write_rhythm(rhythm),
        sparkline=Sparkline.of(metric, metric.target_on(thread.today)),
        owner=line.owner or "",
        owner_id=line.owner_id,
        action=next_action(actions[0], thread, member) if actions else None,
        late_actions=sum(action.is_late(thread.today) for action in actions),
        gap_url=thread.page_to_plan(line) if thread.lacks_action(line) else "",
    )


def customers_of(metric: Metric, thread: Thread) -> list[int]:
    """Whom the promise is for, the drivers first: they have the need or receive the deliverable."""
    keys = set(thread.customers_of_deliverable.get(metric.deliverable_id, ()))
    if metric.need_id in thread.needs:
        keys.add(thread.needs[metric.need_id].customer_id)
    in_order = [pk for pk in thread.customers if pk in keys]
    return sorted(in_order, key=lambda pk: pk not in thread.drivers)


def aspects_of(metric: Metric, thread: Thread) -> frozenset[str]:
    """The aspect of the need it answers, or those of all needs that its deliverable answers."""
    needs = needs_answered(metric, thread.needs, thread.needs_of_deliverable)
    return frozenset(need.aspect for need in needs) - {""}


def write_target(metric: Metric, today: date) -> str:
    """The target that decided the verdict, or the one in force where nothing has been judged."""
    judged_by = metric.latest.judged_by if metric.latest else None
    target = judged_by or metric.target_on(today)
    return target.aim.write_short(metric.scale) if target else ""


def write_rhythm(rhythm: Rhythm) -> str:
    """When the next figure is due, where that is soon or past."""
    sentence = {
        Freshness.CURRENT: "",
        Freshness.DUE_SOON: _("next figure due on %(day)s"),
        Freshness.DUE: _("figure due since %(day)s"),
        Freshness.STALE: _("stale: figure due since %(day)s"),
    }[rhythm.freshness]
    return sentence and sentence % {"day": date_format(rhythm.due_on)}


def explain(metric: Metric, thread: Thread) -> str:
    """Why the verdict is what it is: the figure's day, who entered it, and since when the target holds."""
    latest = metric.latest
    if latest is None:
        return ""
    day = date_format(latest.date)
    figure = (
        _("figure of %(day)s, entered by %(name)s") % {"day": day, "name": latest.by}
        if latest.by
        else _("figure of %(day)s") % {"day": day}
    )
    target = latest.judged_by
    since = (
        _("target since %(day)s") % {"day": date_format(target.holds_from)}
        if target
        else _("no target held on that day")
    )
    sentences = [figure, since]
    in_force = metric.target_on(thread.today)
    if target and in_force and in_force.holds_from > target.holds_from:
        new = {"target": in_force.aim.write_short(metric.scale), "day": date_format(in_force.holds_from)}
        sentences.append(_("%(target)s from %(day)s on") % new)
    deviation = metric.deviation_on(thread.today, latest.value)
    if deviation and metric.stands == Verdict.ACCEPTED:
        sentences.append(deviation.in_words)
    return "; ".join(sentences)


def next_action(action: ActionLine, thread: Thread, member: Member) -> NextAction:
    return NextAction(
        pk=action.pk,
        what=action.what,
        who=action.who,
        when=write_due(action.due, late=action.is_late(thread.today)),
        status=Status(action.status),
        version=action.version,
        may_update=Action(pk=action.pk, who_id=action.who_id).may_be_updated_by(member),
    )
