"""What the units of one house promise each other: deliverable, verdicts, and what the other one says."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.urls import reverse
from django.utils.formats import date_format

from actionplans.metric_rows import write_target
from customers.models import Answer, Customer, Deliverable, Delivery, Translation
from metrics.models import Metric, Verdict
from metrics.split import Split
from victory.models import Member, Organization
from victory.tenancy import memberships_of, scope_of_suppliers


@dataclass(frozen=True)
class PromisedFigure:
    """One metric of a promise, as the receiving unit sees it: nothing of who works on it, and no link."""

    name: str
    satisfied_when: str
    figure: str
    day: str
    target: str
    verdict: Verdict

    @classmethod
    def of(cls, metric: Metric, today: date) -> "PromisedFigure":
        latest = metric.latest
        return cls(
            metric.measured_by,
            metric.satisfied_when,
            metric.scale.write(latest.value) if latest else "",
            date_format(latest.date) if latest else "",
            write_target(metric, metric.target_on(today)),
            Verdict(metric.stands),
        )


@dataclass(frozen=True)
class Promise:
    """A deliverable that one unit promises to another, how it is kept, and what the other one says."""

    deliverable: Deliverable
    customer: Customer
    needs: tuple[str, ...]
    figures: tuple[PromisedFigure, ...]
    answers: tuple[Answer, ...]
    """The newest first: that one stands."""

    @property
    def id(self) -> str:
        return f"promise-{self.deliverable.pk}-{self.customer.pk}"

    @property
    def standing(self) -> Answer | None:
        """The answer that stands, or None while there is none."""
        return self.answers[0] if self.answers else None

    @property
    def earlier(self) -> tuple[Answer, ...]:
        return self.answers[1:]

    @property
    def split(self) -> Split:
        return Split.of(figure.verdict for figure in self.figures)


def read_promises(customers: Iterable[Customer], today: date) -> list[Promise]:
    """What is promised to these customers by the organizations in scope, in a fixed number of queries."""
    known = {customer.pk: customer for customer in customers}
    deliverables = Deliverable.objects.promised_to(list(known))
    figures = defaultdict(list)
    for metric in Metric.objects.with_verdict().standing_on(today).filter(deliverable__in=deliverables):
        figures[metric.deliverable_id].append(PromisedFigure.of(metric, today))
    needs = defaultdict(list)
    translations = Translation.objects.filter(need__customer__in=known)
    for deliverable, customer, text in translations.values_list(
        "deliverable", "need__customer", "need__text"
    ):
        needs[deliverable, customer].append(text)
    delivered = Delivery.objects.filter(customer__in=known).values_list("deliverable", "customer")
    pairs = {*needs, *delivered}
    answers = read_answers(known)
    return [
        Promise(
            deliverable,
            customer,
            tuple(needs[deliverable.pk, customer.pk]),
            tuple(figures[deliverable.pk]),
            tuple(answers[deliverable.pk, customer.pk]),
        )
        for deliverable in deliverables.select_related("organization")
        for customer in known.values()
        if (deliverable.pk, customer.pk) in pairs
    ]


def read_answers(customers: Iterable[int]) -> dict[tuple[int, int], list[Answer]]:
    """What these customers said of each delivery, by deliverable and customer, the newest first."""
    found = defaultdict(list)
    answers = Answer.objects.by_the_customer().filter(delivery__customer__in=customers)
    for answer in answers.select_related("delivery"):
        found[answer.delivery.deliverable_id, answer.delivery.customer_id].append(answer)
    return found


def promises_to(unit: Organization, today: date) -> list[Promise]:
    """What the other units of the house promise to this one."""
    with scope_of_suppliers(unit, Customer) as as_customer:
        return read_promises(as_customer, today)


def promises_of(unit: Organization, today: date) -> list[Promise]:
    """What this unit, whose scope is open, promises to the others of its house."""
    return read_promises(Customer.objects.of_the_house(unit).select_related("unit"), today)


def promise_to(unit: Organization, deliverable: int, today: date) -> Promise | None:
    """The one of the promises to this unit that is about this deliverable, or None."""
    found = (each for each in promises_to(unit, today) if each.deliverable.pk == deliverable)
    return next(found, None)


@dataclass(frozen=True)
class Supplier:
    """A unit and what it promises this one; `url` leads to its page for those who are members there."""

    name: str
    url: str
    promises: list[Promise] = field(default_factory=list)


@dataclass(frozen=True)
class Received:
    """Everything that other units of the house promise to one unit."""

    promises: list[Promise]
    member: Member

    @cached_property
    def suppliers(self) -> list[Supplier]:
        own = set(memberships_of(self.member.user).values_list("organization", flat=True))
        found = {}
        for promise in self.promises:
            unit = promise.deliverable.organization
            url = reverse("promised", args=[unit.slug]) if unit.pk in own else ""
            found.setdefault(unit.pk, Supplier(unit.name, url)).promises.append(promise)
        return sorted(found.values(), key=lambda supplier: supplier.name)
