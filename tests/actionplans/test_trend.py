"""The share of metrics met, month by month."""

from datetime import date

import pytest

from actionplans.trend import Trend, TrendPoint, days_of_trend, seen_in, trend_of, verdicts_until
from metrics.models import Measurement, Metric
from tests import factories

TODAY = date(2026, 11, 22)


@pytest.fixture
def metric(scoped):
    """At least 90 % since 2020, measured since 2018."""
    metric = factories.MetricFactory(organization=scoped)
    factories.TargetFactory(organization=scoped, metric=metric)
    return metric


def figure(metric, on, value):
    factories.MeasurementFactory(organization=metric.organization, metric=metric, date=on, value=value)


def read_trend(*metrics) -> Trend:
    read = Metric.objects.filter(pk__in=[metric.pk for metric in metrics]).annotate(
        past=verdicts_until(TODAY)
    )
    return trend_of(TODAY, seen_in(read.values_list("past", flat=True)))


def shares(trend):
    return {point.on: (point.met, point.judged) for point in trend.points}


def test_days_are_twelve_month_ends_and_today():
    days = days_of_trend(TODAY)

    assert len(days) == 13
    assert days[0] == date(2025, 11, 30) and days[-2:] == [date(2026, 10, 31), TODAY]
    assert date(2026, 2, 28) in days


def test_days_on_the_last_of_a_month_are_all_different():
    assert days_of_trend(date(2026, 10, 31))[-2:] == [date(2026, 9, 30), date(2026, 10, 31)]


def test_metric_counts_by_its_newest_figure_up_to_the_day(metric):
    figure(metric, date(2024, 1, 1), 95)
    figure(metric, date(2026, 3, 31), 50)
    figure(metric, date(2026, 10, 1), 50)
    figure(metric, date(2026, 10, 2), 91)

    trend = shares(read_trend(metric))

    assert trend[date(2026, 2, 28)] == (1, 1)
    assert trend[date(2026, 3, 31)] == (0, 1)
    assert trend[date(2026, 9, 30)] == (0, 1)
    assert trend[date(2026, 10, 31)] == trend[TODAY] == (1, 1)


def test_metric_that_no_target_has_judged_does_not_count(scoped, metric):
    figure(metric, date(2026, 6, 15), 95)
    unaimed = factories.MetricFactory(organization=scoped)
    figure(unaimed, date(2026, 1, 1), 95)
    unmeasured = factories.MetricFactory(organization=scoped)

    trend = shares(read_trend(metric, unaimed, unmeasured))

    assert trend[date(2026, 5, 31)] == (0, 0)
    assert trend[date(2026, 6, 30)] == (1, 1)


def test_trend_is_of_the_metrics_asked_for_alone(scoped, metric):
    figure(metric, date(2026, 1, 1), 95)
    other = factories.MetricFactory(organization=scoped)
    factories.TargetFactory(organization=scoped, metric=other)
    figure(other, date(2026, 1, 1), 50)

    assert shares(read_trend(metric))[TODAY] == (1, 1)
    assert shares(read_trend(metric, other))[TODAY] == (1, 2)
    assert not read_trend().is_known


@pytest.mark.parametrize("years", [1, 10])
def test_trend_is_one_query_that_the_index_answers(scoped, metric, django_assert_num_queries, years):
    Measurement.objects.bulk_create(
        Measurement(
            organization=scoped, metric=metric, date=date(2016 + year, month, 1), value=1, verdict="met"
        )
        for year in range(years)
        for month in range(1, 13)
    )

    with django_assert_num_queries(1) as asked:
        read_trend(metric)
    assert "OVER (" not in asked[0]["sql"] and asked[0]["sql"].count("LIMIT 1") == 13


def test_line_leaves_out_days_on_which_nothing_was_judged():
    trend = Trend([TrendPoint(date(2026, 1, 31), 0, 0), *(TrendPoint(day, 1, 2) for day in (TODAY, TODAY))])

    assert trend.line == "216.0,43.0 392.0,43.0"
    assert trend.points[0].share is None and trend.points[1].share == 50


def test_trend_is_said_in_words(metric):
    figure(metric, date(2026, 10, 1), 95)
    figure(metric, date(2026, 11, 1), 50)

    assert read_trend(metric).description == ("Oct. 31, 2026: 100 %, 1 of 1 → Nov. 22, 2026: 0 %, 0 of 1")
