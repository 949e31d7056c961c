"""What a report to Sentry says: what broke and where, and nothing of the people who were there."""

import json
import logging

import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from tests import factories
from victory import sentry

TYPED = "only-for-the-eyes-of-enfield"


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self):
        super().__init__()
        self.reports = []

    def capture_envelope(self, envelope):
        self.reports += [item.payload.json for item in envelope.items]


@pytest.fixture
def reports():
    kept = Kept()
    before = sentry_sdk.get_global_scope().client
    sentry.start("https://key@sentry.example.org/1", transport=kept)
    yield kept.reports
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(before)


@pytest.fixture
def broken(monkeypatch):
    """Saving breaks, and says what on."""

    def broken(form, *args, **kwargs):
        what_was_typed = form.data["text"]
        logging.getLogger("victory").warning("Saving %s", what_was_typed)
        raise RuntimeError(f"cannot save {what_was_typed}")

    monkeypatch.setattr("victory.forms.workbook.WorkbookForm.save", broken)


@pytest.mark.protects("logs")
def test_report_says_what_broke_and_nothing_of_what_people_did(reports, manager, broken):
    manager.raise_request_exception = False
    manager.cookies["device"] = "a-cookie-of-theirs"
    answer = manager.post(
        f"/o/enfield/focus/rights/?q={TYPED}",
        {"text": TYPED},
        headers={"user-agent": "Their Browser", "x-forwarded-for": "203.0.113.9"},
    )

    assert answer.status_code == 500
    (report,) = reports
    said = json.dumps(report)
    for withheld in (
        TYPED, "a-cookie-of-theirs", manager.session.session_key, manager.user.email, manager.user.name,
        "enfield", "Their Browser", "203.0.113.9", "testserver",
    ):  # fmt: skip
        assert withheld.lower() not in said.lower()
    (error,) = report["exception"]["values"]
    assert error["type"] == "RuntimeError" and "value" not in error
    assert error["stacktrace"]["frames"][-1]["function"] == "broken"
    assert report["transaction"] == "/o/{slug}/focus/rights/"
    assert report["tags"] == {"request_id": answer.headers["X-Request-ID"]}


@pytest.mark.protects("logs")
def test_error_that_is_logged_is_reported_without_what_it_says(reports):
    logging.getLogger("victory").error("The mail to %s was refused", "robin@example.org")

    (report,) = reports
    assert report["logentry"] == {"message": "The mail to %s was refused"}
    assert "robin" not in json.dumps(report)


def test_warning_is_no_report(reports, client, db):
    assert client.get("/nowhere/").status_code == 404
    logging.getLogger("victory").warning("The clock struck")

    assert not reports


def test_sign_in_that_works_is_no_report(reports, client, db):
    user = factories.UserFactory()
    client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})

    assert not reports
