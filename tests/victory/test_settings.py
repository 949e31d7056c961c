"""The settings of an organization: who changes them, and what becomes of two who do."""

import pytest
from allauth.mfa.models import Authenticator

from tests import factories
from victory.models import AuditEntry, Organization
from victory.tenancy import Role
from victory.trail import Event

PAGE = "/o/enfield/settings/"


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


def shown(organization, **changes):
    """The form as the page showed it, and then what somebody changed in it."""
    fields = {
        "name": organization.name,
        "kind": organization.kind,
        "time_zone": organization.time_zone,
        "currency": organization.currency,
    }
    hidden = {f"initial-{name}": value for name, value in fields.items()}
    return fields | hidden | {"initial-second_factor": str(organization.second_factor)} | changes


def stored():
    return Organization.objects.get(slug="enfield")


def test_settings_are_changed_in_one_entry_that_says_from_what_to_what(admin, scoped):
    response = admin.post(PAGE, shown(scoped, name="Enfield Council", currency="gbp", kind="public"))
    assert response.url == PAGE
    now = stored()
    assert (now.name, now.currency, now.kind) == ("Enfield Council", "GBP", "public")
    entry = AuditEntry.objects.get()
    assert entry.event == Event.SETTINGS_CHANGED
    assert "name: Enfield → Enfield Council" in entry.detail.replace("Name", "name")
    assert "EUR → GBP" in entry.detail and "company → public body" in entry.detail
    assert "London" not in entry.detail


def test_saving_without_a_change_leaves_no_entry(admin, scoped):
    admin.post(PAGE, shown(scoped))
    assert not AuditEntry.objects.exists()


def test_page_says_what_a_change_of_zone_or_currency_means(admin, scoped):
    page = admin.get(PAGE).text
    assert "what is due or late goes by the new zone from now on" in page
    assert "figures stay as they are" in page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.MANAGER])
def test_settings_are_for_admins(sign_in, scoped, role):
    client = sign_in(role)
    assert client.get(PAGE).status_code == client.post(PAGE, shown(scoped, name="Mine")).status_code == 403
    assert f'href="{PAGE}"' not in client.get("/o/enfield/").text
    assert stored().name == "Enfield"


def test_what_somebody_else_changed_is_not_overwritten(admin, scoped):
    page_of_two = shown(scoped, name="Enfield Council")
    Organization.objects.update(currency="GBP")
    admin.post(PAGE, page_of_two)
    assert (stored().name, stored().currency) == ("Enfield Council", "GBP")


def test_same_field_changed_by_two_shows_the_second_what_is_stored(admin, scoped):
    data = shown(scoped, name="Enfield Borough")
    Organization.objects.update(name="Enfield Council")
    page = admin.post(PAGE, data)
    assert "it is “Enfield Council” now" in page.context["form"].errors["name"][0]
    assert 'value="Enfield Borough"' in page.text and stored().name == "Enfield Council"
    admin.post(PAGE, data | {"initial-name": "Enfield Council"})
    assert stored().name == "Enfield Borough"


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("currency", "£"), ("time_zone", "Nowhere"), ("kind", "club")]
)
def test_bad_input_is_said_beside_the_field(admin, scoped, field, value):
    page = admin.post(PAGE, shown(scoped, **{field: value}))
    assert page.status_code == 200 and page.context["form"].errors[field]
    assert not AuditEntry.objects.exists()


def test_second_factor_is_demanded_by_somebody_who_has_one(admin, scoped):
    page = admin.post(PAGE, shown(scoped, second_factor="on"))
    [error] = page.context["form"].errors["second_factor"]
    assert error.startswith("Set up a second factor for your own sign-in first")
    assert not stored().second_factor
    Authenticator.objects.create(user=admin.user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    admin.post(PAGE, shown(scoped, second_factor="on"))
    assert stored().second_factor
    assert "no → yes" in AuditEntry.objects.get().detail


def test_zone_with_an_unusual_name_stays(admin, scoped):
    Organization.objects.update(time_zone="Etc/GMT+3")
    admin.post(PAGE, shown(stored(), name="Enfield Council"))
    assert (stored().name, stored().time_zone) == ("Enfield Council", "Etc/GMT+3")


def test_organization_is_not_part_of_its_own_unit(admin, scoped):
    unit = factories.OrganizationFactory(parent=scoped)
    factories.MemberFactory(organization=unit, user=admin.user, role=Role.ADMIN)
    page = admin.post(PAGE, shown(scoped, parent=unit.pk))
    assert page.context["form"].errors["parent"] == ["A unit cannot be part of itself."]


def test_what_it_is_part_of_is_left_alone_by_those_who_do_not_administer_that(admin, scoped):
    above, own = factories.OrganizationFactory(), factories.OrganizationFactory()
    factories.MemberFactory(organization=own, user=admin.user, role=Role.ADMIN)
    Organization.objects.filter(pk=scoped.pk).update(parent=above)
    assert "parent" not in admin.get(PAGE).context["form"].fields
    admin.post(PAGE, shown(scoped, parent=own.pk))
    assert stored().parent == above
