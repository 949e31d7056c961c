"""What migrations fill in. They keep their own rules, so these examples hold whatever becomes of ours."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from metrics.models import Metric
from metrics.quantities import Unit
from tests.factories import MeasurementFactory, MetricFactory, TargetFactory, a_series

EMPTY = {"recent": [], "attainment": None, "signal": ""}
STEADY = [60, 70, 64, 66, 58, 68] * 2


@pytest.mark.parametrize(
    ("target", "value", "attained"),
    [
        ({"direction": "at-least", "low": 90}, "59", "65.5"),
        ({"direction": "at-least", "low": 90}, "90", "100"),
        ({"direction": "at-least", "low": 10}, "59", "200"),
        ({"direction": "at-least", "low": 0}, "-1", "0"),
        ({"direction": "at-least", "low": 0}, "1", "100"),
        ({"direction": "at-most", "low": None, "high": 180}, "262", "68.7"),
        ({"direction": "at-most", "low": None, "high": 5}, "0", "200"),
        ({"direction": "at-most", "low": None, "high": 0}, "0", "100"),
        ({"direction": "between", "low": 2, "high": 5}, "1", "50"),
        ({"direction": "between", "low": 2, "high": 5}, "3", "100"),
        ({"direction": "between", "low": 2, "high": 5}, "8", "62.5"),
        ({"direction": "judged", "low": None}, "1", "100"),
        ({"direction": "judged", "low": None}, "0", "0"),
    ],
)
def test_what_measurements_say_is_repeated_on_the_metric(scoped, target, value, attained):
    metric = MetricFactory(organization=scoped)
    TargetFactory(organization=scoped, metric=metric, holds_from=date(2026, 1, 1), **target)
    MeasurementFactory(organization=scoped, metric=metric, date=date(2026, 2, 1), value=Decimal(value))
    Metric.objects.update(**EMPTY, begins_on=date(2026, 3, 1))
    without = MetricFactory(organization=scoped, begins_on=date(2026, 3, 1))

    import_module("metrics.migrations.0003_repeat_measurements").repeat_measurements(apps, None)

    metric.refresh_from_db()
    assert metric.attainment == Decimal(attained)
    assert [(day, Decimal(figure)) for day, figure, _verdict in metric.recent] == [
        ("2026-02-01", Decimal(value))
    ]
    assert metric.begins_on == date(2026, 1, 1)
    without.refresh_from_db()
    assert (without.recent, without.attainment, without.begins_on) == ([], None, date(2026, 3, 1))


@pytest.mark.parametrize(
    ("values", "signal"),
    [
        (STEADY, ""),
        ([*STEADY, 20], "outside-low"),
        ([*STEADY, 99], "outside-high"),
        ([*STEADY, 20, 64], ""),
        ([*STEADY * 2, *[68] * 8], "run-high"),
        ([*STEADY * 2, *[68] * 6], ""),
        ([*STEADY * 2, 48, 64, 48, 48], "near-low"),
        ([60, 70, 64, 66, 20], ""),
    ],
)
def test_signal_of_the_newest_figure_is_found(scoped, values, signal):
    metric, judged = MetricFactory(organization=scoped), MetricFactory(organization=scoped, unit=Unit.YES_NO)
    a_series(metric, values)
    a_series(judged, [1] * 12 + [0])
    Metric.objects.update(signal="")

    import_module("metrics.migrations.0004_find_signals").find_signals(apps, None)

    assert dict(Metric.objects.values_list("pk", "signal")) == {metric.pk: signal, judged.pk: ""}
