"""The dashboard: how the organization stands with its customers, every verdict with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from operator import attrgetter

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actionplans.filters import Filter, Group, Screenful, choices_in_words, kept_by, narrowings, scopes_for
from actionplans.index import total_index, total_of
from actionplans.memory import Remembered
from actionplans.metric_rows import Mark, MetricRow
from actionplans.tally import Tally
from actionplans.thread import Thread
from actionplans.trend import Trend, trend_of
from metrics.split import Split

SCREEN = 50
"""How many rows are shown at once: more take longer to make and to read."""


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

    `scopes` choose the metrics that it is all about, `in_scope`, which are counted in `tally`. `narrowings`
    only shorten the table, so that the numbers above it stay what they are while somebody looks through one
    list after the other.
    """

    page: str
    thread: Thread
    has_metrics: bool
    in_scope: list[MetricRow]
    tally: Tally
    scopes: list[Filter]
    narrowings: list[Filter]
    grouped_by: Filter | None
    room: int
    """How many rows of the table the page shows at most."""

    @property
    def filters(self) -> list[Filter]:
        return [*self.scopes, *self.narrowings]

    @property
    def filtered_by(self) -> str:
        return choices_in_words(self.filters)

    @cached_property
    def rows(self) -> list[MetricRow]:
        """What the table shows."""
        return kept_by(self.narrowings, self.in_scope)

    @cached_property
    def groups(self) -> list[Group]:
        return self.grouped_by.group(self.rows) if self.grouped_by else [Group("", self.rows)]

    @cached_property
    def screen(self) -> list[Screenful]:
        """What the page shows of the table, group by group."""
        screen, room = [], self.room
        for group in self.groups:
            if room > 0:
                screen.append(group.first(room))
                room -= len(group.rows)
        return screen

    @cached_property
    def length(self) -> int:
        """How many rows the table has: in groups, a metric has one in each that it belongs to."""
        return sum(len(group.rows) for group in self.groups)

    @property
    def repeats(self) -> bool:
        """Whether there are more rows than metrics."""
        return self.length > len(self.rows)

    @property
    def left(self) -> int:
        """How many rows of the table the page does not show."""
        return max(0, self.length - self.room)

    @property
    def more(self) -> str:
        """The page with another screen of rows, at the first of them."""
        rows = ((group.key, row) for group in self.groups for row in group.rows)
        key, row = next(islice(rows, self.room, None))
        place = f"metric-{row.pk}-in-{key}" if key else f"metric-{row.pk}"
        return f"{self.address(rows=str(self.room + SCREEN))}#{place}"

    @property
    def everything(self) -> str:
        """The page with all rows, however many."""
        return self.address(rows=str(self.room + self.left))

    @property
    def groupings(self) -> list[tuple[Filter, str]]:
        """What the table can be grouped by, each with the address that does it."""
        return [(each, self.address(by=each.name)) for each in self.scopes]

    @property
    def ways(self) -> list:
        """Which of the ways to look at it are chosen, and the options that change with single lines."""
        chosen = {each.name: each.choice and each.chosen for each in self.filters}
        owners = next(each.options for each in self.scopes if each.name == "owner")
        return [chosen, owners, self.grouped_by and self.grouped_by.name, self.room]

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
        return Split(self.tally.verdicts)

    @property
    def lead(self) -> str:
        words = {
            "met": self.split.met,
            "all": self.split.all,
            "day": date_format(self.thread.today),
            "compared": self.thread.review.compare_met(self.tally.met_then, self.split.met),
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
        late, marks = self.tally.late_actions, self.tally.marks
        no_owner, no_action = marks[Mark.NO_OWNER], marks[Mark.NO_ACTION]
        changed, signals, due = (marks[mark] for mark in (Mark.CHANGED, Mark.SIGNAL, Mark.DUE))
        gaps = sum(map(len, self.thread.gaps_by_step.values()))
        return [
            self.index_tile,
            self.tile(Mark.LATE, late, ngettext("action late", "actions late", late)),
            self.tile(Mark.NO_OWNER, no_owner, _("not met without an owner")),
            self.tile(Mark.NO_ACTION, no_action, _("not met without an action")),
            self.tile(Mark.CHANGED, changed, _("changed since the last review")),
            self.tile(Mark.SIGNAL, signals, ngettext("signal", "signals", signals)),
            self.tile(Mark.DUE, due, self.due_in_words(due)),
            Tile("gaps", str(gaps), ngettext("gap in the workbook", "gaps in the workbook", gaps), "#gaps"),
        ]

    @property
    def index_tile(self) -> Tile:
        """The customer index over the metrics that the dashboard is about, or that of its driver."""
        page = self.thread.page("index")
        driver = next(each for each in self.scopes if each.name == "driver")
        if not driver.choice:
            words = _("customer index, attainment of target weighted by driver")
            return Tile("index", total_of(self.tally.weight, self.tally.weighted).text, words, page)
        index = total_index(self.in_scope, self.thread, int(driver.chosen))
        words = _("customer index for %(driver)s") % {"driver": driver.choice}
        return Tile("index", index.text, words, f"{page}#driver-{driver.chosen}")

    @cached_property
    def trend(self) -> Trend:
        return trend_of(self.thread.today, self.tally.seen)

    def tile(self, mark: Mark, number: int, words: str) -> Tile:
        shown = any(each.chosen == mark for each in self.narrowings)
        return Tile(mark.value, str(number), words, self.address(only=mark.value, verdict=""), shown)

    def due_in_words(self, due: int) -> str:
        words = ngettext("figure due", "figures due", due)
        stale = {"due": words, "stale": self.tally.stale}
        return _("%(due)s, %(stale)s of them stale") % stale if self.tally.stale else words


def read_dashboard(remembered: Remembered, asked: Mapping[str, str]) -> Dashboard:
    """Derive everything from what is read of the workbook; `asked` is what stands in the address."""
    thread = remembered.thread
    rows = sorted(remembered.rows.values(), key=attrgetter("urgency"))
    scopes = scopes_for(remembered.tally, thread, asked)
    in_scope = kept_by(scopes, rows)
    return Dashboard(
        page=thread.page("dashboard"),
        thread=thread,
        has_metrics=bool(rows),
        in_scope=in_scope,
        tally=remembered.tally if in_scope is rows else remembered.tally_of(in_scope),
        scopes=scopes,
        narrowings=narrowings(asked),
        grouped_by=next((each for each in scopes if each.name == asked.get("by")), None),
        room=room_for(asked.get("rows", "")),
    )


def room_for(asked: str) -> int:
    """How many rows to show: one screen, or as many as the address says."""
    return max(SCREEN, int(asked)) if asked.isdecimal() and len(asked) < 7 else SCREEN
