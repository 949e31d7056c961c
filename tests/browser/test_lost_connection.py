"""A long text survives a lost connection, and a page left open does not overwrite somebody else's text."""

import pytest
from playwright.sync_api import expect

from tests import factories
from victory.models import FocusStatement
from victory.tenancy import organization_scope


@pytest.mark.provokes("ERR_INTERNET_DISCONNECTED", "htmx:sendError")
def test_text_typed_without_a_connection_is_offered_again(page, enter, go):
    enter()
    go("focus/")
    page.context.set_offline(True)
    page.get_by_label("View of perfection").fill("Nobody waits.")
    page.wait_for_timeout(1600)
    page.context.set_offline(False)
    go("focus/")
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("View of perfection")).to_have_value("Nobody waits.")
    expect(page.get_by_text("Saved at")).to_be_visible()


def test_draft_that_somebody_else_saved_meanwhile_is_not_overwritten(page, enter, go, organization):
    draft = factories.FocusStatementFactory(organization=organization, statement="Old text")
    enter()
    go("focus/")
    with organization_scope(organization):
        draft.statement = "Their text"
        draft.save()
    page.get_by_label("Customer focus statement").fill("My text")
    expect(page.get_by_text("Now stored: Their text")).to_be_visible()
    with organization_scope(organization):
        assert FocusStatement.objects.get().statement == "Their text"
