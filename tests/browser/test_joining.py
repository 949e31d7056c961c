"""Beginning an organization, inviting somebody, and joining it, as people do."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from tests import factories
from victory.models import Member
from victory.tenancy import Role, organization_scope


@pytest.mark.protects("invitations")
def test_person_is_invited_and_joins(page, browser, enter, go, organization, accessible):
    enter(Role.ADMIN)
    go("people/")
    page.get_by_label("Name").fill("Tom Okafor")
    page.get_by_label("E-mail (optional)").fill("tom@example.org")
    page.get_by_label("Role").select_option("contributor")
    page.get_by_role("button", name="Add").click()
    expect(
        page.get_by_text("Tom Okafor is invited: the mail to tom@example.org is on its way.")
    ).to_be_visible()
    expect(page.get_by_role("row", name="Tom Okafor")).to_contain_text("invited until")
    accessible()

    [letter] = mail.outbox
    context = browser.new_context()
    joining = context.new_page()
    asked = []
    joining.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
    link = re.search(r"https?://\S+/invitations/\S+", letter.body)[0]
    joining.goto(link)
    expect(joining.get_by_text("as contributor")).to_be_visible()
    assert joining.url.endswith("/invitations/accept/")
    expect(joining.get_by_label("Your name")).to_have_value("Tom Okafor")
    joining.get_by_label("A password for your sign-in").fill(factories.PASSWORD)
    joining.get_by_role("button", name="Join Enfield").click()
    expect(joining.get_by_text("Welcome to the workbook of Enfield.")).to_be_visible()
    assert not [referer for url, referer in asked if link.split("/")[-2] in referer]
    joining.goto(link)
    expect(joining.get_by_role("heading", name="The workbook of Enfield")).to_be_visible()
    context.close()
    with organization_scope(organization):
        assert Member.objects.get(name="Tom Okafor").user.email == "tom@example.org"


def test_pages_of_an_invitation_are_accessible(page, live_server, organization, enter, go, accessible):
    enter(Role.ADMIN)
    member = factories.MemberFactory(organization=organization, email="tom@example.org")
    go(f"people/{member.pk}/")
    page.get_by_role("button", name="Invite tom@example.org").click()
    expect(page.get_by_role("button", name="Withdraw the invitation")).to_be_visible()
    accessible()
    link = re.search(r"https?://\S+/invitations/\S+", mail.outbox[0].body)[0]
    page.goto(link)
    expect(page.get_by_text("only the account with that address")).to_be_visible()
    accessible()
    page.get_by_role("button", name="Sign out and go on").click()
    expect(page.get_by_text("You will sign in as")).to_be_visible()
    accessible()


def test_new_organization_gets_its_address_and_zone_from_the_page(
    page, browser, live_server, enter, organization, accessible
):
    context = browser.new_context(timezone_id="Australia/Perth")
    enter(context=context)
    beginning = context.new_page()
    beginning.goto(f"{live_server.url}/organizations/new/")
    beginning.get_by_label("Name").press_sequentially("Zoo & Gärten")
    expect(beginning.get_by_label("Address")).to_have_value("zoo-garten")
    expect(beginning.get_by_label("Time zone")).to_have_value("Australia/Perth")
    beginning.get_by_label("Address").fill("zoo")
    beginning.get_by_label("Name").press_sequentially(" Perth")
    expect(beginning.get_by_label("Address")).to_have_value("zoo")
    beginning.get_by_role("button", name="Begin").click()
    welcome = beginning.get_by_text("Welcome: the first steps")
    expect(beginning.get_by_role("link", name="Invite the people")).to_be_visible()
    welcome.click()
    beginning.reload()
    expect(welcome).to_be_visible()
    expect(beginning.get_by_role("link", name="Invite the people")).to_be_hidden()
    context.close()
