"""The dashboard narrowed down and grouped, as its address says."""

import re

import pytest

from metrics.models import Verdict
from tests import factories
from tests.actionplans.test_dashboard import DASHBOARD, metric_with, table


def groups(client, **asked):
    """The headings of the table with how many are met below them, and the metrics there."""
    page = client.get(DASHBOARD, asked).text.partition('id="metrics"')[2]
    bodies = page.split('class="group"')[1:]
    return {
        tuple(re.search(r'colspan="7">(.*?) <span class="note">(.*?)</span>', body).groups()): re.findall(
            r"/metrics/\d+/\">([^<]+)</a>", body
        )
        for body in bodies
    }


def need_of(metric, customer, **fields):
    """A need of the customer that the metric's deliverable answers."""
    need = factories.NeedFactory(organization=metric.organization, customer=customer, **fields)
    factories.TranslationFactory(organization=metric.organization, need=need, deliverable=metric.deliverable)
    return need


@pytest.fixture
def two(scoped):
    """One metric of time for Ann, the driver; another one of time and support for Ann and Bob."""
    ann, bob = (factories.CustomerFactory(organization=scoped, name=name) for name in ("Ann", "Bob"))
    factories.DriverChoiceFactory(organization=scoped, customer=ann)
    alone, shared = (
        metric_with(scoped, verdict, measured_by=name)
        for verdict, name in ((Verdict.MET, "alone"), (Verdict.NOT_MET, "shared"))
    )
    need_of(alone, ann, aspect="time")
    need_of(shared, ann, aspect="time")
    need_of(shared, bob, aspect="support")
    return ann, bob


def test_filter_by_any_customer(viewer, two):
    _ann, bob = two

    assert table(viewer, customer=bob.pk) == ["shared"]


def test_filter_by_aspect_through_the_needs_of_the_deliverable(viewer, two):
    assert table(viewer, aspect="support") == ["shared"]
    assert table(viewer, aspect="time") == ["shared", "alone"]


def test_filter_by_aspect_of_the_need_that_the_metric_itself_answers(scoped, viewer, two):
    customer = two[0]
    metric = metric_with(scoped, Verdict.MET, measured_by="of one need")
    need_of(metric, customer, aspect="support")
    metric.need = factories.NeedFactory(organization=scoped, customer=customer, aspect="quality")
    metric.save()

    assert table(viewer, aspect="quality") == ["of one need"]
    assert "of one need" not in table(viewer, aspect="support")


def test_filters_narrow_down_together(viewer, two):
    ann, _bob = two

    assert table(viewer, customer=ann.pk, verdict="met") == ["alone"]
    assert table(viewer, customer=ann.pk, verdict="met", aspect="support") == []


def test_grouped_by_customer_a_metric_stands_with_each_it_is_for(scoped, viewer, two):
    metric_with(scoped, Verdict.MET, measured_by="for no one")

    assert groups(viewer, by="customer") == {
        ("Ann", "1 of 2 met"): ["shared", "alone"],
        ("Bob", "0 of 1 met"): ["shared"],
        ("For nobody", "1 of 1 met"): ["for no one"],
    }


@pytest.mark.parametrize(
    ("by", "headings"),
    [
        ("driver", ["Ann", "For no driver"]),
        ("aspect", ["Time, speed, responsiveness", "Support", "No aspect named"]),
        ("deliverable", ["Alone", "Shared", "None"]),
        ("owner", ["nobody", "Olga"]),
    ],
)
def test_grouped_by(scoped, viewer, two, by, headings):
    metric = metric_with(scoped, Verdict.MET, measured_by="neither")
    owner = factories.MemberFactory(organization=scoped, name="Olga")
    factories.OwnershipFactory(organization=scoped, metric=metric, member=owner)
    for deliverable, name in (("shared", "Shared"), ("alone", "Alone"), ("neither", "None")):
        metric.deliverable.__class__.objects.filter(metrics__measured_by=deliverable).update(name=name)

    assert [label for label, _met in groups(viewer, by=by)] == headings


def test_grouped_rows_have_places_of_their_own(viewer, two):
    page = viewer.get(DASHBOARD, {"by": "customer"}).text
    places = re.findall(r'\bid="([^"]+)"', page)

    assert len(places) == len(set(places))


def test_rows_of_groups_that_are_not_shown_are_said_to_be_rows(scoped, viewer):
    ann, bob = factories.CustomerFactory.create_batch(2, organization=scoped)
    deliverable = factories.DeliverableFactory(organization=scoped)
    for customer in (ann, bob):
        factories.DeliveryFactory(organization=scoped, deliverable=deliverable, customer=customer)
    factories.MetricFactory.create_batch(30, organization=scoped, deliverable=deliverable)
    repeated = "A metric stands in each group that it belongs to."
    page = viewer.get(DASHBOARD, {"by": "customer"}).text

    assert "10 rows are not shown: show all" in page
    assert repeated in page

    factories.MetricFactory.create_batch(30, organization=scoped, deliverable=deliverable)
    page = viewer.get(DASHBOARD, {"by": "deliverable"}).text
    assert "10 rows are not shown: show all" in page
    assert repeated not in page
    assert "10 metrics are not shown: show all" in viewer.get(DASHBOARD).text


def test_grouping_keeps_the_filters_and_the_form_keeps_the_grouping(viewer, two):
    ann, _bob = two
    page = viewer.get(DASHBOARD, {"customer": ann.pk, "by": "owner"}).text

    assert f'href="{DASHBOARD}?customer={ann.pk}&amp;by=aspect#metrics"' in page
    assert f'href="{DASHBOARD}?customer={ann.pk}#metrics"' in page
    assert '<input type="hidden" name="by" value="owner">' in page


def test_ungrouped_table_has_no_headings(viewer, two):
    assert groups(viewer) == {}
