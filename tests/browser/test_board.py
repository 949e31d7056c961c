"""The board of actions: a card is moved by keyboard or by dragging it, and the page says where it went."""

import pytest
from playwright.sync_api import expect

from actionplans.models import Action, Status
from tests import factories
from victory.tenancy import organization_scope


@pytest.fixture
def action(organization):
    return factories.ActionFactory(organization=organization, what="Second desk")


def status_of(action):
    with organization_scope(action.organization):
        return Action.objects.get(pk=action.pk).status


def in_pile(page, status):
    return page.locator(f"[data-pile={status}]").get_by_role("link", name="Second desk", exact=True)


def test_card_is_moved_by_keyboard_and_keeps_the_focus(page, enter, go, action):
    enter()
    go("actions/?view=board")
    page.get_by_label("Status of Second desk", exact=True).focus()
    page.keyboard.type("blocked")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(in_pile(page, "blocked")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("“Second desk” is now blocked.")
    expect(page.get_by_role("button", name="Save the status of Second desk")).to_be_focused()
    assert status_of(action) == Status.BLOCKED


def test_card_is_dragged_to_another_pile(page, enter, go, action):
    enter()
    go("actions/?view=board")
    page.locator("[data-card]").drag_to(page.locator("[data-pile=done]"))
    expect(in_pile(page, "done")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("“Second desk” is now done.")
    assert status_of(action) == Status.DONE


def test_card_moved_by_somebody_else_meanwhile_goes_where_they_put_it(page, enter, go, action):
    enter()
    go("actions/?view=board")
    with organization_scope(action.organization):
        action.status = Status.BLOCKED
        action.save()
    page.locator("[data-card]").drag_to(page.locator("[data-pile=done]"))
    expect(in_pile(page, "blocked")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("Somebody else set “Second desk” to blocked")
    assert status_of(action) == Status.BLOCKED
