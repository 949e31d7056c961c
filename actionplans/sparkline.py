"""The last six figures of a metric as a line that fits into a cell of a table.

Everything is ready-made for the SVG of 120 by 32 units: places are rounded, and paths are texts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from metrics.models import Metric, Target, Verdict

WIDTH, HEIGHT = 120, 32
BESIDE, ABOVE = 5, 4
"""How far from the edges the lowest, the highest and the newest figure lie."""


@dataclass(frozen=True)
class Sparkline:
    """The line through the figures, the target as dashed lines, and the newest figure by its verdict."""

    line: str
    target: str
    last: str
    verdict: Verdict
    figures: str
    """Their unit is said once, behind the newest."""
    days: str
    about: str
    """The days, and the target that is drawn."""

    @classmethod
    def of(
        cls, metric: Metric, target: Target | None, write_day: Callable[[date], str] = date_format
    ) -> "Sparkline | None":
        """`target` is the one in force now. None for a metric that was never measured.

        The metric was read with how it `stands`, since a target may be missed with consent.
        """
        if not metric.recent:
            return None
        days, figures, _verdicts = zip(*metric.recent, strict=True)
        values, verdict, scale = [Decimal(figure) for figure in figures], Verdict(metric.stands), metric.scale
        ends = [end for end in (target.low, target.high) if end is not None] if target else []
        heights = heights_of([*values, *ends])
        places = list(zip(columns(len(values)), heights, strict=False))
        span = [write_day(date.fromisoformat(day)) for day in dict.fromkeys((days[0], days[-1]))]
        return cls(
            line="M" + " ".join(f"{x} {y}" for x, y in places),
            target="".join(f"M0 {y}H{WIDTH}" for y in sorted(set(heights[len(values) :]))),
            last=marker(*places[-1], verdict),
            verdict=verdict,
            figures=", ".join([*map(scale.write_figure, values[:-1]), scale.write(values[-1])]),
            days=in_words(span),
            about=describe(span, target.aim.write(scale) if target else ""),
        )


def columns(count: int) -> list[int]:
    """Evenly from left to right, so that the newest figures of all metrics stand below each other."""
    step = (WIDTH - 2 * BESIDE) // (Metric.RECENT - 1)
    return [WIDTH - BESIDE - step * back for back in reversed(range(count))]


def heights_of(values: Sequence[Decimal]) -> list[int]:
    """Where each value lies when the lowest touches the bottom and the highest the top."""
    low, high = min(values), max(values)
    if low == high:
        return [HEIGHT // 2] * len(values)
    room = HEIGHT - 2 * ABOVE
    return [ABOVE + round(room * (high - value) / (high - low)) for value in values]


def marker(x: int, y: int, verdict: Verdict) -> str:
    """The shape of a verdict around a point: a dot, a cross, a lozenge, or a ring for all else."""
    if verdict == Verdict.MET:
        return f"M{x} {y}h0"
    if verdict == Verdict.NOT_MET:
        return f"M{x - 3} {y - 3}l6 6m0-6-6 6"
    if verdict == Verdict.ACCEPTED:
        return f"M{x} {y - 4}l4 4-4 4-4-4z"
    return f"M{x - 3} {y}a3 3 0 1 0 6 0a3 3 0 1 0-6 0"


def in_words(days: Sequence[str]) -> str:
    """The first and the last day that the figures are of."""
    return _("%(first)s to %(last)s") % {"first": days[0], "last": days[-1]} if len(days) > 1 else days[0]


def describe(days: Sequence[str], target: str) -> str:
    """The days that the figures are of, and the target that is drawn."""
    span = in_words(days)
    return _("%(days)s; the target now is %(target)s") % {"days": span, "target": target} if target else span
