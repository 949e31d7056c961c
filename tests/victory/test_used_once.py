"""A code of a second factor is taken once, whichever process is asked, and however many others are."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.core.cache.backends import db as table
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.protection.test_production_settings import SOUND, run


@pytest.fixture
def with_code_app(db):
    """Somebody who signs in with a code, and the last of those that are good now: for a minute and more."""
    user, secret = factories.UserFactory(), generate_totp_secret()
    TOTP.activate(user, secret)
    _before, _now, after = yield_hotp_counters_from_time()
    return user, format_hotp_value(hotp_value(secret, after))


def sign_in(user, code) -> bool:
    client = Client()
    asked = client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    client.post(asked.url, {"code": code})
    return "_auth_user_id" in client.session


@pytest.mark.protects("factors")
def test_code_is_taken_once(with_code_app):
    assert sign_in(*with_code_app)
    assert not sign_in(*with_code_app)


@pytest.mark.protects("factors")
def test_code_is_taken_once_for_as_long_as_it_is_good(with_code_app, monkeypatch):
    """Clocks may be half a minute off, so that is longer than the half minute for which an app shows it."""
    assert sign_in(*with_code_app)

    late, now = 45, timezone.now()
    monkeypatch.setattr(time, "time", lambda began=time.time: began() + late)
    monkeypatch.setattr(table, "tz_now", lambda: now + timedelta(seconds=late))
    assert not sign_in(*with_code_app)


@pytest.mark.protects("factors")
def test_all_that_many_use_at_once_is_known(db):
    """Django's own limit is three hundred."""
    codes = [f"code-{number}" for number in range(320)]
    assert all([cache.add(code, "y", timeout=30) for code in codes])
    assert not any([cache.add(code, "y", timeout=30) for code in codes])


@pytest.mark.protects("factors")
def test_database_is_asked_whether_or_not_there_is_a_redis():
    """One that was away, or that another process does not reach, would know of other codes."""
    asked = "from victory.settings import CACHES; print(CACHES['default'], CACHES['pages']['BACKEND'])"
    alone, with_redis = (
        run(asked, program=("-c",), **SOUND, **more).stdout.rpartition(" ")
        for more in ({}, {"CACHE_URL": "redis://127.0.0.1:6379"})
    )
    assert alone[0] == with_redis[0] and "UsedOnce" in alone[0]
    assert "SharedCache" in with_redis[2] and "SharedCache" not in alone[2]
