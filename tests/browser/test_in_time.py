"""Targets and figures in time, in the browser: asked before verdicts change, entered, corrected, pasted."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from metrics.models import Measurement, Metric, Target
from tests.factories import DeliverableFactory, MeasurementFactory, MetricFactory, TargetFactory
from tests.metrics.test_series import LANDGATE
from victory.tenancy import organization_scope

LISTED = "March 31, 2026: 92 %"


@pytest.fixture
def metric(organization):
    metric = MetricFactory(organization=organization, begins_on=date(2026, 1, 1))
    TargetFactory(organization=organization, metric=metric)
    MeasurementFactory(organization=organization, metric=metric, date=date(2026, 3, 31), value=Decimal(92))
    return metric


def test_back_dated_target_asks_in_its_row(page, enter, go, organization, metric, accessible):
    enter()
    go(f"metrics/{metric.pk}/")
    row = page.locator(f"#targets-in-{metric.pk}-add")
    row.get_by_label("Target").fill("at least 95 %")
    row.get_by_label("Holds from").fill("2026-02-01")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Say why: this changes 1 verdict")
    accessible()
    row.get_by_label("Reason").fill("Agreed in January.")
    row.get_by_role("button", name="Set it, and change 1 verdict").click()
    expect(page.locator("#notices")).to_contain_text("1 verdict changed.")
    expect(page.locator("#standing .verdict")).to_have_text("Not met")

    page.locator("#targets-in-" + str(metric.pk)).get_by_role("link", name="Edit at least 95").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete it, and change 1 verdict").click()
    expect(page.locator("#standing .verdict")).to_have_text("Met")
    with organization_scope(organization):
        assert Target.objects.count() == 1


def test_figure_is_entered_and_replaced_without_leaving_the_page(page, enter, go, metric):
    enter()
    go(f"metrics/{metric.pk}/")
    form = page.locator("#enter-figure")
    form.get_by_label("Date").fill("2026-03-31")
    form.get_by_label("Figure").fill("61")
    form.get_by_label("Figure").press("Enter")
    expect(form).to_contain_text("March 31, 2026 has a figure already")
    form.get_by_role("button", name="Replace 92 %").click()
    expect(page.locator("#notices")).to_contain_text("61 % for March 31, 2026: Not met.")
    expect(page.locator("#measurements tbody")).to_contain_text("corrected: was 92 %")


def test_published_series_is_pasted_as_it_stands(page, enter, go, organization, accessible):
    DeliverableFactory(organization=organization)
    enter()
    go("performance/paste/")
    page.get_by_label("The copied cells").fill(LANDGATE)
    page.get_by_role("button", name="Read the cells").click()
    accessible()
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Enter 28 new figures").click()
    expect(page.locator("#notices")).to_contain_text("28 figures entered, 2 targets set.")
    with organization_scope(organization):
        assert (Metric.objects.count(), Measurement.objects.count()) == (2, 28)
