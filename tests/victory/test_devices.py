"""Where somebody is signed in, and how that is ended."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests import factories
from victory.devices import name_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0"


@pytest.fixture
def person(db):
    return factories.UserFactory(email="robin@example.org")


def signed_in(person, user_agent=FIREFOX):
    client = Client(headers={"user-agent": user_agent})
    client.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    return client


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (SAFARI, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("curl/8", "A device that does not say what it is"),
    ],
)
def test_device_is_called_by_its_browser_and_system(user_agent, name):
    assert name_of(user_agent) == name


def test_account_lists_the_devices_this_one_first(person):
    signed_in(person, SAFARI)
    here = signed_in(person)
    signed_in(factories.UserFactory(email="other@example.org"), EDGE)

    devices = here.get("/account/").context["devices"]

    assert [(device.name, device.here) for device in devices] == [
        ("Firefox on Linux", True),
        ("Safari on iPhone", False),
    ]


def test_device_is_signed_out_from_another(person):
    lost, here = signed_in(person, SAFARI), signed_in(person)
    key = here.get("/account/").context["devices"][1].key
    here.post(f"/account/devices/{key}/")
    assert lost.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_device_of_somebody_else_is_not_found(person):
    other = signed_in(factories.UserFactory(email="other@example.org"))
    key = other.get("/account/").context["devices"][0].key
    assert signed_in(person).post(f"/account/devices/{key}/").status_code == 404
    assert other.get("/account/").status_code == 200


def test_all_other_devices_are_signed_out_at_once(person):
    others = [signed_in(person) for _ in range(2)]
    here = signed_in(person)
    assert "2 other devices are signed out." in here.post("/account/devices/others/", follow=True).text
    assert [other.get("/account/").status_code for other in others] == [302, 302]


@pytest.mark.protects("sessions")
def test_new_password_leaves_this_device_alone(person):
    signed_in(person, SAFARI)
    here = signed_in(person)
    passwords = {"password1": "a-quite-different-horse", "password2": "a-quite-different-horse"}
    here.post("/accounts/password/change/", {"oldpassword": factories.PASSWORD} | passwords)
    assert [device.here for device in here.get("/account/").context["devices"]] == [True]
    assert Session.objects.count() == 1


@pytest.mark.protects("sessions")
def test_session_is_a_new_one_at_sign_in(client, person):
    client.get("/accounts/login/")
    session = client.session
    session["before"] = "yes"
    session.save()
    before = client.cookies["sessionid"].value
    client.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    assert client.cookies["sessionid"].value != before


@pytest.mark.protects("sessions")
def test_sign_out_ends_the_session_for_good(person):
    client = signed_in(person)
    kept = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["sessionid"] = kept
    assert thief.get("/account/").status_code == 302


@pytest.mark.protects("sessions")
def test_account_that_is_closed_is_signed_out_everywhere(person):
    client = signed_in(person)
    person.is_active = False
    person.save()
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("count", [1, 3, 20])
def test_account_takes_the_same_queries_however_many_devices(person, django_assert_num_queries, count):
    for _ in range(count - 1):
        signed_in(person)
    here = signed_in(person)
    with django_assert_num_queries(9):
        here.get("/account/")
