"""Targets, figures, deviations and baselines that are put back after others wrote on."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core.exceptions import ValidationError

from metrics.models import Baseline, Deviation, Measurement, Metric, Target, Verdict
from metrics.quantities import Unit
from tests.factories import (
    BaselineFactory,
    DeviationFactory,
    MeasurementFactory,
    MemberFactory,
    MetricFactory,
    TargetFactory,
    a_series,
)
from victory import undo

MARCH = date(2026, 3, 31)


@pytest.fixture
def metric(scoped):
    return MetricFactory(organization=scoped)


@pytest.fixture
def by(scoped):
    return MemberFactory(organization=scoped)


def a_target(metric, low, since=date(2026, 1, 1)):
    return TargetFactory(organization=metric.organization, metric=metric, low=Decimal(low), holds_from=since)


def a_figure(metric, value=92, day=MARCH):
    return MeasurementFactory(organization=metric.organization, metric=metric, value=Decimal(value), date=day)


def verdict_now():
    return Metric.objects.get().verdict


# --- Targets and the verdicts given since ----------------------------------------------------------


def test_target_put_back_gives_back_the_verdicts_it_took_away(metric, by):
    a_target(metric, 90)
    later = a_target(metric, 95, since=date(2026, 2, 1))
    a_figure(metric)
    deletion = undo.delete(later, by=by)
    assert verdict_now() == Verdict.MET
    undo.put_back(deletion)
    assert verdict_now() == Verdict.NOT_MET


def test_targets_are_put_back_one_after_the_other(metric, by):
    a_figure(metric)
    targets = a_target(metric, 90), a_target(metric, 95, since=date(2026, 2, 1))
    deletions = [undo.delete(target, by=by) for target in targets]
    for deletion in reversed(deletions):
        undo.put_back(deletion)
    assert verdict_now() == Verdict.NOT_MET and Target.objects.count() == 2


def test_target_is_not_put_back_over_a_verdict_given_since(metric, by):
    deletion = undo.delete(a_target(metric, 95, since=date(2026, 2, 1)), by=by)
    a_target(metric, 90)
    a_figure(metric)
    with pytest.raises(ValidationError, match="It would change verdicts given since"):
        undo.put_back(deletion)
    assert verdict_now() == Verdict.MET and Target.objects.count() == 1


def test_target_is_not_put_back_over_one_that_was_agreed_to_since(metric, by):
    a_figure(metric)
    deletion = undo.delete(a_target(metric, 95, since=date(2026, 2, 1)), by=by)
    a_target(metric, 90)
    with pytest.raises(ValidationError, match="It would change verdicts given since"):
        undo.put_back(deletion)


def test_target_is_not_put_back_over_a_figure_corrected_since(metric, by):
    figure = a_figure(metric)
    deletion = undo.delete(a_target(metric, 95), by=by)
    figure.refresh_from_db()
    figure.value = Decimal(93)
    figure.save()
    with pytest.raises(ValidationError, match="It would change verdicts given since"):
        undo.put_back(deletion)


def test_target_that_changes_no_verdict_is_put_back_whatever_was_written_since(metric, by):
    deletion = undo.delete(a_target(metric, 91, since=date(2026, 2, 1)), by=by)
    a_target(metric, 90)
    a_figure(metric)
    undo.put_back(deletion)
    assert verdict_now() == Verdict.MET and Target.objects.count() == 2


def test_refused_return_leads_to_the_page_that_asks(manager, metric, by):
    deletion = undo.delete(a_target(metric, 95, since=date(2026, 2, 1)), by=by)
    a_target(metric, 90)
    a_figure(metric)
    response = manager.post(f"/o/enfield/undo/{deletion.pk}/", {"page": "/o/enfield/"}, follow=True)
    assert f'Set it on <a href="/o/enfield/metrics/{metric.pk}/">' in unescape(response.content.decode())


# --- Figures and their unit -------------------------------------------------------------------------


@pytest.mark.parametrize("write", [a_figure, lambda metric: a_target(metric, 90)])
def test_figures_are_not_put_back_into_another_unit(metric, by, write):
    deletion = undo.delete(write(metric), by=by)
    metric.refresh_from_db()
    metric.unit = Unit.DURATION
    metric.save()
    with pytest.raises(ValidationError, match="written in the unit that the metric had then"):
        undo.put_back(deletion)
    assert not Measurement.objects.exists() and not Target.objects.exists()


def test_figures_are_not_put_back_onto_another_scale(scoped, by):
    metric = MetricFactory(organization=scoped, unit=Unit.RATING, scale_top=Decimal(5))
    deletion = undo.delete(a_figure(metric, 4), by=by)
    metric.refresh_from_db()
    metric.scale_top = Decimal(10)
    metric.save()
    with pytest.raises(ValidationError, match="written in the unit that the metric had then"):
        undo.put_back(deletion)


def test_figure_is_put_back_once_the_unit_is_what_it_was(metric, by):
    deletion = undo.delete(a_figure(metric), by=by)
    for unit in (Unit.DURATION, Unit.PERCENT):
        metric.refresh_from_db()
        metric.unit = unit
        metric.save()
    undo.put_back(deletion)
    assert Measurement.objects.get().written == "92\xa0%"


@pytest.mark.parametrize("low, comes_back", [(Decimal(80), False), (None, True)])
def test_only_a_deviation_without_figures_is_put_back_into_another_unit(metric, by, low, comes_back):
    deletion = undo.delete(DeviationFactory(organization=metric.organization, metric=metric, low=low), by=by)
    metric.unit = Unit.DURATION
    metric.save()
    if comes_back:
        undo.put_back(deletion)
    else:
        with pytest.raises(ValidationError, match="written in the unit"):
            undo.put_back(deletion)
    assert Deviation.objects.exists() == comes_back


def test_figure_is_not_put_back_before_the_beginning_of_its_metric(metric, by):
    deletion = undo.delete(a_figure(metric), by=by)
    metric.refresh_from_db()
    metric.begins_on = MARCH + timedelta(days=1)
    metric.save()
    with pytest.raises(ValidationError, match="is measured since"):
        undo.put_back(deletion)


# --- Baselines --------------------------------------------------------------------------------------


def test_baseline_is_not_put_back_over_another(metric, by):
    a_series(metric, [60, 70, 64, 66, 58, 68] * 3)
    first = date(2026, 1, 1)
    deletion = undo.delete(
        BaselineFactory(
            organization=metric.organization, metric=metric, starts_on=first, ends_on=date(2026, 1, 12)
        ),
        by=by,
    )
    BaselineFactory(organization=metric.organization, metric=metric, starts_on=date(2026, 1, 7))
    with pytest.raises(ValidationError, match="Other limits start on"):
        undo.put_back(deletion)
    assert Baseline.objects.count() == 1


def test_baseline_comes_back_with_its_metric_and_the_figures_it_rests_on(metric, by):
    a_series(metric, [60, 70, 64, 66, 58, 68] * 2)
    BaselineFactory(organization=metric.organization, metric=metric)
    metric.refresh_from_db()
    undo.put_back(undo.delete(metric, by=by))
    assert Baseline.objects.get().metric == Metric.objects.get() and Measurement.objects.count() == 12
