"""Which target judges which measurement, and what a metric repeats of its newest one."""

from datetime import date
from decimal import Decimal

import pytest

from metrics.actions import set_target
from metrics.forms.figures import FigureForm
from metrics.models import Measurement, Metric, Target, Verdict
from metrics.quantities import Aim, Direction
from tests.factories import MeasurementFactory, MemberFactory, MetricFactory, TargetFactory
from victory import undo


@pytest.fixture
def metric(scoped):
    return MetricFactory(organization=scoped)


@pytest.fixture
def member(scoped):
    return MemberFactory(organization=scoped)


def target(metric, holds_from, low):
    return TargetFactory(
        organization=metric.organization, metric=metric, holds_from=holds_from, low=Decimal(low)
    )


def measurement(metric, day, value):
    return MeasurementFactory(organization=metric.organization, metric=metric, date=day, value=Decimal(value))


def verdict_of(measurement):
    return Measurement.objects.get(pk=measurement.pk).verdict


def test_target_on_is_the_last_one_that_has_begun(metric):
    target(metric, date(2025, 1, 1), 80)
    later = target(metric, date(2026, 1, 1), 90)
    target(metric, date(2027, 1, 1), 95)
    assert metric.target_on(date(2026, 12, 31)) == later
    assert metric.target_on(date(2026, 1, 1)) == later
    assert metric.target_on(date(2024, 12, 31)) is None


def test_measurement_is_judged_by_the_target_of_its_date(metric):
    target(metric, date(2025, 1, 1), 80)
    target(metric, date(2026, 1, 1), 90)
    assert verdict_of(measurement(metric, date(2025, 6, 1), 85)) == Verdict.MET
    assert verdict_of(measurement(metric, date(2026, 6, 1), 85)) == Verdict.NOT_MET
    assert verdict_of(measurement(metric, date(2024, 6, 1), 85)) == Verdict.NO_TARGET


def test_figure_equal_to_the_target_is_met(metric):
    target(metric, date(2025, 1, 1), 77)
    assert verdict_of(measurement(metric, date(2025, 6, 1), 77)) == Verdict.MET


def test_later_target_leaves_earlier_verdicts(metric):
    target(metric, date(2025, 1, 1), 80)
    earlier = measurement(metric, date(2025, 6, 1), 85)
    assert target(metric, date(2026, 1, 1), 90).verdicts_changed == 0
    assert verdict_of(earlier) == Verdict.MET


def test_back_dated_target_judges_what_it_covers_again(metric):
    target(metric, date(2025, 1, 1), 80)
    before = measurement(metric, date(2025, 2, 1), 85)
    covered = measurement(metric, date(2025, 6, 1), 85)
    added = target(metric, date(2025, 5, 1), 90)
    assert added.verdicts_changed == 1
    assert (verdict_of(before), verdict_of(covered)) == (Verdict.MET, Verdict.NOT_MET)
    assert Metric.objects.get(pk=metric.pk).verdict == Verdict.NOT_MET


def test_deleted_target_and_its_return_judge_again(metric, member):
    only = target(metric, date(2025, 1, 1), 80)
    figure = measurement(metric, date(2025, 6, 1), 85)
    deletion = undo.delete(only, by=member)
    assert verdict_of(figure) == Verdict.NO_TARGET
    undo.put_back(deletion)
    assert verdict_of(figure) == Verdict.MET


def test_measurement_that_comes_back_is_judged_by_the_target_of_now(metric, member):
    only = target(metric, date(2025, 1, 1), 80)
    deletion = undo.delete(measurement(metric, date(2025, 6, 1), 85), by=member)
    only.low = Decimal(90)
    only.save()
    back = undo.put_back(deletion)
    assert verdict_of(back) == Verdict.NOT_MET
    assert Metric.objects.get(pk=metric.pk).verdict == Verdict.NOT_MET


def test_latest_is_the_newest_date_and_not_the_newest_entry(metric):
    target(metric, date(2025, 1, 1), 80)
    newest = measurement(metric, date(2026, 3, 1), 70)
    measurement(metric, date(2026, 2, 1), 99)
    stored = Metric.objects.get(pk=metric.pk)
    assert (stored.latest, stored.verdict) == (newest, Verdict.NOT_MET)


def test_metric_without_measurements_is_not_measured(metric, member):
    target(metric, date(2025, 1, 1), 80)
    figure = measurement(metric, date(2026, 3, 1), 0)
    assert Metric.objects.get(pk=metric.pk).verdict == Verdict.NOT_MET
    undo.delete(figure, by=member)
    stored = Metric.objects.get(pk=metric.pk)
    assert (stored.latest, stored.verdict) == (None, Verdict.NOT_MEASURED)


def test_figure_of_the_same_date_corrects_and_the_history_keeps_what_stood(metric, member):
    shown = ""
    for typed in ("70", "80"):
        form = FigureForm(
            {"on": "2026-03-01", "value": typed, "was": shown, "note": ""}, metric=metric, by=member
        )
        assert form.is_valid(), form.errors
        form.save()
        shown = form.recorded.written
    corrected = Measurement.objects.get()
    assert corrected.value == 80
    assert [kept.value for kept in corrected.history.all()] == [80, 70]


def test_set_target_of_the_same_day_corrects_and_of_another_day_adds(metric, member):
    day, aim = date(2026, 1, 1), Aim(Direction.AT_LEAST, low=Decimal(90))
    first = set_target(metric=metric, aim=aim, holds_from=day, reason="", by=member)
    set_target(
        metric=metric, aim=Aim(Direction.AT_MOST, high=Decimal(5)), holds_from=day, reason="", by=member
    )
    assert Target.objects.get().pk == first.pk
    set_target(metric=metric, aim=aim, holds_from=date(2026, 2, 1), reason="", by=member)
    assert [str(each) for each in Target.objects.all()] == ["at least 90\xa0%", "at most 5\xa0%"]


def test_set_target_keeps_the_reason_of_a_corrected_target_until_another_is_given(metric, member):
    day = date(2026, 1, 1)
    for low, given, kept in ((90, "the charter", "the charter"), (91, "", "the charter"), (92, "new", "new")):
        aim = Aim(Direction.AT_LEAST, low=Decimal(low))
        assert set_target(metric=metric, aim=aim, holds_from=day, reason=given, by=member).reason == kept


def test_set_target_that_says_the_same_writes_nothing(metric, member):
    day, aim = date(2026, 1, 1), Aim(Direction.AT_LEAST, low=Decimal(90))
    for _time in range(2):
        kept = set_target(metric=metric, aim=aim, holds_from=day, reason="", by=member)
    assert kept.history.count() == 1


def test_history_keeps_what_people_wrote_and_not_what_was_judged(metric):
    figure = measurement(metric, date(2026, 3, 1), 70)
    target(metric, date(2026, 1, 1), 80)

    kept = {field.name for field in figure.history.model._meta.fields}
    assert "value" in kept and not kept & {"verdict", "judged_by"}
    assert figure.history.first().instance.verdict == Verdict.NOT_MET


def test_metric_repeats_its_last_six_figures_and_the_attainment(metric):
    target(metric, date(2025, 1, 1), 80)
    for month in range(1, 9):
        measurement(metric, date(2025, month, 1), 40 + month)
    metric.refresh_from_db()
    assert [day for day, _value, _verdict in metric.recent] == [
        f"2025-{month:02}-01" for month in range(3, 9)
    ]
    assert metric.recent[-1][2] == Verdict.NOT_MET
    assert metric.attainment == Decimal(60)


def test_metric_that_lost_its_figures_repeats_none(metric):
    target(metric, date(2025, 1, 1), 80)
    measurement(metric, date(2025, 6, 1), 85).delete()
    metric.refresh_from_db()
    assert (metric.recent, metric.attainment, metric.verdict) == ([], None, Verdict.NOT_MEASURED)
