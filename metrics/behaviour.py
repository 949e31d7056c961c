"""What a series of figures says: the process behaviour chart (XmR), and what counts as a signal.

Limits, rules and their names are those of Donald J. Wheeler, "Understanding Variation: The Key to
Managing Chaos" (SPC Press). Figures move by themselves; as long as they move within the natural
process limits, and without a pattern, asking why one of them is worse than the last is asking about noise.

Nothing here knows the database. A baseline is anything with `starts_on` and `ends_on` (or None).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import groupby, pairwise
from typing import NamedTuple, Protocol

from metrics.quantities import Aim, Direction, Unit

TO_LIMIT = Decimal("2.66")
"""From the mean moving range to the distance of the limits: 3 standard deviations, each of them the
mean range of two figures divided by d2 = 1.128."""

TO_RANGE_LIMIT = Decimal("3.27")
"""From the mean moving range to the largest range that is still noise: D4 for two figures."""

FEWEST_FIGURES = 6
"""With fewer, limits would say more about these few figures than about the process."""

BASELINE_FIGURES = 24
"""How many figures limits rest on where nobody has said until when; more hardly move them."""

RUN = 8
NEAR, OUT_OF = 3, 4

FEWEST_SINCE = 4
MOST_BEFORE = 12

RETURNED = 2
"""How many figures back at the old mean end a shift: one alone may be noise within it."""


class Point(NamedTuple):
    """A measurement on the chart: its day, its figure, and its verdict as it is stored."""

    date: date
    value: Decimal
    verdict: str = ""


class Baseline(Protocol):
    """The days whose figures fix the limits, from `starts_on` on until the next baseline."""

    starts_on: date
    ends_on: date | None


class Side(StrEnum):
    LOW = "low"
    HIGH = "high"


class Rule(StrEnum):
    """What makes figures a signal. The order is that in which they are named where several do."""

    OUTSIDE = "outside"
    """Beyond a limit."""
    RUN = "run"
    """Eight or more in a row on the same side of the mean."""
    NEAR = "near"
    """Three of four successive ones nearer to the same limit than to the mean."""


class Reach(StrEnum):
    """How much of what lies between the limits meets a target."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"


@dataclass(frozen=True)
class Limits:
    """The natural process limits of some figures; at least two of them are needed."""

    mean: Decimal
    mean_range: Decimal

    @classmethod
    def of(cls, values: Sequence[Decimal]) -> "Limits":
        ranges = moving_ranges(values)
        return cls(sum(values) / len(values), sum(ranges) / len(ranges))

    @cached_property
    def lower(self) -> Decimal:
        return self.mean - TO_LIMIT * self.mean_range

    @cached_property
    def upper(self) -> Decimal:
        return self.mean + TO_LIMIT * self.mean_range

    @cached_property
    def upper_range(self) -> Decimal:
        """The largest step from one figure to the next that is still noise."""
        return TO_RANGE_LIMIT * self.mean_range

    def outside(self, values: Sequence[Decimal]) -> list[Side | None]:
        """Beyond which limit each figure lies. On a limit it is still within."""
        return sides(values, self.lower, self.upper)

    def beside_mean(self, values: Sequence[Decimal]) -> list[Side | None]:
        """On which side of the mean each figure lies; on it, on neither."""
        return sides(values, self.mean, self.mean)

    def near_limits(self, values: Sequence[Decimal]) -> list[Side | None]:
        """To which limit each figure is nearer than to the mean."""
        return sides(values, (self.mean + self.lower) / 2, (self.mean + self.upper) / 2)

    def reach(self, aim: Aim) -> Reach:
        """How often a process within these limits meets the target."""
        if aim.holds(self.lower) and aim.holds(self.upper):
            return Reach.ALWAYS
        too_low = aim.low is not None and self.upper < aim.low
        too_high = aim.high is not None and self.lower > aim.high
        return Reach.NEVER if too_low or too_high else Reach.SOMETIMES


def sides(values: Sequence[Decimal], low: Decimal, high: Decimal) -> list[Side | None]:
    """Below or above these two each figure lies; between them and on them, on neither side."""
    return [Side.LOW if value < low else Side.HIGH if value > high else None for value in values]


def moving_ranges[Number: (Decimal, float)](values: Sequence[Number]) -> list[Number]:
    """How far each figure is from the one before it."""
    return [abs(after - before) for before, after in pairwise(values)]


@dataclass(frozen=True)
class Signal:
    """Figures that noise does not explain: something has changed, and it pays to find out what."""

    rule: Rule
    side: Side
    points: tuple[Point, ...]
    limits: Limits

    @property
    def code(self) -> str:
        """The signal in short, as it is kept on a metric: "outside-low", "run-high"."""
        return f"{self.rule}-{self.side}"

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def last(self) -> Point:
        return self.points[-1]

    def is_for_the_better(self, aim: Aim | None) -> bool | None:
        """Whether the figures came nearer to the target than the mean; None where they are as near."""
        if aim is None:
            return None
        here = distance(sum(point.value for point in self.points) / len(self.points), aim)
        usual = distance(self.limits.mean, aim)
        return None if here == usual else here < usual


def distance(value: Decimal, aim: Aim) -> Decimal:
    """How far a figure is from its target, the less the better.

    A figure may exceed a target with one end, which counts as ever nearer. Within a range all are alike.
    """
    match aim.direction:
        case Direction.AT_LEAST:
            return aim.low - value
        case Direction.AT_MOST:
            return value - aim.high
        case Direction.BETWEEN:
            return max(aim.low - value, value - aim.high, Decimal(0))
        case Direction.JUDGED:
            return 1 - value


def signals_in(points: Sequence[Point], limits: Limits) -> list[Signal]:
    """All signals among successive points, in the order in which they end."""
    values = [point.value for point in points]
    found = [
        *((Rule.OUTSIDE, *each) for each in _stretches(limits.outside(values), at_least=1)),
        *((Rule.RUN, *each) for each in _stretches(limits.beside_mean(values), at_least=RUN)),
        *((Rule.NEAR, *each) for each in _clusters(limits.near_limits(values))),
    ]
    signals = (
        Signal(rule, side, tuple(points[place] for place in places), limits) for rule, side, places in found
    )
    return sorted(signals, key=lambda signal: signal.last.date)


def _stretches(sides: Sequence[Side | None], at_least: int) -> Iterable[tuple[Side, Sequence[int]]]:
    """Where so many or more in a row are on the same side."""
    end = 0
    for side, stretch in groupby(sides):
        begin, end = end, end + len(list(stretch))
        if side and end - begin >= at_least:
            yield side, range(begin, end)


def _clusters(sides: Sequence[Side | None]) -> Iterable[tuple[Side, Sequence[int]]]:
    """Where three of four successive ones are on the same side; those that share one are one cluster."""
    for side in Side:
        places = [place for place, each in enumerate(sides) if each is side]
        together: list[int] = []
        for group in zip(*(places[ahead:] for ahead in range(NEAR)), strict=False):
            if group[-1] - group[0] >= OUT_OF:
                continue
            if together and together[-1] < group[0]:
                yield side, together
                together = []
            together += [place for place in group if not together or place > together[-1]]
        if together:
            yield side, together


def count_until(day: date, points: Sequence[Point]) -> int:
    """How many of the points, which are in the order of their days, there were at the end of that day."""
    return bisect_right(points, day, key=lambda point: point.date)


@dataclass(frozen=True)
class Segment:
    """A part of the series that is held against limits of its own."""

    points: tuple[Point, ...]
    unit: Unit
    baseline: Baseline | None = None
    """None where nobody has chosen one."""

    @cached_property
    def limits_rest_on(self) -> tuple[Point, ...]:
        """The points that the limits are calculated from."""
        if self.baseline and self.baseline.ends_on:
            return self.points[: count_until(self.baseline.ends_on, self.points)]
        return self.points[:BASELINE_FIGURES]

    @property
    def missing(self) -> int:
        """How many more figures it takes before there can be limits."""
        return max(0, FEWEST_FIGURES - len(self.limits_rest_on))

    @cached_property
    def limits(self) -> Limits | None:
        """None while it is too early, and for a yes or a no, which has nothing to lie within."""
        if self.missing or self.unit == Unit.YES_NO:
            return None
        return Limits.of([point.value for point in self.limits_rest_on])

    @cached_property
    def signals(self) -> list[Signal]:
        return signals_in(self.points, self.limits) if self.limits else []

    @property
    def signal_now(self) -> Signal | None:
        """The signal that the newest point is part of."""
        now = [signal for signal in self.signals if signal.last == self.points[-1]]
        return min(now, key=lambda signal: list(Rule).index(signal.rule), default=None)


@dataclass(frozen=True)
class Series:
    """The figures of one metric in the order of their days, with the baselines chosen for their limits."""

    points: Sequence[Point]
    unit: Unit
    baselines: Sequence[Baseline] = ()

    @cached_property
    def segments(self) -> list[Segment]:
        """The series, cut where baselines begin: always at least one, and the last counts today.

        The points from before the first baseline are a segment as well.
        """
        in_order = sorted(self.baselines, key=lambda baseline: baseline.starts_on)
        starts = [baseline.starts_on for baseline in in_order]
        cuts = [bisect_left(self.points, start, key=lambda point: point.date) for start in starts]
        segments = [
            Segment(tuple(self.points[begin:end]), self.unit, baseline)
            for baseline, (begin, end) in zip(in_order, pairwise([*cuts, len(self.points)]), strict=True)
        ]
        if cuts and not cuts[0]:
            return segments
        return [Segment(tuple(self.points[: cuts[0] if cuts else None]), self.unit), *segments]

    @property
    def now(self) -> Segment:
        """The segment whose limits the next figure is held against."""
        return self.segments[-1]

    def compare(self, done_on: date, aim: Aim | None) -> "Comparison":
        """Hold the figures since an action was done against those before it.

        A figure of the day itself still tells of the days before. Those before are the last twelve of the
        segment that the action fell into. Those since are the next two dozen, but not beyond where limits
        start anew: what made them do so is another change, unless it follows at once.
        """
        begun = [each for each in self.segments if each.points and each.points[0].date <= done_on]
        before = begun[-1].points[: count_until(done_on, begun[-1].points)] if begun else ()
        since: tuple[Point, ...] = ()
        for segment in self.segments:
            if len(since) < FEWEST_SINCE:
                since += segment.points[count_until(done_on, segment.points) :]
        return Comparison(Segment(before[-MOST_BEFORE:], self.unit), since[:BASELINE_FIGURES], aim)


class Effect(StrEnum):
    """What the figures after an action say when they are held against those before it."""

    HELPED = "helped"
    WORSE = "worse"
    NO_DIFFERENCE = "no-difference"
    """Nothing changed since, or what changed has gone back."""
    UNCLEAR = "unclear"
    """Something changed, but the target does not say whether for the better."""
    TOO_EARLY = "too-early"
    NOT_COMPARABLE = "not-comparable"
    """Fewer figures before it than limits take."""


@dataclass(frozen=True)
class Comparison:
    """The figures before an action was done, held against those since."""

    before: Segment
    since: tuple[Point, ...]
    aim: Aim | None

    @property
    def missing_since(self) -> int:
        """How many more figures it takes before anything can be said."""
        return max(0, FEWEST_SINCE - len(self.since))

    @cached_property
    def effect(self) -> Effect:
        if self.before.missing:
            return Effect.NOT_COMPARABLE
        if self.missing_since:
            return Effect.TOO_EARLY
        return self._effect_on_figures if self.before.limits else self._effect_on_answers

    @property
    def _effect_on_figures(self) -> Effect:
        """By the last signal since that still stands: what stands in the end is what the action came to."""
        standing = [signal for signal in signals_in(self.since, self.before.limits) if self._stands(signal)]
        if not standing:
            return Effect.NO_DIFFERENCE
        better = standing[-1].is_for_the_better(self.aim)
        return {True: Effect.HELPED, False: Effect.WORSE, None: Effect.UNCLEAR}[better]

    def _stands(self, signal: Signal) -> bool:
        """Whether what a signal tells of has not gone back by the newest of the figures since.

        Figures beyond a limit stand as long as the newest is one of them. A shift, which is a run or three
        of four near a limit, stands until two later figures are back at the old mean or across it.
        """
        later = [point for point in self.since if point.date > signal.last.date]
        if signal.rule == Rule.OUTSIDE:
            return not later
        sides = self.before.limits.beside_mean([point.value for point in later])
        return sum(side != signal.side for side in sides) < RETURNED

    @property
    def _effect_on_answers(self) -> Effect:
        """More yes than before may be chance, which cannot be told without limits; no more is no help."""
        more = share_of_yes(self.since) > share_of_yes(self.before.points)
        return Effect.UNCLEAR if more else Effect.NO_DIFFERENCE

    @property
    def invites_to_reopen(self) -> bool:
        """Whether the figures give a reason to take the action up again."""
        return self.effect in (Effect.WORSE, Effect.NO_DIFFERENCE, Effect.UNCLEAR)


def share_of_yes(points: Sequence[Point]) -> Decimal:
    return sum(point.value for point in points) / len(points)
