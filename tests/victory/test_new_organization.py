"""Beginning an organization of one's own, and the welcome that leads to step W."""

import pytest

from tests import factories
from victory.models import AuditEntry, Member, Organization
from victory.tenancy import Role, organization_scope
from victory.trail import Event

PAGE = "/organizations/new/"
WELCOME = "Welcome: the first steps"


@pytest.fixture
def somebody(client, db):
    """Somebody who is signed in and belongs nowhere."""
    client.user = factories.UserFactory(name="Ada", email="ada@example.org")
    client.force_login(client.user)
    return client


def data(**changes):
    fields = {"name": "Parks & Gardens", "kind": "department", "slug": "", "currency": "gbp"}
    return fields | {"time_zone": "Europe/London"} | changes


def test_home_of_somebody_without_an_organization_leads_here(somebody):
    page = somebody.get("/", follow=True)
    assert page.request["PATH_INFO"] == PAGE
    assert "Begin your workbook" in page.text and "If you were invited" in page.text


def test_whoever_begins_an_organization_is_its_admin(somebody):
    assert somebody.post(PAGE, data(name=" Parks  & Gardens ")).url == "/o/parks-gardens/"
    organization = Organization.objects.get()
    assert (organization.name, organization.kind) == ("Parks & Gardens", "department")
    assert (organization.currency, organization.time_zone) == ("GBP", "Europe/London")
    with organization_scope(organization):
        member = Member.objects.get()
        entry = AuditEntry.objects.get()
    assert (member.user, member.role, member.name) == (somebody.user, Role.ADMIN, "Ada")
    assert (entry.event, entry.by, entry.detail) == (Event.ORGANIZATION_ADDED, "Ada", "Parks & Gardens")


def test_address_that_is_chosen_is_taken(somebody):
    assert somebody.post(PAGE, data(slug="Green")).url == "/o/green/"


def test_address_made_from_the_name_is_the_next_free_one(somebody):
    factories.OrganizationFactory(slug="parks-gardens")
    assert somebody.post(PAGE, data()).url == "/o/parks-gardens-2/"


@pytest.mark.parametrize(("name", "slug"), [("New", "new-2"), ("公園", "workbook"), ("!!!", "workbook")])
def test_name_that_makes_no_address_gets_one(somebody, name, slug):
    assert somebody.post(PAGE, data(name=name)).url == f"/o/{slug}/"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("slug", "taken", "already exists"),
        ("slug", "admin", "“admin” is kept for the application itself."),
        ("slug", "Admin", "“admin” is kept for the application itself."),
        ("slug", "a b", "valid"),
        ("currency", "pounds", "at most 3"),
        ("currency", "12€", "Write the currency in three letters, such as EUR."),
        ("time_zone", "Europe/Enfield", "not one of the available choices"),
        ("name", "", "required"),
        ("kind", "club", "not one of the available choices"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_lost(somebody, field, value, words):
    factories.OrganizationFactory(slug="taken")
    page = somebody.post(PAGE, data(**{"name": "Parks", field: value}))
    assert page.status_code == 200
    assert words in page.context["form"].errors[field][0]
    assert field == "name" or 'value="Parks"' in page.text
    assert Organization.objects.count() == 1


def test_it_can_be_part_of_what_the_person_administers_and_of_nothing_else(somebody):
    own = factories.OrganizationFactory(name="Council")
    factories.MemberFactory(organization=own, user=somebody.user, role=Role.ADMIN)
    managed = factories.OrganizationFactory(name="Managed")
    factories.MemberFactory(organization=managed, user=somebody.user, role=Role.MANAGER)
    factories.OrganizationFactory(name="Strangers")
    page = somebody.get(PAGE).text
    assert "Council" in page and "Managed" not in page and "Strangers" not in page
    assert "parent" in somebody.post(PAGE, data(parent=managed.pk)).context["form"].errors
    somebody.post(PAGE, data(parent=own.pk))
    assert Organization.objects.get(slug="parks-gardens").parent == own


def test_somebody_who_administers_nothing_is_not_asked_what_it_is_part_of(somebody):
    other = factories.OrganizationFactory()
    assert 'name="parent"' not in somebody.get(PAGE).text
    somebody.post(PAGE, data(parent=other.pk))
    assert Organization.objects.get(slug="parks-gardens").parent is None


def test_installation_that_is_closed_lets_staff_alone_begin(somebody, settings):
    settings.OPEN_SIGNUP = False
    assert somebody.get(PAGE).status_code == somebody.post(PAGE, data()).status_code == 404
    assert f'href="{PAGE}"' not in somebody.get("/organizations/").text
    assert not Organization.objects.exists()
    somebody.user.is_staff = True
    somebody.user.save()
    assert f'href="{PAGE}"' in somebody.get("/organizations/").text
    assert somebody.post(PAGE, data()).status_code == 302


def test_page_asks_for_a_sign_in(client, db):
    assert client.get(PAGE).url == f"/accounts/login/?next={PAGE}"


def test_new_organization_welcomes_with_step_w_as_the_button(somebody):
    page = somebody.post(PAGE, data(), follow=True).text
    assert WELCOME in page
    assert 'href="/o/parks-gardens/people/"' in page
    assert 'class="button" href="/o/parks-gardens/focus/#' in page


def steps(client):
    return {step.url: step.done for step in client.get("/o/enfield/").context["workbook"].first_steps}


def test_first_steps_are_told_from_what_is_there(sign_in, scoped):
    admin = sign_in(Role.ADMIN)
    assert not any(steps(admin).values())
    factories.MemberFactory(organization=scoped)
    factories.DeliverableFactory(organization=scoped)
    assert steps(admin) == {
        "/o/enfield/focus/": False,
        "/o/enfield/drivers/": True,
        "/o/enfield/people/": True,
    }


def test_welcome_ends_once_step_w_has_begun(sign_in, scoped):
    admin = sign_in(Role.ADMIN)
    assert WELCOME in admin.get("/o/enfield/").text
    factories.CustomerRightFactory(organization=scoped)
    assert WELCOME not in admin.get("/o/enfield/").text


def test_welcome_is_for_those_who_can_begin(viewer, manager, scoped):
    assert WELCOME not in viewer.get("/o/enfield/").text
    assert "/o/enfield/people/" not in steps(manager)
