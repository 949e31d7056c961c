"""The cache that all processes share, where `CACHE_URL` names a Redis. Without it, they share a table.

Whatever is in it may be lost, so nobody is told when it is away. What a process keeps of pages by itself is
in another one (`victory.keeping`).
"""

import logging
import time

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

PAUSE = 5
"""For how many seconds a Redis that did not answer is not asked again, so that pages do not wait for it."""


class SharedCache(RedisCache):
    """Django's own, which is empty and keeps nothing while Redis is away.

    Meanwhile a `delete` does nothing, and what was kept before comes back with Redis: the key of whatever is
    kept must say all that it was made from, a revision for instance.
    """

    asked_again_from = 0.0

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

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        """Of all who add a key, one is told that they did, by the database where Redis cannot say it.

        A code of a second factor is taken once by this.
        """
        added = self.ask(super().add, key, value, timeout, version)
        return caches["database"].add(key, value, timeout, version) if added is None else added

    def get(self, key, default=None, version=None):
        return self.ask(super().get, key, default, version, otherwise=default)

    def get_many(self, keys, version=None):
        return self.ask(super().get_many, keys, version, otherwise={})

    def has_key(self, key, version=None):
        return self.ask(super().has_key, key, version, otherwise=False)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        self.ask(super().set, key, value, timeout, version)

    def set_many(self, data, timeout=DEFAULT_TIMEOUT, version=None):
        return self.ask(super().set_many, data, timeout, version, otherwise=list(data))

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        return self.ask(super().touch, key, timeout, version, otherwise=False)

    def delete(self, key, version=None):
        return self.ask(super().delete, key, version, otherwise=False)

    def delete_many(self, keys, version=None):
        self.ask(super().delete_many, keys, version)

    def clear(self):
        return self.ask(super().clear, otherwise=False)
