"""The lines of the dashboard: each customer metric as it stands, for whom, and what is marked on it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import F, QuerySet, TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.index import Answers, needs_answered, tenths_of
from actionplans.lines import ActionLine
from actionplans.reads import open_actions
from actionplans.sparkline import Sparkline
from actionplans.thread import Thread
from actionplans.trend import verdicts_until
from metrics.models import Deviation, Metric, Target, Verdict, in_force
from metrics.rhythm import Freshness, Rhythm
from metrics.touched import (
    OF_TARGET,
    Theirs,
    deviations_on,
    targets_of_all_days,
    with_theirs,
)
from victory.prepared import Prepared
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
class MetricRow:
    """One customer metric as it stands, in ready-made texts.

    `customers`, `drivers` among them, `aspects` and `marks` are the keys that the filters know them by;
    `answers` and `attained` are what the customer index counts (see `index.total_index`), and
    `past` says how it stood on the days of the trend. `touched` is the number of the write that the row
    is as new as (see `victory.models.Revision`).
    """

    pk: int
    touched: int
    metric: str
    deliverable: str
    deliverable_id: int
    answers: Answers
    customers: frozenset[str]
    drivers: frozenset[str]
    for_whom: str
    objections: list[str]
    aspects: frozenset[str]
    performance: str
    target: str
    verdict: Verdict
    attained: int | None
    past: str
    reason: str
    changed: str
    signal: str
    freshness: Freshness
    due: str
    sparkline: Sparkline | None
    owner: str
    owner_id: int | None
    action: ActionLine | None
    """The most urgent one that is open."""
    late_actions: int
    lacks_action: bool

    @property
    def more_late(self) -> int:
        """How many actions are late besides the one that is shown, which is the most urgent."""
        return max(0, self.late_actions - 1)

    @cached_property
    def urgency(self) -> int:
        return self.verdict.urgency

    @cached_property
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


_OF_FIGURE = ("date", "value", "by__name")
READ = (
    *(
        "organization_id",
        "deliverable_id",
        "need_id",
        "measured_by",
        "unit",
        "scale_top",
        "frequency",
        "begins_on",
    ),
    *("verdict", "attainment", "recent", "signal"),
    *(f"latest__{name}" for name in _OF_FIGURE),
    *(f"latest__judged_by__{name}" for name in OF_TARGET),
)
"""What is read of a metric for its line: to ask for all fields takes longer than to read these."""


def metrics_on(today: date) -> QuerySet:
    return (
        Metric.objects.select_related("latest__judged_by", "latest__by")
        .only(*READ)
        .annotate(
            touched=F("touched_by__number"),
            owner=F("ownerships__member__name"),
            owner_id=F("ownerships__member_id"),
            past=verdicts_until(today),
        )
        .order_by()
    )


TOUCHED = Prepared(
    lambda today, since: with_theirs(metrics_on(today).touched_after(since[0]), today), '"number" > '
)
ACTIONS = Prepared(lambda _day, keys: open_actions().filter(metric__in=keys), '"metric_id" IN (')
"""What is read again after single lines changed."""


def read_metrics(today: date) -> list[Metric]:
    """All metrics in the order of the worksheets, with all that their lines say of them."""
    in_order = ("deliverable__position", "deliverable_id", "position", "pk")
    metrics = list(metrics_on(today).order_by(*in_order))
    missed = any(metric.verdict == Verdict.NOT_MET for metric in metrics)
    deviations = deviations_on(today) if missed else ()
    return with_what_is_theirs(metrics, today, Theirs.of(targets_of_all_days(), deviations))


def read_touched(today: date, since: int) -> tuple[list[Metric], list[ActionLine]]:
    """Those metrics that were touched by a later write than this one, and the actions open for them."""
    metrics = TOUCHED.rows(today, [since])
    actions = [ActionLine(*row) for row in ACTIONS.rows_of(None, [metric.pk for metric in metrics])]
    return with_what_is_theirs(metrics, today, Theirs.along(metrics)), actions


def with_what_is_theirs(metrics: list[Metric], today: date, theirs: Theirs) -> list[Metric]:
    """Each is given how it `stands` today, if it `has_target`, the one `in_force`, and the deviation that it
    is `accepted` by.
    """
    for metric in metrics:
        its_targets = theirs.targets.get(metric.pk, [])
        metric.has_target = bool(its_targets)
        metric.in_force = in_force(its_targets, today)
        metric.accepted = None
        if metric.verdict == Verdict.NOT_MET:
            value = metric.latest.value
            could = theirs.deviations.get(metric.pk, ())
            metric.accepted = next((each for each in could if each.accepts(value, on=today)), None)
        metric.stands = Verdict.ACCEPTED.value if metric.accepted else metric.verdict
    return metrics


@dataclass
class RowMaker:
    """Makes the rows of metrics as `read_metrics` read them, in the language of now.

    `number` is that of the write up to which the thread was read at least. Days are written once and
    remembered: with hundreds of metrics most of them are the same few.
    """

    thread: Thread
    number: int
    written: dict[date, str] = field(default_factory=dict)

    def rows(self, metrics: Iterable[Metric]) -> dict[int, MetricRow]:
        """By the key of the metric; without those of a deliverable that is not in the thread."""
        return {
            metric.pk: self.row(metric)
            for metric in metrics
            if metric.pk in self.thread.metrics and metric.deliverable_id in self.thread.deliverables
        }

    def row(self, metric: Metric) -> MetricRow:
        """How one metric stands, for whom it is, who can act on it and what is done about it."""
        thread = self.thread
        metric.organization = thread.organization
        line = thread.metrics[metric.pk]
        actions = [thread.actions[pk] for pk in thread.actions_of_metric.get(metric.pk, ())]
        rhythm = metric.rhythm(thread.today)
        verdict = Verdict(metric.stands)
        customers = customers_of(metric, thread)
        return MetricRow(
            pk=metric.pk,
            # The metric may be read later than the rest: the row is no newer than that.
            touched=min(metric.touched or 0, self.number),
            metric=metric.measured_by,
            deliverable=thread.deliverables[metric.deliverable_id].name,
            deliverable_id=metric.deliverable_id,
            answers=(metric.deliverable_id, metric.need_id),
            customers=frozenset(str(pk) for pk in customers),
            drivers=frozenset(str(pk) for pk in customers if pk in thread.drivers),
            for_whom=listed([thread.customers[pk].name for pk in customers]),
            objections=thread.objections_to(metric.deliverable_id),
            aspects=aspects_of(metric, thread),
            performance=metric.scale.write(metric.latest.value) if metric.latest else "",
            target=write_target(metric, metric.in_force),
            verdict=verdict,
            attained=tenths_of(metric.attainment),
            past=metric.past,
            reason=explain(metric, metric.in_force, metric.accepted, self.day),
            changed=thread.review.what_changed(metric.pk, verdict),
            signal=str(SIGNALS.get(metric.signal, metric.signal)),
            freshness=rhythm.freshness,
            due=write_rhythm(rhythm),
            sparkline=Sparkline.of(metric, metric.in_force, self.day),
            owner=line.owner or "",
            owner_id=line.owner_id,
            action=actions[0] if actions else None,
            late_actions=sum(action.is_late(thread.today) for action in actions),
            lacks_action=thread.lacks_action(line),
        )

    def day(self, day: date) -> str:
        if day not in self.written:
            self.written[day] = date_format(day)
        return self.written[day]


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


def write_target(metric: Metric, in_force: Target | None) -> str:
    """The target that decided the verdict, or the one in force where nothing has been judged."""
    judged_by = metric.latest.judged_by if metric.latest else None
    target = judged_by or in_force
    return target.aim.write_short(metric.scale) if target else ""


def write_rhythm(rhythm: Rhythm) -> str:
    """When the next figure is due, where that is soon or past."""
    return "" if rhythm.freshness == Freshness.CURRENT else rhythm.in_words


def explain(
    metric: Metric,
    in_force: Target | None,
    deviation: Deviation | None,
    write_day: Callable[[date], str] = date_format,
) -> str:
    """Why the verdict is what it is: the figure's day, who entered it, and since when the target holds.

    `in_force` is the target of today, which may have come after the figure, and `deviation` what accepts
    such a figure today.
    """
    latest = metric.latest
    if latest is None:
        return ""
    figure = _("figure of %(day)s, entered by %(name)s") if latest.by else _("figure of %(day)s")
    target = latest.judged_by
    since = _("target since %(day)s") if target else _("no target held on that day")
    sentences = [
        figure % {"day": write_day(latest.date), "name": latest.by},
        since % {"day": write_day(target.holds_from)} if target else since,
    ]
    if target and in_force and in_force.holds_from > target.holds_from:
        new = {"target": in_force.aim.write_short(metric.scale), "day": write_day(in_force.holds_from)}
        sentences.append(_("%(target)s from %(day)s on") % new)
    if deviation and metric.stands == Verdict.ACCEPTED:
        sentences.append(deviation.in_words)
    return "; ".join(sentences)
