"""How much of a target a figure attains."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.attainment import FULL, MOST, RULES, Attained, attainment
from metrics.quantities import NO_BREAK_SPACE, Aim, Direction, Scale, Unit

figures = st.decimals(-10_000, 10_000, places=6)


@st.composite
def aims(draw):
    direction = draw(st.sampled_from(Direction))
    low, high = sorted([draw(figures), draw(figures)])
    match direction:
        case Direction.AT_LEAST:
            return Aim(direction, low=low)
        case Direction.AT_MOST:
            return Aim(direction, high=high)
        case Direction.BETWEEN:
            return Aim(direction, low, high)
        case Direction.JUDGED:
            return Aim(direction)


@pytest.mark.parametrize(
    ("value", "aim", "attained"),
    [
        (46, Aim(Direction.AT_LEAST, low=Decimal(92)), "50.0"),
        (92, Aim(Direction.AT_LEAST, low=Decimal(92)), "100.0"),
        (115, Aim(Direction.AT_LEAST, low=Decimal(92)), "125.0"),
        (262, Aim(Direction.AT_MOST, high=Decimal(180)), "68.7"),
        (90, Aim(Direction.AT_MOST, high=Decimal(180)), "200.0"),
        (1, Aim(Direction.AT_MOST, high=Decimal(180)), "200.0"),
        (0, Aim(Direction.AT_MOST, high=Decimal(180)), "200"),
        (0, Aim(Direction.AT_MOST, high=Decimal(0)), "100"),
        (3, Aim(Direction.AT_MOST, high=Decimal(0)), "0"),
        (4, Aim(Direction.BETWEEN, Decimal(2), Decimal(5)), "100"),
        (1, Aim(Direction.BETWEEN, Decimal(2), Decimal(5)), "50.0"),
        (10, Aim(Direction.BETWEEN, Decimal(2), Decimal(5)), "50.0"),
        (1, Aim(Direction.JUDGED), "100"),
        (0, Aim(Direction.JUDGED), "0"),
    ],
)
def test_attainment_of_a_known_figure(value, aim, attained):
    assert attainment(Decimal(value), aim) == Decimal(attained)


def test_attainment_just_missed_is_not_rounded_up_to_the_target():
    assert attainment(Decimal("91.999"), Aim(Direction.AT_LEAST, low=Decimal(92))) == Decimal("99.9")


@given(figures, aims())
def test_target_is_met_exactly_where_all_of_it_is_attained(value, aim):
    attained = attainment(value, aim)
    assert 0 <= attained <= MOST
    assert aim.holds(value) == (attained >= FULL)


PERCENT, TIME = Scale(Unit.PERCENT), Scale(Unit.DURATION)


@pytest.mark.parametrize(
    ("value", "aim", "scale", "text", "working"),
    [
        (59, Aim(Direction.AT_LEAST, low=Decimal(92)), PERCENT, "64.1 %", "100 × 59 ÷ 92"),
        (262, Aim(Direction.AT_MOST, high=Decimal(180)), TIME, "68.7 %", "100 × 3 min ÷ 4 min 22 s"),
        (
            60,
            Aim(Direction.AT_MOST, high=Decimal(180)),
            TIME,
            "200 %",
            "100 × 3 min ÷ 1 min, but at most 200",
        ),
        (
            *(4, Aim(Direction.BETWEEN, Decimal(2), Decimal(5)), PERCENT),
            *("100 %", "4 %, and the target is between 2 and 5 %"),
        ),
        (10, Aim(Direction.BETWEEN, Decimal(2), Decimal(5)), PERCENT, "50 %", "100 × 5 ÷ 10"),
        (0, Aim(Direction.JUDGED), Scale(Unit.YES_NO), "0 %", "no, and the target is yes"),
        (0, Aim(Direction.AT_MOST, high=Decimal(5)), PERCENT, "100 %", "0 %, and the target is at most 5 %"),
    ],
)
def test_attained_says_how_it_comes_about(value, aim, scale, text, working):
    attained = Attained(Decimal(value), aim, scale)

    assert attained.text.replace(NO_BREAK_SPACE, " ") == text
    assert attained.working.replace(NO_BREAK_SPACE, " ") == working


@pytest.mark.parametrize("direction", Direction)
def test_each_direction_has_its_rule_in_words(direction):
    assert Attained(Decimal(1), Aim(direction, Decimal(1), Decimal(1)), PERCENT).rule == RULES[direction]


@given(figures, figures, figures)
def test_better_figure_never_attains_less(one, other, target):
    low, high = sorted([one, other])
    at_least, at_most = Aim(Direction.AT_LEAST, low=target), Aim(Direction.AT_MOST, high=target)
    assert attainment(low, at_least) <= attainment(high, at_least)
    assert attainment(high, at_most) <= attainment(low, at_most)
