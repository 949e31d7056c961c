"""The two axes of a drawing: days from left to right, and figures from the bottom up."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.utils.formats import date_format

from metrics.quantities import Scale, Unit

WIDTH, TOP = 960, 12

FINE = 10
"""Into so many parts a unit is divided for a line of many figures: it is drawn in whole numbers, which are
several times quicker to find and to write."""

MOST_DAYS, MOST_FIGURES = 7, 7
"""About how many ticks an axis has."""

_DAY_STEPS = (1, 2, 7, 14)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 1200)
_LONGEST_MONTH = 31

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_DURATION_STEPS = (
    *(1, 2, 5, 10, 15, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY, 28 * _DAY),
)


class Tick(NamedTuple):
    """A place on an axis, with the figure or the day that belongs to it."""

    at: float
    label: str


@dataclass(frozen=True)
class TimeAxis:
    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        share = (day.toordinal() - self._first) / self._days
        return round(self.left + share * (self.right - self.left), 2)

    def fine(self, days: Iterable[date]) -> list[int]:
        """Where all of these lie, in parts of a unit."""
        width = FINE * (self.right - self.left) / self._days
        return [round(FINE * self.left + (day.toordinal() - self._first) * width) for day in days]

    # Asked for every figure in each drawing: numbers are quicker to divide than spans of time.
    @cached_property
    def _first(self) -> int:
        return self.first.toordinal()

    @cached_property
    def _days(self) -> int:
        return self.last.toordinal() - self._first

    @cached_property
    def ticks(self) -> list[Tick]:
        """A handful of days; where there are many, the first of months or of years."""
        days = (self.last - self.first).days
        step = next((each for each in _DAY_STEPS if days <= each * MOST_DAYS), None)
        if step:
            ticks = [self.first + timedelta(days=ahead) for ahead in range(0, days + 1, step)]
            return [Tick(self.x(day), date_format(day, "MONTH_DAY_FORMAT")) for day in ticks]
        fitting = (each for each in _MONTH_STEPS if days <= each * _LONGEST_MONTH * MOST_DAYS)
        step = next(fitting, _MONTH_STEPS[-1])
        words = "YEAR_MONTH_FORMAT" if step < 12 else "Y"
        return [Tick(self.x(day), date_format(day, words)) for day in self._firsts_of_months(step)]

    def _firsts_of_months(self, step: int) -> Iterable[date]:
        """Those whose number, counted on through the years, the step divides."""
        for month in range(
            self.first.year * 12 + self.first.month - 1, self.last.year * 12 + self.last.month
        ):
            day = date(month // 12, month % 12 + 1, 1)
            if month % step == 0 and day >= self.first:
                yield day


@dataclass(frozen=True)
class FigureAxis:
    low: float
    high: float
    bottom: float

    @classmethod
    def spanning(cls, figures: Iterable[Decimal], bottom: float) -> "FigureAxis":
        """A little beyond the lowest and the highest of these figures; a single one stands in the middle."""
        figures = [float(figure) for figure in figures]
        low, high = min(figures), max(figures)
        margin = (high - low) / 25 or abs(low) / 10 or 1
        return cls(low - margin, high + margin, bottom)

    def y(self, figure: Decimal) -> float:
        share = (float(figure) - self.low) / (self.high - self.low)
        return round(self.bottom - share * (self.bottom - TOP), 2)

    def fine(self, figures: Iterable[float]) -> list[int]:
        """Where all of these lie, in parts of a unit."""
        height = FINE * (self.bottom - TOP) / (self.high - self.low)
        return [round(FINE * self.bottom - (figure - self.low) * height) for figure in figures]

    def ticks(self, scale: Scale) -> list[Tick]:
        """A handful of round figures, as people write them; a rating without its top, which is long."""
        write = scale.write_figure if scale.unit == Unit.RATING else scale.write
        step = self._step(scale.unit)
        first, last = math.ceil(Decimal(self.low) / step), math.floor(Decimal(self.high) / step)
        return [Tick(self.y(number * step), write(number * step)) for number in range(first, last + 1)]

    def _step(self, unit: Unit) -> Decimal:
        least = (self.high - self.low) / MOST_FIGURES
        if unit == Unit.YES_NO:
            return Decimal(1)
        if unit == Unit.DURATION and _DURATION_STEPS[0] <= least <= _DURATION_STEPS[-1]:
            return Decimal(next(step for step in _DURATION_STEPS if step >= least))
        magnitude = Decimal(10) ** math.floor(math.log10(least))
        return next(step * magnitude for step in (1, 2, 5, 10) if step * magnitude >= least)
