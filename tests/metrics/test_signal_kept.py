"""The signal that a metric keeps of its newest figure, so that a dashboard never reads history."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.models import Measurement, Metric
from tests.factories import BaselineFactory, MeasurementFactory, MetricFactory, a_series

FIRST_DAY = date(2026, 1, 1)
STEADY = [60, 70, 64, 66, 58, 68] * 2


@pytest.fixture
def metric(scoped):
    return MetricFactory(organization=scoped, begins_on=date(2010, 1, 1))


def day(number):
    return FIRST_DAY + timedelta(days=number)


def signal_of(metric):
    return Metric.objects.get(pk=metric.pk).signal


def test_newest_figure_that_is_a_signal_is_kept_on_the_metric(scoped, metric):
    a_series(metric, STEADY)
    assert signal_of(metric) == ""
    newest = Measurement(organization=scoped, metric=metric, date=day(12), value=Decimal(20))
    newest.save()
    assert signal_of(metric) == "outside-low"
    newest.delete()
    assert signal_of(metric) == ""


def test_baseline_and_its_deletion_bring_the_signal_up_to_date(scoped, metric):
    a_series(metric, [*STEADY * 2, *[20, 24, 22, 28, 21, 25]])
    assert signal_of(metric) == "outside-low"
    baseline = BaselineFactory(organization=scoped, metric=metric, starts_on=day(24))
    assert signal_of(metric) == ""
    baseline.delete()
    assert signal_of(metric) == "outside-low"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=50),
    st.none() | st.tuples(st.integers(0, 40), st.none() | st.integers(0, 12)),
)
def test_signal_kept_is_the_one_that_the_whole_history_shows(scoped, metric, values, chosen):
    metric.measurements.all().delete()
    metric.baselines.all().delete()
    if chosen:
        starts, length = chosen
        ends_on = None if length is None else day(starts + length)
        BaselineFactory(organization=scoped, metric=metric, starts_on=day(starts), ends_on=ends_on)
    a_series(metric, values)
    now = metric.read_series().now.signal_now
    assert signal_of(metric) == (now.code if now else "")


def test_entering_a_figure_reads_no_more_than_the_limits_rest_on(
    scoped, metric, django_assert_max_num_queries
):
    a_series(metric, STEADY * 300, first=date(2016, 1, 1))
    with django_assert_max_num_queries(30) as queries:
        MeasurementFactory(organization=scoped, metric=metric, date=date(2025, 12, 31), value=64)
    reads = [
        query["sql"]
        for query in queries
        if query["sql"].startswith("SELECT") and "measurement" in query["sql"]
    ]
    assert reads and all("LIMIT" in sql for sql in reads)
