"""Every page of a filled workbook: accessible in both schemes, and whole on a telephone."""

import pytest
from django.core.management import call_command

from actionplans.models import Action
from metrics.models import Measurement, Metric
from victory.models import Member, Organization
from victory.tenancy import Role, organization_scope

PAGES = [
    "",
    "focus/",
    "focus/print/",
    "focus/revisions/1/?with=2",
    "drivers/",
    "drivers/customers/paste/",
    "needs/",
    "metrics/",
    "metrics/{metric}/",
    "metrics/metrics/{metric}/edit/",
    "metrics/figures/{figure}/",
    "performance/?order=due",
    "performance/",
    "plan/",
    "actions/",
    "actions/?view=board",
    "actions/{action}/",
    "thread/",
    "thread/?at=metric-{metric}",
    "dashboard/",
    "dashboard/?by=aspect&verdict=not-met",
    "index/",
    "notes/",
    "deleted/",
]


@pytest.fixture
def organization(transactional_db, settings):
    settings.DEBUG = True
    call_command("demo")
    settings.DEBUG = False
    return Organization.objects.get(slug="enfield")


@pytest.fixture
def metric(organization):
    with organization_scope(organization):
        return Metric.objects.first().pk


@pytest.fixture
def figure(organization, metric):
    with organization_scope(organization):
        return Measurement.objects.get(metric=metric).pk


@pytest.fixture
def action(organization):
    with organization_scope(organization):
        return Action.objects.first().pk


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_and_fits_a_narrow_screen(
    path, page, enter, go, metric, figure, action, accessible, complaints
):
    enter()
    go(path.format(metric=metric, figure=figure, action=action))
    accessible()
    for width in (1920, 768, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    accessible()
    assert not complaints


@pytest.mark.parametrize(
    "path", ["accounts/login/", "accounts/password/reset/", "organizations/", "no-such-page/"]
)
def test_page_outside_of_an_organization_is_accessible(
    path, page, live_server, accessible, organization, enter
):
    if path == "organizations/":
        enter()
    page.goto(f"{live_server.url}/{path}")
    accessible()


def test_viewer_reads_every_page_without_a_field_to_type_in(page, enter, go, metric, complaints):
    enter(Role.VIEWER)
    for path in ("focus/", "drivers/", "needs/", "metrics/", f"metrics/{metric}/", "performance/", "plan/"):
        go(path)
        assert page.locator("main :is(input, select, textarea):not([type=date])").count() == 0, path
    assert not complaints


def test_administration_obeys_the_policy(page, live_server, enter, complaints, organization):
    user = enter(Role.ADMIN)
    user.is_staff = user.is_superuser = True
    user.save()
    with organization_scope(organization):
        member = Member.objects.first()
    for path in (
        "",
        "victory/organization/",
        f"victory/organization/{organization.pk}/change/",
        f"victory/member/{member.pk}/history/",
    ):
        page.goto(f"{live_server.url}/admin/{path}")
        page.wait_for_load_state("networkidle")
    assert not [complaint for complaint in complaints if "404" not in complaint]
