"""What is drawn of a metric: its figures, and below them the moving ranges, on one time axis."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import chain, groupby, pairwise
from operator import eq
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from metrics.behaviour import Point, Rule, Segment, Series, moving_ranges
from metrics.charts.axes import FINE, TOP, WIDTH, FigureAxis, Tick, TimeAxis
from metrics.findings import Findings
from metrics.models import Verdict
from metrics.quantities import Aim, Scale, Unit

FIGURES_HEIGHT, ANSWERS_HEIGHT, RANGES_HEIGHT = 340, 150, 150
DAYS, FLAGS = 26, 24
"""The room below for the days, and for the actions below those."""

LETTER, LINE = 7.3, 16
"""How wide a letter is on average, and how high a line, in the type of the drawing."""

RING, DENSE_RING = 8, 5
"""The radius of a ring around a figure, and where figures lie close together."""

MOST_MARKERS = 150
"""With more figures than this the line alone shows them, and only signals stay marked."""

COLUMN, MARKER_COLUMN = 2, 6
"""How many units from left to right a line and a marker take: within them nothing can be told apart."""

INEXACT = 1e-14
"""How far a step that is drawn may be from what it is, in parts of the largest figure."""

type Place = tuple[float, float]


class Stroke(NamedTuple):
    """A line that nobody measured: a `mean`, a `limit`, a `target`, or the day limits were `rebased`."""

    kind: str
    path: str


class Name(NamedTuple):
    """What such a line is called, beside its right end."""

    kind: str
    y: float
    text: str


class Marker(NamedTuple):
    """A figure, in the shape of its verdict."""

    x: float
    y: float
    verdict: str
    words: str


class Done(NamedTuple):
    """An action that was done: its number in the list on the page, its day and what it was."""

    number: int
    day: date
    what: str


class Flag(NamedTuple):
    """Actions on the time axis: their numbers, and their words."""

    x: float
    numbers: str
    words: str


@dataclass(frozen=True)
class Drawing:
    """One drawing, flat and ready for the template."""

    name: str
    height: int
    bottom: float
    left: float
    right: float
    figures: list[Tick]
    days: list[Tick]
    strokes: list[Stroke]
    names: list[Name]
    lines: list[str]
    rings: list[Place]
    is_dense: bool
    """Whether so many figures are drawn that line and rings have to be finer."""
    markers: Sequence[Marker] = ()
    flags: Sequence[Flag] = ()

    width = WIDTH
    top = TOP

    @property
    def verdicts(self) -> set[str]:
        """Those whose shapes occur, for the legend."""
        return {marker.verdict for marker in self.markers}

    @property
    def rings_path(self) -> str:
        """All rings as one path, however many: a template takes as long for each element."""
        radius = DENSE_RING if self.is_dense else RING
        half = f"a{radius} {radius} 0 1 0"
        return "".join(
            f"M{round(x - radius, 2)} {y}{half} {2 * radius} 0{half} {-2 * radius} 0" for x, y in self.rings
        )

    @property
    def figures_x(self) -> float:
        """Where the figures of the axis end."""
        return round(self.left - 8, 2)

    @property
    def names_x(self) -> float:
        """Where the names of the lines begin."""
        return round(self.right + 8, 2)

    @property
    def days_y(self) -> float:
        return self.bottom + 19

    @property
    def flags_y(self) -> float:
        return self.bottom + DAYS + 14


@dataclass(frozen=True)
class Subject:
    """The metric that is drawn: what its figures say, its targets from their days on, and what was done."""

    findings: Findings
    targets: Sequence[tuple[date, Aim]]
    done: Sequence[Done]

    @property
    def series(self) -> Series:
        return self.findings.series

    @property
    def scale(self) -> Scale:
        return self.findings.scale

    @property
    def points(self) -> Sequence[Point]:
        return self.series.points

    @cached_property
    def heights(self) -> list[float]:
        """The figures as they are drawn, which need not be exact."""
        return [float(point.value) for point in self.points]

    @cached_property
    def span(self) -> tuple[date, date]:
        """The days of the figures and of the actions done since; a single day stands in the middle."""
        first = self.points[0].date
        last = max([self.points[-1].date, *(each.day for each in self.done_in_sight)])
        margin = timedelta(days=first == last)
        return first - margin, last + margin

    @property
    def is_dense(self) -> bool:
        """Whether there are more figures than can each have a shape of their own."""
        return len(self.points) > MOST_MARKERS

    @cached_property
    def done_in_sight(self) -> list[Done]:
        """An action from before the first figure has nothing to stand beside."""
        return [each for each in self.done if each.day >= self.points[0].date]

    @cached_property
    def segments(self) -> list[Segment]:
        return [segment for segment in self.series.segments if segment.points]

    @cached_property
    def spans(self) -> list[tuple[Segment, date, date]]:
        """Each segment with limits, and the days from and to which they hold."""
        ends = [*(segment.points[0].date for segment in self.segments[1:]), self.span[1]]
        return [
            (segment, segment.points[0].date, end)
            for segment, end in zip(self.segments, ends, strict=True)
            if segment.limits
        ]


@dataclass(frozen=True)
class Panel:
    """What the two charts of a metric are drawn with, one below the other on the same days."""

    subject: Subject

    def _drawing(self, days: TimeAxis, xs: Sequence[int], **of_its_own) -> Drawing:
        """`xs` are the places of all figures on the axis of days, in parts of a unit."""
        return Drawing(
            bottom=self.axis.bottom,
            left=days.left,
            right=days.right,
            figures=self.ticks,
            days=days.ticks,
            strokes=self.strokes(days),
            names=self.names,
            lines=self.lines(xs),
            rings=self.rings(days),
            is_dense=self.subject.is_dense,
            **of_its_own,
        )


@dataclass(frozen=True)
class FigurePanel(Panel):
    """The X chart."""

    @property
    def height(self) -> int:
        return ANSWERS_HEIGHT if self.scale.unit == Unit.YES_NO else FIGURES_HEIGHT

    def draw(self, days: TimeAxis, xs: Sequence[int]) -> Drawing:
        marks = {"markers": self.markers(days), "flags": self.flags(days)}
        return self._drawing(days, xs, name="figures", height=self.height, **marks)

    @property
    def scale(self) -> Scale:
        return self.subject.scale

    @cached_property
    def axis(self) -> FigureAxis:
        bottom = self.height - DAYS - (FLAGS if self.subject.done_in_sight else 0)
        figures = [min(self.subject.heights), max(self.subject.heights)]
        figures += [limit for segment in self.subject.segments for limit in self._limits_of(segment)]
        figures += [bound for _start, _end, aim in self._targets_in_sight for bound in bounds_of(aim)]
        if self.scale.unit == Unit.YES_NO:
            figures += [Decimal(0), Decimal(1)]
        return FigureAxis.spanning(figures, bottom)

    def _limits_of(self, segment: Segment) -> list[Decimal]:
        """The limits that can be reached: a share cannot exceed 100 %, nor a wait fall below nothing."""
        if not segment.limits:
            return []
        least, most = self.subject.findings.ends
        limits = segment.limits
        lower = [] if least is not None and limits.lower < least else [limits.lower]
        return lower if most is not None and limits.upper > most else [*lower, limits.upper]

    @cached_property
    def _targets_in_sight(self) -> list[tuple[date, date, Aim]]:
        """Each target with the first and the last day on which it holds in the drawing."""
        first, last = self.subject.span
        in_order = sorted(self.subject.targets, key=lambda target: target[0])
        starts = [start for start, _aim in in_order]
        spans = [
            (max(start, first), min(end, last), aim)
            for (_start, aim), (start, end) in zip(in_order, pairwise([*starts, last]), strict=True)
        ]
        return [span for span in spans if span[0] < span[1]]

    @cached_property
    def ticks(self) -> list[Tick]:
        return self.axis.ticks(self.scale)

    @cached_property
    def names(self) -> list[Name]:
        names = []
        if self._targets_in_sight:
            aim = self._targets_in_sight[-1][2]
            words = _("target %(target)s") % {"target": aim.write_short(self.scale)}
            names += [Name("target", self.axis.y(bound), words) for bound in bounds_of(aim)[:1]]
        if limits := self.subject.series.now.limits:
            names.append(self._name("mean", _("mean %(figure)s"), limits.mean))
            names += [
                self._name("limit", _("limit %(figure)s"), limit)
                for limit in self._limits_of(self.subject.series.now)
            ]
        return apart(names, self.axis.bottom)

    def _name(self, kind: str, words: str, figure: Decimal) -> Name:
        written = self.subject.findings.precision.write(figure)
        return Name(kind, self.axis.y(figure), words % {"figure": written})

    def strokes(self, days: TimeAxis) -> list[Stroke]:
        strokes = []
        for segment, start, end in self.subject.spans:
            strokes += [
                level("limit", days, start, end, self.axis.y(limit)) for limit in self._limits_of(segment)
            ]
            strokes.append(level("mean", days, start, end, self.axis.y(segment.limits.mean)))
        for segment in self.subject.segments[1:]:
            x = days.x(segment.points[0].date)
            strokes.append(Stroke("rebased", f"M{x} {TOP}V{self.axis.bottom}"))
        return strokes + [self._target_steps(days, bound) for bound in ("low", "high")]

    def _target_steps(self, days: TimeAxis, bound: str) -> Stroke:
        """The low or the high end of the targets in time; from one to the next the pen stays down."""
        path, pen_is_down = "", False
        for start, end, aim in self._targets_in_sight:
            figure = getattr(aim, bound)
            if figure is not None:
                y = self.axis.y(figure)
                path += f"{f'V{y}' if pen_is_down else f'M{days.x(start)} {y}'}H{days.x(end)}"
            pen_is_down = figure is not None
        return Stroke("target", path)

    def lines(self, xs: Sequence[int]) -> list[str]:
        """The figures as one line; yes and no are no heights that a line could run between."""
        if self.scale.unit == Unit.YES_NO:
            return []
        return [line(xs, self.axis.fine(self.subject.heights))]

    def markers(self, days: TimeAxis) -> list[Marker]:
        """Every figure while there is room; then the newest one, and of yes and no what does not overlap."""
        points = self.subject.points
        if self.subject.is_dense and self.scale.unit != Unit.YES_NO:
            points = points[-1:]
        places = {}
        for point in points:
            x = days.x(point.date)
            places[(x // MARKER_COLUMN, point.value) if self.subject.is_dense else point.date] = (x, point)
        return [self._marker(x, point) for x, point in places.values()]

    def _marker(self, x: float, point: Point) -> Marker:
        words = {
            "day": date_format(point.date),
            "figure": self.scale.write(point.value),
            "verdict": Verdict(point.verdict).label,
        }
        return Marker(
            x, self.axis.y(point.value), point.verdict, _("%(day)s: %(figure)s, %(verdict)s") % words
        )

    def rings(self, days: TimeAxis) -> list[Place]:
        """Around the figures that are part of a signal; in a dense drawing, of those beyond a limit."""
        return thinned_rings(
            (days.x(point.date), self.axis.y(point.value))
            for segment in self.subject.segments
            for signal in segment.signals
            for point in signal.points
            if signal.rule == Rule.OUTSIDE or not self.subject.is_dense
        )

    def flags(self, days: TimeAxis) -> list[Flag]:
        """The actions done, those of neighbouring days under one flag."""
        flags: list[Flag] = []
        for done in sorted(self.subject.done_in_sight, key=lambda done: (done.day, done.number)):
            x = days.x(done.day)
            words = f"{done.number}. {done.what} ({date_format(done.day)})"
            if flags and x - flags[-1].x < LETTER * (len(flags[-1].numbers) + 2):
                before = flags.pop()
                flags.append(Flag(before.x, f"{before.numbers}, {done.number}", f"{before.words}; {words}"))
            else:
                flags.append(Flag(x, str(done.number), words))
        return flags


@dataclass(frozen=True)
class RangePanel(Panel):
    """The mR chart: how far each figure is from the one before it."""

    def draw(self, days: TimeAxis, xs: Sequence[int]) -> Drawing:
        return self._drawing(days, xs, name="ranges", height=RANGES_HEIGHT)

    @property
    def scale(self) -> Scale:
        """A step on a rating scale is so many points, and not so many of five."""
        return replace(self.subject.scale, top=None)

    @cached_property
    def steps(self) -> list[list[float]]:
        """The ranges within each segment as they are drawn: each belongs to the second of its two figures."""
        steps, end = [], 0
        for segment in self.subject.segments:
            begin, end = end, end + len(segment.points)
            steps.append(moving_ranges(self.subject.heights[begin:end]))
        return steps

    @cached_property
    def axis(self) -> FigureAxis:
        limits = [float(segment.limits.upper_range) for segment in self.subject.segments if segment.limits]
        steps = chain.from_iterable(self.steps)
        return FigureAxis(0, 1.05 * max([*limits, *steps]) or 1, RANGES_HEIGHT - DAYS)

    @cached_property
    def ticks(self) -> list[Tick]:
        return self.axis.ticks(self.scale)[::2]

    @cached_property
    def names(self) -> list[Name]:
        limits = self.subject.series.now.limits
        if not limits:
            return []
        named = (
            ("mean", _("mean %(figure)s"), limits.mean_range),
            ("limit", _("limit %(figure)s"), limits.upper_range),
        )
        precision = replace(self.subject.findings.precision, scale=self.scale)
        names = [
            Name(kind, self.axis.y(figure), words % {"figure": precision.write(figure)})
            for kind, words, figure in named
        ]
        return apart(names, self.axis.bottom)

    def strokes(self, days: TimeAxis) -> list[Stroke]:
        return [
            level(kind, days, start, end, self.axis.y(figure))
            for segment, start, end in self.subject.spans
            for kind, figure in (
                ("limit", segment.limits.upper_range), ("mean", segment.limits.mean_range)
            )
        ]  # fmt: skip

    def lines(self, xs: Sequence[int]) -> list[str]:
        lines, end = [], 0
        for steps in self.steps:
            begin, end = end + 1, end + 1 + len(steps)
            if steps:
                lines.append(line(xs[begin:end], self.axis.fine(steps)))
        return lines

    def rings(self, days: TimeAxis) -> list[Place]:
        """Around the steps that are too large to be noise."""
        return thinned_rings(
            (days.x(point.date), self.axis.y(step))
            for segment, steps in zip(self.subject.segments, self.steps, strict=True)
            if segment.limits
            for point, step in self.too_large(segment, steps)
        )

    def too_large(self, segment: Segment, steps: Sequence[float]) -> Iterable[tuple[Point, float]]:
        """The steps of the segment beyond their limit, each with its point.

        Drawn steps are not exact, but what is said of them is: those that may be beyond are worked out anew.
        """
        limit = segment.limits.upper_range
        nearly = float(limit) - INEXACT * max(map(abs, self.subject.heights))
        for place, step in enumerate(steps):
            if step >= nearly:
                before, point = segment.points[place : place + 2]
                if abs(point.value - before.value) > limit:
                    yield point, step


def bounds_of(aim: Aim) -> list[Decimal]:
    """The ends of a target that can be drawn; a judgement has none."""
    return [bound for bound in (aim.high, aim.low) if bound is not None]


def level(kind: str, days: TimeAxis, start: date, end: date, y: float) -> Stroke:
    return Stroke(kind, f"M{days.x(start)} {y}H{days.x(end)}")


def line(xs: Sequence[int], ys: Sequence[int]) -> str:
    """The places, which are in parts of a unit, as the points of a line that looks the same however many.

    Of those that fall into one column, it goes through the first, the lowest, the highest and the last.
    """
    columns = [x // (COLUMN * FINE) for x in xs]
    if not any(map(eq, columns, columns[2:])):  # as with hundreds: no more than two in any
        return " ".join([f"{x},{y}" for x, y in zip(xs, ys, strict=True)])
    kept, end = [], 0
    for _column, together in groupby(columns):
        begin, end = end, end + len(list(together))
        if end - begin > 2:
            heights = ys[begin:end]
            turns = {0, heights.index(min(heights)), heights.index(max(heights)), len(heights) - 1}
            kept += [begin + turn for turn in sorted(turns)]
        else:
            kept += range(begin, end)
    return " ".join([f"{xs[at]},{ys[at]}" for at in kept])


def thinned_rings(places: Iterable[Place]) -> list[Place]:
    """One for all that would lie on top of each other."""
    return list({(x // MARKER_COLUMN, y // MARKER_COLUMN): (x, y) for x, y in places}.values())


def apart(names: Iterable[Name], bottom: float) -> list[Name]:
    """The names from top to bottom, moved so that none lies on another and the last stays above the days."""
    spread: list[Name] = []
    for name in sorted(names, key=lambda name: name.y):
        y = max(name.y, spread[-1].y + LINE) if spread else name.y
        spread.append(name._replace(y=round(y, 2)))
    below = bottom
    for at in range(len(spread) - 1, -1, -1):
        spread[at] = spread[at]._replace(y=round(min(spread[at].y, below), 2))
        below = spread[at].y - LINE
    return spread
