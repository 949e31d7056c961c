"""Process behaviour charts: limits, signals, segments, and what an action came to."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.behaviour import Effect, Limits, Point, Rule, Segment, Series, Side, moving_ranges, signals_in
from metrics.quantities import Aim, Direction, Unit

FIRST_DAY = date(2024, 1, 1)

# Wheeler, "Making Sense of Data" (SPC Press 2003), page 382: "Data Set to Use When Verifying Software".
# Published with it: mean 4135.50, mean moving range 355.93, natural process limits 3188.72 and 5082.28.
VERIFYING_SOFTWARE = (
    *(5045, 4350, 4350, 3975, 4290, 4430, 4485, 4285),
    *(3980, 3925, 3645, 3760, 3300, 3685, 3463, 5200),
)

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2 "What are Individuals Control Charts?".
# Published with it: mean 50.81, mean moving range 1.8778, limits 55.8041 and 45.8159.
FLOW_RATES = ("49.6", "47.6", "49.9", "51.3", "47.8", "51.2", "52.6", "52.4", "53.6", "52.1")

# "Making Sense of Data", table 8.1: percentage of high school seniors who smoke daily.
SMOKING_SENIORS = (
    *("21.3", "20.2", "20.9", "21.0", "18.8", "19.6", "18.7"),
    *("18.6", "18.1", "18.9", "19.2", "18.2", "17.3", "19.0"),
)

# "Making Sense of Data", figure 9.9: peak flow rates before medication on 18 days.
PEAK_FLOWS = (120, 140, 100, 150, 260, 150, 100, 120, 300, 300, 275, 300, 140, 170, 150, 150, 190, 180)

# "Making Sense of Data", table 9.2: accounts receivable as a percentage of sales in two years, held
# against an upper limit of 60.7 there.
RECEIVABLES = (
    *("55.6", "54.7", "54.9", "54.8", "56.9", "55.7", "53.8", "54.8", "53.4", "57.0", "59.4", "63.2"),
    *("60.9", "60.7", "58.6", "57.3", "56.9", "58.1", "58.3", "50.9", "53.3", "52.5", "50.8", "52.9"),
)

# Limits with which the rules are easy to follow: mean 100, from 70 to 130; beyond 85 and 115 a figure
# is nearer to a limit than to the mean.
LIMITS = Limits(mean=Decimal(100), mean_range=Decimal(30) / Decimal("2.66"))


class Chosen(NamedTuple):
    starts_on: date
    ends_on: date | None = None


def day(number):
    return FIRST_DAY + timedelta(days=number)


def points(values):
    return [Point(day(number), Decimal(value)) for number, value in enumerate(values)]


def series(values, *baselines, unit=Unit.NUMBER):
    return Series(points(values), unit, baselines)


def limits_of(values):
    return Limits.of([Decimal(value) for value in values])


def found(values, limits=LIMITS):
    """Each signal as its code and the numbers of its points."""
    signals = signals_in(points(values), limits)
    return [(each.code, [(point.date - FIRST_DAY).days for point in each.points]) for each in signals]


def four_digits(value):
    return f"{value:.4g}"


# --- Limits ---------------------------------------------------------------------------------------


def test_limits_of_the_data_set_for_verifying_software_are_those_of_the_book():
    limits = limits_of(VERIFYING_SOFTWARE)
    assert [round(figure, 2) for figure in (limits.mean, limits.mean_range, limits.lower, limits.upper)] == [
        Decimal("4135.50"), Decimal("355.93"), Decimal("3188.72"), Decimal("5082.28"),
    ]  # fmt: skip


def test_moving_ranges_of_the_data_set_for_verifying_software_are_those_of_the_book():
    ranges = [695, 0, 375, 315, 140, 55, 200, 305, 55, 280, 115, 460, 385, 222, 1737]
    assert moving_ranges(VERIFYING_SOFTWARE) == ranges


def test_limits_of_the_nist_flow_rates_agree_to_four_digits():
    limits = limits_of(FLOW_RATES)
    figures = (limits.mean, limits.mean_range, limits.lower, limits.upper)
    assert [four_digits(figure) for figure in figures] == ["50.81", "1.878", "45.82", "55.80"]


def test_upper_range_limit_is_3_27_mean_ranges():
    """As on page 60 of "Understanding Variation"."""
    assert limits_of((0, 100)).upper_range == 327


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=2, max_size=30), st.decimals(-50, 50, places=1))
def test_limits_move_along_with_the_figures(values, shift):
    here, there = Limits.of(values), Limits.of([value + shift for value in values])
    for name in ("mean", "lower", "upper"):
        assert abs(getattr(there, name) - getattr(here, name) - shift) < Decimal("1e-9")
    assert here.lower <= here.mean <= here.upper


# --- Rules: each fires on the series made for it, and not on its neighbour ------------------------


@pytest.mark.parametrize(
    "values, signals",
    [
        ((100, 131, 100), [("outside-high", [1])]),
        ((100, 130, 100), []),
        ((100, 69, 100), [("outside-low", [1])]),
        ((100, 70, 100), []),
        ((101,) * 8, [("run-high", list(range(8)))]),
        ((101,) * 7, []),
        ((101,) * 7 + (100,), []),
        ((101,) * 7 + (99,) + (101,) * 7, []),
        ((99,) * 9 + (101,), [("run-low", list(range(9)))]),
        ((100, 116, 116, 100, 116), [("near-high", [1, 2, 4])]),
        ((100, 115, 116, 100, 116), []),
        ((100, 116, 84, 100, 116, 116), []),
        ((116, 116, 100, 100, 116), []),
        ((84, 84, 84), [("near-low", [0, 1, 2])]),
        ((84, 84), []),
        ((116, 116, 116, 100, 100, 116, 116, 116), [("near-high", [0, 1, 2]), ("near-high", [5, 6, 7])]),
        ((116, 116, 100, 116, 100, 116, 116), [("near-high", [0, 1, 3, 5, 6])]),
    ],
)
def test_rule_fires_on_its_series_and_not_on_its_neighbour(values, signals):
    assert found(values) == signals


def test_point_outside_fires_on_published_series():
    """Table 9.2: months 12 and 13 lie beyond the upper limit; the 60.7 of month 14 is equal to it."""
    limits = Limits(Decimal("55.4"), mean_range=Decimal("5.3") / Decimal("2.66"))
    assert round(limits.upper, 6) == Decimal("60.7")
    outside = [signal for signal in signals_in(points(RECEIVABLES), limits) if signal.rule == Rule.OUTSIDE]
    high = [point.value for signal in outside if signal.side == Side.HIGH for point in signal.points]
    assert [str(value) for value in high] == ["63.2", "60.9"]


def test_run_fires_on_published_series():
    """Table 8.1: the last eight seniors' classes lie below the mean."""
    assert ("run-low", list(range(6, 14))) in found(SMOKING_SENIORS, limits_of(SMOKING_SENIORS))


def test_three_of_four_near_a_limit_fire_on_published_series():
    """Figure 9.9: days 9 to 12 lie nearer to the upper limit; day 5 alone does not make a signal."""
    assert found(PEAK_FLOWS, limits_of(PEAK_FLOWS)) == [("near-high", [8, 9, 10, 11])]


@given(st.lists(st.integers(70, 130), max_size=60))
def test_every_run_is_told_as_one_that_cannot_be_made_longer(values):
    for signal in signals_in(points(values), LIMITS):
        if signal.rule == Rule.RUN:
            first, last = (signal.first.date - FIRST_DAY).days, (signal.last.date - FIRST_DAY).days
            beside = values[max(0, first - 1) : first] + values[last + 1 : last + 2]
            assert len(signal.points) == last - first + 1 >= 8
            assert signal.side not in LIMITS.beside_mean(beside)


@given(st.lists(st.integers(71, 129), max_size=40))
def test_points_near_a_limit_are_told_exactly_where_three_of_four_are(values):
    told = {numbers for code, each in found(values) if code == "near-high" for numbers in each}
    near = [value > 115 for value in values]
    windows = [range(start, min(start + 4, len(values))) for start in range(len(values))]
    wanted = {
        place
        for window in windows
        if sum(near[place] for place in window) >= 3
        for place in window
        if near[place]
    }
    assert told == wanted


# --- Segments -------------------------------------------------------------------------------------


def test_fewer_than_six_figures_have_no_limits():
    five, six = series((1, 2, 3, 4, 5)).now, series((1, 2, 3, 4, 5, 6)).now
    assert (five.limits, five.missing, five.signals) == (None, 1, [])
    assert (six.limits.mean, six.missing) == (Decimal("3.5"), 0)


def test_series_without_a_baseline_rests_on_its_first_24_figures():
    segment = series([10, 20] * 12 + [1000] * 6).now
    assert segment.limits.mean == 15
    assert [signal.code for signal in segment.signals if signal.rule == Rule.OUTSIDE] == ["outside-high"]


def test_baseline_begins_a_segment_with_limits_of_its_own():
    cut = series([10, 12] * 5 + [50, 52] * 5, Chosen(day(10)))
    assert [segment.limits.mean for segment in cut.segments] == [11, 51]
    assert cut.segments[0].baseline is None
    assert not any(segment.signals for segment in cut.segments)


def test_baseline_with_an_end_rests_on_the_figures_up_to_it():
    segment = series([10, 12] * 5 + [50, 52] * 5, Chosen(day(0), ends_on=day(5))).now
    assert segment.limits.mean == 11
    assert segment.signal_now.code == "outside-high"


def test_baselines_are_taken_in_the_order_of_their_days():
    cut = series(range(30), Chosen(day(20)), Chosen(day(10)))
    assert [len(segment.points) for segment in cut.segments] == [10, 10, 10]


def test_baseline_that_has_no_figures_yet_is_too_early():
    now = series((1, 2, 3), Chosen(day(3))).now
    assert (now.points, now.missing, now.signal_now) == ((), 6, None)


def test_no_figures_at_all_are_a_segment_too():
    assert series(()).now == Segment((), Unit.NUMBER)


def test_answers_have_no_limits():
    assert series([1, 0] * 20, unit=Unit.YES_NO).now.limits is None


@given(st.integers(0, 40), st.sets(st.integers(0, 45), max_size=5))
def test_segments_hold_every_point_once_and_in_order(count, starts):
    cut = series(range(count), *(Chosen(day(start)) for start in starts))
    assert [point for segment in cut.segments for point in segment.points] == list(cut.points)
    for segment in cut.segments:
        assert all(
            segment.baseline is None or point.date >= segment.baseline.starts_on for point in segment.points
        )


def test_signal_now_is_one_that_the_newest_point_is_part_of():
    steady = [100, 110] * 6
    assert series([*steady, 200, 105]).now.signal_now is None
    assert series([*steady, 200]).now.signal_now.code == "outside-high"
    assert series([*steady, *[106] * 8]).now.signal_now.code == "run-high"
    assert series([*steady, *[121] * 3]).now.signal_now.code == "near-high"


# --- For the better or the worse ------------------------------------------------------------------

AT_LEAST = Aim(Direction.AT_LEAST, low=Decimal(120))
AT_MOST = Aim(Direction.AT_MOST, high=Decimal(80))
BETWEEN = Aim(Direction.BETWEEN, low=Decimal(60), high=Decimal(90))


@pytest.mark.parametrize(
    "value, aim, better",
    [
        (140, AT_LEAST, True),
        (60, AT_LEAST, False),
        (140, AT_MOST, False),
        (60, AT_MOST, True),
        (65, BETWEEN, True),
        (140, BETWEEN, False),
        (20, BETWEEN, False),
        (140, None, None),
        (140, Aim(Direction.BETWEEN, low=Decimal(0), high=Decimal(1000)), None),
    ],
)
def test_signal_is_for_the_better_when_it_leads_towards_the_target(value, aim, better):
    [signal] = signals_in(points([value]), LIMITS)
    assert signal.is_for_the_better(aim) is better


# --- Before and after an action -------------------------------------------------------------------

STEADY = [100, 110, 104, 106, 98, 108] * 2


@pytest.mark.parametrize(
    "since, aim, effect",
    [
        ([150] * 4, AT_LEAST, Effect.HELPED),
        ([150] * 4, AT_MOST, Effect.WORSE),
        ([104, 106, 102, 105], AT_LEAST, Effect.NO_DIFFERENCE),
        ([106] * 8, AT_LEAST, Effect.HELPED),
        ([106] * 7, AT_LEAST, Effect.NO_DIFFERENCE),
        ([121, 121, 104, 121], AT_LEAST, Effect.HELPED),
        ([50, 104, 104, 150], AT_LEAST, Effect.HELPED),
        ([150, *STEADY], AT_LEAST, Effect.NO_DIFFERENCE),
        ([50, *STEADY], AT_LEAST, Effect.NO_DIFFERENCE),
        ([*STEADY, 150], AT_LEAST, Effect.HELPED),
        ([150, 150, 106, 106], AT_LEAST, Effect.NO_DIFFERENCE),
        ([121] * 3 + [106] * 5 + [104], AT_LEAST, Effect.HELPED),
        ([121] * 3 + [106] * 5 + [104, 106, 104], AT_LEAST, Effect.NO_DIFFERENCE),
        ([106] * 8 + [104], AT_LEAST, Effect.HELPED),
        ([106] * 8 + [104, 104], AT_LEAST, Effect.NO_DIFFERENCE),
        ([106] * 8 + [50], AT_LEAST, Effect.WORSE),
        ([106] * 8 + [50, 106], AT_LEAST, Effect.HELPED),
        ([106] * 8 + [103] * 8, AT_LEAST, Effect.WORSE),
        ([150] * 4, None, Effect.UNCLEAR),
        ([150] * 3, AT_LEAST, Effect.TOO_EARLY),
        ([], AT_LEAST, Effect.TOO_EARLY),
    ],
)
def test_action_is_judged_by_the_signals_since(since, aim, effect):
    assert series(STEADY + since).compare(day(len(STEADY) - 1), aim).effect == effect


def test_action_done_after_too_few_figures_cannot_be_compared():
    assert (
        series([100, 110, 104, 106, 98] + [150] * 9).compare(day(4), AT_LEAST).effect == Effect.NOT_COMPARABLE
    )
    assert series([150] * 9).compare(day(-1), AT_LEAST).effect == Effect.NOT_COMPARABLE


def test_figure_of_the_day_itself_counts_as_before():
    comparison = series(range(20)).compare(day(9), AT_LEAST)
    assert (comparison.before.points[-1].value, comparison.since[0].value) == (9, 10)


def test_before_are_the_last_twelve_of_the_segment_the_action_fell_into():
    cut = series([500] * 10 + STEADY * 2 + [150] * 30, Chosen(day(10)))
    comparison = cut.compare(day(33), AT_LEAST)
    assert len(comparison.before.points) == 12 and comparison.before.limits.mean < 110
    assert len(comparison.since) == 24
    assert len(cut.compare(day(17), AT_LEAST).before.points) == 8


def test_figures_since_end_where_limits_start_anew_for_another_reason():
    cut = series([*STEADY, *STEADY[:6], *[150] * 9], Chosen(day(18)))
    assert cut.compare(day(11), AT_LEAST).effect == Effect.NO_DIFFERENCE
    assert cut.compare(day(17), AT_LEAST).effect == Effect.HELPED


def test_missing_figures_since_an_action_are_counted():
    assert series([*STEADY, 150]).compare(day(11), AT_LEAST).missing_since == 3


@pytest.mark.parametrize(
    "since, effect",
    [([1, 1, 1, 1], Effect.UNCLEAR), ([1, 0, 1, 0], Effect.NO_DIFFERENCE), ([0] * 4, Effect.NO_DIFFERENCE)],
)
def test_answers_are_compared_by_their_share_of_yes(since, effect):
    answers = series([1, 0] * 6 + since, unit=Unit.YES_NO)
    assert answers.compare(day(11), Aim(Direction.JUDGED)).effect == effect
