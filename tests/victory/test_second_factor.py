"""An organization that demands a second factor is closed to members who have none."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.webauthn.internal import auth as passkeys
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from fido2.webauthn import Aaguid, AttestedCredentialData

from customers.models import Customer
from tests import factories
from victory.tenancy import Role, organization_scope, scope_of_person, scope_of_units

pytestmark = pytest.mark.protects("factors")

PAGE = "/account/second-factor/"
KEY = {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)}
"""A public key as passkeys write it (COSE, ES256)."""


def give_second_factor(user, type=Authenticator.Type.TOTP):
    return Authenticator.objects.create(user=user, type=type, data={"secret": "x"})


@pytest.fixture
def strict(organization):
    organization.second_factor = True
    organization.save()
    return organization


def test_member_without_one_is_led_to_setting_one_up(manager, strict):
    answer = manager.get("/o/enfield/drivers/?a=b", follow=True)
    assert answer.request["PATH_INFO"] == PAGE
    assert "Enfield asks for a second factor" in answer.text
    assert "/accounts/2fa/totp/activate/" in answer.text and "/accounts/2fa/webauthn/add/" in answer.text


def test_way_leads_back_to_the_page_asked_for(manager, strict):
    manager.get("/o/enfield/drivers/?a=b", follow=True)
    way_on = manager.get("/account/").context["request"].session["way_on"]
    give_second_factor(manager.user)
    answer = manager.get(way_on, follow=True)
    assert answer.request["PATH_INFO"] == "/o/enfield/drivers/" and answer.request["QUERY_STRING"] == "a=b"
    assert "way_on" not in manager.session


@pytest.mark.parametrize("address", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_way_does_not_lead_to_another_site(manager, address):
    assert manager.get(PAGE, {"next": address}).url == "/account/"


def test_code_leads_on_to_the_page_asked_for(client, manager, strict):
    secret = generate_totp_secret()
    TOTP.activate(manager.user, secret)
    typed = {"login": manager.user.email, "password": factories.PASSWORD, "next": "/o/enfield/drivers/?a=b"}
    asked = client.post("/accounts/login/", typed)

    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    answer = client.post(asked.url, {"code": code})

    assert answer.url == "/o/enfield/drivers/?a=b" and client.get(answer.url).status_code == 200


@pytest.mark.parametrize("type", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_member_with_one_gets_in(manager, strict, type):
    give_second_factor(manager.user, type)
    assert manager.get("/o/enfield/drivers/").status_code == 200


@pytest.mark.parametrize("type", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_passkey_is_offered_to_those_who_have_one(client, manager, type, monkeypatch):
    is_passkey = type == Authenticator.Type.WEBAUTHN
    known = [AttestedCredentialData.create(Aaguid(bytes(16)), b"key", KEY)] if is_passkey else []
    monkeypatch.setattr(passkeys, "get_credentials", lambda user: known)
    give_second_factor(manager.user, type)
    typed = {"login": manager.user.email, "password": factories.PASSWORD}
    assert ("Use a passkey" in client.post("/accounts/login/", typed, follow=True).text) is is_passkey


def test_account_says_who_demands_one(manager, strict):
    assert "Demanded by Enfield" in manager.get("/account/").text
    strict.second_factor = False
    strict.save()
    assert "Demanded by" not in manager.get("/account/").text


def test_recovery_codes_alone_are_none(manager, strict):
    give_second_factor(manager.user, Authenticator.Type.RECOVERY_CODES)
    assert manager.get("/o/enfield/").status_code == 302


def test_second_factor_of_somebody_else_is_none(manager, strict):
    give_second_factor(factories.UserFactory())
    assert manager.get("/o/enfield/").status_code == 302


def test_write_without_one_is_refused(manager, strict):
    assert manager.post("/o/enfield/drivers/customers/", {"name": "Residents"}).url.startswith(PAGE)
    with organization_scope(strict):
        assert not Customer.objects.exists()


def test_part_of_a_page_is_not_answered_with_another_page(manager_htmx, strict):
    assert manager_htmx.get("/o/enfield/drivers/").status_code == 403


def test_outsider_learns_nothing(outsider, strict):
    assert outsider.get("/o/enfield/").status_code == 404
    assert outsider.get(PAGE).url == "/account/"


def test_row_is_not_read_elsewhere_either(manager, strict):
    parent = factories.OrganizationFactory(slug="house")
    strict.parent = parent
    strict.save()
    factories.MemberFactory(organization=parent, user=manager.user)
    factories.CustomerFactory(organization=strict, name="Residents")
    for scope in (scope_of_person(manager.user), scope_of_units(manager.user, parent)):
        with scope as found:  # memberships, or units
            assert not Customer.objects.exists()
            assert strict not in [getattr(each, "organization", each) for each in found]
    give_second_factor(manager.user)
    for scope in (scope_of_person(manager.user), scope_of_units(manager.user, parent)):
        with scope:
            assert Customer.objects.exists()


def test_administration_is_closed_without_one(sign_in, strict):
    staff = sign_in(Role.ADMIN)
    staff.user.is_staff = True
    staff.user.save()
    factories.CustomerFactory(organization=strict, name="Residents")
    assert "Residents" not in staff.get("/admin/customers/customer/").text
    give_second_factor(staff.user)
    assert "Residents" in staff.get("/admin/customers/customer/").text


def test_superuser_without_one_is_led_to_setting_one_up(strict):
    user = factories.UserFactory(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    assert client.get("/admin/").url.startswith(PAGE)
    give_second_factor(user)
    assert client.get("/admin/").status_code == 200


def test_organization_that_does_not_demand_one_costs_no_query(manager):
    with CaptureQueriesContext(connection) as queries:
        assert manager.get("/o/enfield/").status_code == 200
    assert not [each["sql"] for each in queries if "mfa_authenticator" in each["sql"]]


def test_person_who_lost_theirs_is_helped_by_a_superuser(manager):
    give_second_factor(manager.user)
    client = Client()
    client.force_login(factories.UserFactory(is_staff=True, is_superuser=True))
    client.post(
        "/admin/victory/user/",
        {"action": "remove_second_factors", "_selected_action": [manager.user.pk]},
    )
    assert not Authenticator.objects.exists()


def test_address_changed_in_the_administration_is_confirmed_anew(manager):
    client = Client()
    client.force_login(factories.UserFactory(is_staff=True, is_superuser=True))
    client.post(
        f"/admin/victory/user/{manager.user.pk}/change/",
        {"email": "new@example.org", "name": "New", "is_active": "on"},
    )
    answer = client.__class__().post(
        "/accounts/login/", {"login": "new@example.org", "password": factories.PASSWORD}
    )
    assert answer.url == "/accounts/confirm-email/"
