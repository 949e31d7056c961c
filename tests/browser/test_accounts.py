"""Signing in with a code and with a passkey, and the pages of an account, in the real browser."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import expect

from tests import factories
from victory.limits import LIMITS
from victory.tenancy import Role

OUTSIDE = [
    "accounts/login/",
    "accounts/signup/",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "accounts/password/reset/key/1-none/",
    "accounts/password/reset/key/done/",
    "accounts/inactive/",
    "accounts/provider/login/error/",
    "accounts/provider/login/cancelled/",
]
INSIDE = [
    "account/",
    "accounts/email/",
    "accounts/password/change/",
    "accounts/logout/",
    "accounts/provider/",
    "accounts/reauthenticate/",
]
ONCE_MORE_ASKED = [
    "accounts/2fa/totp/activate/",
    "accounts/2fa/webauthn/add/",
    "accounts/2fa/recovery-codes/",
    "accounts/2fa/recovery-codes/generate/",
]


@pytest.fixture(autouse=True)
def plain_http(settings):
    """The browser takes localhost for safe; the server has to be told."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True


@pytest.fixture
def person(organization):
    user = factories.UserFactory(email="robin@example.org", name="Robin")
    factories.MemberFactory(organization=organization, user=user, role=Role.MANAGER)
    return user


@pytest.fixture
def open_page(page, live_server):
    def open_page(path):
        page.goto(f"{live_server.url}/{path}")

    return open_page


@pytest.fixture
def sign_in(page, open_page, person):
    def sign_in():
        open_page("accounts/login/")
        page.get_by_label("Email").fill(person.email)
        page.get_by_label("Password").fill(factories.PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_load_state()

    return sign_in


@pytest.fixture
def prove(page):
    """Say once more who one is."""

    def prove():
        page.get_by_label("Password").fill(factories.PASSWORD)
        page.get_by_role("button", name="Go on").click()
        page.wait_for_load_state()

    return prove


@pytest.fixture
def passkeys(page):
    """A device that holds passkeys and finds that its owner is there."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def sign_out(page):
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_code_app_is_set_up_and_asked_for(page, open_page, sign_in, prove):
    sign_in()
    open_page("account/")
    page.get_by_role("link", name="Set up a code app").click()
    prove()
    secret = page.get_by_label("Key", exact=True).input_value()
    page.get_by_label("Code that the app shows").fill(code_of(secret))
    page.get_by_role("button", name="Use this app from now on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    recovery = page.locator(".codes code").first.inner_text()

    sign_out(page)
    sign_in()
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/o/enfield/")


def test_passkey_signs_in_alone(page, open_page, sign_in, prove, passkeys, person):
    sign_in()
    open_page("account/")
    page.get_by_role("link", name="Add a passkey").click()
    prove()
    page.get_by_label("What you call it").fill("My telephone")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    open_page("account/")
    expect(page.get_by_text("My telephone")).to_be_visible()

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/o/enfield/")
    sign_out(page)
    sign_in()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/o/enfield/")
    assert Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).count() == 1


def test_passkey_that_is_not_there_is_said(page, open_page, transactional_db):
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False}},
    )
    open_page("accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That did not work")).to_be_visible()


def whole(page, accessible):
    accessible()
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    accessible()
    page.set_viewport_size({"width": 1280, "height": 800})


def test_pages_before_the_sign_in_are_accessible(page, open_page, accessible, organization):
    for path in OUTSIDE:
        open_page(path)
        whole(page, accessible)


def test_pages_of_an_account_are_accessible(page, open_page, sign_in, prove, passkeys, person, accessible):
    sign_in()
    for path in INSIDE:
        open_page(path)
        whole(page, accessible)
    prove()
    open_page("accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).pk
    of_the_passkey = [f"accounts/2fa/webauthn/keys/{key}/{verb}/" for verb in ("edit", "remove")]
    for path in ["account/", "accounts/2fa/webauthn/reauthenticate/", *ONCE_MORE_ASKED, *of_the_passkey]:
        open_page(path)
        whole(page, accessible)
    sign_out(page)
    sign_in()
    whole(page, accessible)  # the second factor


def test_page_that_asks_for_the_code_is_accessible(page, open_page, accessible, organization):
    open_page("accounts/signup/")
    page.get_by_label("Your name").fill("Kim")
    page.get_by_label("Email").fill("kim@example.org")
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Confirm your e-mail")).to_be_visible()
    whole(page, accessible)


def test_page_that_demands_a_second_factor_leads_there_and_back(
    page, open_page, sign_in, prove, passkeys, organization, person, accessible
):
    organization.second_factor = True
    organization.save()
    sign_in()
    open_page("o/enfield/drivers/")
    expect(page.get_by_role("heading", name="Enfield asks for a second factor")).to_be_visible()
    whole(page, accessible)
    page.get_by_role("link", name="Add a passkey").click()
    prove()
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("link", name="Go on to where you wanted to go").click()
    page.wait_for_url("**/o/enfield/drivers/")


@pytest.mark.provokes("429")
def test_too_many_tries_are_said_and_what_was_typed_stays(page, open_page, person, accessible):
    open_page("accounts/login/")
    for _ in range(LIMITS["account_login"].by_account.tries + 1):
        page.get_by_label("Email").fill(person.email)
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_load_state()
    expect(page.get_by_text("Too many tries. Try again in 15 minutes.")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value(person.email)
    expect(page.get_by_label("Password")).to_have_value("")
    whole(page, accessible)
