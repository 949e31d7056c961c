"""The rows of a workbook as its thread knows them: flat, and only what is said of them."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from actionplans import reads
from actionplans.last_review import LastReview
from customers.scoring import weighted_totals
from metrics.models import Metric

# `place` names a row's place in the thread, and is how a page is asked for that row.


class CustomerLine(NamedTuple):
    pk: int
    name: str
    group_id: int | None
    scores: int

    def __str__(self):
        return self.name

    @property
    def place(self) -> str:
        return f"customer-{self.pk}"


class NeedLine(NamedTuple):
    pk: int
    text: str
    customer_id: int
    importance: int
    aspect: str

    def __str__(self):
        return self.text

    @property
    def place(self) -> str:
        return f"need-{self.pk}"


class DeliverableLine(NamedTuple):
    pk: int
    name: str

    def __str__(self):
        return self.name

    @property
    def place(self) -> str:
        return f"deliverable-{self.pk}"


class MetricLine(NamedTuple):
    pk: int
    measured_by: str
    deliverable_id: int
    verdict: str
    has_target: bool
    owner: str | None
    owner_id: int | None
    need_id: int | None
    attainment: Decimal | None

    @classmethod
    def of(cls, metric: Metric) -> "MetricLine":
        """As `actionplans.metric_rows.read_metrics` read it."""
        return cls(
            metric.pk,
            metric.measured_by,
            metric.deliverable_id,
            metric.stands,
            metric.has_target,
            metric.owner,
            metric.owner_id,
            metric.need_id,
            metric.attainment,
        )

    def __str__(self):
        return self.measured_by

    @property
    def place(self) -> str:
        return f"metric-{self.pk}"


class ActionLine(NamedTuple):
    pk: int
    what: str
    metric_id: int
    status: str
    due: date
    who: str
    who_id: int
    version: int

    def __str__(self):
        return self.what

    @property
    def place(self) -> str:
        return f"action-{self.pk}"

    def is_late(self, today: date) -> bool:
        return self.due < today


Line = CustomerLine | NeedLine | DeliverableLine | MetricLine | ActionLine


class Written(NamedTuple):
    """What is written down in a workbook, read in one statement and so of one moment.

    Rows are keyed by primary key: customers, deliverables and metrics in the order of their worksheets, needs
    in that of their customers, and actions, which are those still open, the most urgent first.
    """

    focus: dict
    """The newest revision's texts and the day it was adopted on; nothing before there is one."""
    has_adopted: bool
    rights: int
    customers: dict[int, CustomerLine]
    criteria: int
    drivers: set[int]
    has_driver_statement: bool
    deliverables: dict[int, DeliverableLine]
    deliveries: list[tuple[int, int]]
    """Which deliverable goes to which customer."""
    needs: dict[int, NeedLine]
    deliverables_of_need: dict[int, list[int]]
    metrics: dict[int, MetricLine]
    actions: dict[int, ActionLine]

    @classmethod
    def read(cls, today: date) -> "Written":
        """The workbook of the organization in scope."""
        told = reads.WORKBOOK.read(today)
        return cls(
            focus=next(iter(told.focus), {}),
            has_adopted=bool(told.adopted),
            rights=len(told.rights),
            customers={row[0]: CustomerLine(*row) for row in told.customers},
            criteria=len(told.criteria),
            drivers=set(told.drivers),
            has_driver_statement=bool(told.statements),
            deliverables={row[0]: DeliverableLine(*row) for row in told.deliverables},
            deliveries=told.deliveries,
            needs={row[0]: NeedLine(*row) for row in told.needs},
            deliverables_of_need=grouped(told.translations),
            metrics={row[0]: MetricLine(*row) for row in told.metrics},
            actions={row[0]: ActionLine(*row) for row in told.actions},
        )


class Beside(NamedTuple):
    """What dashboards hold a workbook against, read in another statement."""

    totals: dict[int, Decimal]
    """The weighted totals of the customers who were drivers then and had a score."""
    objections: dict[int, list[tuple[str, str]]]
    """By deliverable, which other units of the house that are customers object, and to what."""
    review: LastReview

    @classmethod
    def read(cls) -> "Beside":
        """Of the organization in scope."""
        told = reads.BESIDE.read()
        return cls(
            totals=weighted_totals(told.driver_scores),
            objections=grouped((row[0], row[1:]) for row in told.objections),
            review=LastReview(next(iter(told.last_review), None), dict(told.lines_of_last_review)),
        )


def grouped(pairs) -> dict[int, list[int]]:
    """The second of each pair, listed under the first."""
    found = defaultdict(list)
    for first, second in pairs:
        found[first].append(second)
    return dict(found)
