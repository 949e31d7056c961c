"""What the behaviour of a metric says, in words."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.behaviour import Point, Series
from metrics.findings import Findings, Precision
from metrics.models import Verdict
from metrics.quantities import Aim, Direction, Scale, Unit

FIRST_DAY = date(2026, 1, 1)
STEADY = [60, 70, 64, 66, 58, 68] * 2
"""With a mean of 64.33, and limits of 44.99 and 83.68."""

PERCENT = Scale(Unit.PERCENT)
AT_LEAST_20, AT_LEAST_40, AT_LEAST_67, AT_LEAST_95 = (
    Aim(Direction.AT_LEAST, low=Decimal(low)) for low in (20, 40, 67, 95)
)  # fmt: skip
FROM_10_TO_90 = Aim(Direction.BETWEEN, low=Decimal(10), high=Decimal(90))


def points(values):
    return [Point(FIRST_DAY + timedelta(days=n), Decimal(str(value))) for n, value in enumerate(values)]


def findings(values, aim=AT_LEAST_67, scale=PERCENT):
    series = Series(points(values), scale.unit)
    if aim is None:
        verdict = Verdict.NO_TARGET
    else:
        verdict = Verdict.MET if aim.holds(series.points[-1].value) else Verdict.NOT_MET
    return Findings(series, scale, verdict, aim)


def written(value, figures, unit=Unit.PERCENT):
    return (
        Precision.of(points(figures), Scale(unit, currency="GBP")).write(Decimal(value)).replace("\xa0", " ")
    )


@pytest.mark.parametrize(
    "values, aim, conclusion",
    [
        (STEADY, AT_LEAST_40, "Met, and stable: it will stay met for as long as nothing changes."),
        (STEADY, AT_LEAST_67, "Met, by noise: "),
        ([*STEADY, 66], AT_LEAST_67, "Not met, and stable: figures like these may fall on either side"),
        (STEADY, AT_LEAST_95, "Not met, and stable: only changing the process will help."),
        ([*STEADY, 99], AT_LEAST_67, "Met, and something has changed for the better: find out what, and"),
        ([*STEADY, 30], AT_LEAST_20, "Met, but something has changed for the worse: "),
        ([*STEADY, 89], FROM_10_TO_90, "Met, and something has changed: find out what."),
        ([*STEADY, 90], AT_LEAST_95, "Not met, but something has changed for the better: "),
        ([*STEADY, 20], AT_LEAST_67, "Not met, and something has changed for the worse: find out what."),
        (STEADY, None, "Stable, and without a target"),
        ([*STEADY, 20], None, "Something has changed: find out what."),
        (STEADY[:5], AT_LEAST_67, "Not met. Too early to tell a change from noise: 1 more figure is needed."),
        (STEADY[:2], AT_LEAST_67, "Met. Too early to tell a change from noise: 4 more figures are needed."),
    ],
)
def test_conclusion_says_what_to_do(values, aim, conclusion):
    assert findings(values, aim).conclusion.startswith(conclusion)


def test_signal_for_the_better_that_has_passed_leaves_the_metric_stable():
    assert findings([*STEADY, 99, 64], AT_LEAST_95).conclusion.startswith("Not met, and stable")


def test_conclusion_on_answers_counts_the_last_dozen():
    said = findings([0] * 5 + [1, 1, 0] * 4, Aim(Direction.JUDGED), Scale(Unit.YES_NO)).conclusion
    assert said.startswith("Not met. Yes in 8 of the last 12.")


def test_metric_without_a_figure_is_not_measured():
    empty = Findings(Series([], Unit.PERCENT), PERCENT, Verdict.NOT_MEASURED, None)
    assert empty.conclusion == "Not measured yet."
    assert empty.signals == []


ENDS = st.integers(0, 100).map(Decimal)
AIMS = st.one_of(
    st.none(),
    ENDS.map(lambda low: Aim(Direction.AT_LEAST, low=low)),
    ENDS.map(lambda high: Aim(Direction.AT_MOST, high=high)),
    st.tuples(ENDS, ENDS).map(lambda ends: Aim(Direction.BETWEEN, low=min(ends), high=max(ends))),
)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=40), AIMS)
def test_every_series_and_target_has_a_conclusion(values, aim):
    found = findings(values, aim)
    assert found.conclusion and len(found.tell(found.signals)) == len(found.signals)


def test_signals_are_told_in_words_the_newest_first():
    found = findings([*STEADY, *STEADY, 95, 64, *[67] * 8, 20, 81, 81, 81])
    told = found.tell(found.signals)
    assert [(signal.sentence.replace("\xa0", " "), signal.turn) for signal in told] == [
        (
            "Feb. 5, 2026 to Feb. 7, 2026: 3 are nearer to the upper limit of 83.8 %"
            " than to the mean of 64.3 %.",
            "for the better",
        ),
        ("Feb. 4, 2026: 20 % is below the lower limit of 44.9 %.", "for the worse"),
        ("Jan. 27, 2026 to Feb. 3, 2026: 8 in a row are above the mean of 64.3 %.", "for the better"),
        ("Jan. 25, 2026: 95 % is above the upper limit of 83.8 %.", "for the better"),
    ]


@pytest.mark.parametrize(
    "values, scale, words",
    [
        (STEADY, PERCENT, "figures from 45 % to 83.7 % are noise, and steps up to 23.8 %."),
        ([95, 99, 90, 97, 93, 98], PERCENT, "figures from 79.9 % on are noise"),
        ([20, 60, 10, 50, 15, 70], Scale(Unit.DURATION), "figures up to 2 min 35 s are noise"),
        ([2, 4, 1, 5, 2, 4], Scale(Unit.RATING, top=Decimal(5)), "every figure there can be lies within"),
        ([1, 2, 3], Scale(Unit.NUMBER), "No limits yet: they take six figures."),
    ],
)
def test_limits_are_told_as_far_as_figures_can_go(values, scale, words):
    [segment] = findings(values, None, scale).segments
    assert words in segment.sentence.replace("\xa0", " ")


@pytest.mark.parametrize(
    "value, figures, unit, words",
    [
        ("66.142857", [59, 78], Unit.PERCENT, "66.1 %"),
        ("66.142857", [59.5, 78.2], Unit.PERCENT, "66.1 %"),
        ("66.142857", [66.1, 66.3], Unit.PERCENT, "66.14 %"),
        ("66.142857", [0.123456, 95.654321], Unit.PERCENT, "66.1 %"),
        ("1234.5678", [1000, 2000], Unit.MONEY, "£1,234.57"),
        ("48.333", [40, 55], Unit.DURATION, "48.3 s"),
        ("262.25", [200, 300], Unit.DURATION, "4 min 22 s"),
        ("4000.25", [200, 9000], Unit.DURATION, "1 h 7 min"),
        ("100000", [200, 900000], Unit.DURATION, "1 day 4 h"),
        ("7", [7, 7], Unit.NUMBER, "7"),
    ],
)
def test_calculated_figures_are_no_finer_than_those_they_come_from(value, figures, unit, words):
    assert written(value, figures, unit) == words


@pytest.mark.parametrize(
    "before, since, words",
    [
        (12, [99] * 4, "It helped. Mean of the 12 before: 64.3 %, of the 4 since: 99 %."),
        (12, [20] * 4, "Worse since. "),
        (12, [64, 66, 63, 65], "No lasting difference that can be told from noise. "),
        (12, [64, 99, 63, 65, 64], "No lasting difference that can be told from noise. "),
        (12, [64], "Too early: 3 more figures are needed."),
        (12, [64] * 3, "Too early: 1 more figure is needed."),
        (2, [64] * 9, "Cannot be told: only 2 figures stand before it, and limits take six."),
    ],
)
def test_effect_of_an_action_is_told(before, since, words):
    told = findings(STEADY[:before] + since)
    comparison = told.series.compare(FIRST_DAY + timedelta(days=before - 1), told.aim)
    assert told.effect_in_words(comparison).replace("\xa0", " ").startswith(words)


def test_effect_on_answers_is_told_by_shares():
    told = findings([1, 0] * 4 + [1, 1, 1, 0], Aim(Direction.JUDGED), Scale(Unit.YES_NO))
    comparison = told.series.compare(FIRST_DAY + timedelta(days=7), told.aim)
    assert told.effect_in_words(comparison).startswith("Yes in 50 % before and in 75 % since.")
