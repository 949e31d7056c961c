"""A dashboard on a wall keeps up with the workbook, and says so when it cannot."""

import pytest
from playwright.sync_api import expect

from tests import factories
from victory.tenancy import organization_scope


@pytest.fixture
def metric(organization):
    return factories.MetricFactory(organization=organization, measured_by="Calls answered")


@pytest.fixture
def look(page):
    """Let the page ask now what it asks twice a minute, and whenever it comes into sight."""
    return lambda: page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_dashboard_keeps_up_with_what_others_change(page, enter, go, metric, look):
    enter()
    go("dashboard/?by=owner")
    expect(page.locator("#metrics")).to_contain_text("Calls answered")
    with organization_scope(metric.organization):
        metric.measured_by = "Calls returned"
        metric.save()
    look()
    expect(page.locator("#metrics")).to_contain_text("Calls returned")
    expect(page.locator("#metrics")).to_contain_text("By owner")
    with page.expect_response("**/dashboard/changed/**") as answer:
        look()
    assert answer.value.status == 204 and "hx-trigger" not in answer.value.headers


def test_first_metric_appears_on_a_dashboard_that_was_empty(page, enter, go, organization, look):
    enter()
    go("dashboard/")
    expect(page.get_by_text("Nothing is measured yet")).to_be_visible()
    factories.MetricFactory(organization=organization, measured_by="Calls answered")
    look()
    expect(page.locator("#metrics")).to_contain_text("Calls answered")


@pytest.mark.provokes("ERR_INTERNET_DISCONNECTED", "htmx:sendError")
def test_dashboard_says_that_the_server_is_out_of_reach_until_it_is_back(page, enter, go, metric, look):
    enter()
    go("dashboard/")
    page.context.set_offline(True)
    look()
    expect(page.locator("#seen")).to_contain_text("cannot be reached")
    expect(page.locator("#notices")).to_be_empty()
    page.context.set_offline(False)
    look()
    expect(page.locator("#seen")).to_be_empty()
    expect(page.locator("#metrics")).to_contain_text("Calls answered")


@pytest.mark.provokes("401")
def test_dashboard_says_that_one_is_signed_out(page, enter, go, metric, look):
    enter()
    go("dashboard/")
    page.context.clear_cookies()
    look()
    expect(page.locator("#seen")).to_contain_text("you are signed out")
    expect(page.locator("#metrics")).to_contain_text("Calls answered")


def test_status_that_is_being_changed_is_not_taken_away(page, enter, go, metric, look):
    factories.ActionFactory(organization=metric.organization, metric=metric, what="Second desk")
    enter()
    go("dashboard/")
    page.get_by_text("planned, change the status").click()
    page.get_by_label("Status of Second desk", exact=True).select_option("done")
    with organization_scope(metric.organization):
        metric.save()
    with page.expect_response("**/dashboard/"):
        look()
    page.wait_for_timeout(300)
    expect(page.get_by_label("Status of Second desk", exact=True)).to_have_value("done")


def test_whoever_goes_back_sees_what_was_saved_since(page, enter, go, metric, settings):
    """Browsers show a page that they may keep as they have it, without asking whether it stands."""
    in_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "going back"}
    settings.CACHES = settings.CACHES | {"pages": in_memory}
    enter()
    go("dashboard/")
    go("dashboard/")
    page.get_by_role("link", name="Performance").first.click()
    page.get_by_label("Calls answered").first.fill("97")
    with page.expect_response(f"**/performance/{metric.pk}/") as saved:
        page.keyboard.press("Tab")
    assert saved.value.status == 200
    page.go_back()
    expect(page.locator("#metrics")).to_contain_text("97")
