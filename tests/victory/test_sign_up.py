"""Making an account: open or by invitation, with a confirmed address, and without telling who has one."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail

from tests import factories
from victory.models import User

SIGN_UP = "/accounts/signup/"
CONFIRM = "/accounts/confirm-email/"
NEW = {"name": "Kim", "email": "kim@example.org", "password1": factories.PASSWORD}


def code_sent() -> str:
    """The code in the newest mail: it stands on a line of its own."""
    return re.search(r"^([A-Z0-9-]{6,9})$", mail.outbox[-1].body, re.MULTILINE)[1]


def test_person_signs_up_and_confirms_their_address(client, db):
    assert client.post(SIGN_UP, NEW).url == CONFIRM
    assert "_auth_user_id" not in client.session
    assert "kim@example.org" in client.get(CONFIRM).text

    assert client.post(CONFIRM, {"code": code_sent()}, follow=True).status_code == 200

    user = User.objects.get()
    assert (user.name, user.email) == ("Kim", "kim@example.org")
    assert EmailAddress.objects.get(user=user).verified
    assert client.session["_auth_user_id"] == str(user.pk)


def test_wrong_code_confirms_nothing(client, db):
    client.post(SIGN_UP, NEW)
    assert "Incorrect code." in client.post(CONFIRM, {"code": "ABC-DEF"}).text
    assert not EmailAddress.objects.get().verified


def test_code_is_dead_after_three_wrong_ones(client, db):
    client.post(SIGN_UP, NEW)
    code = code_sent()
    for _ in range(3):
        client.post(CONFIRM, {"code": "ABC-DEF"})
    client.post(CONFIRM, {"code": code})
    assert not EmailAddress.objects.get().verified


def test_unconfirmed_address_does_not_sign_in(client, db):
    client.post(SIGN_UP, NEW)
    client.post("/accounts/logout/")
    answer = client.post("/accounts/login/", {"login": NEW["email"], "password": factories.PASSWORD})
    assert answer.url == CONFIRM
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("missing", ["name", "email", "password1"])
def test_what_is_missing_is_said_and_nothing_typed_is_lost(client, db, missing):
    answer = client.post(SIGN_UP, NEW | {missing: ""})
    assert answer.status_code == 200 and "This field is required." in answer.text
    assert all(f'value="{NEW[kept]}"' in answer.text for kept in {"name", "email"} - {missing})
    assert not User.objects.exists()


@pytest.mark.protects("known")
def test_known_address_is_answered_like_a_new_one(client, django_user_model):
    django_user_model.objects.create_user("kim@example.org", "something else")
    known = client.post(SIGN_UP, NEW)
    client.post("/accounts/logout/")
    unknown = client.post(SIGN_UP, NEW | {"email": "new@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert "You have an account already" in mail.outbox[0].subject
    assert len(mail.outbox) == 2


@pytest.mark.protects("known")
def test_known_address_takes_a_hash_like_a_new_one(client, django_user_model, monkeypatch):
    django_user_model.objects.create_user("kim@example.org", "something else")
    hashed, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: hashed.append(given) or encode(*given))
    client.post(SIGN_UP, NEW)
    known = len(hashed)
    client.post("/accounts/logout/")
    client.post(SIGN_UP, NEW | {"email": "new@example.org"})
    assert known == len(hashed) - known == 1


def test_sign_up_that_is_closed_says_whom_to_ask(client, db, settings):
    settings.OPEN_SIGNUP = False
    assert "Accounts are made by invitation here" in client.get(SIGN_UP).text
    client.post(SIGN_UP, NEW)
    assert not User.objects.exists()
    assert "signup" not in client.get("/accounts/login/").text
