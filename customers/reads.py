"""What the sheets of step I and of both steps N are made of, each in one statement."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet

from customers.agreement import OF_SPREAD, Spread
from customers.models import (
    Answer,
    Criterion,
    Customer,
    CustomerGroup,
    Deliverable,
    Delivery,
    DriverChoice,
    DriverStatement,
    Need,
    Score,
    Translation,
)
from victory.models import Organization
from victory.prepared import Gathered, know
from victory.rows import WorkbookRow


def drivers_first(_day: date | None) -> QuerySet:
    chosen = Exists(DriverChoice.objects.filter(customer=OuterRef("pk")))
    return Customer.objects.order_by(chosen.desc(), "position", "pk")


def units(_day: date | None) -> QuerySet:
    """Those that are customers: their names."""
    return Organization.objects.filter(pk__in=Customer.objects.order_by().values("unit")).only("name")


def deliveries(_day: date | None) -> QuerySet:
    return Delivery.objects.order_by().values_list("deliverable_id", "customer_id")


def scores(_day: date | None) -> QuerySet:
    return Score.objects.order_by().values_list("customer_id", "criterion_id", "value")


def translations(_day: date | None) -> QuerySet:
    return Translation.objects.order_by().values_list("need_id", "deliverable_id", "strength")


def all_of(model: type[WorkbookRow]) -> Callable[[date | None], QuerySet]:
    """Its rows in the order of the worksheet."""
    return lambda _day: model.objects.all()


def link(
    rows: Iterable[WorkbookRow], name: str, others: Sequence[WorkbookRow], links: Iterable[tuple[int, int]]
):
    """Let the rows know which of the others they are linked to under that name, in the others' order."""
    places = {other.pk: place for place, other in enumerate(others)}
    found = defaultdict(list)
    for row, other in links:
        found[row].append(places[other])
    for row in rows:
        know(row, name, [others[place] for place in sorted(found[row.pk])])


def refer(rows: Iterable[WorkbookRow], name: str, others: Iterable[models.Model]):
    """Let the rows know which of the others they refer to by the field of that name."""
    by_key = {other.pk: other for other in others}
    for row in rows:
        key = getattr(row, f"{name}_id")
        setattr(row, name, None if key is None else by_key[key])


class Tables:
    """Tables of the organization in scope, all of which are read in one statement once one is asked for.

    Their rows come in the order of the worksheets; those that know each other are said to.
    """

    reads: Gathered

    @cached_property
    def _read(self) -> tuple[list, ...]:
        return self.reads.read()

    @property
    def customers(self) -> list[Customer]:
        return self._read.customers


TO_SCORE = {
    "customers": all_of(Customer),
    "criteria": all_of(Criterion),
    "choices": all_of(DriverChoice),
    "scores": scores,
}


class ScoreTables(Tables):
    """What the grid of scores and the ranking are made of."""

    reads = Gathered(**TO_SCORE)

    @property
    def criteria(self) -> list[Criterion]:
        return self._read.criteria

    @property
    def choices(self) -> list[DriverChoice]:
        return self._read.choices

    @cached_property
    def scores(self) -> dict[tuple[int, int], int]:
        """By customer and criterion."""
        return {(customer, criterion): value for customer, criterion, value in self._read.scores}


class DriverTables(ScoreTables):
    """What the page of step I is made of."""

    reads = Gathered(
        **TO_SCORE,
        **OF_SPREAD,
        deliverables=all_of(Deliverable),
        deliveries=all_of(Delivery),
        groups=all_of(CustomerGroup),
        units=units,
        statement=lambda _day: DriverStatement.objects.order_by("pk")[:1],
        answers=lambda _day: Answer.objects.standing(),
    )

    @property
    def groups(self) -> list[CustomerGroup]:
        return self._read.groups

    @property
    def statement(self) -> DriverStatement | None:
        """Why these are the drivers, where somebody has written that."""
        return next(iter(self._read.statement), None)

    @cached_property
    def spread(self) -> Spread:
        """How far those lie apart who scored on their own."""
        return Spread.of(self._read.people, self._read.spreads)

    def deliverables_with_customers(self) -> list[Deliverable]:
        links = [(each.deliverable_id, each.customer_id) for each in self._read.deliveries]
        link(self._read.deliverables, "customers", self.customers, links)
        return self._read.deliverables

    def customers_with_deliverables(self) -> list[Customer]:
        """And with their groups, and the units that they are."""
        links = [(each.customer_id, each.deliverable_id) for each in self._read.deliveries]
        link(self.customers, "deliverables", self._read.deliverables, links)
        refer(self.customers, "group", self.groups)
        refer(self.customers, "unit", self._read.units)
        return self.customers

    def choices_with_customers(self) -> list[DriverChoice]:
        refer(self.choices, "customer", self.customers)
        return self.choices

    @cached_property
    def answers(self) -> list[Answer]:
        """What other units say of what they are promised, and what that is."""
        deliveries, answers = self._read.deliveries, self._read.answers
        refer(deliveries, "deliverable", self._read.deliverables)
        refer(deliveries, "customer", self.customers)
        refer(answers, "delivery", deliveries)
        return answers


class NeedTables(Tables):
    """What the page of the first N is made of. Its customers come in another order: the drivers first."""

    reads = Gathered(
        customers=drivers_first,
        deliverables=all_of(Deliverable),
        needs=all_of(Need),
        translations=translations,
    )

    @property
    def deliverables(self) -> list[Deliverable]:
        return self._read.deliverables

    @property
    def needs(self) -> list[Need]:
        return self._read.needs

    @property
    def translations(self) -> list[tuple[int, int, int]]:
        """Which need is met by which deliverable, and how strongly."""
        return self._read.translations

    def needs_with_deliverables(self) -> list[Need]:
        links = [(need, deliverable) for need, deliverable, _strength in self.translations]
        link(self.needs, "deliverables", self.deliverables, links)
        return self.needs


class MetricTables(Tables):
    """What the sheets of metrics say of their deliverables, those for customer drivers first."""

    reads = Gathered(
        deliverables=lambda _day: Deliverable.objects.drivers_first(),
        customers=all_of(Customer),
        deliveries=deliveries,
        needs=all_of(Need),
        translations=translations,
    )

    def deliverables_with_those_they_are_for(self) -> list[Deliverable]:
        """With their customers, and with the needs that they answer and whose these are."""
        read = self._read
        refer(read.needs, "customer", read.customers)
        link(read.deliverables, "customers", read.customers, read.deliveries)
        links = [(deliverable, need) for need, deliverable, _strength in read.translations]
        link(read.deliverables, "needs", read.needs, links)
        return read.deliverables
