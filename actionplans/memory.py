"""What this process remembers of workbooks, so that only what changed since is read again.

The state of the workbook is read with every request (see `victory.models.State`). While it is the same, so is
all that is made of the workbook on a day. When a write concerned single lines, these alone are read again;
after any other one, everything is. Nothing is shared between processes, and nothing is lost with one.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from django.utils import translation

from actionplans.index import Weighing
from actionplans.metric_rows import MetricRow, RowMaker, read_metrics, read_touched
from actionplans.tally import Tally
from actionplans.thread import ShownThread, Thread
from metrics.models import Metric
from victory.models import Organization, State
from victory.recent import Recent
from victory.trail import is_writing

MOST_LINES = 50_000
"""How many lines of metrics are remembered at most, those of the dashboard in each language among them."""


class Counted(NamedTuple):
    """Rows, and the tally of just these: what is taken away from it later must be what was counted."""

    rows: dict[int, MetricRow]
    tally: Tally

    def with_others(self, anew: dict[int, MetricRow], tally_of: Callable[..., Tally]) -> "Counted":
        """With those rows for the same metrics, and for those that were not among them."""
        before = [self.rows[pk] for pk in anew if pk in self.rows]
        return Counted(self.rows | anew, self.tally - tally_of(before) + tally_of(anew.values()))


class CountedBefore(NamedTuple):
    """What was counted in an earlier state, and the keys of the metrics that were read again since."""

    counted: Counted
    weighing: Weighing
    read_since: set[int]


@dataclass
class Remembered:
    """A workbook as it stood in one state on one day.

    What is read of it later is newer than its state says, never older. The rows are those of the dashboard,
    in each language in which somebody has looked at it. Of some metrics they are from before: these were read
    again since, and their rows are made when somebody asks for them.
    """

    state: State
    thread: Thread
    rows_by_language: dict[str, dict[int, MetricRow]] = field(default_factory=dict)
    read_since: dict[str, dict[int, Metric]] = field(default_factory=dict)
    counted_before: CountedBefore | None = None

    @classmethod
    def read(cls, organization: Organization) -> "Remembered":
        return cls(organization.state, Thread(organization, organization.today))

    @property
    def lines(self) -> int:
        """How much it takes to remember it, as a number of metrics; at least one."""
        written = self.thread.__dict__.get("_written")  # it is read once somebody asks for any of it
        return 1 + len(written.metrics if written else ()) * (1 + len(self.rows_by_language))

    def stands(self, state: State, today: date) -> bool:
        """Whether it is what stands in that state on that day."""
        return self.thread.today == today and self.state == state

    def can_follow(self, state: State, today: date) -> bool:
        """Whether only single lines changed since."""
        return self.thread.today == today and self.state.frame == state.frame

    def follow(self, organization: Organization) -> "Remembered":
        """The same with those lines read again that were touched since."""
        since, state = self.state.number, organization.state
        metrics, actions = read_touched(self.thread.today, since)
        again = {metric.pk: metric for metric in metrics}
        # In this order: another thread that makes these rows puts them in before it calls them made.
        read_since, rows = dict(self.read_since), dict(self.rows_by_language)
        read_since = {language: read_since.get(language, {}) | again for language in rows}
        following = Remembered(state, self.thread.following(metrics, actions), rows, read_since)
        if "counted" in self.__dict__:
            following.counted_before = CountedBefore(self.counted, self.weighing, set(again))
        elif before := self.counted_before:
            following.counted_before = before._replace(read_since=before.read_since.union(again))
        return following

    @cached_property
    def weighing(self) -> Weighing:
        """What its metrics bring into the customer index, which single lines do not change."""
        return self.counted_before.weighing if self.counted_before else Weighing(self.thread)

    @cached_property
    def counted(self) -> Counted:
        """Its rows in one language, and what they come to."""
        rows = self.rows
        if before := self.counted_before:
            anew = {pk: rows[pk] for pk in before.read_since if pk in rows}
            return before.counted.with_others(anew, self.tally_of)
        return Counted(rows, self.tally_of(rows.values()))

    @property
    def tally(self) -> Tally:
        """What all of its metrics are."""
        return self.counted.tally

    def tally_of(self, rows: Collection[MetricRow]) -> Tally:
        """What these of its metrics are."""
        return Tally.of(rows, self.weighing, self.thread.review)

    @property
    def rows(self) -> dict[int, MetricRow]:
        """The rows of the dashboard in the language of now, in the order of the worksheets."""
        language = translation.get_language()
        if language not in self.rows_by_language:
            maker = RowMaker(self.thread, self.state.number)
            rows = maker.rows(read_metrics(self.thread.today))
            return self.rows_by_language.setdefault(language, rows)  # another thread may have been quicker
        if again := self.read_since.get(language):
            anew = RowMaker(self.thread, self.state.number).rows(again.values())
            self.rows_by_language[language] = self.rows_by_language[language] | anew
            self.read_since[language] = {}  # last: until then, another thread makes them itself
        return self.rows_by_language[language]


class Memory:
    """The workbooks that were read last, the newest reading last."""

    def __init__(self, most_lines: int):
        self._found: Recent[int, Remembered] = Recent(most_lines, size=attrgetter("lines"))
        self._growing: set[int] = set()

    @property
    def lines(self) -> int:
        """How much is remembered, as a number of metrics."""
        self._measure()
        return self._found.taken

    def recall(self, organization: Organization) -> Remembered:
        """The organization's workbook as it stands, of which only what is not remembered is read."""
        self._measure()
        state, today = organization.state, organization.today
        found = self._found.get(organization.pk)
        if found is None or not found.stands(state, today):
            follows = found is not None and found.can_follow(state, today)
            found = found.follow(organization) if follows else Remembered.read(organization)
        self._found.put({organization.pk: found})
        self._growing.add(organization.pk)
        return found

    def _measure(self):
        """See how much those take by now that were recalled before: they grew with what was asked of them."""
        for key in list(self._growing):
            self._growing.discard(key)
            if found := self._found.get(key):
                self._found.put({key: found})

    def forget(self):
        """Remember nothing any more."""
        self._found.forget()


MEMORY = Memory(MOST_LINES)


def remembered_for(request) -> Remembered:
    """The workbook of the request's organization: remembered where it is only looked at.

    A write goes on from the state that it began with, so what it shows is read anew.
    """
    if not hasattr(request, "remembered"):
        reads = request.method in ("GET", "HEAD") and not is_writing()
        request.remembered = (MEMORY.recall if reads else Remembered.read)(request.organization)
    return request.remembered


def thread_for(request) -> ShownThread:
    """The thread of the request's organization, read once for the page and for its stepper."""
    return remembered_for(request).thread.shown_to(request.member)
