"""Where the figures of a metric lie on their drawing."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.behaviour import Point, Series
from metrics.charts import Done, Subject, draw
from metrics.charts.axes import FINE, FigureAxis, TimeAxis
from metrics.charts.panels import RING, Name, apart, line
from metrics.findings import Findings
from metrics.models import Verdict
from metrics.quantities import Aim, Direction, Scale, Unit

FIRST_DAY = date(2026, 1, 1)
STEADY = [60, 70, 64, 66, 58, 68] * 2
PERCENT, DURATION = Scale(Unit.PERCENT), Scale(Unit.DURATION)


class Chosen(NamedTuple):
    starts_on: date
    ends_on: date | None = None


def day(number):
    return FIRST_DAY + timedelta(days=number)


def at_least(low):
    return Aim(Direction.AT_LEAST, low=Decimal(low))


def drawings(values, *, scale=PERCENT, targets=(), done=(), baselines=()):
    points = [Point(day(number), Decimal(str(value)), "met") for number, value in enumerate(values)]
    findings = Findings(Series(points, scale.unit, baselines), scale, Verdict.MET, aim=None)
    return draw(Subject(findings, targets, done))


def of_kind(drawing, kind):
    return [stroke.path for stroke in drawing.strokes if stroke.kind == kind]


def plain(text):
    return text.replace("\xa0", " ")


def places(points):
    return [tuple(int(number) / FINE for number in place.split(",")) for place in points.split()]


def test_without_a_figure_nothing_is_drawn():
    assert drawings([]) == []


def test_single_figure_is_drawn_with_its_target_and_without_ranges():
    [figures] = drawings([50], targets=[(day(-9), at_least(60))])
    assert len(figures.markers) == 1
    assert figures.left < figures.markers[0].x < figures.right
    assert of_kind(figures, "target")[0].startswith(f"M{figures.left} ")


def test_figures_and_ranges_share_one_time_axis():
    figures, ranges = drawings(STEADY)
    assert [tick.at for tick in figures.days] == [tick.at for tick in ranges.days]
    assert places(figures.lines[0])[1][0] == places(ranges.lines[0])[0][0]


def test_limits_and_mean_are_drawn_for_each_segment_and_named_for_the_last():
    figures, ranges = drawings([*STEADY, *(20, 24, 22, 28, 21, 25)], baselines=[Chosen(day(12))])
    assert (len(of_kind(figures, "limit")), len(of_kind(figures, "mean"))) == (4, 2)
    assert len(of_kind(figures, "rebased")) == 1
    assert [plain(name.text) for name in figures.names] == ["limit 35.6 %", "mean 23.3 %", "limit 11.1 %"]
    assert [plain(name.text) for name in ranges.names] == ["limit 15 %", "mean 4.6 %"]
    assert len(ranges.lines) == 2


def test_limit_beyond_what_there_can_be_is_not_drawn():
    figures, _ranges = drawings([95, 99, 90, 97, 93, 98])
    assert [plain(name.text) for name in figures.names] == ["mean 95.3 %", "limit 79.9 %"]


def test_target_is_a_step_in_time():
    figures, _ranges = drawings(STEADY, targets=[(day(5), at_least(80)), (day(-30), at_least(60))])
    [path] = of_kind(figures, "target")[:1]
    assert path.startswith(f"M{figures.left} ") and path.endswith(f"H{figures.right}")
    assert path.count("V") == 1 and path.count("M") == 1
    assert "target ≥ 80 %" in [plain(name.text) for name in figures.names]


def test_range_is_drawn_with_both_its_ends_from_its_day_on():
    between = Aim(Direction.BETWEEN, low=Decimal(62), high=Decimal(66))
    figures, _ranges = drawings(STEADY, targets=[(day(-9), at_least(60)), (day(6), between)])
    low, high = of_kind(figures, "target")
    assert (low.count("H"), high.count("H")) == (2, 1)


def test_target_to_come_is_not_drawn():
    figures, _ranges = drawings(STEADY, targets=[(day(40), at_least(60))])
    assert of_kind(figures, "target") == ["", ""]


def test_signals_are_ringed():
    figures, ranges = drawings([*STEADY, 99])
    [marker] = figures.markers[-1:]
    assert figures.rings == [(marker.x, marker.y)]
    begin = f"M{round(marker.x - RING, 2)} {marker.y}"
    assert figures.rings_path.startswith(begin) and figures.rings_path.count("M") == 1
    assert len(ranges.rings) == 1


def test_step_on_its_limit_is_noise_and_one_just_beyond_it_is_not():
    """The mean range of these is 100, and its limit 327: as floats, both steps come out alike."""
    steady = [0, 100] * 12
    _figures, ranges = drawings([*steady, 427])
    assert ranges.rings == []
    _figures, ranges = drawings([*steady, Decimal("427.000000000000001")])
    assert len(ranges.rings) == 1


def test_marker_tells_day_figure_and_verdict():
    [figures] = drawings([59])
    assert plain(figures.markers[0].words) == "Jan. 1, 2026: 59 %, Met"


def test_actions_stand_on_the_time_axis_with_their_numbers():
    done = [Done(1, day(-9), "too early to show"), Done(2, day(3), "Second desk"), Done(3, day(20), "Rota")]
    figures, _ranges = drawings(STEADY, done=done)
    assert [flag.numbers for flag in figures.flags] == ["2", "3"]
    assert figures.flags[1].x == figures.right
    assert "2. Second desk (Jan. 4, 2026)" in figures.flags[0].words


def test_actions_of_neighbouring_days_share_a_flag():
    figures, _ranges = drawings(range(300), done=[Done(1, day(100), "a"), Done(2, day(101), "b")])
    assert [flag.numbers for flag in figures.flags] == ["1, 2"]


def test_answers_are_points_on_two_lines_without_limits():
    [figures] = drawings([1, 0, 1, 1, 0, 1, 1], scale=Scale(Unit.YES_NO))
    assert [tick.label for tick in figures.figures] == ["no", "yes"]
    assert {marker.y for marker in figures.markers} == {tick.at for tick in figures.figures}
    assert (figures.lines, figures.names, of_kind(figures, "limit")) == ([], [], [])


def test_ten_years_of_daily_figures_are_thinned_out_and_stay_true():
    values = [80 + (number * 7919) % 13 for number in range(3650)]
    values[1234], values[2345] = 120, 3
    figures, ranges = drawings(values)
    drawn = places(figures.lines[0])
    assert len(drawn) < 1700 and len(places(ranges.lines[0])) < 1700
    assert (drawn[0][0], drawn[-1][0]) == (figures.left, figures.right)
    heights = [y for _x, y in drawn]
    assert max(heights) - min(heights) == pytest.approx((figures.bottom - 12) / 1.08, abs=0.1)
    assert len(figures.markers) == 1
    assert len(figures.rings) == 2


@given(st.lists(st.integers(0, 500), min_size=1, max_size=300))
def test_thinned_line_keeps_every_height_it_reaches_in_a_column(heights):
    given_places = [(round(FINE * number / 7) / FINE, float(y)) for number, y in enumerate(heights)]
    kept = places(line([round(FINE * x) for x, _y in given_places], [FINE * y for y in heights]))
    for number in range(int(len(heights) / 14) + 1):
        here = [y for x, y in given_places if x // 2 == number]
        drawn = [y for x, y in kept if x // 2 == number]
        assert (min(here, default=0), max(here, default=0)) == (min(drawn, default=0), max(drawn, default=0))
    assert (kept[0], kept[-1]) == (given_places[0], given_places[-1])
    assert [x for x, _y in kept] == sorted(x for x, _y in kept)


@given(st.lists(st.integers(12, 300), max_size=6))
def test_names_of_lines_never_lie_on_each_other(heights):
    spread = [name.y for name in apart([Name("limit", y, "") for y in heights], 300)]
    assert all(below - above >= 16 for above, below in pairwise(spread))
    assert all(y <= 300 for y in spread)


@pytest.mark.parametrize(
    "low, high, scale, labels",
    [
        (50, 100, PERCENT, ["50 %", "60 %", "70 %", "80 %", "90 %", "100 %"]),
        (0, 3, Scale(Unit.NUMBER), ["0", "0.5", "1", "1.5", "2", "2.5", "3"]),
        (0, 300, DURATION, ["0 s", "1 min", "2 min", "3 min", "4 min", "5 min"]),
        (0, 40 * 86400, DURATION, ["0 s", "7 days", "14 days", "21 days", "28 days", "35 days"]),
        (1, 5, Scale(Unit.RATING, top=Decimal(5)), ["1", "2", "3", "4", "5"]),
        (0, 2500, Scale(Unit.MONEY, currency="GBP"), ["£0", "£500", "£1,000", "£1,500", "£2,000", "£2,500"]),
    ],
)
def test_ticks_are_round_figures_as_people_write_them(low, high, scale, labels):
    assert [plain(tick.label) for tick in FigureAxis(low, high, 300).ticks(scale)] == labels


@pytest.mark.parametrize(
    "first, last, labels",
    [
        (date(2026, 1, 1), date(2026, 1, 4), ["January 1", "January 2", "January 3", "January 4"]),
        (date(2026, 1, 1), date(2026, 2, 20), ["January 1", "January 15", "January 29", "February 12"]),
        (date(2026, 1, 5), date(2026, 5, 1), ["February 2026", "March 2026", "April 2026", "May 2026"]),
        (date(2024, 8, 1), date(2026, 8, 1), ["January 2025", "July 2025", "January 2026", "July 2026"]),
        (date(2016, 5, 1), date(2026, 5, 1), ["2018", "2020", "2022", "2024", "2026"]),
        (date(1876, 5, 1), date(2026, 5, 1), ["1900", "2000"]),
        (date(1, 1, 1), date(9999, 12, 31), [f"{year:04}" for year in range(100, 10_000, 100)]),
    ],
)  # fmt: skip
def test_days_on_the_axis_are_those_people_count_by(first, last, labels):
    assert [tick.label for tick in TimeAxis(first, last, 0, 900).ticks] == labels


def test_days_are_written_in_the_language_of_the_reader():
    with translation.override("de"):
        assert TimeAxis(date(2026, 2, 1), date(2026, 8, 1), 0, 900).ticks[1].label == "März 2026"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.decimals(-1000, 10**6, places=2), min_size=1, max_size=30),
    st.sampled_from([PERCENT, DURATION, Scale(Unit.NUMBER), Scale(Unit.MONEY), Scale(Unit.RATING)]),
)
def test_everything_lies_on_the_paper(values, scale):
    for drawing in drawings(
        values, scale=scale, targets=[(day(0), at_least(90))], baselines=[Chosen(day(8))]
    ):
        for points in drawing.lines:
            assert all(
                drawing.left <= x <= drawing.right and 0 < y <= drawing.bottom for x, y in places(points)
            )
        assert all(0 < tick.at <= drawing.bottom for tick in drawing.figures)
        assert 1 <= len(drawing.figures) <= 9
