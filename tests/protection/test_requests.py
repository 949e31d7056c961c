"""What no request may do, whichever address it asks for."""

import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.routes import ROUTES
from tests.rows import address_of
from tests.test_markup_sweep import own_address
from victory.tenancy import Role

WRITING = ("INSERT", "UPDATE", "DELETE")
# What a visit itself leaves: the session, and what was read of it.
OF_A_VISIT = ("django_session", "account_emailaddress")
ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)")


def every(routes):
    return pytest.mark.parametrize("route", routes, ids=str)


@pytest.mark.protects("forged")
@every(ROUTES)
def test_post_without_a_token_is_refused(route, organization):
    client = Client(enforce_csrf_checks=True)
    member = factories.MemberFactory(organization=organization, user=factories.UserFactory(), role=Role.ADMIN)
    client.force_login(member.user)
    assert client.post(address_of(route, organization)).status_code == 403


@pytest.mark.protects("forged")
@every(ROUTES)
def test_looking_changes_nothing(route, sign_in, organization):
    client = sign_in(Role.ADMIN)
    address = address_of(route, organization)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
        client.head(address)
    written = [query["sql"] for query in queries if query["sql"].startswith(WRITING)]
    assert not [sql for sql in written if not any(table in sql for table in OF_A_VISIT)]


@pytest.mark.protects("forged")
@every(ROUTES)
def test_odd_methods_are_refused(route, sign_in, organization):
    client, address = sign_in(Role.ADMIN), address_of(route, organization)
    for method in ("put", "patch", "delete", "trace"):
        assert getattr(client, method)(address).status_code == 405


@pytest.mark.protects("redirects")
@every(ROUTES)
def test_redirects_stay_here(route, sign_in, organization):
    client = sign_in(Role.ADMIN)
    address = address_of(route, organization)
    for there in ELSEWHERE:
        given = {"page": there, "next": there, "back": there, "from": there, "to": there}
        for answer in (client.get(address, given), client.post(address, given)):
            target = answer.headers.get("Location", "/")
            assert target.startswith("/") and not target.startswith(("//", "/\\"))
            assert "evil.example" not in answer.headers.get("HX-Redirect", "")


@pytest.mark.protects("redirects")
@pytest.mark.parametrize("there", ELSEWHERE)
def test_sign_in_does_not_lead_elsewhere(client, organization, there):
    member = factories.MemberFactory(organization=organization, user=factories.UserFactory())
    answer = client.post(
        reverse("account_login"),
        {"login": member.user.email, "password": factories.PASSWORD, "next": there},
    )
    assert "evil.example" not in answer.headers.get("Location", "")
    assert not answer.headers.get("Location", "").startswith("javascript")


@pytest.mark.protects("host")
@pytest.mark.parametrize("header", ["host", "x-forwarded-host"])
def test_foreign_host_is_not_believed(client, db, header, settings):
    settings.DEBUG = False
    answer = client.get(reverse("account_login"), headers={header: "evil.example"})
    assert answer.status_code == (400 if header == "host" else 200)
    assert "evil.example" not in answer.text


@pytest.mark.protects("outsiders")
def test_page_of_another_organization_is_as_if_it_did_not_exist(outsider, organization):
    theirs, nobodys = outsider.get("/o/enfield/people/"), outsider.get("/o/nobody/people/")
    assert theirs.status_code == nobodys.status_code == 404


SECRET = "only-for-the-eyes-of-enfield"


@pytest.mark.protects("logs")
@every(ROUTES)
def test_log_says_nothing_of_what_people_wrote(route, sign_in, organization, caplog):
    rows = factories.a_row_of_every_model(organization, text=SECRET)
    client = sign_in(Role.ADMIN)
    with caplog.at_level(logging.DEBUG):
        client.get(own_address(route, organization, rows))
        client.post(own_address(route, organization, rows), {"text": SECRET, "name": SECRET, "what": SECRET})
    assert SECRET not in caplog.text


@pytest.mark.protects("logs")
def test_log_says_nothing_of_what_broke_a_page(manager, caplog, monkeypatch, organization):
    """An error of ours is logged with where it happened, and nothing of what was typed."""

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("victory.worksheets.views.save_last", broken)
    manager.raise_request_exception = False
    with caplog.at_level(logging.DEBUG):
        answer = manager.post("/o/enfield/focus/rights/", {"text": SECRET})
    assert answer.status_code == 500 and "RuntimeError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.protects("logs")
def test_log_says_no_password(client, db, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post(reverse("account_login"), {"login": "robin@example.org", "password": SECRET})
    assert SECRET not in caplog.text


@pytest.mark.protects("sizes")
def test_body_that_is_too_large_is_refused(manager, organization, settings):
    text = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    answer = manager.post(
        "/o/enfield/focus/rights/", f"text={text}", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in (400, 413)


@pytest.mark.protects("sizes")
def test_too_many_fields_are_refused(manager, organization, settings):
    fields = {f"field{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    assert manager.post("/o/enfield/focus/rights/", fields).status_code in (400, 413)
