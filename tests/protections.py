"""What protects the people who use this, each shown by tests: `make security` prints which of it holds.

A test says what it shows with `@pytest.mark.protects("csp")`. This module is a plugin of pytest as well
(`-p tests.protections`): it chooses these tests and prints every protection as held or broken; one that
no test shows is broken.
"""

from collections import defaultdict

import pytest

PROTECTIONS = {
    "csp": "A strict Content Security Policy on every answer, and no violation in a real browser",
    "headers": "HSTS, referrer, frame, type and cookie flags in production",
    "deploy": "`check --deploy` has no warnings",
    "start": "A missing or wrong setting stops the start with a sentence that says what to set",
    "forged": "Forged requests are refused everywhere, and only POST changes anything",
    "redirects": "Redirects lead to our own addresses alone",
    "invitations": "Invitations: one use, expiry, withdrawal, bound to the address, not in the Referer",
    "resets": "Links to reset a password: one use, expiry, not in the Referer",
    "sessions": "The session is renewed at sign-in and ended by sign-out, deactivation and a new password",
    "roles": "Every page as every role, as outsider and anonymous; a lost role counts at once",
    "known": "Known and unknown e-mails get the same answer, status and work",
    "outsiders": "Another organization's page answers exactly as one that does not exist",
    "rows": "No row of another organization is seen, changed or pointed to",
    "sizes": "Bodies, fields, pasted rows and files have limits",
    "cells": "Exported cells are harmless in a spreadsheet, and come back as they were",
    "markup": "Markup in any field is text",
    "host": "The Host header is not trusted",
    "logs": "No secret and no content of a worksheet in a log",
    "limits": "Sign-in is limited before the password is hashed, and the rightful person still gets in",
    "factors": "A second factor that an organization demands cannot be gone around",
    "overwrites": "Two people on one row, one grid, one review: nothing is overwritten unseen",
    "races": "1,000 edits by 8 clients: no accepted save is lost, and every loser saw both values",
    "killed": "A server that is killed while it writes keeps every write that it answered",
    "inputs": "Any input to any address: no error of ours, no byte of another organization",
    "trail": "Every change leaves exactly one audit entry, in its transaction, which never changes",
    "gone": "An organization leaves whole, comes back whole, and is deleted for good; a person is forgotten",
}

BROKEN = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(items):
    shown = []
    for item in items:
        keys = [key for marker in item.iter_markers("protects") for key in marker.args]
        assert set(keys) <= PROTECTIONS.keys(), f"{item.nodeid} shows {keys}: not in PROTECTIONS"
        item.user_properties += [("protects", key) for key in keys]
        if keys:
            shown.append(item)
    items[:] = shown


def pytest_terminal_summary(terminalreporter, config):
    if config.option.collectonly:
        return
    held, against = results(terminalreporter.stats)
    terminalreporter.section("What protects")
    broken = []
    for key, sentence in PROTECTIONS.items():
        reasons = against[key] if held[key] or against[key] else ["no test shows it"]
        if reasons:
            broken.append(key)
        word = "BROKEN" if reasons else "held  "
        terminalreporter.write_line(f"{word}  {sentence} ({held[key]} tests)")
        for reason in reasons:
            terminalreporter.write_line(f"          {reason}")
    config.stash[BROKEN] = broken


def results(stats) -> tuple[dict[str, int], dict[str, list[str]]]:
    """By protection, how many tests showed that it holds, and which did not."""
    held, against = defaultdict(int), defaultdict(list)
    for status, reports in stats.items():
        for report in reports:
            for name, key in getattr(report, "user_properties", ()):
                if name == "protects" and status == "passed":
                    held[key] += 1
                elif name == "protects" and status in ("failed", "error", "skipped"):
                    against[key].append(f"{status}: {report.nodeid}")
    return held, against


@pytest.hookimpl(wrapper=True, tryfirst=True)  # around the terminal’s, which asks for the summary
def pytest_sessionfinish(session):
    """What is broken for want of a test has no failing test to end the run with."""
    result = yield
    if session.config.stash.get(BROKEN, []):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return result
