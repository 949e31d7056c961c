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


def run(*arguments, **variables) -> subprocess.CompletedProcess:
    """manage.py in a process of its own, in an environment of these variables alone."""
    own = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
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


@pytest.mark.protects("deploy")
def test_production_settings_have_no_warnings():
    result = run("check", "--deploy", "--fail-level", "WARNING", **SOUND)
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
