"""What no request may do, whichever page of an organization it asks for."""

import logging

import pytest
from django.db import connection
from django.template.base import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.protection.test_requests import ELSEWHERE
from tests.routes import ROUTES
from tests.test_markup_sweep import own_address

WRITING = ("INSERT", "UPDATE", "DELETE")
# What a visit itself leaves: the session, and what was read of it.
OF_A_VISIT = ("django_session", "account_emailaddress")


@pytest.fixture(params=ROUTES, ids=str)
def address(request, db, inside):
    return own_address(request.param, inside.organization, inside.rows)


@pytest.mark.protects("forged")
def test_post_without_a_token_is_refused(address, inside):
    client = Client(enforce_csrf_checks=True)
    client.cookies = inside.client.cookies
    assert client.post(address).status_code == 403


@pytest.mark.protects("forged")
def test_looking_changes_nothing(address, inside):
    with CaptureQueriesContext(connection) as queries:
        inside.client.get(address)
        inside.client.head(address)
    written = [query["sql"] for query in queries if query["sql"].startswith(WRITING)]
    assert not [sql for sql in written if not any(table in sql for table in OF_A_VISIT)]


@pytest.mark.protects("forged")
def test_odd_methods_are_refused(address, inside):
    for method in ("put", "patch", "delete", "trace"):
        assert getattr(inside.client, method)(address).status_code == 405


@pytest.mark.protects("redirects")
def test_redirects_stay_here(address, inside, monkeypatch):
    # Where an answer leads stands in its headers, and writing every page out eight times takes longest.
    monkeypatch.setattr(Template, "render", lambda self, context: "")
    for there in ELSEWHERE:
        given = {"page": there, "next": there, "back": there, "from": there, "to": there}
        for answer in (inside.client.get(address, given), inside.client.post(address, given)):
            target = answer.headers.get("Location", "/")
            assert target.startswith("/") and not target.startswith(("//", "/\\"))
            assert "evil.example" not in answer.headers.get("HX-Redirect", "")


@pytest.mark.protects("logs")
def test_log_says_nothing_of_what_people_wrote(address, inside, caplog, log_lines):
    typed = dict.fromkeys(("text", "name", "what"), inside.written)
    with caplog.at_level(logging.DEBUG):
        inside.client.get(address, {"q": inside.written})
        inside.client.post(address, typed)
    assert inside.written not in caplog.text
    said = log_lines()
    assert [line["path"] for line in said if line["logger"] == "victory.access"] == [
        address.partition("?")[0]
    ] * 2
    assert inside.written not in str(said)
