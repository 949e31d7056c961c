"""What may be used once, such as a code of a second factor: all processes ask the database.

allauth adds what was used to the default cache. One that is away now and then would let it be used again.
"""

from allauth.mfa import app_settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache


class UsedOnce(DatabaseCache):
    """Django's own. What is added is known for at least as long as a code is good."""

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        # allauth says one period; with clocks that go wrong, a code is good in those before and after it too
        good_for = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        return super().add(key, value, max(timeout, good_for + 1), version)
