"""Metrics of which a figure is written, and those whose lines are another: read with what their lines say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from metrics.behaviour import BASELINE_FIGURES, RUN
from metrics.models import Baseline, Deviation, Measurement, Metric, Target, Verdict
from metrics.models.measurement import Dated
from victory.along import Along
from victory.models import Organization
from victory.prepared import Prepared, know
from victory.recent import Recent

OF_TARGET = ("metric_id", "holds_from", "direction", "low", "high")
OF_DEVIATION = ("metric_id", "holds_until", "low", "high", "holds_from", "reason", "accepted_by__name")


class Theirs(NamedTuple):
    """By metric, its targets, and the deviations from them that are accepted today.

    The deviations are those of metrics whose target is not met: no other one needs any.
    """

    targets: dict[int, list[Target]]
    deviations: dict[int, list[Deviation]]

    @property
    def size(self) -> int:
        """How many rows it takes the room of."""
        return 1 + sum(map(len, self.targets.values())) + sum(map(len, self.deviations.values()))

    @classmethod
    def of(cls, targets: Iterable[Target], deviations: Iterable[Deviation]) -> "Theirs":
        return cls(_by_metric(targets), _by_metric(deviations))


def _by_metric[Row: (Target, Deviation)](rows: Iterable[Row]) -> dict[int, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[row.metric_id].append(row)
    return found


def targets_of_all_days() -> QuerySet:
    """Which of them is in force is found out where they are grouped."""
    return Target.objects.only(*OF_TARGET).order_by()


def deviations_on(today: date) -> QuerySet:
    deviations = Deviation.objects.select_related("accepted_by").only(*OF_DEVIATION)
    return deviations.filter(holds_from__lte=today, holds_until__gte=today)


def keys_of_missed(metrics: Iterable[Metric]) -> list[int]:
    return [metric.pk for metric in metrics if metric.verdict == Verdict.NOT_MET]


def to_measure(_day: date | None, keys: Sequence[int]) -> QuerySet:
    """Metrics with all that another figure of them is held against (see `Metric.take_up`)."""
    of_it = {"metric": OuterRef("pk")}
    figures = Measurement.objects.filter(**of_it)
    return (
        Metric.objects.filter(pk__in=keys)
        .annotate(
            all_targets=Along(targets_of_all_days().filter(**of_it)),
            newest=Along(figures.order_by("-date")[:RUN]),
            oldest=Along(figures.order_by("date").values_list(*Dated._fields)[:BASELINE_FIGURES]),
            last_baseline=Along(Baseline.objects.filter(**of_it).order_by("-starts_on")[:1]),
            has_deviations=Exists(Deviation.objects.filter(**of_it)),
        )
        .order_by()
        .select_related("organization", "deliverable")
    )


TO_MEASURE = Prepared(to_measure, '"metrics_metric"."id" IN (')
TOUCHED = Prepared(
    lambda _day, since: (
        Metric.objects.select_related("deliverable", "latest__judged_by", "latest__by")
        .touched_after(since[0])
        .order_by()
    ),
    '"number" > ',
)
TARGETS = Prepared(lambda _day, keys: targets_of_all_days().filter(metric__in=keys), '"metric_id" IN (')
DEVIATIONS = Prepared(lambda today, keys: deviations_on(today).filter(metric__in=keys), '"metric_id" IN (')


def read_to_measure(pk: int) -> Metric | None:
    """The metric with its targets and those of its figures that count, for somebody who writes one of it."""
    metric = TO_MEASURE.row(pk)
    if metric is not None:
        know(metric, "targets", metric.all_targets)
        metric.oldest = [Dated(*figure) for figure in metric.oldest]
    return metric


def know_deviations(metric: Metric, on: date):
    """Let the metric know the deviations that are accepted on that day."""
    know(metric, "deviations", [] if metric.has_deviations is False else DEVIATIONS.rows_of(on, [metric.pk]))


THEIRS: Recent[tuple, Theirs] = Recent(10_000, size=attrgetter("size"))
"""What was read last for a state of a workbook: the parts of a page ask for the same metrics one by one."""


def theirs_again(organization: Organization, today: date, metrics: list[Metric]) -> Theirs:
    """What is theirs as it is in the organization's state, or newer."""
    keys, missed = sorted(metric.pk for metric in metrics), sorted(keys_of_missed(metrics))
    key = (organization.pk, organization.state, today, *keys, None, *missed)
    theirs = THEIRS.get(key)
    if theirs is None:
        theirs = Theirs.of(TARGETS.rows_of(None, keys), DEVIATIONS.rows_of(today, missed))
        THEIRS.put({key: theirs})
    return theirs


def read_touched(organization: Organization, today: date, after: int) -> list[Metric]:
    """Those that were touched by a later write than that of this number, as today's sheets show them."""
    metrics = TOUCHED.rows(None, [after])
    theirs = theirs_again(organization, today, metrics)
    for metric in metrics:
        metric.organization = organization
        know(metric, "targets", theirs.targets.get(metric.pk, []))
        know(metric, "deviations", theirs.deviations.get(metric.pk, []))
    return metrics
