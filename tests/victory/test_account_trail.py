"""What the audit trail says about signing in: once in each organization of the person, and no secret."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client
from django_scopes import scopes_disabled

from tests import factories
from tests.victory.test_password import link_sent, set_password
from tests.victory.test_sign_up import code_sent
from victory.models import AuditEntry
from victory.tenancy import organization_scope
from victory.trail import Event

pytestmark = pytest.mark.protects("trail")

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def person(organization):
    """A member of two organizations, and no longer of a third."""
    user = factories.UserFactory(email="robin@example.org", name="Robin")
    factories.MemberFactory(organization=organization, user=user, name="Robin of Enfield")
    factories.MemberFactory(user=user)
    factories.MemberFactory(user=user, active=False)
    return user


@pytest.fixture
def client(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def entries(organization):
    """The entries in the trail of Enfield: event and details, the newest first."""

    def entries():
        with organization_scope(organization):
            return [(entry.event, entry.detail) for entry in AuditEntry.objects.all()]

    return entries


def sign_in(email="robin@example.org", password=factories.PASSWORD, client=None):
    return (client or Client()).post("/accounts/login/", {"login": email, "password": password})


def prove(client):
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})


def entries_everywhere():
    with scopes_disabled():
        return list(AuditEntry.objects.all())


def test_sign_in_is_put_down_once_in_each_organization_of_the_person(person, organization):
    sign_in()
    found = entries_everywhere()
    assert {entry.event for entry in found} == {Event.SIGNED_IN}
    assert len({entry.organization_id for entry in found}) == len(found) == 2
    entry = next(entry for entry in found if entry.organization_id == organization.pk)
    assert (entry.by, entry.user, entry.address) == ("Robin of Enfield", person, "127.0.0.1")


def test_sign_out_is_put_down(client, entries):
    client.post("/accounts/logout/")
    assert entries() == [(Event.SIGNED_OUT, "")]


def test_failed_sign_in_is_put_down(person, entries):
    sign_in(password="wrong-secret")
    assert entries() == [(Event.SIGN_IN_FAILED, "")]
    assert len(entries_everywhere()) == 2


def test_failed_sign_in_with_an_unknown_address_belongs_to_no_organization(person):
    sign_in("nobody@example.org", "wrong-secret")
    (entry,) = entries_everywhere()
    assert (entry.event, entry.organization_id, entry.user) == (Event.SIGN_IN_FAILED, None, None)
    kept = f"{entry.by} {entry.detail} {entry.rows}"
    assert "nobody" not in kept and "wrong-secret" not in kept


def test_wrong_second_factor_is_put_down(person, entries):
    Authenticator.objects.create(user=person, type="totp", data={"secret": SECRET})
    client = Client()
    sign_in(client=client)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert entries() == [(Event.SIGN_IN_FAILED, "wrong second factor")]


def test_change_of_the_password_is_put_down(client, entries):
    passwords = {"password1": "a-quite-different-horse", "password2": "a-quite-different-horse"}
    client.post("/accounts/password/change/", {"oldpassword": factories.PASSWORD} | passwords)
    assert entries() == [(Event.ACCOUNT_CHANGED, "new password")]


def test_reset_of_the_password_is_put_down(person, entries):
    client = Client()
    client.post("/accounts/password/reset/", {"email": person.email})
    set_password(client, link_sent())
    assert entries() == [(Event.ACCOUNT_CHANGED, "new password, through a link sent by mail")]


def test_change_of_the_email_is_put_down(client, person, entries):
    prove(client)
    client.post("/accounts/email/", {"action_add": "yes", "email": "new@example.org"})
    assert mail.outbox[-1].to == ["new@example.org"]
    client.post("/accounts/confirm-email/", {"code": code_sent()})
    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert entries() == [(Event.ACCOUNT_CHANGED, "new e-mail")]


@pytest.mark.django_db(transaction=True)
def test_second_factor_added_and_removed_is_put_down(client, entries):
    prove(client)
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post("/accounts/2fa/totp/activate/", {"code": code})
    client.post("/accounts/2fa/recovery-codes/generate/")
    client.post("/accounts/2fa/totp/deactivate/")
    assert sorted(detail for _, detail in entries()) == [
        "new recovery codes",
        "second factor added: TOTP Authenticator",
        "second factor removed: TOTP Authenticator",
    ]
    assert secret not in str(entries())


def test_second_factor_removed_by_a_superuser_names_the_superuser(person, organization, entries):
    Authenticator.objects.create(user=person, type="totp", data={"secret": SECRET})
    client = Client()
    client.force_login(factories.UserFactory(is_staff=True, is_superuser=True, name="Sam"))
    client.post("/admin/victory/user/", {"action": "remove_second_factors", "_selected_action": [person.pk]})
    assert entries() == [(Event.ACCOUNT_CHANGED, "Robin of Enfield: second factors removed")]
    with organization_scope(organization):
        assert AuditEntry.objects.get().by == "Sam"


def test_devices_signed_out_are_put_down(person, entries):
    sign_in()
    here = Client()
    sign_in(client=here)
    key = here.get("/account/").context["devices"][1].key
    here.post(f"/account/devices/{key}/")
    assert entries()[0] == (Event.ACCOUNT_CHANGED, "another device signed out")
    sign_in()
    here.post("/account/devices/others/")
    assert entries()[0] == (Event.ACCOUNT_CHANGED, "all other devices signed out")


@pytest.mark.parametrize(("behind_proxy", "kept"), [(False, "127.0.0.1"), (True, "203.0.113.7")])
def test_forged_address_is_not_put_down(person, settings, organization, behind_proxy, kept):
    settings.BEHIND_PROXY = behind_proxy
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    Client(headers=forged).post("/accounts/login/", {"login": person.email, "password": "wrong"})
    with organization_scope(organization):
        assert AuditEntry.objects.get().address == kept
