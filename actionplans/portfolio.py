"""The portfolio: how the units below an organization stand, side by side, the worst first."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import chain, takewhile
from typing import NamedTuple

from django.db.models import Case, DateField, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.index import CustomerIndex, customer_index
from actionplans.models import Action
from actionplans.thread import grouped
from customers.models import DriverChoice, Need, Score, Translation
from customers.scoring import weighted_totals
from metrics.models import Metric, Verdict
from metrics.rhythm import Frequency, Freshness, Rhythm
from victory.models import Organization, line_above
from victory.tenancy import scope_of_units


@dataclass(frozen=True)
class Unit:
    """How one unit stands. `place` names what it is part of below the organization, from the top."""

    name: str
    kind: str
    url: str
    index_url: str
    portfolio_url: str
    place: list[str]
    verdicts: Counter[Verdict]
    index: CustomerIndex
    late: int
    stale: int

    @property
    def met(self) -> int:
        return self.verdicts[Verdict.MET]

    @property
    def metrics(self) -> int:
        return self.verdicts.total()

    @property
    def share_met(self) -> float | None:
        """From 0 to 1; None for a unit without metrics."""
        return self.met / self.metrics if self.metrics else None

    @property
    def bar(self) -> list[tuple[Verdict, float, float]]:
        return split(self.verdicts)

    @property
    def verdicts_in_words(self) -> str:
        return in_words(self.verdicts)


@dataclass(frozen=True)
class Order:
    """One order of the units, the worst first; what has nothing to go by comes last."""

    name: str
    label: str
    words: str
    worst: Callable[[Unit], float | Decimal | None]

    def key(self, unit: Unit) -> tuple:
        """What units are sorted by; where they are equal, by name."""
        rank = self.worst(unit)
        return (rank is None, rank or 0, unit.name.casefold())


ORDERS = (
    Order(
        "met",
        gettext_lazy("share met"),
        gettext_lazy("the smallest share of metrics met first"),
        lambda unit: unit.share_met,
    ),
    Order(
        "index",
        gettext_lazy("customer index"),
        gettext_lazy("the lowest customer index first"),
        lambda unit: unit.index.value,
    ),
    Order(
        "late", gettext_lazy("actions late"), gettext_lazy("most actions late first"), lambda unit: -unit.late
    ),
    Order(
        "stale",
        gettext_lazy("stale metrics"),
        gettext_lazy("most stale metrics first"),
        lambda unit: -unit.stale,
    ),
    Order("name", gettext_lazy("name"), gettext_lazy("by name"), lambda unit: 0),
)


def order_named(name: str) -> Order:
    """The order of this name; else by the share met."""
    return next((each for each in ORDERS if each.name == name), ORDERS[0])


@dataclass(frozen=True)
class Portfolio:
    """The units in which the person is a member, in the order that was asked for."""

    all_units: list[Unit]
    order: Order

    orders = ORDERS

    @cached_property
    def units(self) -> list[Unit]:
        return sorted(self.all_units, key=self.order.key)

    @cached_property
    def verdicts(self) -> Counter[Verdict]:
        """The verdicts of all units together."""
        return sum((unit.verdicts for unit in self.all_units), Counter())

    @property
    def met(self) -> str:
        return _("%(met)d of %(all)d met") % {
            "met": self.verdicts[Verdict.MET], "all": self.verdicts.total(),
        }  # fmt: skip

    @property
    def bar(self) -> list[tuple[Verdict, float, float]]:
        return split(self.verdicts)

    @property
    def verdicts_in_words(self) -> str:
        return in_words(self.verdicts)

    @property
    def late(self) -> int:
        return sum(unit.late for unit in self.all_units)

    @property
    def stale(self) -> int:
        return sum(unit.stale for unit in self.all_units)

    @property
    def index_range(self) -> str:
        """The lowest and the highest customer index."""
        known = sorted(
            (unit.index for unit in self.all_units if unit.index.parts), key=lambda each: each.exact
        )
        if not known:
            return "–"
        low, high = known[0].text, known[-1].text
        return low if low == high else f"{low}–{high}"


def read_portfolio(organization: Organization, user, order: str) -> Portfolio:
    """Read the units below the organization that the person may see, in a fixed number of queries."""
    with scope_of_units(user, organization) as memberships:
        units = [membership.organization for membership in memberships]
        workbooks = Workbooks.read(units)
    tree = Tree.over(units, organization)
    return Portfolio(
        [unit_row(unit, workbooks, tree) for unit in units],
        order_named(order),
    )


def unit_row(unit: Organization, workbooks: "Workbooks", tree: "Tree") -> Unit:
    today = unit.today
    metrics = workbooks.metrics.get(unit.pk, ())
    return Unit(
        name=unit.name,
        kind=unit.get_kind_display(),
        url=reverse("dashboard", args=[unit.slug]),
        index_url=reverse("index", args=[unit.slug]),
        portfolio_url=reverse("portfolio", args=[unit.slug]) if tree.has_units(unit) else "",
        place=tree.place_of(unit),
        verdicts=Counter(Verdict(metric.verdict) for metric in metrics),
        index=workbooks.index_of(unit.pk),
        late=sum(due < today for due in workbooks.actions_due.get(unit.pk, ())),
        stale=sum(metric.is_stale(today) for metric in metrics),
    )


class MetricLine(NamedTuple):
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


class NeedLine(NamedTuple):
    """A need of a customer driver."""

    pk: int
    customer_id: int
    importance: int


@dataclass(frozen=True)
class Workbooks:
    """What the portfolio has to know of the workbooks in scope: rows by the key of their unit."""

    metrics: Mapping[int, list[MetricLine]]
    needs: Mapping[int, list[NeedLine]]
    translations: Mapping[int, list[tuple[int, int]]]
    drivers: Mapping[int, list[int]]
    scores: Mapping[int, list[tuple[int, Decimal, int]]]
    actions_due: Mapping[int, list[date]]

    @classmethod
    def read(cls, units: Iterable[Organization]) -> "Workbooks":
        """Each table once, over all units at a time."""
        unit = "organization_id"
        metrics = Metric.objects.standing_on(today_of_each(units)).values_list(
            unit,
            "pk",
            "deliverable_id",
            "need_id",
            "attainment",
            "stands",
            "frequency",
            "begins_on",
            "latest__date",
        )
        needs = Need.objects.filter(customer__driver_choices__isnull=False)
        translations = Translation.objects.filter(need__customer__driver_choices__isnull=False)
        scores = Score.objects.filter(customer__driver_choices__isnull=False)
        return cls(
            metrics=grouped((key, MetricLine(*row)) for key, *row in metrics),
            needs=grouped(
                (key, NeedLine(*row))
                for key, *row in needs.values_list(unit, "pk", "customer_id", "importance")
            ),
            translations=grouped(
                (key, (need, deliverable))
                for key, need, deliverable in translations.values_list(unit, "need_id", "deliverable_id")
            ),
            drivers=grouped(DriverChoice.objects.values_list(unit, "customer_id")),
            scores=grouped(
                (key, tuple(row))
                for key, *row in scores.values_list(unit, "customer_id", "criterion__weight", "value")
            ),
            actions_due=grouped(Action.objects.open().values_list(unit, "due")),
        )

    def index_of(self, unit: int) -> CustomerIndex:
        needs = {need.pk: need for need in self.needs.get(unit, ())}
        without_score = dict.fromkeys(self.drivers.get(unit, ()), Decimal(0))
        return customer_index(
            self.metrics.get(unit, ()),
            needs,
            grouped(self.translations.get(unit, ())),
            without_score | weighted_totals(self.scores.get(unit, ())),
        )


def today_of_each(units: Iterable[Organization]) -> Case:
    """The day it is where each unit works, in a query over all of them."""
    units_by_day = grouped((unit.today, unit.pk) for unit in units)
    days = (When(organization__in=keys, then=Value(day)) for day, keys in units_by_day.items())
    return Case(*days, output_field=DateField())


@dataclass(frozen=True)
class Tree:
    """Where the units stand below the top. What the person may not see has no name here."""

    top: int
    names: Mapping[int, str]
    lines: Mapping[int, list[int]]
    """What each unit is part of, the nearest first."""

    @classmethod
    def over(cls, units: list[Organization], top: Organization) -> "Tree":
        parents = dict(Organization.objects.above(*units).values_list("pk", "parent_id"))
        return cls(
            top.pk,
            {unit.pk: unit.name for unit in units},
            {unit.pk: line_above(unit.pk, parents) for unit in units},
        )

    def place_of(self, unit: Organization) -> list[str]:
        """What the unit is part of, from below the top on."""
        below_top = list(takewhile(lambda key: key != self.top, self.lines[unit.pk]))
        return [self.names.get(key, "…") for key in reversed(below_top)]

    def has_units(self, unit: Organization) -> bool:
        """Whether one of the others is below it."""
        return unit.pk in self._above_others

    @cached_property
    def _above_others(self) -> set[int]:
        return set(chain.from_iterable(self.lines.values()))


def split(verdicts: Counter[Verdict]) -> list[tuple[Verdict, float, float]]:
    """A bar of these verdicts: where each part begins, and how wide it is, in percent."""
    parts, x = [], 0.0
    for verdict in Verdict:
        if verdicts[verdict]:
            width = 100 * verdicts[verdict] / verdicts.total()
            parts.append((verdict, round(x, 2), round(width, 2)))
            x += width
    return parts


def in_words(verdicts: Counter[Verdict]) -> str:
    """The same split in words."""
    return ", ".join(each.count_in_words(verdicts[each]) for each in Verdict if verdicts[each])
