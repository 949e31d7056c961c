"""A missed target that is accepted for some days."""

from datetime import date
from decimal import Decimal

import pytest

from metrics.models import Metric, Verdict
from tests.factories import DeviationFactory, MeasurementFactory, MetricFactory, TargetFactory

FIRST, LAST = date(2026, 3, 1), date(2026, 6, 30)


@pytest.fixture
def metric(scoped):
    """At least 90 % is promised, 60 % is reached."""
    metric = MetricFactory(organization=scoped)
    TargetFactory(organization=scoped, metric=metric)
    MeasurementFactory(organization=scoped, metric=metric, value=Decimal(60))
    return metric


def deviation(metric, **fields):
    fields = {"holds_from": FIRST, "holds_until": LAST} | fields
    return DeviationFactory(organization=metric.organization, metric=metric, **fields)


def stands(day):
    return Metric.objects.standing_on(day).get().stands


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        (date(2026, 2, 28), Verdict.NOT_MET),
        (FIRST, Verdict.ACCEPTED),
        (LAST, Verdict.ACCEPTED),
        (date(2026, 7, 1), Verdict.NOT_MET),
    ],
)
def test_deviation_is_accepted_from_its_first_to_its_last_day(metric, day, verdict):
    deviation(metric)
    assert stands(day) == verdict


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ({"low": Decimal(60)}, Verdict.ACCEPTED),
        ({"low": Decimal(61)}, Verdict.NOT_MET),
        ({"high": Decimal(60)}, Verdict.ACCEPTED),
        ({"high": Decimal(59)}, Verdict.NOT_MET),
        ({"low": Decimal(59), "high": Decimal(61)}, Verdict.ACCEPTED),
    ],
)
def test_deviation_accepts_figures_within_its_limits_alone(metric, limits, verdict):
    row = deviation(metric, **limits)
    assert stands(FIRST) == verdict
    metric = Metric.objects.prefetch_related("deviations").get()
    found = metric.deviation_on(FIRST, Decimal(60))
    assert found == (row if verdict == Verdict.ACCEPTED else None)


def test_deviation_leaves_a_met_target_met(metric):
    deviation(metric)
    MeasurementFactory(
        organization=metric.organization, metric=metric, date=date(2026, 2, 28), value=Decimal(95)
    )
    assert stands(FIRST) == Verdict.MET


def test_deviation_of_another_metric_accepts_nothing_here(metric):
    deviation(MetricFactory(organization=metric.organization))
    assert stands_of(metric) == Verdict.NOT_MET


def stands_of(metric):
    return Metric.objects.standing_on(FIRST).get(pk=metric.pk).stands


def test_accepted_metrics_come_between_missed_and_met_ones(metric, scoped):
    deviation(metric)
    missed = MetricFactory(organization=scoped)
    TargetFactory(organization=scoped, metric=missed)
    MeasurementFactory(organization=scoped, metric=missed, value=Decimal(50))
    assert list(Metric.objects.not_met_first(FIRST)) == [missed, metric]
