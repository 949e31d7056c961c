"""The dashboard: how the organization stands with its customers, every verdict with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actionplans.filters import Filter, Group, choices_in_words, narrowings, scopes_for
from actionplans.index import CustomerIndex, read_index
from actionplans.last_review import LastReview
from actionplans.metric_rows import Mark, MetricRow, RowReader
from actionplans.thread import Thread
from actionplans.trend import Trend, read_trend
from metrics.rhythm import Freshness
from metrics.split import Split
from victory.models import Member, Organization


@dataclass(frozen=True)
class Tile:
    """A number that somebody should know, and the list of what it counts."""

    key: str
    number: str
    words: str
    url: str
    is_shown: bool = False
    """Whether the table shows that list."""


@dataclass(frozen=True)
class Dashboard:
    """What the page shows, not met first.

    `scopes` choose the metrics that it is all about, `in_scope`. `narrowings` only shorten the table, so
    that the numbers above it stay what they are while somebody looks through one list after the other.
    """

    page: str
    today: str
    has_metrics: bool
    in_scope: list[MetricRow]
    scopes: list[Filter]
    narrowings: list[Filter]
    grouped_by: Filter | None
    review: LastReview
    trend: Trend
    index: CustomerIndex
    index_page: str
    gaps: int

    @property
    def filters(self) -> list[Filter]:
        return [*self.scopes, *self.narrowings]

    @property
    def filtered_by(self) -> str:
        return choices_in_words(self.filters)

    @cached_property
    def rows(self) -> list[MetricRow]:
        """What the table shows."""
        return [row for row in self.in_scope if all(each.keep(row) for each in self.narrowings)]

    @cached_property
    def groups(self) -> list[Group]:
        return self.grouped_by.group(self.rows) if self.grouped_by else [Group("", self.rows)]

    @property
    def groupings(self) -> list[tuple[Filter, str]]:
        """What the table can be grouped by, each with the address that does it."""
        return [(each, self.address(by=each.name)) for each in self.scopes]

    @property
    def ungrouped(self) -> str:
        return self.address(by="")

    def address(self, **changes: str) -> str:
        """The page as it is shown, but for these changes of what its address asks for."""
        asked = {each.name: each.chosen if each.choice else "" for each in self.filters}
        asked |= {"by": self.grouped_by.name if self.grouped_by else ""} | changes
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in asked.items() if value})
        return f"{self.page}?{query.urlencode()}" if query else self.page

    @cached_property
    def split(self) -> Split:
        return Split.of(row.verdict for row in self.in_scope)

    @property
    def lead(self) -> str:
        words = {
            "met": self.split.met,
            "all": self.split.all,
            "day": self.today,
            "compared": self.review.compare_met([row.pk for row in self.in_scope], self.split.met),
        }
        if words["compared"]:
            return _("%(day)s. %(met)s of %(all)s customer metrics met; %(compared)s.") % words
        return _("%(day)s. %(met)s of %(all)s customer metrics met.") % words

    @property
    def shares(self) -> list[tuple[str, str]]:
        """The metrics under each verdict in words, with the address that shows them."""
        return [(part.words, self.address(verdict=part.verdict.value, only="")) for part in self.split.parts]

    @cached_property
    def tiles(self) -> list[Tile]:
        late = sum(row.late_actions for row in self.in_scope)
        no_owner, no_action = self.marked(Mark.NO_OWNER), self.marked(Mark.NO_ACTION)
        changed, signals, due = self.marked(Mark.CHANGED), self.marked(Mark.SIGNAL), self.marked(Mark.DUE)
        gaps = ngettext("gap in the workbook", "gaps in the workbook", self.gaps)
        return [
            self.index_tile,
            self.tile(Mark.LATE, late, ngettext("action late", "actions late", late)),
            self.tile(Mark.NO_OWNER, no_owner, _("not met without an owner")),
            self.tile(Mark.NO_ACTION, no_action, _("not met without an action")),
            self.tile(Mark.CHANGED, changed, _("changed since the last review")),
            self.tile(Mark.SIGNAL, signals, ngettext("signal", "signals", signals)),
            self.tile(Mark.DUE, due, self.due_in_words(due)),
            Tile("gaps", str(self.gaps), gaps, "#gaps"),
        ]

    @property
    def index_tile(self) -> Tile:
        """The customer index over the metrics that the dashboard is about, or that of its driver."""
        index = self.index.over({row.pk for row in self.in_scope})
        driver = next(each for each in self.scopes if each.name == "driver")
        if not driver.choice:
            words = _("customer index, attainment of target weighted by driver")
            return Tile("index", index.text, words, self.index_page)
        index = index.by_driver.get(int(driver.chosen), CustomerIndex())
        words = _("customer index for %(driver)s") % {"driver": driver.choice}
        return Tile("index", index.text, words, f"{self.index_page}#driver-{driver.chosen}")

    def marked(self, mark: Mark) -> int:
        return sum(mark in row.marks for row in self.in_scope)

    def tile(self, mark: Mark, number: int, words: str) -> Tile:
        shown = any(each.chosen == mark for each in self.narrowings)
        return Tile(mark.value, str(number), words, self.address(only=mark.value, verdict=""), shown)

    def due_in_words(self, due: int) -> str:
        words = ngettext("figure due", "figures due", due)
        stale = sum(row.freshness == Freshness.STALE for row in self.in_scope)
        return _("%(due)s, %(stale)s of them stale") % {"due": words, "stale": stale} if stale else words


def read_dashboard(thread: Thread, asked: Mapping[str, str], member: Member) -> Dashboard:
    """Read everything at once; `asked` is what stands in the address."""
    review = LastReview.read()
    rows = RowReader(thread, review, member).read()
    scopes = scopes_for(rows, thread, asked)
    in_scope = [row for row in rows if all(each.keep(row) for each in scopes)]
    return Dashboard(
        page=thread.page("dashboard"),
        today=date_format(thread.today),
        has_metrics=bool(rows),
        in_scope=in_scope,
        scopes=scopes,
        narrowings=narrowings(asked),
        grouped_by=next((each for each in scopes if each.name == asked.get("by")), None),
        review=review,
        trend=read_trend(thread.today, {row.pk for row in in_scope}),
        index=read_index(thread),
        index_page=thread.page("index"),
        gaps=len(thread.gaps),
    )


def state_of(organization: Organization) -> str:
    """What a page that is open remembers of the workbook, to ask whether that is still what stands."""
    return f"{organization.state}-{organization.today}"
