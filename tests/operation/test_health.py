"""What a load balancer hears, and that it hears it whatever it calls the machine."""

import logging
import re

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client


@pytest.fixture(autouse=True)
def without_a_shared_cache(settings):
    """What is said of one: test_shared_cache.py."""
    settings.CACHE_URL = ""


BOTH = pytest.mark.parametrize("address", ["/healthz", "/readyz"])


def test_process_answers_without_a_database():
    """There is none in this test: asking for it would raise."""
    answer = Client().get("/healthz")

    assert answer.status_code == 200
    assert answer.text == "ok\n" and answer.headers["Content-Type"] == "text/plain"


def test_database_with_all_migrations_is_ready(client, db):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "migrations": "ok", "static": "ok"}


def test_migration_that_is_not_applied_is_not_ready(client, db, caplog):
    MigrationRecorder.Migration.objects.filter(app="victory", name="0001_initial").delete()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "database": "ok",
        "migrations": "1 not applied",
        "static": "ok",
    }
    assert "victory.0001_initial" in caplog.text


def test_old_version_beside_a_newer_database_stays_ready(client, db):
    """While a new version is rolled out, its migrations are applied first."""
    MigrationRecorder.Migration.objects.create(app="victory", name="9999_of_tomorrow")

    assert client.get("/readyz").status_code == 200


def test_database_that_cannot_be_reached_is_not_ready_and_the_log_says_why(client, monkeypatch, caplog):
    def unreachable(self):
        raise OperationalError("connection to 10.1.2.3 refused for user winning")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", unreachable)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "database": "cannot be reached",
        "migrations": "not known",
        "static": "ok",
    }
    assert "10.1.2.3" in caplog.text


def test_static_files_that_were_not_collected_are_not_ready(client, db, settings, tmp_path, caplog):
    """Every page would be an error, as none knows the address of its style."""
    in_production = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}

    def start():
        settings.STATIC_ROOT = tmp_path
        settings.STORAGES = settings.STORAGES | {"staticfiles": in_production}

    start()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert re.fullmatch(r"\d{2,} not collected", answer.json()["static"])
    assert "Run manage.py collectstatic" in caplog.text

    call_command("collectstatic", interactive=False, verbosity=0)
    start()
    assert client.get("/readyz").json()["ready"] is True


@BOTH
def test_called_by_address_and_without_https_it_answers(address, client, db, settings):
    settings.DEBUG, settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = (
        False,
        True,
        ["quality.example.org"],
    )

    assert client.get(address, headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/accounts/login/", headers={"host": "10.0.0.7:8000"}).status_code == 400
    assert client.get("/accounts/login/", headers={"host": "quality.example.org"}).status_code == 301


@BOTH
def test_nobody_keeps_the_answer_and_it_begins_no_session(address, client, db):
    answer = client.get(address)

    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@BOTH
def test_it_is_only_asked(address, client, db):
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


def test_being_ready_is_told_by_asking_what_was_applied_and_nothing_else(
    client, db, django_assert_max_num_queries
):
    with django_assert_max_num_queries(2):  # whether there is such a table, and what is in it
        client.get("/readyz")


def test_ready_process_has_nothing_to_say_in_the_log_but_that_it_was_asked(client, db, caplog):
    with caplog.at_level(logging.INFO):
        client.get("/readyz")

    assert [record.name for record in caplog.records] == ["victory.access"]
