"""What the log says: one line for each request, and in every line which request it belongs to.

Nothing that people wrote is in it, no e-mail address and no secret: whatever a line says goes through
`withhold`. This module is read with the settings, before there are any models.
"""

import json
import logging
import re
import time
from contextvars import ContextVar
from datetime import UTC, datetime

from django.conf import settings
from django.core.signals import request_finished
from django.utils.crypto import get_random_string
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject

access = logging.getLogger("victory.access")

HARMLESS = re.compile(r"[A-Za-z0-9._:=+/-]{1,64}")
"""What a proxy may call a request: nothing that means anything in a header, a line or a page."""
READ_ALOUD = "23456789abcdefghjkmnpqrstuvwxyz"
"""What we call one: people read it out on the telephone."""

WITHHELD = "[withheld]"
BREAK = r"\s\"'<>()\[\]{}=,;:/"
SECRETS = (
    # The links of mails, also where something was lost or added when they were copied: the line ends there.
    (
        re.compile(r"(/invitations/\d+/|/password/reset/key/|(?<!/account)/mails/)(?!\[withheld\]).+"),
        rf"\1{WITHHELD}",
    ),
    # PostgreSQL repeats the values that it refuses, to the end of what it says.
    (
        re.compile(r"\b(DETAIL|CONTEXT|LINE \d+): .*?(?=\n\n(?:The above|During)|\Z)", re.S),
        rf"\1: {WITHHELD}",
    ),
    # What follows the question mark of an address: gunicorn and the check of forged requests say all of it.
    (re.compile(r"\?[^\s\"'<>?]*=[^\s\"']*"), f"?{WITHHELD}"),
    # An e-mail address; and a password with its host, in the address of a database or a mail server.
    (re.compile(rf"(?<![^{BREAK}])[^{BREAK}]+(?:'[^{BREAK}]+){{0,3}}(?:@|%40)[^{BREAK}]+"), WITHHELD),
)

_answering: ContextVar = ContextVar("answering", default=None)


def withhold(text: str) -> str:
    """The text without what no log may say."""
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


def id_of(request) -> str:
    """What the request is called in the log and to whoever sent it.

    The proxy's name for it is taken where there is a proxy; without one, anybody could write anything.
    """
    given = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
    return given if HARMLESS.fullmatch(given) else get_random_string(12, READ_ALOUD)


def id_being_answered() -> str | None:
    """What the request is called that this process is answering, if it is."""
    request = _answering.get()
    return request.request_id if request else None


def path_of(request) -> str:
    return withhold(escape_uri_path(request.path))


def about(request) -> dict:
    """What is known of a request at this moment, without asking the database for more."""
    user = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    known = {
        "request_id": request.request_id,
        "method": request.method,
        "path": path_of(request),
        "organization": getattr(getattr(request, "organization", None), "slug", None),
        "user": getattr(user, "pk", None),
    }
    return {name: value for name, value in known.items() if value is not None}


class RequestsMiddleware:
    """Gives each request its id, and puts one line down when its answer begins.

    The request stays the one that is answered until the answer was sent: a file that is sent piece by piece
    may break as well.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.monotonic()
        request.request_id = id_of(request)
        _answering.set(request)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request.request_id
        milliseconds = round((time.monotonic() - began) * 1000)
        access.info(
            "%s %s %d %d ms",
            request.method,
            path_of(request),
            response.status_code,
            milliseconds,
            extra={"status_code": response.status_code, "milliseconds": milliseconds},
        )
        return response


def on_request_finished(**kwargs):
    """What is logged from now on is of no request."""
    _answering.set(None)


request_finished.connect(on_request_finished)


def time_of(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class PlainLines(logging.Formatter):
    """For people: time in UTC, level, request, logger and message, and a trace on lines of its own."""

    def formatTime(self, record, datefmt=None):
        return time_of(record)

    def format(self, record):
        record.request_id = id_being_answered() or "-"
        return withhold(super().format(record))


class JsonLines(logging.Formatter):
    """For machines: each line is one object. What is not known is left out."""

    def format(self, record):
        request = _answering.get()
        line = {
            "time": time_of(record),
            "level": record.levelname,
            "logger": record.name,
            "message": withhold(record.getMessage()),
            **(about(request) if request else {}),
        }
        for name, attribute in (("status", "status_code"), ("milliseconds", "milliseconds")):
            if hasattr(record, attribute):
                line[name] = getattr(record, attribute)
        if record.exc_info:
            line["exception"] = withhold(self.formatException(record.exc_info))
        return json.dumps(line, default=str)
