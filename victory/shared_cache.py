"""The cache in which processes keep pages together, where `CACHE_URL` names a Redis. Else each keeps its own.

Whatever is in it may be lost, so nobody is told when it is away. What may be used once is not for it to say,
but for the database: see `victory.used_once`.
"""

import logging
import time

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

PAUSE = 30
"""For how many seconds a Redis that did not answer is not asked again, so that pages do not wait for it."""


class Bytes:
    """How values are written: as they are. Whoever could write to the Redis would run code by a pickle."""

    def dumps(self, value: bytes) -> bytes:
        return value

    def loads(self, written: bytes) -> bytes:
        return written


class SharedCache(RedisCache):
    """Django's own, of which `victory.keeping` uses `get` and `set`. While Redis is away, it keeps nothing.

    What was kept before comes back with it: the key of whatever is kept must say all that it was made from.
    """

    asked_again_from = 0.0

    def get(self, key, default=None, version=None):
        return self.ask(super().get, key, default, version, otherwise=default)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        self.ask(super().set, key, value, timeout, version)

    def ask(self, method, *arguments, otherwise=None):
        if time.monotonic() < self.asked_again_from:
            return otherwise
        try:
            return method(*arguments)
        except RedisError as away:
            log.error("The cache cannot be reached, and is not asked for %d seconds: %s", PAUSE, away)
            self.asked_again_from = time.monotonic() + PAUSE
            return otherwise

    def answers(self) -> bool:
        """Whether Redis can be reached, asked at once."""
        try:
            return self._cache.get_client(write=True).ping()
        except RedisError as away:
            log.error("The cache cannot be reached: %s", away)
            return False
