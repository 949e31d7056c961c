"""What a line of the log says, in both forms, and what it never says."""

import io
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils.functional import SimpleLazyObject

from tests import factories
from tests.protection.test_production_settings import SOUND, run
from victory.logs import JsonLines, PlainLines, about, withhold

log = logging.getLogger("tests.log_lines")


def access(lines: list[dict]) -> list[dict]:
    return [line for line in lines if line["logger"] == "victory.access"]


def test_request_leaves_one_line_with_all_that_is_known_of_it(manager, organization, log_lines):
    manager.get("/o/enfield/", {"q": "only-for-the-eyes-of-enfield"})

    (line,) = access(log_lines())
    assert line.pop("request_id") and line.pop("milliseconds") >= 0
    assert abs(datetime.fromisoformat(line["time"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert line.pop("time").endswith("+00:00")
    assert re.fullmatch(r"GET /o/enfield/ 200 \d+ ms", line.pop("message"))
    assert line == {
        "level": "INFO",
        "logger": "victory.access",
        "method": "GET",
        "path": "/o/enfield/",
        "status": 200,
        "organization": "enfield",
        "user": manager.user.pk,
    }


def test_organization_that_somebody_does_not_belong_to_is_not_named_as_theirs(
    outsider, organization, log_lines
):
    outsider.get("/o/enfield/")

    (line,) = access(log_lines())
    assert line["status"] == 404 and line["user"] == outsider.user.pk
    assert "organization" not in line


def test_visitor_has_no_user(client, db, log_lines):
    client.get("/accounts/login/")

    (line,) = access(log_lines())
    assert line["status"] == 200
    assert "user" not in line and "organization" not in line


def test_person_is_known_from_their_sign_in_on(client, db, log_lines):
    user = factories.UserFactory()
    client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})

    (line,) = access(log_lines())
    assert (line["status"], line["user"]) == (302, user.pk)


def test_line_asks_the_database_for_nobody(rf):
    """Who sent a request is read from its session at the first use, which no line is."""

    def read():
        raise AssertionError

    request = rf.get("/")
    request.request_id, request.user = "x", SimpleLazyObject(read)

    assert about(request) == {"request_id": "x", "method": "GET", "path": "/"}


def test_what_is_logged_after_a_request_is_of_none(client, log_lines):
    client.get("/healthz")
    log.warning("The clock struck")

    line = log_lines()[-1]
    assert line.pop("time")
    assert line == {"level": "WARNING", "logger": "tests.log_lines", "message": "The clock struck"}


def test_error_is_one_line_with_its_trace_in_one_field(manager, organization, monkeypatch, log_lines):
    def broken(*args, **kwargs):
        raise RuntimeError("it broke")

    monkeypatch.setattr("victory.views.pages.render", broken)
    manager.raise_request_exception = False
    manager.get("/o/enfield/")

    error, line = log_lines()
    assert (error["level"], error["status"], line["status"]) == ("ERROR", 500, 500)
    assert error["exception"].startswith("Traceback") and error["exception"].endswith(
        "RuntimeError: it broke"
    )
    assert error["organization"] == "enfield"


def test_path_cannot_begin_a_line_of_its_own(client, db):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(PlainLines(**{"fmt": settings.LOGGING["formatters"]["plain"]["format"]}))
    logging.getLogger().addHandler(handler)
    try:
        answer = client.get("/%0A2026-11-22T09:00:00.000+00:00 ERROR [-] forged: all is lost/")
    finally:
        logging.getLogger().removeHandler(handler)

    lines = written.getvalue().splitlines()
    assert len(lines) == 2  # ours, and Django’s own of a page that is not there
    called = answer.headers["X-Request-ID"]
    start = rf"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}\+00:00 (WARNING|INFO) \[{called}\] "
    assert all(re.match(start, line) for line in lines)
    assert lines[0].endswith(" ms") and "victory.access: GET /%0A2026" in lines[0]


REFUSED = """Traceback (most recent call last):
psycopg.errors.UniqueViolation: duplicate key value violates unique constraint "one_name"
DETAIL:  Key (lower(name))=(only for
the eyes) already exists.

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
django.db.utils.IntegrityError: duplicate key value violates unique constraint "one_name"
DETAIL:  Key (lower(name))=(only for
the eyes) already exists."""


@pytest.mark.protects("logs")
@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Not Found: /invitations/7/s3cr3t of-a-link.", "Not Found: /invitations/7/[withheld]"),
        ("POST /mails/MTc:s3cr3t/ 200", "POST /mails/[withheld]"),
        ("POST /account/mails/ 302 9 ms", "POST /account/mails/ 302 9 ms"),
        ("refused: {'robin@example.org': (550, b'no')}", "refused: {'[withheld]': (550, b'no')}"),
        ("Robin <robin.o'hara+a@mail.example.org>, and on", "Robin <[withheld]>, and on"),
        ("postgres://winning:s3cr3t@10.0.0.1:5432/winning", "postgres://winning:[withheld]:5432/winning"),
        ("invalid input\nLINE 1: SELECT 'only for'\n       ^", "invalid input\nLINE 1: [withheld]"),
        ("handling GET /o/enfield/actions/?q=only+for", "handling GET /o/enfield/actions/?[withheld]"),
        ("GET /accounts/login/robin%40example.org", "GET /accounts/login/[withheld]"),
        ("Does it work? Yes = no", "Does it work? Yes = no"),
        ("@never_cache\ndef page(request): ...", "@never_cache\ndef page(request): ..."),
        ("GET /o/enfield/invitations/ 200 7 ms", "GET /o/enfield/invitations/ 200 7 ms"),
    ],
)
def test_line_says_no_secret_and_no_address(said, left):
    assert withhold(said) == left


@pytest.mark.protects("logs")
def test_values_that_the_database_repeats_are_not_said():
    left = withhold(REFUSED)

    assert "eyes" not in left and "only for" not in left
    assert left.count("[withheld]") == 2
    assert "UniqueViolation" in left and "IntegrityError" in left


def test_very_long_line_is_read_in_no_time():
    began = datetime.now(UTC)
    for repeated in ("x", "x'", "?", "?x=", "x@", "DETAIL: ", "/invitations/1/"):
        withhold(repeated * (100_000 // len(repeated)))
    assert datetime.now(UTC) - began < timedelta(seconds=1)


WARN = (
    "import logging; logging.getLogger('django.request').warning('Beware'); logging.getLogger('x').info('Hm')"
)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, r"20\S+\+00:00 WARNING \[-\] django.request: Beware\n20\S+ INFO \[-\] x: Hm\n"),
        ({"LOG_FORMAT": "json"}, r'{"time": "20[^"]+", "level": "WARNING", .*"Beware"}\n{.*"Hm"}\n'),
        ({"LOG_LEVEL": "ERROR"}, ""),
    ],
)
def test_lines_are_written_once_in_the_form_that_is_chosen(chosen, expected):
    result = run("shell", "-v", "0", "-c", WARN, **SOUND, **chosen)

    assert re.fullmatch(expected, result.stderr), result.stderr


def test_both_forms_are_those_of_the_settings():
    named = {form["()"] for form in settings.LOGGING["formatters"].values()}
    assert named == {f"{form.__module__}.{form.__name__}" for form in (PlainLines, JsonLines)}
