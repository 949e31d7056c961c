"""Every page of a filled workbook: accessible in both schemes, and whole on a telephone."""

from datetime import timedelta
from itertools import batched

import pytest
from django.core.management import call_command

from actionplans.models import Action
from customers.models import Criterion, Customer, Deliverable
from metrics.models import Measurement, Metric
from tests import factories
from victory.mails import way_out
from victory.models import CustomerRight, Member, Organization
from victory.tenancy import Role, organization_scope

pytestmark = pytest.mark.protects("csp")

PAGES = [
    "",
    "focus/",
    "focus/print/",
    "focus/revisions/1/?with=2",
    "drivers/",
    "drivers/customers/paste/",
    "drivers/own/",
    "drivers/compare/",
    "needs/",
    "metrics/",
    "metrics/{metric}/",
    "metrics/{metric}/print/",
    "metrics/metrics/{metric}/edit/",
    "metrics/figures/{figure}/",
    "performance/?order=due",
    "performance/paste/",
    "performance/",
    "plan/",
    "actions/",
    "actions/?view=board",
    "actions/{action}/",
    "thread/",
    "thread/?at=metric-{metric}",
    "promised/",
    "promised/?answer={promised}",
    "chain/",
    "dashboard/",
    "dashboard/?by=aspect&verdict=not-met",
    "index/",
    "portfolio/",
    "reviews/",
    "reviews/{planned}/",
    "reviews/{planned}/hold/{metric}/",
    "reviews/{planned}/close/",
    "reviews/{closed}/",
    "reviews/{closed}/compare/",
    "reviews/{closed}/print/",
    "notes/",
    "deleted/",
    "export/",
    "deletion/",
    "people/{member}/data/",
    "people/{member}/forget/",
    "history/metric/{metric}/",
    "history/customer-right/{right}/{state}/",
    "activity/",
    "audit/",
    "people/",
    "people/{member}/",
    "people/{member}/merge/?other={twin}",
    "settings/",
]


@pytest.fixture
def organization(transactional_db, settings):
    settings.DEBUG = True
    call_command("demo")
    settings.DEBUG = False
    enfield = Organization.objects.get(slug="enfield")
    score_on_their_own(enfield)
    return enfield


def score_on_their_own(organization):
    with organization_scope(organization):
        members, customers = Member.objects.all()[:3], Customer.objects.all()
        cells = [(customer, criterion) for customer in customers for criterion in Criterion.objects.all()]
    for n, member in enumerate(members):
        for customer, criterion in cells:
            factories.OwnScoreFactory(
                organization=organization, member=member, customer=customer, criterion=criterion, value=3 * n
            )


@pytest.fixture
def promised(organization):
    """The key of what another unit promises to the one whose pages are shown; that promises something too."""
    supplier = factories.OrganizationFactory(name="IT services", parent=organization)
    for giver, receiver in ((supplier, organization), (organization, supplier)):
        customer = factories.CustomerFactory(organization=giver, name=receiver.name, unit=receiver)
        delivery = factories.DeliveryFactory(organization=giver, customer=customer)
        factories.AnswerFactory(organization=giver, delivery=delivery, agrees=giver == supplier)
        metric = factories.MetricFactory(organization=giver, deliverable=delivery.deliverable)
        factories.TargetFactory(organization=giver, metric=metric)
        factories.MeasurementFactory(organization=giver, metric=metric)
    with organization_scope(supplier):
        return Deliverable.objects.get().pk


@pytest.fixture
def metric(organization):
    with organization_scope(organization):
        return Metric.objects.first().pk


@pytest.fixture
def keys(organization, metric, promised) -> dict[str, int]:
    """The keys of the rows that the addresses speak of, by the names they have there."""
    closed, planned = (
        factories.ReviewFactory(organization=organization, on=organization.today + timedelta(days=days))
        for days in (0, 1)
    )
    with organization_scope(organization):
        right = CustomerRight.objects.first()
        right.text += ", whoever asks, and whichever way they ask"
        right.save()
        member, twin = Member.objects.filter(user=None)[:2]
        return {
            "member": member.pk,
            "twin": twin.pk,
            "metric": metric,
            "figure": Measurement.objects.filter(metric=metric).first().pk,
            "action": Action.objects.first().pk,
            "promised": promised,
            "closed": factories.close(closed).pk,
            "planned": planned.pk,
            "right": right.pk,
            "state": right.history.earliest("history_id").pk,
        }


@pytest.mark.parametrize("paths", list(batched(PAGES, 8)), ids=lambda paths: paths[0])
def test_page_is_accessible_and_fits_a_narrow_screen(paths, page, enter, go, keys, accessible):
    """Several at a time, since filling the workbook takes longer than looking at one."""
    enter(Role.ADMIN)
    for path in paths:
        page.set_viewport_size({"width": 1280, "height": 800})
        go(path.format(**keys))
        accessible()
        for width in (1920, 768, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        accessible()


@pytest.mark.provokes("404")
def test_page_for_somebody_who_is_not_signed_in_is_accessible(
    page, live_server, accessible, organization, settings
):
    out = way_out(factories.UserFactory()).removeprefix(f"{settings.SITE_URL}/")
    for path in ("accounts/login/", "accounts/password/reset/", "invitations/accept/", out, "no-such-page/"):
        page.goto(f"{live_server.url}/{path}")
        accessible()


def test_page_outside_of_an_organization_is_accessible(page, live_server, accessible, organization, enter):
    enter()
    for path in ("organizations/", "organizations/new/", "organizations/restore/", "mine/", "account/"):
        page.goto(f"{live_server.url}/{path}")
        accessible()


def test_viewer_reads_every_page_without_a_field_to_type_in(page, enter, go, metric):
    enter(Role.VIEWER)
    for path in ("focus/", "drivers/", "needs/", "metrics/", f"metrics/{metric}/", "performance/", "plan/"):
        go(path)
        assert page.locator("main :is(input, select, textarea):not([type=date])").count() == 0, path


@pytest.mark.provokes("404")
def test_administration_obeys_the_policy(page, live_server, enter, organization):
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


def test_what_is_not_accessible_is_found(page, live_server, accessible):
    """The control: a button of which nobody is told what it does."""
    page.goto(f"{live_server.url}/accounts/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<button></button>')")
    with pytest.raises(AssertionError, match="button-name"):
        accessible()


def test_what_the_browser_complains_of_is_heard(page, enter, go, complaints):
    """The control: what every test of this folder would hear."""
    enter()
    go()
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b style=color:red>red</b>')")
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('of a script') })")
    refused, thrown = complaints
    assert "Content Security Policy" in refused
    assert "of a script" in thrown
    complaints.clear()
