"""Several workbooks read at once, flat: what the portfolio has to know of the units in scope."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, DateField, QuerySet, Value, When

from actionplans.index import CustomerIndex, customer_index
from actionplans.models import Action
from actionplans.thread import grouped
from customers.models import DriverChoice, Need, Score, Translation
from customers.scoring import weighted_totals
from metrics.models import Metric
from metrics.rhythm import Frequency, Freshness, Rhythm
from victory.models import Organization


class UnitMetric(NamedTuple):
    """A metric as it stands; `measured_on` is the day of its newest figure."""

    pk: int
    deliverable_id: int
    need_id: int | None
    attainment: Decimal | None
    verdict: str
    frequency: str
    begins_on: date
    measured_on: date | None

    def is_stale(self, today: date) -> bool:
        rhythm = Rhythm(Frequency(self.frequency), self.measured_on or self.begins_on, today)
        return rhythm.freshness == Freshness.STALE


class UnitNeed(NamedTuple):
    """A need of a customer driver."""

    pk: int
    customer_id: int
    importance: int


class UnitPromise(NamedTuple):
    """A deliverable, and a need of a customer driver that it is to meet."""

    deliverable_id: int
    need_id: int


class DriverScore(NamedTuple):
    """The score of a customer driver on a criterion of that weight."""

    customer_id: int
    weight: Decimal
    value: int


@dataclass(frozen=True)
class Workbooks:
    """The workbooks in scope: the rows of each table by the key of their unit."""

    metrics: Mapping[int, list[UnitMetric]]
    needs: Mapping[int, list[UnitNeed]]
    promises: Mapping[int, list[UnitPromise]]
    drivers: Mapping[int, list[int]]
    scores: Mapping[int, list[DriverScore]]
    actions_due: Mapping[int, list[date]]

    @classmethod
    def read(cls, units: Iterable[Organization]) -> "Workbooks":
        """Each table once, over all units at a time."""
        metrics = Metric.objects.standing_on(today_of_each(units))
        as_it_stands = ("attainment", "stands", "frequency", "begins_on", "latest__date")
        of_driver = {"customer__driver_choices__isnull": False}
        translations = Translation.objects.filter(need__customer__driver_choices__isnull=False)
        return cls(
            metrics=by_unit(UnitMetric, metrics, "pk", "deliverable_id", "need_id", *as_it_stands),
            needs=by_unit(UnitNeed, Need.objects.filter(**of_driver), "pk", "customer_id", "importance"),
            promises=by_unit(UnitPromise, translations, "deliverable_id", "need_id"),
            drivers=by_unit(int, DriverChoice.objects, "customer_id"),
            scores=by_unit(
                DriverScore, Score.objects.filter(**of_driver), "customer_id", "criterion__weight", "value"
            ),
            actions_due=grouped(Action.objects.open().values_list("organization_id", "due")),
        )

    def index_of(self, unit: int) -> CustomerIndex:
        """The customer index of one unit."""
        without_score = dict.fromkeys(self.drivers.get(unit, ()), Decimal(0))
        return customer_index(
            self.metrics.get(unit, ()),
            {need.pk: need for need in self.needs.get(unit, ())},
            grouped(self.promises.get(unit, ())),
            without_score | weighted_totals(self.scores.get(unit, ())),
        )


def by_unit[Line](line: Callable[..., Line], rows: QuerySet, *fields: str) -> dict[int, list[Line]]:
    """The rows, each as a line of these fields, by the key of their unit."""
    return grouped((unit, line(*values)) for unit, *values in rows.values_list("organization_id", *fields))


def today_of_each(units: Iterable[Organization]) -> Case:
    """The day it is where each unit works, in a query over all of them."""
    units_by_day = grouped((unit.today, unit.pk) for unit in units)
    days = (When(organization__in=keys, then=Value(day)) for day, keys in units_by_day.items())
    return Case(*days, output_field=DateField())
