"""Several workbooks read at once, flat: what the portfolio has to know of the units in scope."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, DateField, QuerySet, Value, When

from actionplans.index import Total, customer_index
from actionplans.lines import grouped
from actionplans.models import Action
from customers.models import DriverChoice, Translation
from customers.scoring import weighted_totals
from metrics.models import Metric
from metrics.rhythm import Frequency, Freshness, Rhythm
from victory.models import UnitLine


class UnitMetric(NamedTuple):
    """A metric as it stands, with the need that it names; `measured_on` is the day of its newest figure."""

    pk: int
    deliverable_id: int
    need_id: int | None
    customer_id: int | None
    importance: int | None
    attainment: Decimal | None
    verdict: str
    frequency: str
    begins_on: date
    measured_on: date | None

    def is_stale(self, today: date) -> bool:
        rhythm = Rhythm(Frequency(self.frequency), self.measured_on or self.begins_on, today)
        return rhythm.freshness == Freshness.STALE


class UnitNeed(NamedTuple):
    """A need of a customer."""

    pk: int
    customer_id: int
    importance: int


class UnitPromise(NamedTuple):
    """A deliverable, and a need of a customer driver that it is to meet."""

    deliverable_id: int
    need_id: int
    customer_id: int
    importance: int


class DriverScore(NamedTuple):
    """The score of a customer driver on a criterion of that weight; without one, the driver alone."""

    customer_id: int
    weight: Decimal | None
    value: int | None


@dataclass(frozen=True)
class Workbooks:
    """The workbooks in scope: the rows of each table by the key of their unit."""

    metrics: Mapping[int, list[UnitMetric]]
    promises: Mapping[int, list[UnitPromise]]
    scores: Mapping[int, list[DriverScore]]
    actions_due: Mapping[int, list[date]]

    @classmethod
    def read(cls, units: Collection[UnitLine]) -> "Workbooks":
        """Each table once, over all of these units at a time, which are those in scope."""
        metrics = Metric.objects.standing_on(today_of_each(units))
        of_need = ("need_id", "need__customer_id", "need__importance")
        as_it_stands = ("attainment", "stands", "frequency", "begins_on", "latest__date")
        translations = Translation.objects.filter(need__customer__driver_choices__isnull=False)
        of_score = ("customer_id", "customer__scores__criterion__weight", "customer__scores__value")
        actions = Action.objects.open()
        return cls(
            metrics=by_unit(UnitMetric, metrics, "pk", "deliverable_id", *of_need, *as_it_stands),
            promises=by_unit(UnitPromise, translations, "deliverable_id", *of_need),
            scores=by_unit(DriverScore, DriverChoice.objects.all(), *of_score),
            actions_due=grouped(actions.values_list("organization_id", "due")),
        )

    def index_of(self, unit: int) -> Total:
        """The customer index of one unit."""
        metrics, promises, scores = (
            rows.get(unit, ()) for rows in (self.metrics, self.promises, self.scores)
        )
        without_score = {score.customer_id: Decimal(0) for score in scores}
        named = [*promises, *(metric for metric in metrics if metric.need_id)]
        index = customer_index(
            metrics,
            {each.need_id: UnitNeed(each.need_id, each.customer_id, each.importance) for each in named},
            grouped((promise.deliverable_id, promise.need_id) for promise in promises),
            without_score | weighted_totals(score for score in scores if score.value is not None),
        )
        return Total(index.exact)


def by_unit[Line](line: Callable[..., Line], rows: QuerySet, *fields: str) -> dict[int, list[Line]]:
    """The rows, each as a line of these fields, by the key of their unit."""
    rows = rows.values_list("organization_id", *fields)
    return grouped((unit, line(*values)) for unit, *values in rows)


def today_of_each(units: Iterable[UnitLine]) -> Case:
    """The day it is where each unit works, in a query over all of them."""
    units_by_day = grouped((unit.today, unit.pk) for unit in units)
    days = (When(organization__in=keys, then=Value(day)) for day, keys in units_by_day.items())
    return Case(*days, output_field=DateField())
