"""What the pages show of the scoring: the two grids, the ranking and how firm the choice is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from customers import scoring
from customers.figures import number, whole_percent
from customers.grids import TypedLine, what_stands
from customers.models import Need, OwnScore
from customers.pareto import Entry, Pareto, pareto
from customers.reads import NeedTables, ScoreTables
from victory.models import Member


@dataclass(frozen=True)
class Scoring:
    """Customers, criteria and scores of the organization in scope, read once."""

    customers: list[scoring.Candidate]
    criteria: list[scoring.Weighted]
    scores: dict[tuple[int, int], int]
    drivers: set[int]

    @classmethod
    def of(cls, tables: ScoreTables) -> "Scoring":
        return cls.by(tables, tables.scores)

    @classmethod
    def own_of(cls, member: Member, tables: ScoreTables) -> "Scoring":
        """The same by what the member scored on their own."""
        own = OwnScore.objects.filter(member=member).values_list("customer_id", "criterion_id", "value")
        return cls.by(tables, {(customer, criterion): value for customer, criterion, value in own})

    @classmethod
    def by(cls, tables: ScoreTables, scores: scoring.Scores) -> "Scoring":
        """Customers and criteria with these scores."""
        return cls(
            [scoring.Candidate(each.pk, each.name) for each in tables.customers],
            [scoring.Weighted(each.pk, each.name, each.weight) for each in tables.criteria],
            scores,
            {choice.customer_id for choice in tables.choices},
        )

    @property
    def key(self) -> tuple:
        """All that the ranking is made of."""
        scores, drivers = frozenset(self.scores.items()), frozenset(self.drivers)
        return tuple(self.customers), tuple(self.criteria), scores, drivers

    @cached_property
    def ranked(self) -> list[scoring.Ranked]:
        return scoring.rank(self.customers, self.criteria, self.scores)

    @cached_property
    def firmness(self) -> scoring.Firmness:
        return scoring.firmness(self.customers, self.criteria, self.scores, self.drivers)

    @cached_property
    def pareto(self) -> Pareto:
        return pareto([Entry(row.name, row.total, row.key in self.drivers) for row in self.ranked])


class GridCell(NamedTuple):
    """A cell as it is shown: the value to stand in it, what is stored, and what is wrong with it."""

    key: int
    label: str
    column: str
    value: str
    was: str
    problem: str


class GridRow(NamedTuple):
    """One line of a grid: a customer or a need, its cells, and what they come to."""

    pk: int
    name: str
    cells: tuple[GridCell, ...]
    summary: tuple[str, ...]

    @property
    def problems(self) -> tuple[GridCell, ...]:
        return tuple(cell for cell in self.cells if cell.problem)


@dataclass(frozen=True)
class Grid:
    """A grid as it is shown: headings, lines, and a sum under each column where there is one."""

    columns: list[str]
    rows: list[GridRow]
    footer: list[tuple[str, str]] = ()


def _cells(
    name: str, columns: Sequence[tuple[int, str]], stored: Mapping[int, int], line: TypedLine
) -> tuple[GridCell, ...]:
    cells = []
    for key, column in columns:
        value, was = what_stands(line, key, str(stored.get(key, "")))
        cells.append(GridCell(key, f"{name}: {column}", column, value, was, line.problems.get(key, "")))
    return tuple(cells)


def in_words(standing: scoring.Ranked) -> tuple[str, str]:
    """Total and rank; a customer with no score at all has neither."""
    return (number(standing.total), str(standing.place)) if standing.scored else ("–", "–")


def score_grid(known: Scoring, typed: Mapping[int, TypedLine]) -> Grid:
    """Customers against criteria, each line with its weighted total and its rank."""
    columns = [(criterion.key, criterion.name) for criterion in known.criteria]
    standing = {row.key: row for row in known.ranked}
    rows = [
        GridRow(
            customer.key,
            customer.name,
            _cells(
                customer.name,
                columns,
                {
                    key: known.scores[customer.key, key]
                    for key, _name in columns
                    if (customer.key, key) in known.scores
                },
                typed.get(customer.key, TypedLine()),
            ),
            in_words(standing[customer.key]),
        )
        for customer in known.customers
    ]
    headings = [f"{criterion.name} ×{number(criterion.weight)}" for criterion in known.criteria]
    return Grid(headings, rows)


def relation_grid(tables: NeedTables, needs: Iterable[Need], typed: Mapping[int, TypedLine]) -> Grid:
    """These needs against the deliverables, and under each deliverable the weight that results from all."""
    columns = [(each.pk, each.name) for each in tables.deliverables]
    stored = {}
    for need, deliverable, strength in tables.translations:
        stored.setdefault(need, {})[deliverable] = strength
    names = {customer.pk: customer.name for customer in tables.customers}
    importances = {need.pk: need.importance for need in tables.needs}
    weights = scoring.deliverable_weights(importances, tables.translations, [key for key, _name in columns])
    rows = [
        GridRow(
            need.pk,
            need.text,
            _cells(need.text, columns, stored.get(need.pk, {}), typed.get(need.pk, TypedLine())),
            (names.get(need.customer_id, ""), str(need.importance)),
        )
        for need in needs
    ]
    footer = [(number(weights[key].absolute), whole_percent(weights[key].share)) for key, _name in columns]
    return Grid([name for _key, name in columns], rows, footer)
