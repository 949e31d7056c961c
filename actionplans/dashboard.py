"""The dashboard: how the organization stands with its customers, every verdict with its reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actionplans.days import write_due
from actionplans.models import Action, Status
from actionplans.thread import ActionLine, Thread
from metrics.models import Metric, Verdict
from victory.models import Member

NOBODY = "nobody"


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
    """One customer metric as it stands, in ready-made texts."""

    pk: int
    metric: str
    url: str
    deliverable: str
    deliverable_id: int
    drivers: frozenset[int]
    performance: str
    target: str
    verdict: Verdict
    reason: str
    owner: str
    owner_id: int | None
    action: NextAction | None
    late_actions: int
    gap_url: str

    @property
    def is_missed(self) -> bool:
        return self.verdict == Verdict.NOT_MET


@dataclass(frozen=True)
class Filter:
    """One way to narrow the dashboard down, with what stands in its select."""

    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str
    keeps: Callable[[MetricRow, str], bool]

    @property
    def choice(self) -> str:
        """The words of the chosen option, or nothing where it narrows nothing down."""
        return dict(self.options).get(self.chosen, "")

    def keep(self, row: MetricRow) -> bool:
        return not self.choice or self.keeps(row, self.chosen)


@dataclass(frozen=True)
class Share:
    """One part of the bar that splits the metrics by verdict; places are percent of its width."""

    verdict: Verdict
    count: int
    x: float
    width: float

    @property
    def words(self) -> str:
        return self.verdict.count_in_words(self.count)


@dataclass(frozen=True)
class Dashboard:
    """What the page shows: the metrics that the filters let through, not met first."""

    today: str
    filters: list[Filter]
    all_rows: list[MetricRow]

    @cached_property
    def rows(self) -> list[MetricRow]:
        return [row for row in self.all_rows if all(each.keep(row) for each in self.filters)]

    @property
    def filtered_by(self) -> str:
        return "; ".join(f"{each.label}: {each.choice}" for each in self.filters if each.choice)

    def count(self, verdict: Verdict) -> int:
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def met(self) -> str:
        return _("%(met)s of %(all)s met") % {"met": self.count(Verdict.MET), "all": len(self.rows)}

    @property
    def lead(self) -> str:
        counts = {"met": self.count(Verdict.MET), "all": len(self.rows), "day": self.today}
        return _("%(day)s. %(met)s of %(all)s customer metrics met.") % counts

    @cached_property
    def shares(self) -> list[Share]:
        """The split by verdict, without those that nothing stands under."""
        shares, x = [], 0.0
        for verdict in Verdict:
            if count := self.count(verdict):
                width = round(100 * count / len(self.rows), 2)
                shares.append(Share(verdict, count, round(x, 2), width))
                x += width
        return shares

    @property
    def shares_in_words(self) -> str:
        return ", ".join(share.words for share in self.shares)

    @property
    def late_actions(self) -> int:
        return sum(row.late_actions for row in self.rows)

    @property
    def missed_without_owner(self) -> int:
        return sum(row.is_missed and not row.owner for row in self.rows)

    @property
    def missed_without_action(self) -> int:
        return sum(row.is_missed and row.action is None for row in self.rows)


def read_dashboard(thread: Thread, asked: Mapping[str, str], member: Member) -> Dashboard:
    """Read everything at once; `asked` are the filters as they stand in the address."""
    metrics = Metric.objects.with_verdict().not_met_first(thread.today)
    rows = [metric_row(metric, thread, member) for metric in metrics if metric.pk in thread.metrics]
    return Dashboard(date_format(thread.today), filters_for(rows, thread, asked), rows)


def metric_row(metric: Metric, thread: Thread, member: Member) -> MetricRow:
    """How one metric stands, for whom it is, who can act on it and what is done about it."""
    line = thread.metrics[metric.pk]
    actions = [thread.actions[pk] for pk in thread.actions_of_metric.get(metric.pk, ())]
    return MetricRow(
        pk=metric.pk,
        metric=metric.measured_by,
        url=reverse("metric", args=[thread.organization.slug, metric.pk]),
        deliverable=metric.deliverable.name,
        deliverable_id=metric.deliverable_id,
        drivers=frozenset(thread.customers_of_deliverable.get(metric.deliverable_id, set()) & thread.drivers),
        performance=metric.scale.write(metric.latest.value) if metric.latest else "",
        target=write_target(metric, thread),
        verdict=Verdict(metric.stands),
        reason=explain(metric, thread),
        owner=line.owner or "",
        owner_id=line.owner_id,
        action=next_action(actions[0], thread, member) if actions else None,
        late_actions=sum(action.is_late(thread.today) for action in actions),
        gap_url=thread.page_to_plan(line) if thread.lacks_action(line) else "",
    )


def write_target(metric: Metric, thread: Thread) -> str:
    """The target that decided the verdict, or the one in force where nothing has been judged."""
    judged_by = metric.latest.judged_by if metric.latest else None
    target = judged_by or metric.target_on(thread.today)
    return target.aim.write_short(metric.scale) if target else ""


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
    if metric.stands == Verdict.ACCEPTED:
        sentences.append(metric.deviation_on(thread.today, latest.value).in_words)
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


def filters_for(rows: list[MetricRow], thread: Thread, asked: Mapping[str, str]) -> list[Filter]:
    """The ways to narrow the rows down, each offering what occurs in them, as they were asked for."""
    drivers = [(str(pk), thread.customers[pk].name) for pk in thread.customers if pk in thread.drivers]
    owners = sorted({(row.owner, str(row.owner_id)) for row in rows if row.owner})
    offered = (
        ("driver", _("Driver"), drivers, lambda row, chosen: int(chosen) in row.drivers),
        (
            "deliverable",
            _("Deliverable"),
            list({str(row.deliverable_id): row.deliverable for row in rows}.items()),
            lambda row, chosen: row.deliverable_id == int(chosen),
        ),
        (
            "owner",
            _("Owner"),
            [(NOBODY, _("nobody")), *((pk, name) for name, pk in owners)],
            lambda row, chosen: str(row.owner_id) == chosen if row.owner else chosen == NOBODY,
        ),
        (
            "verdict",
            _("Met / Not met"),
            [(verdict.value, str(verdict.label)) for verdict in Verdict],
            lambda row, chosen: row.verdict == chosen,
        ),
    )
    return [
        Filter(name, label, options, asked.get(name, ""), keeps) for name, label, options, keeps in offered
    ]
