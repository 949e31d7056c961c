"""What all processes keep together in a Redis, and that nobody notices when it is away."""

import socket

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings as project_settings
from django.core.cache import cache, caches
from django.test import Client

from tests import factories

needs_redis = pytest.mark.skipif(not project_settings.CACHE_URL, reason="CACHE_URL names no Redis")


@pytest.fixture
def place():
    """A port of this machine that is taken and where nobody answers."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        yield place


@pytest.fixture
def away(place, settings):
    """There is a Redis by the settings, but connections to it are refused."""
    settings.CACHE_URL = f"redis://:s3cr3t@127.0.0.1:{place.getsockname()[1]}/0"
    settings.CACHES = settings.CACHES | {
        "default": {
            "BACKEND": "victory.shared_cache.SharedCache",
            "LOCATION": [settings.CACHE_URL],
            "OPTIONS": {"socket_timeout": 0.2},
        },
        "database": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "victory_cache"},
    }


@pytest.fixture
def with_code_app(db):
    """Somebody who signs in with a code, and what they type now."""
    user, secret = factories.UserFactory(), generate_totp_secret()
    TOTP.activate(user, secret)
    _before, now, _next = yield_hotp_counters_from_time()
    return user, format_hotp_value(hotp_value(secret, now))


def sign_in(user, code) -> bool:
    client = Client()
    asked = client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    client.post(asked.url, {"code": code})
    return "_auth_user_id" in client.session


@needs_redis
def test_what_one_process_keeps_another_finds():
    with_a_connection_of_its_own = caches.create_connection("default")

    cache.set("seen", {"by": "one"})
    with_a_connection_of_its_own.set("seen-too", 1)

    assert with_a_connection_of_its_own.get("seen") == {"by": "one"}
    assert cache.get_many(["seen", "seen-too", "never"]) == {"seen": {"by": "one"}, "seen-too": 1}


@needs_redis
def test_keys_say_whose_they_are():
    """Others may keep theirs in the same Redis."""
    cache.set("seen", 1)
    assert cache._cache.get_client().keys() == [b"winning-customers:1:seen"]


@needs_redis
def test_redis_that_answers_is_said_to_whoever_watches(client, db):
    assert client.get("/readyz").json()["cache"] == "ok"


@pytest.mark.protects("factors")
def test_code_is_taken_once(with_code_app):
    assert sign_in(*with_code_app)
    assert not sign_in(*with_code_app)


@pytest.mark.protects("factors")
def test_code_is_taken_once_while_redis_is_away(away, with_code_app):
    assert sign_in(*with_code_app)
    assert not sign_in(*with_code_app)


def test_cache_that_is_away_is_empty(away, db):
    cache.set("seen", 1)
    assert cache.set_many({"seen": 1}) == ["seen"]
    assert cache.get("seen") is None and cache.get("seen", "never") == "never"
    assert cache.get_many(["seen"]) == {} and "seen" not in cache
    assert cache.get_or_set("made", lambda: "anew") == "anew"
    assert not cache.touch("seen") and not cache.delete("seen") and not cache.clear()
    cache.delete_many(["seen"])


def test_of_two_who_add_while_it_is_away_one_is_told_so(away, db):
    assert cache.add("code", "y") and not cache.add("code", "y")


def test_pages_are_shown_and_rows_saved_while_it_is_away(away, manager_htmx):
    answer = manager_htmx.post("/o/enfield/focus/rights/", {"text": "To be answered within a day"})

    assert "X-Saved" in answer.headers
    for page in ("/o/enfield/focus/", "/o/enfield/dashboard/"):
        assert manager_htmx.get(page).status_code == 200


def test_process_stays_ready_while_it_is_away(away, client, db, caplog):
    """All of them would call themselves unable at once."""
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True, "database": "ok", "migrations": "ok", "cache": "cannot be reached"
    }  # fmt: skip
    assert "The cache cannot be reached" in caplog.text and "s3cr3t" not in caplog.text


def test_cache_that_does_not_answer_is_waited_for_once_in_a_while(away, place, caplog):
    """It takes calls and says nothing: the worst case."""
    place.listen()
    place.settimeout(0.2)

    for _ in range(20):
        cache.get("seen")

    place.accept()[0].close()
    with pytest.raises(TimeoutError):
        place.accept()
    assert caplog.text.count("The cache cannot be reached") == 1
    assert "s3cr3t" not in caplog.text


@needs_redis
def test_cache_that_is_back_is_asked_again(monkeypatch):
    cache.set("seen", 1)
    monkeypatch.setattr(caches["default"], "asked_again_from", float("inf"))
    assert cache.get("seen") is None

    monkeypatch.undo()
    assert cache.get("seen") == 1
