"""What a process made last, as much of it as there is room for."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock


class Recent[Key, Value]:
    """The values that were put in last: those of the longest ago go first, and the newest always stays.

    There is room for `most` of them, or for as many as take no more than that by their `size`.
    """

    def __init__(self, most: int, size: Callable[[Value], int] | None = None):
        self.most, self.size = most, size
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        return self._values.get(key)

    def put(self, values: Mapping[Key, Value]):
        with self._lock:
            for key, value in values.items():
                self._values[key] = value
                self._values.move_to_end(key)
            while len(self._values) > 1 and self._taken > self.most:
                self._values.popitem(last=False)

    def forget(self):
        """Keep nothing any more."""
        with self._lock:
            self._values.clear()

    @property
    def _taken(self) -> int:
        return len(self._values) if self.size is None else sum(map(self.size, self._values.values()))
