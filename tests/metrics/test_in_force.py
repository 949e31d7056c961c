"""For every day and every figure: exactly one target or none judges it, and equal to the target is met."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from metrics.models import Measurement, Succession, Target, Verdict, in_force
from metrics.quantities import Aim, Direction

FIRST = date(2020, 1, 1)
DAYS = st.dates(FIRST, date(2030, 12, 31))
FIGURES = st.decimals(-10_000, 10_000, places=2)


@st.composite
def aims(draw):
    low, high = sorted([draw(FIGURES), draw(FIGURES)])
    return draw(
        st.sampled_from(
            [
                Aim(Direction.AT_LEAST, low=low),
                Aim(Direction.AT_MOST, high=high),
                Aim(Direction.BETWEEN, low, high),
            ]
        )
    )


@st.composite
def targets(draw):
    """Targets as a metric may have them: at most one begins on a day."""
    begins = draw(st.lists(DAYS, unique=True, max_size=6))
    rows = [Target(pk=number, holds_from=day) for number, day in enumerate(begins, start=1)]
    for row in rows:
        row.aim = draw(aims())
    return rows


@given(targets(), DAYS)
def test_each_target_holds_from_its_day_until_the_next_one_takes_over(targets, day):
    spans = sorted(targets, key=lambda target: target.holds_from)
    ends = [*(target.holds_from for target in spans[1:]), date.max]
    holding = [t for t, end in zip(spans, ends, strict=False) if t.holds_from <= day < end]
    assert len(holding) == (bool(spans) and day >= spans[0].holds_from)
    assert in_force(targets, day) == (holding[0] if holding else None)


@given(targets(), DAYS)
def test_succession_says_the_same_as_a_single_look(targets, day):
    grown = Succession([])
    for target in targets:
        grown.add(target)
    assert grown.on(day) == Succession(targets).on(day) == in_force(targets, day)


@given(targets())
def test_no_day_lies_between_two_targets(targets):
    spans = sorted(targets, key=lambda target: target.holds_from)
    for before, after in pairwise(spans):
        assert in_force(targets, after.holds_from - timedelta(days=1)) == before
        assert in_force(targets, after.holds_from) == after


@given(aims(), FIGURES)
def test_figure_is_either_met_or_not(aim, value):
    target = Target(holds_from=FIRST)
    target.aim = aim
    inside = (aim.low is None or value >= aim.low) and (aim.high is None or value <= aim.high)
    assert Measurement(value=value).verdict_by(target) == (Verdict.MET if inside else Verdict.NOT_MET)


@given(aims())
def test_figure_equal_to_an_end_of_the_target_is_met(aim):
    target = Target(holds_from=FIRST)
    target.aim = aim
    step = Decimal("0.000001")
    if aim.low is not None:
        assert Measurement(value=aim.low).verdict_by(target) == Verdict.MET
        assert Measurement(value=aim.low - step).verdict_by(target) == Verdict.NOT_MET
    if aim.high is not None:
        assert Measurement(value=aim.high).verdict_by(target) == Verdict.MET
        assert Measurement(value=aim.high + step).verdict_by(target) == Verdict.NOT_MET


@given(FIGURES)
def test_figure_without_target_has_no_verdict(value):
    assert Measurement(value=value).verdict_by(None) == Verdict.NO_TARGET
