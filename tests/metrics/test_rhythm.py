"""When the next figure is due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.rhythm import Frequency, Freshness, Rhythm, one_period_after, usual_frequency


@pytest.mark.parametrize(
    ("frequency", "last", "due"),
    [
        (Frequency.DAILY, date(2026, 2, 28), date(2026, 3, 1)),
        (Frequency.WEEKLY, date(2026, 2, 23), date(2026, 3, 2)),
        (Frequency.MONTHLY, date(2026, 1, 31), date(2026, 2, 28)),
        (Frequency.MONTHLY, date(2026, 2, 28), date(2026, 3, 31)),
        (Frequency.MONTHLY, date(2026, 1, 15), date(2026, 2, 15)),
        (Frequency.QUARTERLY, date(2025, 12, 31), date(2026, 3, 31)),
        (Frequency.YEARLY, date(2024, 2, 29), date(2025, 2, 28)),
    ],
)
def test_next_figure_is_due_one_period_later(frequency, last, due):
    assert Rhythm(frequency, last, today=last).due_on == due


@pytest.mark.parametrize(
    ("today", "freshness"),
    [
        (date(2026, 2, 22), Freshness.CURRENT),
        (date(2026, 2, 23), Freshness.DUE_SOON),
        (date(2026, 2, 28), Freshness.DUE),
        (date(2026, 3, 31), Freshness.DUE),
        (date(2026, 4, 1), Freshness.STALE),
    ],
)
def test_monthly_figure_grows_old(today, freshness):
    assert Rhythm(Frequency.MONTHLY, date(2026, 1, 31), today).freshness == freshness


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(Frequency))
def test_freshness_never_turns_back(last, frequency):
    order = list(Freshness)
    days = [last + timedelta(days=step) for step in range(0, 800, 7)]
    reached = [order.index(Rhythm(frequency, last, day).freshness) for day in days]
    assert reached == sorted(reached)
    assert one_period_after(last, frequency) > last


@pytest.mark.parametrize("frequency", Frequency)
def test_longest_period_lasts_as_many_days_as_its_frequency_says(frequency):
    days = [date(2023, 1, 1) + timedelta(days=step) for step in range(1000)]
    assert max((one_period_after(day, frequency) - day).days for day in days) == frequency.most_days


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 2, 1), "due on Feb. 28, 2026"),
        (date(2026, 2, 23), "due soon, on Feb. 28, 2026"),
        (date(2026, 2, 28), "due today"),
        (date(2026, 3, 1), "due since Feb. 28, 2026"),
        (date(2026, 4, 1), "stale: due since Feb. 28, 2026"),
    ],
)
def test_rhythm_says_when_the_next_figure_is_due(today, words):
    assert Rhythm(Frequency.MONTHLY, date(2026, 1, 31), today).in_words == words


@pytest.mark.parametrize("frequency", Frequency)
def test_rhythm_stops_at_the_end_of_the_calendar(frequency):
    rhythm = Rhythm(frequency, date.max, today=date(2026, 1, 31))
    assert (rhythm.due_on, rhythm.stale_from, rhythm.freshness) == (date.max, date.max, Freshness.CURRENT)


@pytest.mark.parametrize(
    ("step", "frequency"),
    [
        (1, Frequency.DAILY),
        (7, Frequency.WEEKLY),
        (30, Frequency.MONTHLY),
        (91, Frequency.QUARTERLY),
        (365, Frequency.YEARLY),
    ],
)
def test_frequency_follows_from_the_days(step, frequency):
    days = [date(2018, 1, 31) + timedelta(days=step * number) for number in range(5)]
    assert usual_frequency(days) == frequency
    assert usual_frequency(days[:1]) == Frequency.MONTHLY
