"""What a process made last, as much of it as there is room for."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock


class Recent[Key, Value]:
    """The values that were put in last: those of the longest ago go first, and the newest always stays.

    There is room for `most` of them, or for as many as take no more than that by their `size`, which is asked
    for when one is put in.
    """

    def __init__(self, most: int, size: Callable[[Value], int] = lambda value: 1):
        self.most, self.size = most, size
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.taken = 0
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        return self._values.get(key, (None, 0))[0]

    def put(self, values: Mapping[Key, Value]):
        with self._lock:
            for key, value in values.items():
                self.taken -= self._values.pop(key, (None, 0))[1]
                self._values[key] = value, self.size(value)
                self.taken += self._values[key][1]
            while len(self._values) > 1 and self.taken > self.most:
                _key, (_value, size) = self._values.popitem(last=False)
                self.taken -= size

    def forget(self):
        """Keep nothing any more."""
        with self._lock:
            self._values.clear()
            self.taken = 0
