"""How the application starts in production, and what it then tells browsers."""

import os
import subprocess
import sys

import pytest

SOUND = {
    "SECRET_KEY": "kX3vTz9-Jq8mW2eRb7uYc5nLp0sDf4gHa6iOj1tKxQzVwEBMNC",
    "ALLOWED_HOSTS": "quality.example.org",
    "EMAIL_URL": "submission://mail.example.org:587",
    "DEBUG": "0",
}


def run(*arguments, program=("manage.py",), **variables) -> subprocess.CompletedProcess:
    """manage.py in a process of its own, in an environment of these variables alone."""
    own = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    command = [sys.executable, "-W", "ignore", *program, *arguments]
    return subprocess.run(command, env=own | variables, capture_output=True, text=True, timeout=120)


@pytest.mark.protects("start")
@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_start_is_refused_with_what_to_set(missing):
    result = run("check", **(SOUND | {missing: ""}))
    assert result.returncode != 0
    assert f"Set {missing} to" in result.stderr


@pytest.mark.protects("start")
def test_start_is_refused_where_a_form_of_the_log_is_not_known():
    result = run("check", **SOUND, LOG_FORMAT="xml")
    assert result.returncode != 0
    assert "Set LOG_FORMAT to plain or json, or leave it out." in result.stderr


@pytest.mark.protects("start")
@pytest.mark.parametrize("wrong", ["http://quality.example.org", "https://quality.example.org/app"])
def test_start_is_refused_where_mails_would_lead_elsewhere(wrong):
    result = run("check", **(SOUND | {"SITE_URL": wrong}))
    assert result.returncode != 0
    assert "Set SITE_URL to where people find this server" in result.stderr


@pytest.mark.protects("start")
@pytest.mark.parametrize(
    ("name", "wrong", "sentence"),
    [
        ("ALLOWED_HOSTS", "https://quality.example.org", "Set ALLOWED_HOSTS to names such as"),
        ("ALLOWED_HOSTS", "quality.example.org/app", "Set ALLOWED_HOSTS to names such as"),
        ("ALLOWED_HOSTS", "quality.example.org:8000", "Set ALLOWED_HOSTS to names such as"),
        ("CACHE_URL", "cache.example.org:6379", "Set CACHE_URL to the address of a Redis"),
        ("CACHE_URL", "redis://cache/first", "Set CACHE_URL to the address of a Redis"),
        ("CACHE_URL", "redis://cache?nonsense=1", "Set CACHE_URL to the address of a Redis"),
        ("CSRF_TRUSTED_ORIGINS", "quality.example.org", "Set CSRF_TRUSTED_ORIGINS to origins such as"),
        ("DATABASE_URL", "nonsense", "Set DATABASE_URL to postgres://"),
        ("DATABASE_URL", "sqlite://", "Set DATABASE_URL to postgres://"),
        ("DATABASE_URL", "sqlite://:memory:", "Set DATABASE_URL to postgres://"),
        ("DATABASE_URL", "postgres://user@host", "Set DATABASE_URL to postgres://"),
        ("DATABASE_URL", "mysql://user@host/name", "Set DATABASE_URL to postgres://"),
        ("DATABASE_URL", "sqlite:////nowhere/db.sqlite3", "Set DATABASE_URL to a file in a folder"),
        ("DEFAULT_FROM_EMAIL", "noreply", "Set DEFAULT_FROM_EMAIL to an address"),
        ("DEFAULT_FROM_EMAIL", "Winning Customers", "Set DEFAULT_FROM_EMAIL to an address"),
        ("EMAIL_URL", "mail.example.org", "Set EMAIL_URL to an address such as"),
        ("EMAIL_URL", "submission://", "Set EMAIL_URL to an address such as"),
        ("EMAIL_URL", "submission://host:port", "Set EMAIL_URL to an address such as"),
        ("HSTS_PRELOAD", "1", "Set HSTS_SUBDOMAINS to 1 as well, or leave HSTS_PRELOAD out"),
        ("HSTS_SECONDS", "-1", "Set HSTS_SECONDS to a number of seconds"),
        ("LOG_LEVEL", "loud", "Set LOG_LEVEL to DEBUG, INFO, WARNING or ERROR, or leave it out."),
        ("OPEN_SIGNUP", "perhaps", "Set OPEN_SIGNUP to 1 or 0, or leave it out."),
        ("PROMETHEUS_TOKEN", "too-short", "Set PROMETHEUS_TOKEN to a random text of at least 20"),
        ("SECRET_KEY", "abc", "Set SECRET_KEY to a random text of at least 32 characters"),
        ("SENTRY_DSN", "https://sentry.example.org", "Set SENTRY_DSN to the address that Sentry shows"),
        ("TIME_ZONE", "Mars/Olympus", "Set TIME_ZONE to the name of a zone"),
    ],
)
def test_start_is_refused_where_a_value_is_wrong(name, wrong, sentence):
    result = run("import victory.settings", program=("-c",), **(SOUND | {name: wrong}))
    assert result.returncode != 0
    assert sentence in result.stderr


@pytest.mark.protects("start")
@pytest.mark.parametrize(
    "program",
    [("manage.py", "migrate"), ("manage.py", "tick"), ("-m", "gunicorn", "victory.wsgi")],
    ids=["migrate", "tick", "gunicorn"],
)
def test_what_is_wrong_is_said_once_and_without_a_trace(program):
    result = run(program=program, **(SOUND | {"LOG_FORMAT": "xml"}))
    assert result.returncode == 1
    assert result.stderr == "Set LOG_FORMAT to plain or json, or leave it out.\n"


@pytest.mark.protects("start")
@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("ALLOWED_HOSTS", "quality.example.org, .example.org, 10.0.0.7, [::1], *,"),
        ("DEFAULT_FROM_EMAIL", "noreply@example.org"),
        ("DEFAULT_FROM_EMAIL", "Winning Customers <noreply@example.org>"),
        ("HSTS_SUBDOMAINS", "1"),
    ],
)
def test_values_that_are_sound_are_taken(name, sound):
    result = run("import victory.settings", program=("-c",), **(SOUND | {name: sound}))
    assert result.returncode == 0, result.stderr


@pytest.mark.protects("start")
def test_database_that_cannot_be_opened_is_named_with_its_variable(tmp_path):
    result = run("migrate", **SOUND, DATABASE_URL=f"sqlite:///{tmp_path}")
    assert result.returncode != 0
    assert result.stderr.endswith(f"unable to open database file: {tmp_path} (DATABASE_URL)\n")


@pytest.mark.protects("start")
@pytest.mark.parametrize("wrong", ["many", "0", "-1", "2.5"])
def test_start_is_refused_where_the_number_of_processes_is_none(wrong):
    """By gunicorn itself, which has a variable of its own that it reads before it reads anything of ours."""
    program = ("-m", "gunicorn", "--check-config", "victory.wsgi")
    result = run(program=program, **SOUND, WEB_PROCESSES=wrong)
    assert result.returncode != 0
    assert (
        result.stderr.strip() == "Set WEB_PROCESSES to how many processes serve, such as 4, or leave it out."
    )


WITHOUT_PACKAGES = """
import sys
from importlib.machinery import PathFinder
class Nothing(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name in ("redis", "sentry_sdk", "prometheus_client") else super().find_spec(name, path)
sys.meta_path[:] = [Nothing if finder is PathFinder else finder for finder in sys.meta_path]
import victory.settings
"""


@pytest.mark.protects("start")
@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ({}, ""),
        ({"CACHE_URL": "redis://cache"}, "CACHE_URL needs the package redis: install"),
        (
            {"SENTRY_DSN": "https://key@sentry.example.org/1"},
            "SENTRY_DSN needs the package sentry-sdk: install",
        ),
        ({"PROMETHEUS_TOKEN": "x" * 20}, "PROMETHEUS_TOKEN needs the package prometheus-client: install"),
    ],
)
def test_start_is_refused_where_the_package_of_an_extra_is_missing(extra, sentence):
    result = run(WITHOUT_PACKAGES, program=("-c",), **SOUND, **extra)
    assert bool(result.returncode) is bool(sentence), result.stderr
    assert sentence in result.stderr


EXTRAS = {
    "CACHE_URL": "rediss://:pass%2Fword@cache.example.org:6379/2?socket_timeout=3",
    "SENTRY_DSN": "https://key@sentry.example.org/1",
    "PROMETHEUS_TOKEN": "kX3vTz9-Jq8mW2eRb7uY",
}


@pytest.mark.protects("deploy")
@pytest.mark.parametrize("extras", [{}, EXTRAS], ids=["plain", "with all extras"])
def test_production_settings_have_no_warnings(extras):
    result = run("check", "--deploy", "--fail-level", "WARNING", **SOUND, **extras)
    assert result.returncode == 0, result.stderr


ANSWER = """
from django.conf import settings
from django.test import Client, override_settings
# Nothing was collected for this process.
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
override_settings(STORAGES={"staticfiles": plain}).enable()
for path in ("/accounts/login/", "/no-such-page/", "/admin/login/"):
    answer = Client(headers={"host": "quality.example.org"}).get(path, secure=True)
    for name in ("Strict-Transport-Security", "Referrer-Policy", "X-Frame-Options", "X-Content-Type-Options",
                 "Cross-Origin-Opener-Policy"):
        print(path, name, answer.headers.get(name))
plain = Client(headers={"host": "quality.example.org"}).get("/accounts/login/")
print("plain", plain.status_code, plain.headers.get("Location"))
for name in ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
             "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE"):
    print(name, getattr(settings, name))
"""


@pytest.mark.protects("headers")
def test_production_answers_protect_themselves(tmp_path):
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
    run("migrate", "socialaccount", **SOUND, **database)  # the sign-in page asks for providers, and no more
    result = run("shell", "-v", "0", "-c", ANSWER, **SOUND, **database)
    assert result.returncode == 0, result.stderr
    for path in ("/accounts/login/", "/no-such-page/", "/admin/login/"):
        assert f"{path} Strict-Transport-Security max-age=31536000" in result.stdout
        assert f"{path} Referrer-Policy same-origin" in result.stdout
        assert f"{path} X-Frame-Options DENY" in result.stdout
        assert f"{path} X-Content-Type-Options nosniff" in result.stdout
        assert f"{path} Cross-Origin-Opener-Policy same-origin" in result.stdout
    assert "plain 301 https://quality.example.org/accounts/login/" in result.stdout
    for name in ("SESSION_COOKIE", "CSRF_COOKIE"):
        assert f"{name}_SECURE True" in result.stdout
        assert f"{name}_HTTPONLY True" in result.stdout
        assert f"{name}_SAMESITE Lax" in result.stdout
