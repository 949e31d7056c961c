"""A target and a figure that two people save at the same moment."""

from datetime import date
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from metrics.models import Measurement, Metric, Verdict
from tests.factories import (
    BaselineFactory,
    DeviationFactory,
    MeasurementFactory,
    MetricFactory,
    TargetFactory,
)
from victory.tenancy import organization_scope

LONG_ENOUGH = 1  # seconds in which a save that does not wait is over


@pytest.mark.django_db(transaction=True)
def test_figure_waits_for_the_target_that_is_being_saved(scoped):
    metric, begun = MetricFactory(organization=scoped), Event()

    def enter_figure():
        with organization_scope(scoped):
            begun.set()
            MeasurementFactory(
                organization=scoped, metric=Metric.objects.get(), date=date(2026, 6, 1), value=Decimal(50)
            )
        connection.close()

    somebody_else = Thread(target=enter_figure)
    with transaction.atomic():
        TargetFactory(organization=scoped, metric=metric, holds_from=date(2026, 1, 1), low=Decimal(90))
        somebody_else.start()
        begun.wait()
        somebody_else.join(LONG_ENOUGH)
    somebody_else.join()

    assert Measurement.objects.get().verdict == Verdict.NOT_MET
    assert Metric.objects.get().verdict == Verdict.NOT_MET


@pytest.mark.parametrize(
    "factory, address",
    [
        (TargetFactory, "metrics/targets/{}/edit/"),
        (TargetFactory, "metrics/targets/{}/delete/"),
        (DeviationFactory, "metrics/deviations/{}/edit/"),
        (BaselineFactory, "metrics/baselines/{}/delete/"),
        (MeasurementFactory, "metrics/figures/{}/"),
        (MeasurementFactory, "metrics/figures/{}/delete/"),
    ],
)
def test_metric_is_locked_before_what_hangs_on_it(manager, scoped, monkeypatch, factory, address):
    """Else two who write one metric wait for each other, which PostgreSQL ends with an error."""
    row, locked = factory(organization=scoped), []
    lock = QuerySet.select_for_update

    def watch(rows, **kwargs):
        locked.append(rows.model)
        return lock(rows, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", watch)
    manager.post(f"/o/enfield/{address.format(row.pk)}")

    assert locked[0] is Metric
    assert type(row) in locked or not connection.features.has_select_for_update
