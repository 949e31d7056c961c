"""A new password: changed by who knows the old one, or set through a link that was mailed."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests import factories

RESET = "/accounts/password/reset/"
NEW_PASSWORD = "a-quite-different-horse"


@pytest.fixture
def person(db):
    return factories.UserFactory(email="robin@example.org")


def link_sent() -> str:
    return re.search(r"https?://[^/]+(\S+)", mail.outbox[-1].body)[1]


def set_password(client, link, password=NEW_PASSWORD):
    return client.post(client.get(link).url, {"password1": password, "password2": password})


def signs_in(email, password) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": password})
    return "_auth_user_id" in client.session


def test_reset_sets_a_new_password(client, person):
    assert client.post(RESET, {"email": person.email}).status_code == 302
    assert set_password(client, link_sent()).url == "/accounts/password/reset/key/done/"
    assert signs_in(person.email, NEW_PASSWORD) and not signs_in(person.email, factories.PASSWORD)


@pytest.mark.protects("resets")
def test_reset_link_works_once(client, person):
    client.post(RESET, {"email": person.email})
    link = link_sent()
    set_password(client, link)
    assert "This link no longer works" in Client().get(link).text


@pytest.mark.protects("resets")
def test_reset_link_expires(client, person, settings):
    client.post(RESET, {"email": person.email})
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "This link no longer works" in client.get(link_sent()).text


@pytest.mark.protects("resets")
def test_reset_link_is_dead_once_the_address_changed(client, person):
    client.post(RESET, {"email": person.email})
    person.email = "other@example.org"
    person.save()
    assert "This link no longer works" in client.get(link_sent()).text


@pytest.mark.protects("resets")
def test_reset_page_does_not_stand_on_its_secret(client, person):
    """It would be told to the next page, in the Referer."""
    client.post(RESET, {"email": person.email})
    link = link_sent()
    page = client.get(link)
    secret = re.search(r"key/\w+-(\S+)/", link)[1]
    assert page.status_code == 302 and secret not in page.url
    assert secret not in client.get(page.url).text


@pytest.mark.protects("known")
def test_unknown_address_is_answered_like_a_known_one(client, person):
    known = client.post(RESET, {"email": person.email}, follow=True)
    unknown = client.post(RESET, {"email": "nobody@example.org"}, follow=True)
    assert known.status_code == unknown.status_code == 200
    without_token = [re.sub(r'CSRFToken": "[^"]+', "", page.text) for page in (known, unknown)]
    assert without_token[0] == without_token[1]
    assert [each.to for each in mail.outbox] == [["robin@example.org"], ["nobody@example.org"]]
    assert RESET not in mail.outbox[1].body


def test_password_is_changed_by_who_knows_the_old_one(client, person):
    client.force_login(person)
    page = client.post(
        "/accounts/password/change/",
        {"oldpassword": "wrong", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert page.status_code == 200 and "Please type your current password." in page.text
    answer = client.post(
        "/accounts/password/change/",
        {"oldpassword": factories.PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert answer.url == "/account/"
    assert signs_in(person.email, NEW_PASSWORD)


@pytest.mark.protects("sessions")
@pytest.mark.parametrize("way", ["change", "reset"])
def test_new_password_ends_the_other_sessions(client, person, way):
    other = Client()
    other.force_login(person)
    if way == "change":
        client.force_login(person)
        passwords = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
        client.post("/accounts/password/change/", {"oldpassword": factories.PASSWORD} | passwords)
        assert client.get("/account/").status_code == 200
    else:
        client.post(RESET, {"email": person.email})
        set_password(client, link_sent())
    assert other.get("/account/").status_code == 302
