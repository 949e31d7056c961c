"""How often somebody may try, wherever they come from, and how the rightful person still gets in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from tests import factories
from tests.victory.test_password import link_sent, set_password
from victory import limits
from victory.limits import LETTERS, LIMITS, Limit, may_write_to, take
from victory.models import Tries, User

SIGN_IN = "/accounts/login/"
RESET = "/accounts/password/reset/"
MOST = LIMITS["account_login"].by_account.tries
MOST_FROM_ONE_ADDRESS = LIMITS["account_login"].by_address.tries

pytestmark = pytest.mark.protects("limits")


@pytest.fixture
def person(db):
    return factories.UserFactory(email="robin@example.org")


@pytest.fixture
def hashed(monkeypatch):
    """The passwords that reached the hasher."""
    hashed, encode = [], MD5PasswordHasher.encode

    def note(self, password, salt):
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", note)
    return hashed


def attempt(email="robin@example.org", password="wrong", client=None, address="203.0.113.1", **headers):
    return (client or Client()).post(
        SIGN_IN, {"login": email, "password": password}, REMOTE_ADDR=address, headers=headers
    )


def exhaust(email="robin@example.org"):
    """Somebody else tries the account from everywhere until it takes no more."""
    for number in range(MOST):
        assert attempt(email, address=f"198.51.100.{number}").status_code == 200


@pytest.mark.parametrize("email", ["robin@example.org", "nobody@example.org"])
def test_account_takes_so_many_wrong_tries_from_wherever_they_come(person, hashed, email):
    exhaust(email)
    hashed.clear()
    answer = attempt(email, password=factories.PASSWORD)
    assert answer.status_code == 429 and not hashed
    assert "Too many tries. Try again in 15 minutes." in answer.text
    assert 800 < int(answer.headers["Retry-After"]) <= 900
    assert f'value="{email}"' in answer.text and factories.PASSWORD not in answer.text


def test_address_takes_so_many_wrong_tries_whichever_account_they_are_about(person, hashed):
    for number in range(MOST_FROM_ONE_ADDRESS):
        assert attempt(f"person{number}@example.org").status_code == 200
    hashed.clear()
    assert attempt("another@example.org").status_code == 429 and not hashed
    assert attempt("another@example.org", address="203.0.113.2").status_code == 200


def test_addresses_of_one_household_count_as_one(person):
    for number in range(MOST_FROM_ONE_ADDRESS):
        attempt(f"person{number}@example.org", address=f"2001:db8:0:1::{number:x}")
    assert attempt("another@example.org", address="2001:db8:0:1:ffff::1").status_code == 429
    assert attempt("another@example.org", address="2001:db8:0:2::1").status_code == 200


def test_older_address_written_as_a_newer_one_is_the_same(person):
    for number in range(MOST_FROM_ONE_ADDRESS):
        attempt(f"person{number}@example.org", address="::ffff:203.0.113.1")
    assert attempt("another@example.org", address="203.0.113.1").status_code == 429
    assert attempt("another@example.org", address="::ffff:203.0.113.2").status_code == 200


@pytest.mark.parametrize("behind_proxy", [False, True])
def test_forged_address_changes_nothing(person, settings, behind_proxy):
    settings.BEHIND_PROXY = behind_proxy
    appended = ", 203.0.113.1" if behind_proxy else ""
    for number in range(MOST_FROM_ONE_ADDRESS):
        forged = {"X-Forwarded-For": f"198.51.100.{number}{appended}"}
        assert attempt(f"person{number}@example.org", **forged).status_code == 200
    assert attempt("another@example.org", **{"X-Forwarded-For": f"192.0.2.1{appended}"}).status_code == 429


def test_address_behind_the_proxy_is_the_one_it_appended(person, settings):
    settings.BEHIND_PROXY = True
    for number in range(MOST_FROM_ONE_ADDRESS):
        attempt(f"person{number}@example.org", **{"X-Forwarded-For": "192.0.2.1"})
    assert attempt("another@example.org", **{"X-Forwarded-For": "192.0.2.2"}).status_code == 200


def test_email_in_capitals_is_the_same_account(person):
    exhaust()
    assert attempt(" ROBIN@example.org ").status_code == 429


def test_right_password_is_no_try(person):
    for _ in range(MOST + 1):
        assert attempt(password=factories.PASSWORD).status_code == 302


def test_own_sign_ins_in_between_do_not_let_more_wrong_ones_through(person):
    factories.UserFactory(email="attacker@example.org")
    for _ in range(MOST):
        attempt("attacker@example.org", factories.PASSWORD)
        attempt()
    assert attempt().status_code == 429


def test_try_is_taken_again_when_the_time_is_over(person):
    exhaust()
    Tries.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert attempt(password=factories.PASSWORD).status_code == 302


def test_device_from_which_the_person_signed_in_before_still_gets_in(person):
    known = Client()
    attempt(password=factories.PASSWORD, client=known)
    known.post("/accounts/logout/")
    exhaust()
    assert attempt(password=factories.PASSWORD).status_code == 429
    assert attempt(password=factories.PASSWORD, client=known).status_code == 302


def test_known_device_has_a_limit_of_its_own(person):
    known = Client()
    attempt(password=factories.PASSWORD, client=known)
    known.post("/accounts/logout/")
    for _ in range(MOST):
        assert attempt(client=known).status_code == 200
    assert attempt(password=factories.PASSWORD, client=known).status_code == 429
    assert attempt(password=factories.PASSWORD).status_code == 302


def test_device_is_known_to_one_account_alone(person):
    factories.UserFactory(email="attacker@example.org")
    theirs = Client()
    attempt("attacker@example.org", factories.PASSWORD, client=theirs)
    theirs.post("/accounts/logout/")
    forged = theirs.cookies[limits.device_cookie("attacker@example.org")].value
    theirs.cookies[limits.device_cookie("robin@example.org")] = forged
    exhaust()
    assert attempt(client=theirs).status_code == 429


def test_cookie_of_a_known_device_cannot_be_read_or_made(person):
    client = Client()
    cookie = attempt(password=factories.PASSWORD, client=client).cookies[limits.device_cookie(person.email)]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and "robin" not in cookie.output()
    client.post("/accounts/logout/")
    client.cookies[cookie.key] = "made-up"
    exhaust()
    assert attempt(client=client).status_code == 429


def test_password_reset_by_mail_begins_a_new_count(client, person):
    exhaust()
    client.post(RESET, {"email": person.email})
    set_password(client, link_sent(), "a-quite-different-horse")
    assert attempt(password="a-quite-different-horse").status_code == 302


@pytest.mark.parametrize("email", ["robin@example.org", "nobody@example.org"])
def test_mails_to_one_address_are_limited(client, person, email):
    for _ in range(LIMITS["account_reset_password"].by_account.tries):
        client.post(RESET, {"email": email})
    sent = len(mail.outbox)
    answer = client.post(RESET, {"email": email})
    assert answer.status_code == 429 and f'value="{email}"' in answer.text
    assert len(mail.outbox) == sent


def test_letters_to_one_address_are_limited_whoever_makes_us_write_them(client, person):
    factories.UserFactory(email="kim@example.org")
    for _ in range(LETTERS.tries):
        assert may_write_to(" ROBIN@example.org")
    for email in ("robin@example.org", "kim@example.org"):
        assert client.post(RESET, {"email": email}).status_code == 302
    assert [letter.to for letter in mail.outbox] == [["kim@example.org"]]


def test_sign_ups_from_one_address_are_limited(db):
    for number in range(LIMITS["account_signup"].by_address.tries):
        fields = {"name": "Kim", "email": f"kim{number}@example.org", "password1": factories.PASSWORD}
        assert Client().post("/accounts/signup/", fields).status_code == 302
    answer = Client().post("/accounts/signup/", fields | {"email": "kim@example.org"})
    assert answer.status_code == 429 and 'value="Kim"' in answer.text
    assert not User.objects.filter(email="kim@example.org").exists()


def test_codes_are_limited_across_sessions(person):
    Authenticator.objects.create(user=person, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    for _ in range(LIMITS["mfa_authenticate"].by_account.tries):
        client = Client()
        assert attempt(password=factories.PASSWORD, client=client).url == "/accounts/2fa/authenticate/"
        assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    client = Client()
    attempt(password=factories.PASSWORD, client=client)
    answer = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert answer.status_code == 429 and "Too many tries." in answer.text


@pytest.mark.parametrize(
    ("route", "fields"),
    [
        ("account_reauthenticate", {"password": "wrong"}),
        ("account_change_password", {"oldpassword": "wrong", "password1": "x", "password2": "x"}),
    ],
)
def test_somebody_who_is_signed_in_guesses_no_password_either(client, person, hashed, route, fields):
    client.force_login(person)
    for _ in range(LIMITS[route].by_account.tries):
        client.post(reverse(route), fields)
    hashed.clear()
    assert client.post(reverse(route), fields).status_code == 429 and not hashed


def test_every_limited_route_exists():
    routes = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    assert LIMITS.keys() - {"invitation-accept"} <= routes


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_never_get_past_the_limit(hashed):
    factories.UserFactory(email="robin@example.org")
    hashed.clear()

    def one(number):
        try:
            return attempt(address=f"198.51.100.{number}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as threads:
        statuses = list(threads.map(one, range(50)))

    assert statuses.count(200) == len(hashed) == MOST
    assert statuses.count(429) == 50 - MOST


@pytest.mark.django_db(transaction=True)
def test_counts_at_the_same_moment_are_exact():
    """Also where the window before has just ended."""
    Tries.objects.create(key="k", count=99, ends_at=timezone.now() - timedelta(seconds=1))

    def one(_):
        try:
            return take("k", Limit(7, timedelta(minutes=1)))
        finally:
            connection.close()

    with ThreadPoolExecutor(30) as threads:
        assert sum(threads.map(one, range(30))) == 7


def test_counts_that_have_ended_are_removed_now_and_then(person, monkeypatch):
    Tries.objects.create(key="ended", count=1, ends_at=timezone.now() - timedelta(seconds=1))
    Tries.objects.create(key="under way", count=1, ends_at=timezone.now() + timedelta(hours=1))
    monkeypatch.setattr(limits, "SWEEPS", 1)
    attempt()
    keys = set(Tries.objects.values_list("key", flat=True))
    assert "ended" not in keys and "under way" in keys
