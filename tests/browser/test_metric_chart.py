"""The page of a metric with a history: accessible, whole on a telephone, and brought up to date in place."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from actionplans.models import Action, Status
from tests import factories
from victory.tenancy import organization_scope

FIGURES = [60, 70, 64, 66, 58, 68] * 2 + [20, 24, 22, 28, 21, 25]


@pytest.fixture
def metric(organization):
    metric = factories.MetricFactory(organization=organization)
    factories.TargetFactory(organization=organization, metric=metric, low=Decimal(50))
    factories.a_series(metric, FIGURES)
    factories.ActionFactory(
        organization=organization,
        metric=metric,
        what="Second desk",
        status=Status.DONE,
        done_on=date(2026, 1, 12),
    )
    return metric


def test_page_with_a_chart_is_accessible_and_fits_a_narrow_screen(page, enter, go, metric, accessible):
    enter()
    for path in (f"metrics/{metric.pk}/", f"metrics/{metric.pk}/print/"):
        page.set_viewport_size({"width": 1280, "height": 800})
        go(path)
        expect(page.get_by_role("img", name="Figures over time")).to_be_visible()
        accessible()
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        accessible()


def test_narrow_screen_shows_the_newest_figures_and_scrolls_to_the_older_ones_by_keyboard(
    page, enter, go, metric
):
    enter()
    page.set_viewport_size({"width": 390, "height": 1800})
    go(f"metrics/{metric.pk}/")
    newest = page.locator(".chart .marker").last
    expect(newest).to_be_in_viewport()
    page.get_by_role("group", name="Chart of the figures over time").focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".chart .marker").first).to_be_in_viewport()
    expect(newest).not_to_be_in_viewport()


def test_new_limits_are_drawn_at_once(page, enter, go, metric):
    enter()
    go(f"metrics/{metric.pk}/")
    expect(page.locator("#standing")).to_contain_text("something has changed for the worse")
    page.locator(f"#baselines-in-{metric.pk}-add-starts_on").fill("2026-01-13")
    page.locator(f"#baselines-in-{metric.pk}-add-reason").fill("A new telephone system")
    page.keyboard.press("Enter")
    expect(page.locator(".chart .rebased")).to_have_count(1)
    expect(page.locator("#standing")).to_contain_text("Not met, and stable")
    expect(page.locator("#limits tbody tr")).to_have_count(2)


def test_baseline_that_cannot_be_taken_keeps_what_was_typed(page, enter, go, metric):
    enter()
    go(f"metrics/{metric.pk}/")
    page.locator(f"#baselines-in-{metric.pk}-add-starts_on").fill("2025-01-13")
    page.locator(f"#baselines-in-{metric.pk}-add-reason").fill("A new telephone system")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The first figure is of Jan. 1, 2026")).to_be_visible()
    expect(page.locator(f"#baselines-in-{metric.pk}-add-reason")).to_have_value("A new telephone system")


def test_action_that_did_not_help_is_reopened(page, enter, go, metric):
    enter()
    go(f"metrics/{metric.pk}/")
    page.get_by_role("button", name="Reopen Second desk").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("“Second desk” is now under way.")
    with organization_scope(metric.organization):
        assert Action.objects.get().status == Status.UNDER_WAY
