"""The ranking of customers as a Pareto picture: which few of them carry most of the total.

Drawn as rows, because names of customers are long and a telephone is narrow. From left to right, a
row holds the name on one or two lines, a bar, the value, and the share that this row and the rows
above it have of the total. The longest bar comes first. Bars and shares stand on one scale, from 0
to 100 % of the total: the stepped line of the cumulative share starts at the end of the first bar
and walks right, row by row, without ever crossing a bar. An upright line marks 80 %.

This is geometry only. The markup belongs to a template, which puts the coordinates into an <svg>
whose viewBox is `width` by `height` and whose text has the size `TEXT_SIZE`. Coordinates have one
decimal; the template must not localize them.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from typing import NamedTuple

from django.utils.translation import ngettext

from customers.figures import number, percent, whole_percent

MOST_BARS = 20
"""The rows beyond these are gathered in one."""

TEXT_SIZE = 13
WIDTH = 360
PLOT_LEFT = 126
PLOT_WIDTH = 140
VALUE_RIGHT = 314
SHARE_RIGHT = 358
HEAD = 24
FOOT = 24
ROW_HEIGHT = 40
BAR_HEIGHT = 20
LINE_HEIGHT = 15
BASELINE = 4
"""How far below the middle of a line of text its letters stand."""

NAME_LINES = 2
NAME_CHARACTERS = 17
"""What fits left of the plot at TEXT_SIZE, in the average letter."""

TICKS = (0, 50, 100)
VITAL_FEW = 80
"""Percent: by Pareto's rule, a few customers make up this share."""


class Entry(NamedTuple):
    """What becomes one bar."""

    label: str
    value: Decimal
    highlighted: bool = False


@dataclass(frozen=True)
class NameLine:
    """One line of a name, with the y of its baseline."""

    text: str
    y: Decimal


@dataclass(frozen=True)
class Bar:
    """A row of the picture: its name, its bar and its value."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    label: str
    """The whole name, also where `name_lines` had to cut it."""
    name_lines: tuple[NameLine, ...]
    value: str
    text_y: Decimal
    """The baseline of the value, and of the cumulative share beside it."""
    highlighted: bool


@dataclass(frozen=True)
class CumulativePoint:
    """Where the cumulative line stands in a row; `percent` is the share in words."""

    x: Decimal
    y: Decimal
    percent: str


@dataclass(frozen=True)
class Tick:
    """A share on the scale, drawn as an upright line with a label."""

    x: Decimal
    label: str


@dataclass(frozen=True)
class Pareto:
    """The whole picture. Bars and cumulative points belong together pair by pair."""

    width: int
    height: int
    plot_top: int
    plot_bottom: int
    bars: tuple[Bar, ...]
    cumulative: tuple[CumulativePoint, ...]
    line: str
    """The points of the stepped <polyline>; empty without bars."""
    ticks: tuple[Tick, ...]
    """Labelled above the plot."""
    vital_few: Tick
    """The 80 % line, labelled below the plot."""
    value_right: int = VALUE_RIGHT
    """Where values end: they are set flush right."""
    share_right: int = SHARE_RIGHT

    @property
    def rows(self) -> list[tuple[Bar, CumulativePoint]]:
        """Each bar with its cumulative point."""
        return list(zip(self.bars, self.cumulative, strict=True))


def pareto(entries: Sequence[Entry]) -> Pareto:
    """Lay out the picture of these entries, whose values must not be negative."""
    shown = _gathered(sorted(entries, key=lambda entry: entry.value, reverse=True))
    total = sum((entry.value for entry in shown), Decimal(0))
    bars = tuple(_bar(row, entry, total) for row, entry in enumerate(shown))
    sums = accumulate(entry.value for entry in shown)
    cumulative = tuple(_cumulative_point(row, _share(value, total)) for row, value in enumerate(sums))
    plot_bottom = HEAD + ROW_HEIGHT * len(shown)
    return Pareto(
        width=WIDTH,
        height=plot_bottom + FOOT,
        plot_top=HEAD,
        plot_bottom=plot_bottom,
        bars=bars,
        cumulative=cumulative,
        line=_stepped_line(cumulative),
        ticks=tuple(_tick(share) for share in TICKS),
        vital_few=_tick(VITAL_FEW),
    )


def _gathered(entries: list[Entry]) -> list[Entry]:
    rest = entries[MOST_BARS:]
    if not rest:
        return entries
    gathered = Entry(
        label=ngettext("%(count)d more", "%(count)d more", len(rest)) % {"count": len(rest)},
        value=sum((entry.value for entry in rest), Decimal(0)),
        highlighted=any(entry.highlighted for entry in rest),
    )
    return [*entries[:MOST_BARS], gathered]


def _bar(row: int, entry: Entry, total: Decimal) -> Bar:
    middle = _row_middle(row)
    return Bar(
        x=_rounded(PLOT_LEFT),
        y=_rounded(middle - BAR_HEIGHT // 2),
        width=_rounded(_share(entry.value, total) * PLOT_WIDTH / 100),
        height=_rounded(BAR_HEIGHT),
        label=entry.label,
        name_lines=_name_lines(entry.label, middle),
        value=number(_rounded(entry.value)),
        text_y=_rounded(middle + BASELINE),
        highlighted=entry.highlighted,
    )


def _name_lines(label: str, middle: int) -> tuple[NameLine, ...]:
    """The name on as many lines as fit, set around the middle of the row."""
    texts = textwrap.wrap(label, NAME_CHARACTERS)
    if len(texts) > NAME_LINES:
        texts = [*texts[: NAME_LINES - 1], texts[NAME_LINES - 1][: NAME_CHARACTERS - 1].rstrip() + "…"]
    first = Decimal(middle + BASELINE) - Decimal(LINE_HEIGHT) * (len(texts) - 1) / 2
    return tuple(NameLine(text, _rounded(first + LINE_HEIGHT * line)) for line, text in enumerate(texts))


def _cumulative_point(row: int, share: Decimal) -> CumulativePoint:
    return CumulativePoint(
        x=_x_of(share),
        y=_rounded(_row_middle(row)),
        percent=whole_percent(share),
    )


def _stepped_line(points: Sequence[CumulativePoint]) -> str:
    """Down through each row at its share, then across to the next."""
    half = Decimal(ROW_HEIGHT) / 2
    return " ".join(f"{point.x},{point.y - half} {point.x},{point.y + half}" for point in points)


def _tick(share: int) -> Tick:
    return Tick(x=_x_of(Decimal(share)), label=percent(Decimal(share)))


def _row_middle(row: int) -> int:
    return HEAD + ROW_HEIGHT * row + ROW_HEIGHT // 2


def _share(value: Decimal, total: Decimal) -> Decimal:
    return value / total * 100 if total else Decimal(0)


def _x_of(share: Decimal) -> Decimal:
    return _rounded(PLOT_LEFT + share * PLOT_WIDTH / 100)


def _rounded(length: Decimal | int) -> Decimal:
    return Decimal(length).quantize(Decimal("0.1"), ROUND_HALF_UP)
