"""The customer index: how much of what was promised to the customer drivers is kept, from 0 to 100.

It is the mean of the attainment of all metrics that answer a driver's need, weighted by

    the score of the driver x the importance of the need.

- Attainment counts for 100 at most: a promise that is more than kept makes up for no broken one.
- A metric answers the need it names, or else every need that its deliverable is to meet; one that
  answers several needs counts for each.
- A driver without a score counts as the scored ones do on average; where none has one, all count alike.
- What is not judged yet, or answers no driver's need, does not count.

All is worked out exactly, in fractions, and rounded where it is shown.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import floor, lcm
from typing import NamedTuple, Protocol

from actionplans.thread import Thread
from customers.figures import number
from metrics.attainment import FULL


class Measured(Protocol):
    """What the index has to know of a metric."""

    pk: int
    deliverable_id: int
    need_id: int | None
    attainment: Decimal | None


class Wanted(Protocol):
    """What the index has to know of a need."""

    pk: int
    customer_id: int
    importance: int


class Part(NamedTuple):
    """What one metric brings into the index for one need of one driver, named by their keys."""

    driver: int
    need: int
    metric: int
    weight: Fraction
    attained: Decimal

    @property
    def weighted(self) -> Fraction:
        return self.weight * Fraction(min(self.attained, FULL))


class Indexed:
    """What has an exact index, from 0 to 100, or None where nothing counts."""

    exact: Fraction | None

    @property
    def value(self) -> Decimal | None:
        """To one place, rounded down as attainment is: it shows 100 only where every promise is kept."""
        return None if self.exact is None else Decimal(floor(self.exact * 10)).scaleb(-1)

    @property
    def text(self) -> str:
        """The value as people read it."""
        return "–" if self.value is None else number(self.value)


@dataclass(frozen=True)
class Total(Indexed):
    """The index as a number alone, without the parts that it comes from."""

    exact: Fraction | None


@dataclass(frozen=True)
class CustomerIndex(Indexed):
    """The index over these parts: over all of them, or over those of one driver, need or metric."""

    parts: tuple[Part, ...] = ()

    @cached_property
    def weight(self) -> Fraction:
        """What the parts weigh together; only beside other weights it means something."""
        return sum((part.weight for part in self.parts), Fraction(0))

    @cached_property
    def exact(self) -> Fraction | None:
        """From 0 to 100; None where nothing counts."""
        if not self.parts:
            return None
        return sum((part.weighted for part in self.parts), Fraction(0)) / self.weight

    @cached_property
    def by_driver(self) -> dict[int, "CustomerIndex"]:
        """The index of each driver for whom something counts."""
        return self._by("driver")

    @cached_property
    def by_need(self) -> dict[int, "CustomerIndex"]:
        """The index of each need for which something counts."""
        return self._by("need")

    def over(self, metrics: Container[int]) -> "CustomerIndex":
        """The index over these metrics alone."""
        return CustomerIndex(tuple(part for part in self.parts if part.metric in metrics))

    def share(self, whole: "CustomerIndex") -> Fraction:
        """Percent of the weight of the whole that these parts carry."""
        return 100 * self.weight / whole.weight

    def contribution(self, whole: "CustomerIndex") -> Fraction:
        """How many points of the whole come from these parts; with all other parts' it adds up to it."""
        return self.exact * self.weight / whole.weight

    def _by(self, key: str) -> dict[int, "CustomerIndex"]:
        found = defaultdict(list)
        for part in self.parts:
            found[getattr(part, key)].append(part)
        return {each: CustomerIndex(tuple(parts)) for each, parts in found.items()}


def read_index(thread: Thread) -> CustomerIndex:
    """The customer index of the organization whose thread this is."""
    return customer_index(
        thread.metrics.values(), thread.needs, thread.needs_of_deliverable, thread.driver_scores
    )


def customer_index(
    metrics: Iterable[Measured],
    needs: Mapping[int, Wanted],
    needs_of_deliverable: Mapping[int, Iterable[int]],
    driver_scores: Mapping[int, Decimal],
) -> CustomerIndex:
    """The index of one organization from rows that were read before, each mapping by primary key.

    `driver_scores` has every driver, with 0 for one without a score.
    """
    weights = driver_weights(driver_scores)
    judged = [metric for metric in metrics if metric.attainment is not None]
    return CustomerIndex(
        tuple(
            Part(
                need.customer_id,
                need.pk,
                metric.pk,
                weights[need.customer_id] * need.importance,
                metric.attainment,
            )
            for metric, need in answers(judged, needs, needs_of_deliverable, weights)
        )
    )


def answers(
    metrics: Iterable[Measured],
    needs: Mapping[int, Wanted],
    needs_of_deliverable: Mapping[int, Iterable[int]],
    drivers: Collection[int],
) -> Iterator[tuple[Measured, Wanted]]:
    """Each metric with each need of a driver that it answers."""
    for metric in metrics:
        for need in needs_answered(metric, needs, needs_of_deliverable):
            if need.customer_id in drivers:
                yield metric, need


def needs_answered(
    metric: Measured, needs: Mapping[int, Wanted], needs_of_deliverable: Mapping[int, Iterable[int]]
) -> Iterator[Wanted]:
    """The need that the metric names, or else those that its deliverable is to meet."""
    keys = [metric.need_id] if metric.need_id else needs_of_deliverable.get(metric.deliverable_id, ())
    return (needs[key] for key in keys if key in needs)


def driver_weights(scores: Mapping[int, Decimal]) -> dict[int, Fraction]:
    """How much each driver counts: its score, or without one the average of the others, or 1."""
    scored = [Fraction(score) for score in scores.values() if score]
    usual = sum(scored) / len(scored) if scored else Fraction(1)
    return {driver: Fraction(score) or usual for driver, score in scores.items()}


type Answers = tuple[int, int | None]
"""By what it is known which needs a metric answers: its deliverable, and the need that it names."""


class Counted(Protocol):
    """What the total has to know of a metric: how much of its target it attains, in tenths of a percent."""

    answers: Answers
    attained: int | None


def tenths_of(attainment: Decimal | None) -> int | None:
    """The attainment of a metric as the total counts it: 100 percent at most."""
    return None if attainment is None else int(min(attainment, FULL).scaleb(1))


class Weighing:
    """What metrics bring into the total, as whole numbers that can be added up: thousands take a moment.

    It holds for a workbook as long as only single lines of it change, and with a `driver` for that one alone.
    """

    def __init__(self, thread: Thread, driver: int | None = None):
        exact = driver_weights(thread.driver_scores)
        whole = lcm(*(weight.denominator for weight in exact.values()))
        self._drivers = {key: int(weight * whole) for key, weight in exact.items() if driver in (None, key)}
        self._needs, self._needs_of_deliverable = thread.needs, thread.needs_of_deliverable
        self._known: dict[Answers, int] = {}

    def add_up(self, metrics: Iterable[Counted]) -> tuple[int, int]:
        """The weight of those that count, and what they attain by their weights, in tenths of a percent."""
        weight = weighted = 0
        for metric in metrics:
            if metric.attained is not None:
                each = self._weight_of(metric.answers)
                weight += each
                weighted += each * metric.attained
        return weight, weighted

    def _weight_of(self, answers: Answers) -> int:
        if answers not in self._known:
            deliverable, named = answers
            keys = [named] if named else self._needs_of_deliverable.get(deliverable, ())
            needs = [self._needs[key] for key in keys if key in self._needs]
            self._known[answers] = sum(
                self._drivers.get(need.customer_id, 0) * need.importance for need in needs
            )
        return self._known[answers]


def total_of(weight: int, weighted: int) -> Total:
    """The index over metrics that were added up."""
    return Total(Fraction(weighted, 10 * weight) if weight else None)


def total_index(metrics: Iterable[Counted], thread: Thread, driver: int | None = None) -> Total:
    """The index over these metrics, or that of one driver over them, as `CustomerIndex` works it out."""
    return total_of(*Weighing(thread, driver).add_up(metrics))
