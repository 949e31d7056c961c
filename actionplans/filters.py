"""The ways to look at the dashboard: to narrow it down, and to group it, as the address says."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from actionplans.metric_rows import Mark, MetricRow
from actionplans.tally import Tally
from actionplans.thread import Thread
from customers.models import Need
from metrics.models import Verdict
from metrics.split import Split

NOBODY = "nobody"


@dataclass(frozen=True)
class Filter[Row]:
    """One thing that metrics or actions have: a select that narrows the rows down, or what to group them by.

    `options` are the words by key, `chosen` is the key in the address, and `keys_of` a row are the keys of
    what it has of that thing. A key that is not offered narrows nothing down.
    """

    name: str
    label: str
    options: Mapping[str, str]
    chosen: str
    keys_of: Callable[[Row], Collection[str]]
    without: str = ""
    """What a group of those that have nothing of it is called."""

    @property
    def choice(self) -> str:
        """The words of the chosen option, or nothing where it narrows nothing down."""
        return self.options.get(self.chosen, "")

    def keep(self, row: Row) -> bool:
        return not self.choice or self.chosen in self.keys_of(row)

    def group(self, rows: list[Row]) -> list["Group"]:
        """The rows under each option that occurs, and at last those that have none of them."""
        groups = {key: Group(label, [], key) for key, label in self.options.items()}
        rest = Group(self.without, [], "none")
        for row in rows:
            under = [key for key in self.keys_of(row) if key in groups]
            for group in [groups[key] for key in under] or [rest]:
                group.rows.append(row)
        return [group for group in [*groups.values(), rest] if group.rows]


@dataclass(frozen=True)
class Group:
    """Rows that stand together under a heading, or all of them without one."""

    label: str
    rows: list[MetricRow]
    key: str = ""

    @property
    def split(self) -> Split:
        return Split.of(row.verdict for row in self.rows)

    def first(self, count: int) -> "Screenful":
        """As many of its rows as there is room for."""
        return Screenful(self, self.rows[:count])


@dataclass(frozen=True)
class Screenful:
    """What a page shows of a group."""

    group: Group
    rows: list[MetricRow]


def kept_by[Row](filters: Iterable[Filter[Row]], rows: list[Row]) -> list[Row]:
    """The rows that all of the filters keep: all rows where none of them narrows anything down."""
    chosen = [each for each in filters if each.choice]
    return [row for row in rows if all(each.keep(row) for each in chosen)] if chosen else rows


def choices_in_words(filters: Iterable[Filter]) -> str:
    """By what a list is narrowed down, or nothing."""
    return "; ".join(f"{each.label}: {each.choice}" for each in filters if each.choice)


def scopes_for(tally: Tally, thread: Thread, asked: Mapping[str, str]) -> list[Filter]:
    """For whom, of what and by whom: what can be filtered and grouped by, offering what occurs.

    `tally` is that of all metrics.
    """
    customers = {str(pk): customer.name for pk, customer in thread.customers.items()}
    owners = sorted((name, str(pk)) for name, pk in tally.owners)
    measured = thread.metrics_of_deliverable
    deliverables = {str(pk): each.name for pk, each in thread.deliverables.items() if pk in measured}
    drivers = {str(pk): customers[str(pk)] for pk in thread.customers if pk in thread.drivers}
    offered = (
        ("driver", _("Driver"), drivers, lambda row: row.drivers, _("For no driver")),
        ("customer", _("Customer"), customers, lambda row: row.customers, _("For nobody")),
        (
            "aspect",
            _("Aspect"),
            {key: str(label) for key, label in Need.ASPECTS if tally.aspects[key]},
            lambda row: row.aspects,
            _("No aspect named"),
        ),
        (
            "deliverable",
            _("Deliverable"),
            deliverables,
            lambda row: (str(row.deliverable_id),),
            "",
        ),
        (
            "owner",
            _("Owner"),
            {NOBODY: _("nobody")} | {pk: name for name, pk in owners},
            lambda row: (str(row.owner_id) if row.owner else NOBODY,),
            "",
        ),
    )
    return [
        Filter(name, label, options, asked.get(name, ""), keys_of, without)
        for name, label, options, keys_of, without in offered
    ]


def narrowings(asked: Mapping[str, str]) -> list[Filter]:
    """How they stand: what the table alone is narrowed down by, while the figures above it stay."""
    verdicts = {verdict.value: str(verdict.label) for verdict in Verdict}
    marks = {mark.value: str(mark.label) for mark in Mark}
    return [
        Filter("verdict", _("Met / Not met"), verdicts, asked.get("verdict", ""), lambda row: (row.verdict,)),
        Filter("only", _("Marked"), marks, asked.get("only", ""), lambda row: row.marks),
    ]
