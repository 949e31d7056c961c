"""The pages that reach over several organizations, filled: accessible, and whole on a telephone."""

from datetime import date

import pytest

from tests import factories
from victory.models import Member
from victory.tenancy import organization_scope


@pytest.fixture
def busy(enter, organization):
    """Somebody with a metric and a late action of their own in a unit of a unit of the organization."""
    user = enter()
    department = factories.OrganizationFactory(name="Contact centre", parent=organization)
    team = factories.OrganizationFactory(name="Telephone team", parent=department)
    for unit in (department, team):
        factories.MemberFactory(organization=unit, user=user, role=3)
    with organization_scope(team):
        me = Member.objects.get(user=user)
    for value in (95, 45, None):
        metric = factories.MetricFactory(organization=team)
        factories.OwnershipFactory(organization=team, metric=metric, member=me)
        factories.ActionFactory(organization=team, metric=metric, who=me, due=date(2024, 1, 1))
        if value:
            factories.TargetFactory(organization=team, metric=metric)
            factories.MeasurementFactory(organization=team, metric=metric, value=value)
    return me


@pytest.mark.parametrize("path", ["o/enfield/portfolio/", "mine/", "organizations/"])
def test_page_over_organizations_is_accessible_and_fits_a_narrow_screen(
    path, page, live_server, busy, accessible
):
    page.goto(f"{live_server.url}/{path}")
    assert "Telephone team" in page.locator("main").inner_text()
    accessible()
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    accessible()


def test_status_said_on_the_page_of_what_waits_comes_back_there(page, live_server, busy):
    page.goto(f"{live_server.url}/mine/")
    actions = page.locator("#actions tbody tr")
    first = actions.first
    first.get_by_role("combobox").select_option("done")
    first.get_by_role("button").click()
    page.wait_for_url("**/mine/")
    assert "is now done." in page.locator("#notices").inner_text()
    assert actions.count() == 2
