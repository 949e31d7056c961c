"""What is typed is kept on the device until it is saved."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from actionplans.models import Review
from tests import factories
from victory.models import CustomerRight
from victory.tenancy import organization_scope


@pytest.fixture
def held(page):
    """How many forms the device holds something of."""
    return lambda: page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('typed:')).length")


def right(page):
    return page.get_by_label("A customer has the right to")


def test_row_that_was_being_added_is_offered_again_in_words(page, enter, go, held):
    enter()
    go("focus/")
    right(page).fill("A prompt answer")
    go("focus/")

    offer = page.locator(".offered")
    expect(offer).to_contain_text("and not saved:")
    expect(offer).to_contain_text("A customer has the right to expect: A prompt answer")
    expect(right(page)).to_have_value("")
    offer.get_by_role("button", name="Put it back").click()
    expect(right(page)).to_have_value("A prompt answer")

    right(page).press("Enter")
    expect(page.get_by_role("cell", name="A prompt answer", exact=True)).to_be_visible()
    expect(page.locator(".offered")).to_have_count(0)
    assert held() == 0


def test_row_that_was_being_edited_is_opened_again(page, enter, go, organization):
    factories.CustomerRightFactory(organization=organization, text="A prompt answer")
    enter()
    go("focus/")
    page.get_by_role("link", name="Edit A prompt answer").click()
    page.locator(".entry:not(.add) input:not([type=hidden])").fill("A prompt and full answer")
    go("focus/")

    page.locator(".offered").get_by_role("link", name="Open it again").click()
    page.get_by_role("button", name="Put it back").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/focus/#rights-*")

    with organization_scope(organization):
        assert CustomerRight.objects.get().text == "A prompt and full answer"
    expect(page.locator(".offered")).to_have_count(0)


def test_plain_form_that_was_saved_is_not_offered_again_and_one_that_was_refused_is_kept(
    page, enter, go, held, organization
):
    enter()
    go("reviews/")
    page.get_by_label("Who takes part").fill("Ana Costa")
    page.get_by_label("Date").fill("")
    page.get_by_role("button", name="Prepare").click()
    expect(page.locator(".error").first).to_be_visible()
    assert held() == 1

    page.get_by_label("Date").fill("2026-03-01")
    page.get_by_role("button", name="Prepare").click()
    page.wait_for_url("**/reviews/*/")
    with organization_scope(organization):
        assert Review.objects.count() == 1
    assert held() == 0


def test_connection_lost_while_a_plain_form_is_sent(page, enter, go):
    enter()
    go("reviews/")
    page.get_by_label("Who takes part").fill("Ana Costa")
    page.context.set_offline(True)
    page.get_by_role("button", name="Prepare").click()
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    go("reviews/")

    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Who takes part")).to_have_value("Ana Costa")


def test_discarding_leaving_on_purpose_and_emptying_drop_it(page, enter, go, held):
    enter()
    go("focus/")
    right(page).fill("A prompt answer")
    right(page).press("Escape")
    assert held() == 0
    right(page).fill("A prompt answer")
    go("focus/")
    page.get_by_role("button", name="Discard it").click()
    assert held() == 0
    go("focus/")
    expect(page.locator(".offered")).to_have_count(0)


def test_nothing_stays_on_the_device_after_signing_out(page, enter, go, held):
    enter()
    go("focus/")
    right(page).fill("A prompt answer")
    assert held() == 1
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    assert held() == 0


def test_somebody_else_on_the_same_device_is_offered_nothing(page, enter, go):
    enter()
    go("focus/")
    right(page).fill("A prompt answer")
    enter()
    go("focus/")
    expect(page.locator(".offered")).to_have_count(0)


def test_what_was_typed_a_month_ago_is_dropped(page, enter, go, held):
    enter()
    go("focus/")
    right(page).fill("A prompt answer")
    page.evaluate(
        """for (const key of Object.keys(localStorage).filter((key) => key.startsWith('typed:'))) {
             const entry = JSON.parse(localStorage.getItem(key));
             localStorage.setItem(key, JSON.stringify({ ...entry, at: Date.now() - 31 * 86400000 }));
           }"""
    )
    go("focus/")
    assert held() == 0


def test_password_is_not_kept(page, enter, go, held, live_server):
    enter()
    page.goto(f"{live_server.url}/accounts/password/change/")
    page.locator("[type=password]").first.fill("correct-horse")
    assert held() == 0


@pytest.mark.provokes("401", "403")
def test_saving_after_signing_in_again_in_another_tab(page, enter, go, organization, live_server):
    user = enter()
    go("focus/")
    Session.objects.all().delete()
    right(page).fill("A prompt answer")
    right(page).press("Enter")
    expect(page.get_by_text("you are signed out")).to_be_visible()
    expect(right(page)).to_have_value("A prompt answer")

    other = page.context.new_page()
    other.goto(f"{live_server.url}/accounts/login/")
    other.get_by_label("Email").fill(user.email)
    other.get_by_label("Password").fill(factories.PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url("**/o/enfield/**")
    right(page).press("Enter")

    expect(page.get_by_role("cell", name="A prompt answer", exact=True)).to_be_visible()
    with organization_scope(organization):
        assert CustomerRight.objects.count() == 1


def test_plain_page_left_open_overnight_still_submits(page, enter, go, organization, accessible):
    user = enter()
    go("reviews/")
    page.get_by_label("Who takes part").fill("Ana Costa")
    page.get_by_label("Date").fill("2026-03-01")
    Session.objects.all().delete()
    page.get_by_role("button", name="Prepare").click()
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="What you typed is kept")).to_be_visible()
    accessible()
    page.get_by_role("button", name="Save it now").click()
    page.wait_for_url("**/reviews/*/")
    with organization_scope(organization):
        assert Review.objects.get().attendances.count() == 1
