"""Whatever people type is shown as text, on every page."""

import re

import pytest

from actionplans.models import Action
from tests import factories
from tests.routes import ROUTES
from tests.rows import address_of
from victory.models import FocusStatement, Member
from victory.tenancy import Role, organization_scope

pytestmark = pytest.mark.protects("markup")

MARKUP = "<script>alert(1)</script>'\">"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.fixture(scope="module")
def rows(house, django_db_blocker):
    """Made once, as the house is: each route only shows or deletes them."""
    with django_db_blocker.unblock():
        organization = house.organization
        organization.name = MARKUP
        organization.save()
        rows = factories.a_row_of_every_model(organization, text=MARKUP)
        with organization_scope(organization):
            FocusStatement.objects.update(adopted_on="2026-01-01", adopted_by=rows[Member])
        factories.FocusStatementFactory(organization=organization, statement=MARKUP, revision=1000)
        return rows


@pytest.fixture
def organization(house, db):
    return house.organization


@pytest.fixture
def sign_in(house, db):
    return house.sign_in


def own_address(route, organization, rows):
    """The address of the marked row where there is one, or None."""
    if not route.arguments:
        return route.address(organization)
    if route.worksheet:
        return route.address(organization, rows[route.worksheet.model].pk)
    if route.name == "focus-revision":
        return route.address(organization, rows[FocusStatement].revision) + "?with=1000"
    if route.name == "action-status-form":  # says nothing of any other row
        return route.address(organization, rows[Action].pk)
    return address_of(route, organization)


@pytest.mark.parametrize("route", ROUTES, ids=str)
@pytest.mark.parametrize("htmx", [{}, {"hx_request": "true"}], ids=["page", "htmx"])
def test_markup_is_shown_as_text(route, htmx, sign_in, organization, rows):
    client = sign_in(Role.ADMIN, **htmx)
    answer = client.get(own_address(route, organization, rows))
    if answer.headers.get("Content-Type", "").startswith("text/csv"):
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
    elif answer.status_code not in (204, 405):
        assert answer.status_code in (200, 302)
        assert "<script>alert" not in answer.text
        assert answer.status_code == 302 or ESCAPED in answer.text


@pytest.mark.parametrize("route", [r for r in ROUTES if r.name.endswith("-delete")], ids=str)
def test_markup_in_the_offer_to_undo_is_shown_as_text(route, sign_in, organization, rows):
    client = sign_in(Role.ADMIN)
    address = own_address(route, organization, rows)
    answer = client.post(address, follow=True)
    assert "<script>alert" not in answer.text
    if asked := re.search(r'name="agreed" value="(\w+)"', answer.text):
        answer = client.post(address, {"agreed": asked[1]}, follow=True)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "Deleted" in answer.text or "still needed" in answer.text
