"""The page of one metric: what it is, how it stands and why, its targets and its measurements."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest

from metrics.history import FIRST_FIGURES
from metrics.models import Measurement, Metric, Target, Verdict
from metrics.rejudging import foresee_without
from tests.factories import (
    AnswerFactory,
    CustomerFactory,
    DeliveryFactory,
    MeasurementFactory,
    MemberFactory,
    MetricFactory,
    NeedFactory,
    OrganizationFactory,
    TargetFactory,
    a_series,
)

TARGETS = "/o/enfield/metrics/targets/"
QUERIES = 16


@pytest.fixture
def metric(scoped):
    need = NeedFactory(organization=scoped, text="A short wait")
    return MetricFactory(organization=scoped, need=need, satisfied_when="somebody answers")


@pytest.fixture
def address(metric):
    return f"/o/enfield/metrics/{metric.pk}/"


@pytest.fixture
def target(scoped, metric):
    return TargetFactory(organization=scoped, metric=metric, low=Decimal(90), holds_from=date(2026, 1, 1))


def measured(metric, value, day, **fields):
    return MeasurementFactory(
        organization=metric.organization, metric=metric, value=Decimal(value), date=day, **fields
    )


def typed(metric, **fields):
    return {"metric": metric.pk, "target": "at least 95 %", "holds_from": "2026-07-01", "reason": ""} | fields


def text_of(response):
    return unescape(response.content.decode())


def test_metric_page_says_what_it_is_and_why_it_stands_so(viewer, scoped, metric, address, target):
    measured(metric, 85, date(2026, 3, 31), by=MemberFactory(organization=scoped, name="Robin"))
    text = text_of(viewer.get(address))
    for words in (
        "somebody answers",
        "A short wait",
        "at least 90\xa0% since Jan. 1, 2026, entered by Robin for March 31, 2026",
    ):
        assert words in text


def test_metric_page_lists_measurements_newest_first_each_by_its_own_target(viewer, metric, address, target):
    TargetFactory(
        organization=metric.organization, metric=metric, low=Decimal(80), holds_from=date(2025, 1, 1)
    )
    measured(metric, 85, date(2025, 3, 31))
    measured(metric, 85, date(2026, 3, 31))
    text = text_of(viewer.get(address)).split('id="measurements"')[1]
    assert text.index("March 31, 2026") < text.index("March 31, 2025")
    assert text.index("at least 90\xa0% since") < text.index("at least 80\xa0% since")


@pytest.mark.parametrize("count", [1, 3, 300])
def test_metric_page_takes_the_same_queries_for_any_number_of_rows(
    contributor, metric, address, target, count, django_assert_num_queries
):
    a_series(metric, [95] * count, first=date(2026, 4, 1) - timedelta(days=count))
    with django_assert_num_queries(QUERIES):
        text = text_of(contributor.get(address))
    assert text.count(">Correct<") == min(count, FIRST_FIGURES)
    assert ("Show all 300" in text) == (count == 300)
    assert text_of(contributor.get(f"{address}?all")).count(">Correct<") == count


def test_metric_of_another_organization_is_not_found(viewer):
    foreign = MetricFactory(organization=OrganizationFactory())
    assert viewer.get(f"/o/enfield/metrics/{foreign.pk}/").status_code == 404


def test_added_target_leads_back_to_the_page_of_its_metric(manager, metric, address):
    response = manager.post(TARGETS, typed(metric, reason="customers asked for it"))
    target = Target.objects.get()
    assert response.url == f"{address}#targets-{target.pk}"
    assert (str(target), target.holds_from, target.reason) == (
        "at least 95\xa0%",
        date(2026, 7, 1),
        "customers asked for it",
    )
    assert target.set_by.user == manager.user


def test_deleted_target_can_be_put_back_and_returns_to_the_page(manager, metric, address, target):
    figure = measured(metric, 95, date(2026, 3, 31))
    without = foresee_without(target).fingerprint
    response = manager.post(f"{TARGETS}{target.pk}/delete/", {"agreed": without})
    assert response.url == address
    assert Measurement.objects.get(pk=figure.pk).verdict == Verdict.NO_TARGET
    assert "Undo" in text_of(manager.get(address))


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"target": "soon"}, "“soon” is not a percentage"),
        ({"target": "3 min"}, "is a duration, but this is measured in percent"),
        ({"target": ""}, "This field is required."),
        ({"holds_from": "2026-02-30"}, "Enter a valid date."),
        ({"holds_from": "0218-01-01"}, "Is a digit of the year missing?"),
        ({"holds_from": "2026-01-01"}, "A target holds from this date already."),
        ({"reason": "x" * 301}, "at most 300 characters"),
    ],
)
def test_target_that_cannot_be_taken_says_why_and_leads_back(
    manager, metric, address, target, fields, sentence
):
    response = manager.post(TARGETS, typed(metric) | fields)
    assert response.status_code == 200
    assert sentence in text_of(response) and f'href="{address}' in text_of(response)
    assert Target.objects.count() == 1


def test_target_moved_to_the_date_of_another_is_refused(manager, metric, target):
    other = TargetFactory(organization=metric.organization, metric=metric, holds_from=date(2025, 1, 1))
    posted = typed(metric, holds_from="2026-01-01", version=other.version)
    response = manager.post(f"{TARGETS}{other.pk}/edit/", posted)
    assert "A target holds from this date already." in text_of(response)


def test_target_stays_with_its_metric(manager, metric, target):
    elsewhere = MetricFactory(organization=metric.organization)
    manager.post(f"{TARGETS}{target.pk}/edit/", typed(elsewhere, version=target.version))
    target.refresh_from_db()
    assert (target.metric, str(target)) == (metric, "at least 95\xa0%")


def test_first_target_brings_its_unit(manager, metric):
    manager.post(TARGETS, typed(metric, target="4.5 of 5"))
    stored = Metric.objects.get()
    assert (stored.unit, stored.scale_top) == ("rating", 5)


def test_targets_paste_with_their_dates(manager, metric, address):
    block = "Holds from\tTarget\n2025-01-01\tat least 80 %\n2026-01-01\tat least 90 %\n2026-02-30\t91 %\n"
    response = manager.post(f"{TARGETS}paste/?metric={metric.pk}", {"text": block, "take": "1"})
    assert "Enter a valid date." in text_of(response) and f'href="{address}"' in text_of(response)
    assert [str(each) for each in Target.objects.all()] == ["at least 90\xa0%", "at least 80\xa0%"]


def test_targets_are_not_put_in_order_by_hand(manager, metric, address, target):
    TargetFactory(organization=metric.organization, metric=metric, holds_from=date(2025, 1, 1))
    assert "Reorder" not in text_of(manager.get(address))


def test_viewer_reads_targets_and_does_not_change_them(viewer, metric, address, target):
    assert 'name="target"' not in text_of(viewer.get(address))
    assert viewer.post(TARGETS, typed(metric)).status_code == 403


def test_answer_of_a_unit_to_what_is_measured_is_shown(viewer, metric):
    said = {"organization": metric.organization}
    billing = CustomerFactory(name="Billing", unit=OrganizationFactory(), **said)
    delivery = DeliveryFactory(deliverable=metric.deliverable, customer=billing, **said)
    AnswerFactory(delivery=delivery, agrees=False, sentence="Two weeks are too late.", **said)
    AnswerFactory(agrees=False, sentence="Of another deliverable.", **said)

    page = viewer.get(metric.get_absolute_url()).text

    assert "Billing" in page and "Two weeks are too late." in page
    assert "Of another deliverable." not in page
