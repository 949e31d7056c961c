"""What the sheets of step I and of the first N are made of: each table read once for a page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet

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
from victory.prepared import Prepared, know
from victory.rows import WorkbookRow


def drivers_first(_day: date | None) -> QuerySet:
    chosen = Exists(DriverChoice.objects.filter(customer=OuterRef("pk")))
    return Customer.objects.order_by(chosen.desc(), "position", "pk")


def standing_answers(_day: date | None) -> QuerySet:
    return Answer.objects.standing().select_related("delivery__deliverable", "delivery__customer")


DELIVERABLES = Prepared.all(lambda _day: Deliverable.objects.all())
CUSTOMERS = Prepared.all(lambda _day: Customer.objects.select_related("group", "unit"))
CUSTOMERS_DRIVERS_FIRST = Prepared.all(drivers_first)
DELIVERIES = Prepared.all(lambda _day: Delivery.objects.values_list("deliverable_id", "customer_id"))
GROUPS = Prepared.all(lambda _day: CustomerGroup.objects.all())
CRITERIA = Prepared.all(lambda _day: Criterion.objects.all())
CHOICES = Prepared.all(lambda _day: DriverChoice.objects.select_related("customer"))
STATEMENT = Prepared.all(lambda _day: DriverStatement.objects.order_by("pk")[:1])
SCORES = Prepared.all(
    lambda _day: Score.objects.order_by().values_list("customer_id", "criterion_id", "value")
)
ANSWERS = Prepared.all(standing_answers)
NEEDS = Prepared.all(lambda _day: Need.objects.all())
TRANSLATIONS = Prepared.all(
    lambda _day: Translation.objects.order_by().values_list("need_id", "deliverable_id", "strength")
)


def link(
    rows: Iterable[WorkbookRow], name: str, others: Sequence[WorkbookRow], links: Iterable[tuple[int, int]]
):
    """Let the rows know which of the others they are linked to under that name, in the others' order."""
    places = {other.pk: place for place, other in enumerate(others)}
    found = defaultdict(list)
    for row, other in links:
        if other in places:  # each table is read on its own, while others go on writing
            found[row].append(places[other])
    for row in rows:
        know(row, name, [others[place] for place in sorted(found[row.pk])])


class Tables:
    """The tables of step I and of the first N in the organization in scope, each read once it is asked."""

    @cached_property
    def deliverables(self) -> list[Deliverable]:
        return DELIVERABLES.rows()

    @cached_property
    def customers(self) -> list[Customer]:
        return CUSTOMERS.rows()

    @cached_property
    def customers_drivers_first(self) -> list[Customer]:
        """Without their groups and units."""
        return CUSTOMERS_DRIVERS_FIRST.rows()

    @cached_property
    def deliveries(self) -> list[tuple[int, int]]:
        """Which deliverable goes to which customer."""
        return DELIVERIES.rows()

    @cached_property
    def groups(self) -> list[CustomerGroup]:
        return GROUPS.rows()

    @cached_property
    def criteria(self) -> list[Criterion]:
        return CRITERIA.rows()

    @cached_property
    def choices(self) -> list[DriverChoice]:
        return CHOICES.rows()

    @cached_property
    def scores(self) -> dict[tuple[int, int], int]:
        """By customer and criterion."""
        return {(customer, criterion): value for customer, criterion, value in SCORES.rows()}

    @cached_property
    def needs(self) -> list[Need]:
        return NEEDS.rows()

    @cached_property
    def translations(self) -> list[tuple[int, int, int]]:
        """Which need is met by which deliverable, and how strongly."""
        return TRANSLATIONS.rows()

    # As the worksheets show them

    def deliverables_with_customers(self) -> list[Deliverable]:
        link(self.deliverables, "customers", self.customers, self.deliveries)
        return self.deliverables

    def customers_with_deliverables(self) -> list[Customer]:
        links = ((customer, deliverable) for deliverable, customer in self.deliveries)
        link(self.customers, "deliverables", self.deliverables, links)
        return self.customers

    def needs_with_deliverables(self) -> list[Need]:
        links = ((need, deliverable) for need, deliverable, _strength in self.translations)
        link(self.needs, "deliverables", self.deliverables, links)
        return self.needs
