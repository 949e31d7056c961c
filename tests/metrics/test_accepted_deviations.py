"""Accepted deviations: a target that is not met is accepted for some days, with a reason."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.utils import timezone

from metrics.models import Deviation, Metric, Verdict
from metrics.standing import Standing, lines_on
from tests.factories import DeviationFactory, MeasurementFactory, MemberFactory, MetricFactory, TargetFactory

DEVIATIONS = "/o/enfield/metrics/deviations/"
TODAY = timezone.localdate()
LAST_DAY = TODAY + timedelta(days=30)


@pytest.fixture
def metric(scoped):
    """Missed: 85 % of at least 90 %."""
    metric = MetricFactory(organization=scoped)
    TargetFactory(organization=scoped, metric=metric)
    MeasurementFactory(organization=scoped, metric=metric, value=Decimal(85), date=TODAY - timedelta(days=9))
    return metric


@pytest.fixture
def deviation(scoped, metric):
    return DeviationFactory(
        organization=scoped,
        metric=metric,
        holds_from=TODAY,
        holds_until=LAST_DAY,
        accepted_by=MemberFactory(organization=scoped, name="Robin"),
        reason="The counter is being rebuilt.",
    )


def typed(metric, **fields):
    usual = {"holds_from": TODAY.isoformat(), "holds_until": LAST_DAY.isoformat(), "reason": "Rebuilding."}
    return {"metric": metric.pk} | usual | fields


def text_of(response):
    return unescape(response.content.decode())


def standing(metric, day):
    metric = Metric.objects.with_verdict().get(pk=metric.pk)
    return Standing(metric, metric.latest, day)


def test_old_verdict_returns_when_the_deviation_ends(metric, deviation):
    written = Metric.history.count()
    assert standing(metric, TODAY - timedelta(days=1)).verdict == Verdict.NOT_MET
    assert standing(metric, TODAY).verdict == Verdict.ACCEPTED
    assert standing(metric, LAST_DAY).verdict == Verdict.ACCEPTED
    assert standing(metric, LAST_DAY + timedelta(days=1)).verdict == Verdict.NOT_MET
    assert Metric.objects.standing_on(LAST_DAY).get().stands == Verdict.ACCEPTED
    assert Metric.objects.standing_on(LAST_DAY + timedelta(days=1)).get().stands == Verdict.NOT_MET
    assert Metric.history.count() == written


def test_reason_is_said_wherever_the_verdict_is_explained(viewer, metric, deviation):
    for page in (f"metrics/{metric.pk}/", "performance/", "dashboard/"):
        text = text_of(viewer.get(f"/o/enfield/{page}"))
        assert "by Robin: The counter is being rebuilt." in text, page
        assert re.search(r"<(span class=\"verdict |b class=\")accepted\"", text), page


def test_sheet_of_step_e_says_how_it_stood_on_its_own_day(metric, deviation):
    [before] = lines_on(TODAY - timedelta(days=1), Metric.objects.all(), {})
    [on_the_day] = lines_on(TODAY, Metric.objects.all(), {})
    assert (before.verdict, on_the_day.verdict) == (Verdict.NOT_MET, Verdict.ACCEPTED)


def test_figure_outside_of_what_is_accepted_is_not_met(manager, metric):
    manager.post(DEVIATIONS, typed(metric, accepted="at least 86 %"))
    assert standing(metric, TODAY).verdict == Verdict.NOT_MET
    deviation = Deviation.objects.get()
    edit = typed(metric, accepted="between 80 and 90 %", version=deviation.version)
    manager.post(f"{DEVIATIONS}{deviation.pk}/edit/", edit)
    assert standing(metric, TODAY).verdict == Verdict.ACCEPTED
    assert Deviation.objects.get().accepted_figures == "between 80 and 90\xa0%"


def test_deviation_is_accepted_by_who_typed_it_and_shown_on_the_page(manager, metric):
    response = manager.post(DEVIATIONS, typed(metric))
    deviation = Deviation.objects.get()
    assert response.url == f"/o/enfield/metrics/{metric.pk}/#deviations-{deviation.pk}"
    assert (deviation.accepted_by.user, deviation.accepted_figures) == (manager.user, "")
    text = text_of(manager.get(response.url)).split('id="deviations"')[1]
    assert f"accepted by {manager.user}" in text and "any figure" in text and "Rebuilding." in text


def test_deviation_that_is_over_stays_listed(viewer, scoped, metric):
    DeviationFactory(
        organization=scoped, metric=metric, holds_from=date(2026, 1, 1), holds_until=date(2026, 1, 31)
    )
    assert "Jan. 31, 2026, which is over" in text_of(viewer.get(f"/o/enfield/metrics/{metric.pk}/"))


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"holds_until": (TODAY - timedelta(days=1)).isoformat()}, "A deviation ends on the day it begins"),
        ({"holds_until": ""}, "This field is required."),
        ({"holds_from": "0218-01-01"}, "Is a digit of the year missing?"),
        ({"reason": " "}, "This field is required."),
        ({"accepted": "between 90 and 80 %"}, "This range is upside down"),
        ({"accepted": "3 min"}, "is a duration, but this is measured in percent"),
    ],
)
def test_deviation_that_cannot_be_accepted_says_why_and_loses_nothing(manager, metric, fields, sentence):
    response = manager.post(DEVIATIONS, typed(metric) | fields)
    assert sentence in text_of(response)
    assert "Rebuilding." in text_of(response) or "reason" in fields
    assert not Deviation.objects.exists()


@pytest.mark.parametrize(
    "days, overlaps", [((0, 0), True), ((-5, 0), True), ((30, 40), True), ((31, 40), False)]
)
def test_no_two_deviations_hold_on_the_same_day(manager, metric, deviation, days, overlaps):
    first, last = (TODAY + timedelta(days=day) for day in days)
    text = text_of(manager.post(DEVIATIONS, typed(metric, holds_from=first, holds_until=last)))
    assert ("another is accepted already: The counter is being rebuilt." in text) == overlaps
    assert Deviation.objects.count() == (1 if overlaps else 2)


def test_deviation_of_another_metric_is_no_overlap(manager, scoped, deviation):
    manager.post(DEVIATIONS, typed(MetricFactory(organization=scoped)))
    assert Deviation.objects.count() == 2


def test_deleted_deviation_is_not_put_back_over_another(manager, metric, deviation):
    manager.post(f"{DEVIATIONS}{deviation.pk}/delete/")
    manager.post(DEVIATIONS, typed(metric))
    undo = text_of(manager.get(f"/o/enfield/metrics/{metric.pk}/")).split('formaction="')[1].split('"')[0]
    text = text_of(manager.post(undo, {"page": "/o/enfield/"}, follow=True))
    assert "another is accepted already: Rebuilding." in text
    assert Deviation.objects.count() == 1


def test_deviation_from_no_target_says_that_nothing_changes(manager, scoped):
    metric = MetricFactory(organization=scoped)
    text = text_of(manager.post(DEVIATIONS, typed(metric), follow=True))
    assert "No target is set, so there is nothing to deviate from yet." in text
    assert standing(metric, TODAY).verdict == Verdict.NOT_MEASURED
