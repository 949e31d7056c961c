"""Signing in through a provider by OpenID Connect."""

import json
import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as project
from django.core import mail

from tests import factories
from tests.victory.test_second_factor import give_second_factor
from victory.models import User

ISSUER = "https://id.example.org"
LOGIN, CALLBACK = "/accounts/oidc/provider/login/", "/accounts/oidc/provider/login/callback/"


class Provider:
    """Answers what a provider is asked, as the person it names."""

    def __init__(self):
        self.person = {"sub": "1", "email": "kim@example.org", "email_verified": True, "name": "Kim"}

    def answer(self, url):
        path = urlsplit(url).path
        if path.endswith("openid-configuration"):
            return Answer(
                issuer=ISSUER,
                authorization_endpoint=f"{ISSUER}/authorize",
                token_endpoint=f"{ISSUER}/token",
                userinfo_endpoint=f"{ISSUER}/userinfo",
                jwks_uri=f"{ISSUER}/keys",
                token_endpoint_auth_methods_supported=["client_secret_post"],
            )
        if path == "/token":
            claims = self.person | {"iss": ISSUER, "aud": "winning", "exp": 9_999_999_999, "iat": 1}
            token = jwt.encode(claims, "x" * 32, algorithm="HS256")
            return Answer(access_token="access", token_type="Bearer", id_token=token)
        assert path == "/userinfo"
        return Answer(**self.person)


class Answer:
    status_code = 200
    headers = {"content-type": "application/json"}

    def __init__(self, **content):
        self.content = content
        self.text = json.dumps(content)

    def json(self):
        return self.content

    def raise_for_status(self):
        pass


@pytest.fixture
def provider(db, settings, monkeypatch):
    app = {
        "provider_id": "provider",
        "name": "Staff ID",
        "client_id": "winning",
        "secret": "secret",
        "settings": {"server_url": ISSUER},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
    provider = Provider()
    monkeypatch.setattr(
        "requests.Session.request", lambda session, method, url, **asked: provider.answer(url)
    )
    return provider


def sign_in(client, query=""):
    """Go to the provider and come back from it."""
    there = client.post(LOGIN + query).url
    state = parse_qs(urlsplit(there).query)["state"][0]
    return client.get(CALLBACK, {"code": "code", "state": state}, follow=True)


def signed_in(client):
    return client.session.get("_auth_user_id")


def test_sign_in_page_offers_the_provider_only_where_there_is_one(client, db):
    assert "/accounts/oidc/" not in client.get("/accounts/login/").text
    assert client.get(LOGIN).status_code == 404


def test_sign_in_page_offers_the_provider(client, provider):
    assert "Sign in with Staff ID" in client.get("/accounts/login/").text


def test_person_goes_to_the_provider_with_a_secret_of_their_own(client, provider):
    there = urlsplit(client.post(LOGIN).url)
    asked = parse_qs(there.query)
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{ISSUER}/authorize"
    assert asked["state"] and asked["code_challenge_method"] == ["S256"]


def test_person_whose_address_the_provider_confirmed_gets_an_account(client, provider):
    sign_in(client)
    user = User.objects.get()
    assert (user.email, user.name, signed_in(client)) == ("kim@example.org", "Kim", str(user.pk))
    assert EmailAddress.objects.get(user=user).verified and not user.has_usable_password()
    client.post("/accounts/logout/")
    sign_in(client)
    assert signed_in(client) == str(user.pk) and User.objects.count() == 1


def test_address_that_the_provider_did_not_confirm_is_confirmed_here(client, provider):
    provider.person["email_verified"] = False
    page = sign_in(client)
    assert "Confirm your e-mail" in page.text
    assert not signed_in(client) and not EmailAddress.objects.filter(verified=True).exists()


@pytest.mark.parametrize("verified", [True, False])
def test_provider_takes_over_no_account_that_was_made_here(client, provider, verified):
    own = factories.UserFactory(email="kim@example.org")
    provider.person["email_verified"] = verified
    sign_in(client)
    assert not signed_in(client)
    assert not SocialAccount.objects.exists() and User.objects.get() == own
    assert mail.outbox[-1].to == ["kim@example.org"]


def test_person_connects_their_account_with_the_provider(client, provider):
    own = factories.UserFactory(email="robin@example.org")
    client.force_login(own)
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    sign_in(client, "?process=connect")
    client.post("/accounts/logout/")
    sign_in(client)
    assert signed_in(client) == str(own.pk)


def test_second_factor_is_asked_for_after_the_provider_too(client, provider):
    sign_in(client)
    give_second_factor(User.objects.get())
    client.post("/accounts/logout/")
    assert "Second factor" in sign_in(client).text
    assert not signed_in(client)


def test_answer_to_a_question_that_was_never_asked_is_refused(client, provider):
    page = client.get(CALLBACK, {"code": "code", "state": "made-up"})
    assert "That did not work" in page.text and not signed_in(client)


def test_provider_makes_no_account_where_sign_up_is_closed(client, provider, settings):
    settings.OPEN_SIGNUP = False
    assert "Accounts are made by invitation here" in sign_in(client).text
    assert not User.objects.exists()


@pytest.mark.parametrize("given", ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"])
def test_half_of_the_settings_stop_the_start(given):
    answer = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=project.BASE_DIR,
        env=os.environ | {"DEBUG": "1", given: "https://id.example.org"},
        capture_output=True,
        text=True,
    )
    assert answer.returncode and "as well, or none of the OIDC settings." in answer.stderr
