"""What all processes keep together in a Redis, and that nobody notices when it is away."""

import socket

import pytest
from django.conf import settings as project_settings
from django.core.cache import caches

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
    shared = {
        "BACKEND": "victory.shared_cache.SharedCache",
        "LOCATION": [settings.CACHE_URL],
        "OPTIONS": {"socket_timeout": 0.2},
    }
    settings.CACHES = settings.CACHES | {"shared": shared, "pages": shared}


@needs_redis
def test_what_one_process_keeps_another_finds():
    with_a_connection_of_its_own = caches.create_connection("shared")

    caches["shared"].set("seen", b"by one")

    assert with_a_connection_of_its_own.get("seen") == b"by one"


@needs_redis
def test_what_is_kept_is_written_as_it_is():
    """Not as a pickle, by which whoever can write to the Redis could run code."""
    caches["shared"].set("seen", b"by one")
    assert caches["shared"]._cache.get_client().get("winning-customers:1:seen") == b"by one"


@needs_redis
def test_keys_say_whose_they_are():
    """Others may keep theirs in the same Redis."""
    caches["shared"].set("seen", b"by one")
    assert caches["shared"]._cache.get_client().keys() == [b"winning-customers:1:seen"]


@needs_redis
def test_redis_that_answers_is_said_to_whoever_watches(client, db):
    assert client.get("/readyz").json()["cache"] == "ok"


def test_cache_that_is_away_is_empty(away):
    caches["shared"].set("seen", b"by one")
    assert caches["shared"].get("seen") is None and caches["shared"].get("seen", b"never") == b"never"


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
        "ready": True, "database": "ok", "migrations": "ok", "static": "ok", "cache": "cannot be reached"
    }  # fmt: skip
    assert "The cache cannot be reached" in caplog.text and "s3cr3t" not in caplog.text


def test_cache_that_does_not_answer_is_waited_for_once_in_a_while(away, place, caplog):
    """It takes calls and says nothing: the worst case."""
    place.listen()
    place.settimeout(0.2)

    for _ in range(20):
        caches["shared"].get("seen")

    place.accept()[0].close()
    with pytest.raises(TimeoutError):
        place.accept()
    assert caplog.text.count("The cache cannot be reached") == 1
    assert "s3cr3t" not in caplog.text


@needs_redis
def test_cache_that_is_back_is_asked_again(monkeypatch):
    caches["shared"].set("seen", b"by one")
    monkeypatch.setattr(caches["shared"], "asked_again_from", float("inf"))
    assert caches["shared"].get("seen") is None

    monkeypatch.undo()
    assert caches["shared"].get("seen") == b"by one"
