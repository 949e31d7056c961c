"""Metrics of which a figure is written, and those whose lines are another: read with what their lines say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from metrics.behaviour import BASELINE_FIGURES, RUN
from metrics.models import Baseline, Deviation, Measurement, Metric, Target
from metrics.models.measurement import Dated
from victory.along import Along
from victory.models import Member, Organization
from victory.prepared import Prepared, know

OF_TARGET = ("metric_id", "holds_from", "direction", "low", "high")
OF_DEVIATION = ("metric_id", "holds_until", "low", "high", "holds_from", "reason", "accepted_by__name")


class Theirs(NamedTuple):
    """By metric, its targets, and the deviations from them that are accepted today."""

    targets: dict[int, list[Target]]
    deviations: dict[int, list[Deviation]]

    @classmethod
    def of(cls, targets: Iterable[Target], deviations: Iterable[Deviation]) -> "Theirs":
        return cls(_by_metric(targets), _by_metric(deviations))

    @classmethod
    def along(cls, metrics: Iterable[Metric]) -> "Theirs":
        """Of metrics that were read `with_theirs`."""
        return cls(
            {metric.pk: metric.all_targets for metric in metrics},
            {metric.pk: list(map(deviation_of, metric.accepted_today)) for metric in metrics},
        )


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


def with_theirs(metrics: QuerySet, today: date) -> QuerySet:
    """Each with its targets, and the deviations from them that are accepted on that day (see `Theirs`)."""
    of_it = {"metric": OuterRef("pk")}
    return metrics.annotate(
        all_targets=Along(targets_of_all_days().filter(**of_it)),
        accepted_today=Along(deviations_on(today).filter(**of_it).values_list(*OF_DEVIATION)),
    )


def deviation_of(values: tuple) -> Deviation:
    fields = dict(zip(OF_DEVIATION, values, strict=True))
    name = fields.pop("accepted_by__name")
    return Deviation(accepted_by=name and Member(name=name), **fields)


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
    lambda today, since: (
        with_theirs(Metric.objects.touched_after(since[0]), today)
        .select_related("deliverable", "latest__judged_by", "latest__by")
        .order_by()
    ),
    '"number" > ',
)
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


def read_touched(organization: Organization, today: date, after: int) -> list[Metric]:
    """Those that were touched by a later write than that of this number, as today's sheets show them."""
    metrics = TOUCHED.rows(today, [after])
    theirs = Theirs.along(metrics)
    for metric in metrics:
        metric.organization = organization
        know(metric, "targets", theirs.targets[metric.pk])
        know(metric, "deviations", theirs.deviations[metric.pk])
    return metrics
