"""The page of the customer index: the number, and what it is made of, opened down to each metric."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import floor

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from actionplans.index import CustomerIndex, Part, answers, driver_weights, read_index
from actionplans.lines import CustomerLine, MetricLine, NeedLine
from actionplans.thread import Thread
from customers.figures import number, percent
from metrics.attainment import FULL, LIMITS, RULES, Attained
from metrics.models import Metric, Verdict
from metrics.quantities import Aim, Direction, Scale, Unit


@dataclass(frozen=True)
class Weighing:
    """What a part of the index comes to by itself, what it weighs in the whole, and what it brings to it."""

    index: str = "–"
    weight: str = "–"
    share: str = "–"
    contribution: str = "–"

    @classmethod
    def of(cls, part: CustomerIndex, whole: CustomerIndex) -> "Weighing":
        if not part.parts:
            return cls()
        return cls(
            index=part.text,
            weight=written(part.weight, 1),
            share=f"{written(part.share(whole), 1)}\N{NO-BREAK SPACE}%",
            contribution=written(part.contribution(whole), 2),
        )


@dataclass(frozen=True)
class MetricRow:
    """What one metric brings in for one need."""

    metric: str
    url: str
    attainment: str
    working: str
    is_capped: bool
    weighing: Weighing


@dataclass(frozen=True)
class NeedRow:
    """One need of a driver; without rows, nothing that answers it is judged."""

    text: str
    importance: int
    weighing: Weighing
    rows: list[MetricRow]


@dataclass(frozen=True)
class DriverSheet:
    """One driver with its needs."""

    pk: int
    name: str
    score: str
    weighing: Weighing
    needs: list[NeedRow]


@dataclass(frozen=True)
class LeftOut:
    """A metric that does not count, and why."""

    metric: str
    url: str
    why: str


@dataclass(frozen=True)
class Rule:
    """How attainment is worked out for one direction, with a metric of the organization as the example."""

    direction: str
    words: str
    metric: str
    example: str


@dataclass(frozen=True)
class IndexPage:
    """What the page shows; `attained` says, by metric, how its attainment comes about."""

    thread: Thread
    index: CustomerIndex
    attained: dict[int, Attained]

    limits = LIMITS

    @classmethod
    def read(cls, thread: Thread) -> "IndexPage":
        return cls(thread, read_index(thread), read_attained(thread))

    @cached_property
    def counted(self) -> set[int]:
        """The keys of the metrics in the index."""
        return {part.metric for part in self.index.parts}

    @property
    def whole(self) -> Weighing:
        """The index as the sum that its parts add up to."""
        return Weighing.of(self.index, self.index)

    @property
    def needs_of_drivers(self) -> int:
        return sum(need.customer_id in self.thread.drivers for need in self.thread.needs.values())

    @cached_property
    def drivers(self) -> list[DriverSheet]:
        """In the order of the worksheet."""
        customers = self.thread.customers.values()
        return [self._driver(customer) for customer in customers if customer.pk in self.thread.drivers]

    @cached_property
    def left_out(self) -> list[LeftOut]:
        """The metrics that do not count."""
        return [
            LeftOut(metric.measured_by, self._page_of(metric), "; ".join(self._reasons(metric)))
            for metric in self.thread.metrics.values()
            if metric.pk not in self.counted
        ]

    @property
    def rules(self) -> list[Rule]:
        """One for each direction. The example is a target that is not attained, if there is one."""
        most_telling_last = sorted(self.attained.items(), key=lambda item: item[1].percent < FULL)
        examples = {attained.aim.direction: (pk, attained) for pk, attained in most_telling_last}
        return [
            Rule(str(direction.label), str(words), *self._example(*examples.get(direction, ())))
            for direction, words in RULES.items()
        ]

    def _driver(self, customer: CustomerLine) -> DriverSheet:
        needs = [self.thread.needs[pk] for pk in self.thread.needs_of_customer.get(customer.pk, ())]
        return DriverSheet(
            pk=customer.pk,
            name=customer.name,
            score=self._score(customer),
            weighing=Weighing.of(self.index.by_driver.get(customer.pk, CustomerIndex()), self.index),
            needs=[self._need(need) for need in needs],
        )

    def _score(self, customer: CustomerLine) -> str:
        if score := self.thread.driver_scores.get(customer.pk):
            return number(score)
        usual = driver_weights(self.thread.driver_scores).get(customer.pk, Fraction(1))
        return _("none, counts as %(usual)s") % {"usual": written(usual, 1)}

    def _need(self, need: NeedLine) -> NeedRow:
        index = self.index.by_need.get(need.pk, CustomerIndex())
        rows = [self._metric(part) for part in index.parts]
        return NeedRow(need.text, need.importance, Weighing.of(index, self.index), rows)

    def _metric(self, part: Part) -> MetricRow:
        metric = self.thread.metrics[part.metric]
        attained = self.attained.get(part.metric)
        return MetricRow(
            metric=metric.measured_by,
            url=self._page_of(metric),
            attainment=percent(part.attained),
            working=attained.working if attained else "",
            is_capped=part.attained > FULL,
            weighing=Weighing.of(CustomerIndex((part,)), self.index),
        )

    def _reasons(self, metric: MetricLine) -> Iterator[str]:
        """Why a metric does not count."""
        if metric.verdict == Verdict.NOT_MEASURED:
            yield _("it is not measured")
        elif metric.attainment is None:
            yield _("no target held on the day of its figure")
        if metric.pk not in self._answering:
            yield _("it answers no need of a customer driver")

    @cached_property
    def _answering(self) -> set[int]:
        """The keys of the metrics that answer a driver's need, judged or not."""
        thread = self.thread
        found = answers(thread.metrics.values(), thread.needs, thread.needs_of_deliverable, thread.drivers)
        return {metric.pk for metric, _need in found}

    def _example(self, pk: int | None = None, attained: Attained | None = None) -> tuple[str, str]:
        if pk not in self.thread.metrics:
            return "", ""
        return self.thread.metrics[pk].measured_by, f"{attained.working} = {attained.text}"

    def _page_of(self, metric: MetricLine) -> str:
        return reverse("metric", args=[self.thread.organization.slug, metric.pk])


def read_attained(thread: Thread) -> dict[int, Attained]:
    """By metric, how the newest figure stands against the target of its day, where there is one."""
    target = "latest__judged_by__"
    fields = (
        "pk",
        "latest__value",
        f"{target}direction",
        f"{target}low",
        f"{target}high",
        "unit",
        "scale_top",
    )
    rows = Metric.objects.filter(latest__judged_by__isnull=False).values_list(*fields)
    currency = thread.organization.currency
    return {
        pk: Attained(value, Aim(Direction(direction), low, high), Scale(Unit(unit), currency, top))
        for pk, value, direction, low, high, unit, top in rows
    }


def written(exact: Fraction, places: int) -> str:
    """Rounded, with all its places, so that figures stand in line below each other."""
    rounded = Decimal(floor(exact * 10**places + Fraction(1, 2))).scaleb(-places)
    return number_format(rounded, decimal_pos=places, force_grouping=True)
