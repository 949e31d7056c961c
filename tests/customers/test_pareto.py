from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.pareto import MOST_BARS, NAME_CHARACTERS, Entry, pareto


def entries(*values):
    return [Entry(f"Customer {number}", Decimal(value)) for number, value in enumerate(values, start=1)]


def texts(bar):
    return [line.text for line in bar.name_lines]


def test_pareto_puts_the_longest_bar_first():
    picture = pareto(entries(20, 50, 30))

    assert [bar.label for bar in picture.bars] == ["Customer 2", "Customer 3", "Customer 1"]
    assert [bar.value for bar in picture.bars] == ["50", "30", "20"]


def test_pareto_keeps_the_given_order_of_equal_values():
    picture = pareto(entries(7, 7, 7))

    assert [bar.label for bar in picture.bars] == ["Customer 1", "Customer 2", "Customer 3"]


def test_pareto_bars_are_as_long_as_their_share_of_the_total():
    picture = pareto(entries(50, 30, 20))

    whole = picture.ticks[-1].x - picture.ticks[0].x
    assert [bar.width / whole for bar in picture.bars] == [Decimal("0.5"), Decimal("0.3"), Decimal("0.2")]


def test_pareto_cumulative_share_adds_up_row_by_row():
    picture = pareto(entries(50, 30, 20))

    assert [point.percent for point in picture.cumulative] == [
        "50\N{NO-BREAK SPACE}%",
        "80\N{NO-BREAK SPACE}%",
        "100\N{NO-BREAK SPACE}%",
    ]
    assert [point.x for point in picture.cumulative] == [
        picture.bars[0].x + picture.bars[0].width,
        picture.vital_few.x,
        picture.ticks[-1].x,
    ]


def test_pareto_line_goes_down_through_each_row_and_across_to_the_next():
    picture = pareto(entries(75, 25))

    first, second = picture.cumulative
    assert picture.line == f"{first.x},24.0 {first.x},64.0 {second.x},64.0 {second.x},104.0"


def test_pareto_rows_pair_each_bar_with_its_share():
    picture = pareto(entries(75, 25))

    assert [(bar.value, point.percent) for bar, point in picture.rows] == [
        ("75", "75\N{NO-BREAK SPACE}%"),
        ("25", "100\N{NO-BREAK SPACE}%"),
    ]


def test_pareto_of_one_customer_fills_the_scale():
    picture = pareto(entries(12))

    (bar,) = picture.bars
    assert bar.x + bar.width == picture.ticks[-1].x
    assert picture.cumulative[0].percent == "100\N{NO-BREAK SPACE}%"


def test_pareto_of_nobody_has_a_scale_and_no_line():
    picture = pareto([])

    assert (picture.bars, picture.cumulative, picture.line) == ((), (), "")
    assert [tick.label for tick in picture.ticks] == [
        "0\N{NO-BREAK SPACE}%",
        "50\N{NO-BREAK SPACE}%",
        "100\N{NO-BREAK SPACE}%",
    ]
    assert picture.plot_top == picture.plot_bottom


def test_pareto_of_zeros_has_rows_without_length():
    picture = pareto(entries(0, 0))

    assert [(bar.width, bar.value) for bar in picture.bars] == [(0, "0"), (0, "0")]
    assert [point.percent for point in picture.cumulative] == ["0\N{NO-BREAK SPACE}%", "0\N{NO-BREAK SPACE}%"]


@pytest.mark.parametrize(
    ("value", "text"),
    [("17.00", "17"), ("8.50", "8.5"), ("8.25", "8.3"), ("1234.5", "1,234.5"), ("1E+3", "1,000")],
)
def test_pareto_writes_values_with_at_most_one_decimal(value, text):
    assert pareto(entries(value)).bars[0].value == text


def test_pareto_keeps_who_is_highlighted():
    picture = pareto([Entry("Residents", Decimal(1)), Entry("Businesses", Decimal(2), highlighted=True)])

    assert [(bar.label, bar.highlighted) for bar in picture.bars] == [
        ("Businesses", True),
        ("Residents", False),
    ]


def test_pareto_draws_each_of_twenty_bars():
    assert len(pareto(entries(*range(1, 21))).bars) == 20


def test_pareto_gathers_the_bars_beyond_twenty_in_a_last_one():
    picture = pareto(entries(*range(1, 31)))

    *largest, gathered = picture.bars
    assert len(largest) == MOST_BARS
    assert (gathered.label, gathered.value) == ("10 more", "55")
    assert picture.cumulative[-1].percent == "100\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize("highlighted", [True, False])
def test_pareto_gathered_bar_is_highlighted_when_one_in_it_is(highlighted):
    picture = pareto([*entries(*[10] * 20), Entry("Last", Decimal(1), highlighted)])

    assert picture.bars[-1].highlighted is highlighted


def test_pareto_name_that_fits_stands_on_one_line_beside_its_value():
    (bar,) = pareto([Entry("Residents", Decimal(1))]).bars

    assert texts(bar) == ["Residents"]
    assert bar.name_lines[0].y == bar.text_y


def test_pareto_longer_name_is_wrapped_around_the_middle_of_its_row():
    (bar,) = pareto([Entry("Residents of the borough", Decimal(1))]).bars

    assert texts(bar) == ["Residents of the", "borough"]
    assert bar.name_lines[0].y + bar.name_lines[1].y == 2 * bar.text_y


def test_pareto_name_too_long_for_two_lines_ends_in_an_ellipsis_and_stays_whole_as_label():
    name = "Residents of the borough who pay council tax by direct debit"

    (bar,) = pareto([Entry(name, Decimal(1))]).bars

    assert texts(bar) == ["Residents of the", "borough who pay…"]
    assert bar.label == name


def test_pareto_ellipsis_stands_at_the_word_also_where_the_cut_falls_after_it():
    (bar,) = pareto([Entry("Residents of the neighbourliness a borough", Decimal(1))]).bars

    assert texts(bar) == ["Residents of the", "neighbourliness…"]


def test_pareto_name_without_spaces_is_cut_too():
    (bar,) = pareto([Entry("x" * 100, Decimal(1))]).bars

    assert texts(bar) == ["x" * NAME_CHARACTERS, "x" * (NAME_CHARACTERS - 1) + "…"]


@given(
    st.lists(
        st.builds(
            Entry, st.text(max_size=60), st.decimals(min_value=0, max_value=10_000, places=2), st.booleans()
        ),
        max_size=30,
    )
)
def test_pareto_everything_lies_inside_the_picture(given_entries):
    picture = pareto(given_entries)

    right = picture.ticks[-1].x
    assert right < picture.value_right < picture.share_right < picture.width
    assert picture.plot_bottom < picture.height
    for bar, point in picture.rows:
        assert bar.x <= bar.x + bar.width <= right
        assert bar.x <= point.x <= right
        assert picture.plot_top <= bar.y <= bar.y + bar.height <= picture.plot_bottom
        assert all(len(line.text) <= NAME_CHARACTERS for line in bar.name_lines)
        assert all(picture.plot_top < line.y < picture.plot_bottom for line in bar.name_lines)
    for above, below in pairwise(picture.bars):
        assert above.y + above.height < below.y
    for above, below in pairwise(picture.cumulative):
        assert above.x <= below.x
