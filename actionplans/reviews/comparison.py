"""Two reviews held against each other, or a review against today."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actionplans.models import Review, ReviewLine
from actionplans.reviews.lines import lines_now
from actionplans.reviews.minutes import Minutes
from actionplans.reviews.pack import ActionState, Changes
from actionplans.thread import Thread
from metrics.split import Split


@dataclass(frozen=True)
class Stand:
    """How everything stood at one time: every metric, and the actions that were spoken of."""

    title: str
    day: str
    lines: list[ReviewLine]
    decided: list[ActionState]
    actions: dict[int, ActionState]

    @classmethod
    def of_closed(cls, review: Review) -> "Stand":
        minutes = Minutes.of_closed(review)
        pack = minutes.pack
        return cls(
            title=str(review),
            day=date_format(review.on),
            lines=minutes.lines,
            decided=minutes.decided,
            actions=by_key(pack.done + pack.promised + minutes.decided + minutes.open),
        )

    @classmethod
    def of_today(cls, thread: Thread, since: Review) -> "Stand":
        """How everything stands now, with all that became of what was open or decided in that review."""
        lines = lines_now(thread)
        changes = Changes(thread, since, lines)
        return cls(
            title=_("today"),
            day=_("today, %(day)s") % {"day": date_format(thread.today)},
            lines=lines,
            decided=[],
            actions=by_key(changes.states(changes.actions)),
        )

    @property
    def split(self) -> Split:
        return Split.of(line.verdict for line in self.lines)


@dataclass(frozen=True)
class Pair:
    """One metric at two times; where it was missing at one of them, there is no line."""

    then: ReviewLine | None
    now: ReviewLine | None

    @property
    def latest(self) -> ReviewLine:
        """The line that names it."""
        return self.now or self.then

    @property
    def is_flip(self) -> bool:
        return bool(self.then and self.now) and self.then.verdict != self.now.verdict


@dataclass(frozen=True)
class Fate:
    """What became of an action that was decided in the earlier review."""

    decided: ActionState
    now: ActionState | None


@dataclass(frozen=True)
class Comparison:
    """The earlier stand against the later one."""

    then: Stand
    now: Stand

    @cached_property
    def pairs(self) -> list[Pair]:
        """Every metric of the two, in the order of the later one."""
        then = {line.metric_key: line for line in self.then.lines}
        now = {line.metric_key: line for line in self.now.lines}
        return [Pair(then.get(key), now.get(key)) for key in {**now, **then}]

    @property
    def flips(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.is_flip]

    @property
    def came(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.then is None]

    @property
    def went(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.now is None]

    @property
    def same(self) -> list[Pair]:
        """The metrics whose verdict is what it was."""
        return [pair for pair in self.pairs if pair.then and pair.now and not pair.is_flip]

    @property
    def fates(self) -> list[Fate]:
        return [Fate(action, self.now.actions.get(action.key)) for action in self.then.decided]


def by_key(actions: Iterable[ActionState]) -> dict[int, ActionState]:
    """The actions by what identifies them; where one is told of twice, the later one counts."""
    return {action.key: action for action in actions}
