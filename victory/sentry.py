"""Errors reported to Sentry, where `SENTRY_DSN` says so: what broke and where in the code, and nothing else.

Of a report, only what is named here leaves the machine. What the error said of itself is in the log under
the number of the request, which goes along.
"""

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from victory.logs import id_being_answered

OF_A_REPORT = (
    "event_id", "timestamp", "level", "platform", "logger", "environment", "release", "server_name", "sdk",
    "modules",
)  # fmt: skip
OF_AN_EXCEPTION = ("type", "module", "mechanism")
OF_A_FRAME = (
    "filename", "abs_path", "function", "module", "lineno", "pre_context", "context_line", "post_context",
    "in_app",
)  # fmt: skip


def start(dsn: str, **options):
    sentry_sdk.init(
        dsn=dsn,
        before_send=harmless,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        # Whatever else happens to be installed is not looked into.
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(middleware_spans=False, signals_spans=False), LoggingIntegration()],
        **options,
    )


def harmless(event: dict, hint: dict) -> dict:
    """The report without what people typed, who they are, and what they asked for."""
    sent = only(OF_A_REPORT, event)
    if exceptions := event.get("exception", {}).get("values"):
        sent["exception"] = {"values": [without_values(each) for each in exceptions]}
    if "logentry" in event:
        # As it is written in the code, before anything is put into it.
        sent["logentry"] = {"message": event["logentry"].get("message", "")}
    if event.get("transaction_info", {}).get("source") == "route":
        sent["transaction"] = event["transaction"]
    if number := id_being_answered():
        sent["tags"] = {"request_id": number}
    return sent


def without_values(exception: dict) -> dict:
    frames = exception.get("stacktrace", {}).get("frames", [])
    return only(OF_AN_EXCEPTION, exception) | {
        "stacktrace": {"frames": [only(OF_A_FRAME, frame) for frame in frames]}
    }


def only(names: tuple[str, ...], report: dict) -> dict:
    return {name: report[name] for name in names if name in report}
