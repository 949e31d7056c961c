"""The portfolio: how the units below an organization stand, side by side, the worst first."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import chain, takewhile
from typing import NamedTuple

from django.utils.translation import gettext_lazy

from actionplans.index import Total
from actionplans.workbooks import Workbooks
from metrics.split import Split
from victory.addresses import page_of
from victory.models import Organization, State, UnitLine, lines_above
from victory.recent import Recent
from victory.tenancy import narrowed_to, scope_of_units


class Standing(NamedTuple):
    """How one unit stands in one state of its workbook on one day."""

    split: Split
    index: Total
    late: int
    stale: int


type Stands = Mapping[int, tuple[State, date]]
"""By the key of a unit, the state of its workbook, and the day it is there."""


class Standings:
    """How the units that were looked at last stood, so that only those that changed are read again."""

    def __init__(self, most_units: int):
        self._found: Recent[int, tuple[tuple[State, date], Standing]] = Recent(most_units)

    def of(self, units: Collection[UnitLine], stands: Stands) -> dict[int, Standing]:
        """How each of these units stands, all of which are in scope."""
        found = {key: self._found.get(key) for key in stands}
        known = {key: at[1] for key, at in found.items() if at and at[0] == stands[key]}
        if changed := [unit for unit in units if unit.pk not in known]:
            with narrowed_to(changed):
                workbooks = Workbooks.read(changed)
            read = {unit.pk: standing_of(unit, workbooks) for unit in changed}
            self._found.put({key: (stands[key], standing) for key, standing in read.items()})
            known |= read
        return known

    def forget(self):
        """Remember nothing any more."""
        self._found.forget()


STANDINGS = Standings(most_units=20_000)


def standing_of(unit: UnitLine, workbooks: Workbooks) -> Standing:
    today, metrics = unit.today, workbooks.metrics.get(unit.pk, ())
    return Standing(
        split=Split.of(metric.verdict for metric in metrics),
        index=workbooks.index_of(unit.pk),
        late=sum(due < today for due in workbooks.actions_due.get(unit.pk, ())),
        stale=sum(metric.is_stale(today) for metric in metrics),
    )


@dataclass(frozen=True)
class Unit:
    """How one unit stands. `place` names what it is part of below the organization, from the top."""

    name: str
    kind: str
    url: str
    index_url: str
    portfolio_url: str
    place: list[str]
    split: Split
    index: Total
    late: int
    stale: int
    of: tuple = ()
    """The state of which workbook on which day it says this of."""


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
        lambda unit: unit.split.share_met,
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
    def split(self) -> Split:
        """The metrics of all units together."""
        return Split.together(unit.split for unit in self.all_units)

    @property
    def late(self) -> int:
        return sum(unit.late for unit in self.all_units)

    @property
    def stale(self) -> int:
        return sum(unit.stale for unit in self.all_units)

    @property
    def index_range(self) -> str:
        """The lowest and the highest customer index."""
        known = [unit.index.exact for unit in self.all_units if unit.index.exact is not None]
        if not known:
            return "–"
        low, high = Total(min(known)).text, Total(max(known)).text
        return low if low == high else f"{low}–{high}"


def read_portfolio(organization: Organization, user, order: str) -> Portfolio:
    """Read the units below the organization that the person may see, in a fixed number of queries."""
    with scope_of_units(user, organization) as units:
        stands = {unit.pk: (unit.state, unit.today) for unit in units}
        standings = STANDINGS.of(units, stands)
    tree = Tree.over(units, organization)
    kinds = {kind.value: str(kind.label) for kind in Organization.Kind}
    rows = [
        unit_row(unit, standings[unit.pk], tree, kind=kinds[unit.kind], of=(unit.pk, *stands[unit.pk]))
        for unit in units
    ]
    return Portfolio(rows, order_named(order))


def unit_row(unit: UnitLine, standing: Standing, tree: "Tree", *, kind: str, of: tuple) -> Unit:
    return Unit(
        of=of,
        name=unit.name,
        kind=kind,
        url=page_of(unit.slug, "dashboard"),
        index_url=page_of(unit.slug, "index"),
        portfolio_url=page_of(unit.slug, "portfolio") if tree.has_units(unit) else "",
        place=tree.place_of(unit),
        **standing._asdict(),
    )


@dataclass(frozen=True)
class Tree:
    """Where the units stand below the top. What the person may not see has no name here."""

    top: int
    names: Mapping[int, str]
    lines: Mapping[int, list[int]]
    """What each unit is part of, the nearest first."""

    @classmethod
    def over(cls, units: list[UnitLine], top: Organization) -> "Tree":
        return cls(top.pk, {unit.pk: unit.name for unit in units}, lines_above(units))

    def place_of(self, unit: UnitLine) -> list[str]:
        """What the unit is part of, from below the top on."""
        below_top = list(takewhile(lambda key: key != self.top, self.lines[unit.pk]))
        return [self.names.get(key, "…") for key in reversed(below_top)]

    def has_units(self, unit: UnitLine) -> bool:
        """Whether one of the others is below it."""
        return unit.pk in self._above_others

    @cached_property
    def _above_others(self) -> set[int]:
        return set(chain.from_iterable(self.lines.values()))
