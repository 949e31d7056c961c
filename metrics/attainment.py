"""One scale for unlike metrics: how much of its target a figure attains, in percent.

100 is the target itself, so that a target is met exactly where at least 100 is attained. What counts:

- at least a low end: 100 × figure ÷ target;
- at most a high end: 100 × target ÷ figure, since here half the figure is twice as good;
- between two ends: 100 inside, and outside as against the end that was missed;
- a judgement: 100 for yes, 0 for no;
- where there is nothing to divide by or into, because target or figure is zero or below: 100 if met,
  else 0.

Nothing counts for less than 0 or for more than 200. Below 100 is rounded down, so that a target that
was just missed never shows as attained.
"""

from decimal import ROUND_DOWN, Decimal

from metrics.quantities import Aim, Direction

FULL, MOST = Decimal(100), Decimal(200)
_STEP = Decimal("0.1")


def attainment(value: Decimal, aim: Aim) -> Decimal:
    """How much of the target the figure attains: 0 to 200, to one place after the decimal sign."""
    met = aim.holds(value)
    if aim.direction in (Direction.JUDGED, Direction.BETWEEN) and met:
        return FULL
    part, whole = _fraction(value, aim)
    if part <= 0 or whole <= 0:
        return FULL if met else Decimal(0)
    return min(MOST, FULL * part / whole).quantize(_STEP, rounding=ROUND_DOWN)


def _fraction(value: Decimal, aim: Aim) -> tuple[Decimal, Decimal]:
    """What the attainment divides by what."""
    if aim.direction == Direction.JUDGED:
        return Decimal(0), Decimal(1)
    if aim.low is not None and (aim.high is None or value < aim.low):
        return value, aim.low
    return aim.high, value
