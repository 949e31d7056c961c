"""One scale for unlike metrics: how much of its target a figure attains, in percent.

100 is the target itself, so that a target is met exactly where at least 100 is attained. What counts:

- at least a low end: 100 × figure ÷ target;
- at most a high end: 100 × target ÷ figure, since here half the figure is twice as good;
- between two ends: 100 inside, and outside as against the end that was missed;
- a judgement: 100 for yes, 0 for no;
- where there is nothing to divide, because target or figure is zero or below: 0 if missed; if met, the
  most that counts where less is better and the target lies above zero, else 100.

Nothing counts for less than 0 or for more than 200. Below 100 is rounded down, so that a target that
was just missed never shows as attained.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.figures import percent
from metrics.quantities import Aim, Direction, Scale

FULL, MOST = Decimal(100), Decimal(200)
_STEP = Decimal("0.1")


def attainment(value: Decimal, aim: Aim) -> Decimal:
    """How much of the target the figure attains: 0 to 200, to one place after the decimal sign."""
    met = aim.holds(value)
    if aim.direction in (Direction.JUDGED, Direction.BETWEEN) and met:
        return FULL
    part, whole = _fraction(value, aim)
    if part <= 0 or whole <= 0:
        best = aim.direction == Direction.AT_MOST and aim.high > 0
        return (MOST if best else FULL) if met else Decimal(0)
    return min(MOST, FULL * part / whole).quantize(_STEP, rounding=ROUND_DOWN)


def _fraction(value: Decimal, aim: Aim) -> tuple[Decimal, Decimal]:
    """What the attainment divides by what."""
    if aim.direction == Direction.JUDGED:
        return Decimal(0), Decimal(1)
    if aim.low is not None and (aim.high is None or value < aim.low):
        return value, aim.low
    return aim.high, value


RULES = {
    Direction.AT_LEAST: gettext_lazy("More is better: 100 × figure ÷ target."),
    Direction.AT_MOST: gettext_lazy(
        "Less is better: 100 × target ÷ figure, so that half the figure is twice as good."
    ),
    Direction.BETWEEN: gettext_lazy("Inside is 100; outside counts as against the end that was missed."),
    Direction.JUDGED: gettext_lazy("Yes is 100, no is 0."),
}
"""The formula for each direction, in words."""

LIMITS = gettext_lazy(
    "Nothing counts for less than 0 or more than 200. Where there is nothing to divide, because the target"
    " or the figure is zero or below, a target that is missed counts for 0 and one that is met for 100, or"
    " for 200 where less is better and the target is above zero."
)
"""What holds for each direction."""


@dataclass(frozen=True)
class Attained:
    """How much of its target one figure attains, and how that comes about."""

    value: Decimal
    aim: Aim
    scale: Scale

    @property
    def percent(self) -> Decimal:
        return attainment(self.value, self.aim)

    @property
    def text(self) -> str:
        """The attainment as people read it."""
        return percent(self.percent)

    @property
    def rule(self) -> str:
        """The formula for the direction of the target, in words."""
        return str(RULES[self.aim.direction])

    @property
    def working(self) -> str:
        """The formula with the figures in it, as in "100 × 59 ÷ 92"."""
        part, whole = _fraction(self.value, self.aim)
        inside = self.aim.direction == Direction.BETWEEN and self.aim.holds(self.value)
        if self.aim.direction == Direction.JUDGED or inside or part <= 0 or whole <= 0:
            words = {"figure": self.scale.write(self.value), "target": self.aim.write(self.scale)}
            return _("%(figure)s, and the target is %(target)s") % words
        ends = {"part": self.scale.write_figure(part), "whole": self.scale.write_figure(whole)}
        if FULL * part / whole > MOST:
            return _("100 × %(part)s ÷ %(whole)s, but at most 200") % ends
        return f"100 × {ends['part']} ÷ {ends['whole']}"
