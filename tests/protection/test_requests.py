"""What no request may do, of those that only some addresses can be asked."""

import logging

import pytest
from django.urls import reverse

from tests import factories

ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)")


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
