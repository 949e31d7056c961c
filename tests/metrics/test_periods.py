"""Days, months, quarters and years as spreadsheets write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.periods import NoPeriod, Period, day_comes_first, read_period

JULY = Period(date(2018, 7, 1), date(2018, 7, 31))
LAST_OF_JULY = Period(date(2018, 7, 31), date(2018, 7, 31))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        *((text, JULY) for text in ("July 2018", "jul 2018", "Jul-18", "Jul ’18", "JULY, 2018", "2018-07")),
        *((text, JULY) for text in ("07/2018", "7.2018", "2018/7")),
        *((text, LAST_OF_JULY) for text in ("2018-07-31", "31.07.2018", "31.7.18", "2018-07-31 00:00:00")),
        *((text, LAST_OF_JULY) for text in ("31 July 2018", "31-Jul-2018", "July 31, 2018", "31st Jul 2018")),
        *((text, LAST_OF_JULY) for text in ("2018/07/31", "  31 \t July  2018 ")),
        *(
            (text, Period(date(2018, 7, 1), date(2018, 9, 30)))
            for text in ("Q3 2018", "2018 Q3", "2018-Q3", "q3/2018")
        ),
        ("2018", Period(date(2018, 1, 1), date(2018, 12, 31))),
        ("Feb 2024", Period(date(2024, 2, 1), date(2024, 2, 29))),
        ("5/5/2018", Period(date(2018, 5, 5), date(2018, 5, 5))),
    ],
)
def test_period_is_read(text, period):
    assert read_period(text) == period


@pytest.mark.parametrize("text", ["2018-02-30", "31.06.2018", "2018-13", "Foo 2018", "July 32, 2018", "0000"])
def test_period_that_does_not_exist_is_named(text):
    with pytest.raises(NoPeriod, match="there is no such date"):
        read_period(text)


@pytest.mark.parametrize("text", ["", "Month", "Jul 18", "68%", "Q5 2018", "x" * 10_000])
def test_text_that_is_no_period_says_what_would_be(text):
    with pytest.raises(NoPeriod, match="Write it like 2026-03-31"):
        read_period(text)


@pytest.mark.parametrize("text", ["0218", "Q3 0218", "July 0218", "0218-07-31", "1899-12-31"])
def test_period_that_begins_before_1900_is_a_slip(text):
    with pytest.raises(NoPeriod, match="Is a digit of the year missing"):
        read_period(text)


def test_order_of_day_and_month_is_taken_from_the_column():
    assert day_comes_first(["03/04/2018", "31/04/2018"]) is True
    assert day_comes_first(["03/04/2018", "04/30/2018"]) is False
    assert read_period("03/04/2018", day_first=True).first == date(2018, 4, 3)
    assert read_period("03/04/2018", day_first=False).first == date(2018, 3, 4)


def test_day_that_can_be_read_in_two_ways_is_refused():
    assert day_comes_first(["03/04/2018", "05/06/2018"]) is None
    with pytest.raises(NoPeriod, match="can be read in two ways"):
        read_period("03/04/2018")


def test_figure_counts_for_the_last_day_or_for_today_while_the_month_is_not_over():
    assert JULY.day(today=date(2018, 8, 1)) == date(2018, 7, 31)
    assert JULY.day(today=date(2018, 7, 9)) == date(2018, 7, 9)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_day_is_read_however_it_is_written(day):
    for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y"):
        assert read_period(day.strftime(pattern)) == Period(day, day)
