"""A figure is saved with the newest ones at hand; the metric repeats the same as if they were read anew."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from metrics.behaviour import BASELINE_FIGURES, RUN
from metrics.forms.figures import FigureForm
from metrics.models import Measurement, Metric, Verdict
from metrics.models.measurement import Dated, taken_in
from metrics.standing import line_of
from metrics.touched import read_to_measure
from tests import factories
from victory.trail import all_or_nothing

FIRST = date(2026, 1, 1)
DAYS = RUN + 4


@pytest.fixture
def metric(scoped):
    metric = factories.TargetFactory(
        organization=scoped, metric__begins_on=FIRST, holds_from=FIRST, low=Decimal(90)
    ).metric
    factories.a_series(metric, range(88, 88 + 2 * DAYS, 2), FIRST)
    metric.take_latest()
    return metric


def enter(metric: Metric, day: date, value: str, *, was: str = "") -> FigureForm:
    with all_or_nothing():
        locked = Metric.locked(metric.pk, read_to_measure)
        data = {"on": day.isoformat(), "value": value, "was": was}
        form = FigureForm(data, metric=locked, by=factories.MemberFactory(organization=metric.organization))
        assert form.is_valid(), form.errors
        form.save()
    return form


def repeated(metric: Metric) -> dict:
    return Metric.objects.filter(pk=metric.pk).values(*Metric.derived).get()


def as_read_anew(metric: Metric) -> dict:
    Metric.objects.get(pk=metric.pk).take_latest()
    return repeated(metric)


@pytest.mark.parametrize("days", [0, 3, DAYS - RUN, DAYS - 2, DAYS - 1, DAYS, DAYS + 5])
def test_metric_repeats_what_was_entered_on_any_day(metric, days):
    """The first, one before those at hand, the last of these, the newest, and two newer ones."""
    day = FIRST + timedelta(days=days)
    stood = metric.measurement_on(day)
    enter(metric, day, "12.5", was=stood.written if stood else "")
    assert metric.measurements.get(date=day).value == Decimal("12.5")
    assert repeated(metric) == as_read_anew(metric)


@pytest.mark.parametrize("days", [0, DAYS - 2, DAYS - 1])
def test_metric_repeats_what_is_left_when_a_figure_is_taken_away(metric, days):
    day = FIRST + timedelta(days=days)
    enter(metric, day, "", was=metric.measurement_on(day).written)
    assert not metric.measurements.filter(date=day).exists()
    assert repeated(metric) == as_read_anew(metric)


@pytest.mark.parametrize("days", [0, DAYS - RUN - 1, DAYS - RUN, DAYS - 1, DAYS])
def test_figure_of_a_day_is_the_same_whether_or_not_it_is_at_hand(metric, days):
    day = FIRST + timedelta(days=days)
    at_hand = read_to_measure(metric.pk).measurement_on(day)
    assert at_hand == Measurement.objects.filter(metric=metric, date=day).first()


def test_what_others_wrote_before_the_metric_was_locked_again_counts(metric):
    mine = Metric.objects.get(pk=metric.pk)
    mine.newest = read_to_measure(metric.pk).newest
    for days, of in ((DAYS + 1, metric), (DAYS, mine)):
        factories.MeasurementFactory(
            organization=metric.organization, metric=of, date=FIRST + timedelta(days=days)
        )
    assert repeated(metric) == as_read_anew(metric)
    assert Metric.objects.get(pk=metric.pk).latest.date == FIRST + timedelta(days=DAYS + 1)


def test_metric_repeats_what_is_left_when_one_is_taken_away_and_another_entered_in_one_write(metric):
    with all_or_nothing():
        locked = Metric.locked(metric.pk, read_to_measure)
        locked.measurement_on(FIRST + timedelta(days=DAYS - 1)).delete()
        early = locked.measurement_on(FIRST + timedelta(days=1))
        early.value = Decimal(12)
        early.save()
    assert repeated(metric) == as_read_anew(metric)
    assert Metric.objects.get(pk=metric.pk).latest.date == FIRST + timedelta(days=DAYS - 2)


def test_metric_repeats_the_next_one_when_one_of_the_newest_went_to_an_earlier_day(metric):
    with all_or_nothing():
        moved = Metric.locked(metric.pk, read_to_measure).measurement_on(FIRST + timedelta(days=DAYS - 2))
        moved.date = FIRST - timedelta(days=1)
        moved.save()
    assert repeated(metric) == as_read_anew(metric)


def test_figure_of_more_digits_than_a_database_may_keep_is_read_back(metric):
    """Nobody can type one, but a file may bring it."""
    with all_or_nothing():
        locked = Metric.locked(metric.pk, read_to_measure)
        day, value = FIRST + timedelta(days=DAYS), Decimal("12345678901.123456")
        Measurement(organization=metric.organization, metric=locked, date=day, value=value).save()
    assert repeated(metric) == as_read_anew(metric)


def test_figure_is_held_against_the_limits_of_the_last_baseline(metric):
    day = FIRST + timedelta(days=DAYS)
    enter(metric, day, "110")
    assert repeated(metric)["signal"]
    starts_on = FIRST + timedelta(days=DAYS - 2)  # since when there are too few figures for limits
    factories.BaselineFactory(organization=metric.organization, metric=metric, starts_on=starts_on)
    enter(metric, day, "111", was="110 %")
    assert not repeated(metric)["signal"]
    assert repeated(metric) == as_read_anew(metric)


@pytest.fixture
def old_metric(scoped):
    """Its newest figures are beyond its limits, which rest on its first ones."""
    metric = factories.MetricFactory(organization=scoped, begins_on=FIRST - timedelta(days=1))
    factories.a_series(metric, range(88, 88 + BASELINE_FIGURES + 4), FIRST)
    metric.take_latest()
    return metric


@pytest.mark.parametrize("days", [-1, 0, BASELINE_FIGURES - 1])
def test_figure_that_limits_rest_on_moves_them(old_metric, days):
    day = FIRST + timedelta(days=days)
    stood, before = old_metric.measurement_on(day), repeated(old_metric)
    assert before["signal"]
    enter(old_metric, day, "9000", was=stood.written if stood else "")
    assert repeated(old_metric)["signal"] != before["signal"]
    assert repeated(old_metric) == as_read_anew(old_metric)


@pytest.mark.parametrize("days", [BASELINE_FIGURES, BASELINE_FIGURES + 3, BASELINE_FIGURES + 4])
def test_figure_after_those_that_limits_rest_on_leaves_them(old_metric, days):
    day = FIRST + timedelta(days=days)
    stood = old_metric.measurement_on(day)
    enter(old_metric, day, "9000", was=stood.written if stood else "")
    assert repeated(old_metric)["signal"]
    assert repeated(old_metric) == as_read_anew(old_metric)


def a_figure(number: int, day: int) -> Dated:
    return Dated(number, FIRST + timedelta(days=day), Decimal(number), Verdict.MET)


NEWEST_THREE = [a_figure(3, 30), a_figure(2, 20), a_figure(1, 10)]


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ((4, 40), [4, 3, 2]),
        ((4, 15), [3, 2, 4]),
        ((4, 5), [3, 2, 1]),
        ((3, 35), [3, 2, 1]),
        ((3, 15), [2, 3, 1]),
        ((3, 5), None),  # another one, older than all of these, may come before it
        ((1, 10), None),  # or it stood there already
    ],
)
def test_newest_figures_after_one_was_written(written, left):
    figures = taken_in(a_figure(*written), NEWEST_THREE, 3, newest_first=True)
    assert (figures and [each.id for each in figures]) == left


def test_oldest_figures_after_one_was_written():
    oldest = NEWEST_THREE[::-1]
    for written, left in (
        ((4, 5), [4, 1, 2]),
        ((4, 40), [1, 2, 3]),
        ((1, 25), [2, 1, 3]),
        ((1, 40), None),
        ((3, 30), None),
    ):
        figures = taken_in(a_figure(*written), oldest, 3, newest_first=False)
        assert (figures and [each.id for each in figures]) == left


def test_figures_of_a_metric_that_has_no_others_are_all_at_hand():
    for day in (5, 15, 40):
        figures = taken_in(a_figure(1, day), NEWEST_THREE, 4, newest_first=True)
        assert len(figures) == 3


def test_limits_rest_on_what_is_left_when_a_figure_goes_to_a_later_day(old_metric):
    with all_or_nothing():
        locked = Metric.locked(old_metric.pk, read_to_measure)
        moved = locked.measurement_on(FIRST)
        moved.date, moved.value = FIRST + timedelta(days=BASELINE_FIGURES + 9), Decimal(9000)
        moved.save()
        assert locked.oldest is None
    assert repeated(old_metric) == as_read_anew(old_metric)


@pytest.mark.parametrize("accepted", [True, False])
def test_line_of_a_figure_says_whether_it_is_accepted(metric, accepted):
    if accepted:
        factories.DeviationFactory(organization=metric.organization, metric=metric)
    form = enter(metric, FIRST + timedelta(days=DAYS), "12")
    verdict = line_of(form.metric, form.recorded).verdict
    assert verdict == (Verdict.ACCEPTED if accepted else Verdict.NOT_MET)


def test_limits_that_are_chosen_after_the_metric_was_read_count(metric):
    """Within one write, as where several rows are put back."""
    with all_or_nothing():
        locked = Metric.locked(metric.pk, read_to_measure)
        starts_on = FIRST + timedelta(days=DAYS - 2)
        factories.BaselineFactory(organization=metric.organization, metric=locked, starts_on=starts_on)
        day = FIRST + timedelta(days=DAYS)
        Measurement(organization=metric.organization, metric=locked, date=day, value=Decimal(110)).save()
    assert not repeated(metric)["signal"]
    assert repeated(metric) == as_read_anew(metric)


def test_deviation_that_is_accepted_after_the_metric_was_read_counts(metric):
    with all_or_nothing():
        locked = Metric.locked(metric.pk, read_to_measure)
        factories.DeviationFactory(organization=metric.organization, metric=locked)
        day = FIRST + timedelta(days=DAYS)
        figure = Measurement(organization=metric.organization, metric=locked, date=day, value=Decimal(12))
        figure.save()
        assert line_of(locked, figure).verdict == Verdict.ACCEPTED
