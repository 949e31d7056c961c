"""What is remembered of workbooks: lines, of which only those are read again that were touched since, and
rows that stand as long as only single lines change.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from django.utils import translation

from victory.models import Organization, State
from victory.recent import Recent
from victory.texts import frame_of
from victory.trail import is_writing


@dataclass(frozen=True)
class Known[Line]:
    """The lines as they were in one state of a workbook, on one day."""

    state: State
    today: date
    lines: dict[int, Line]

    @property
    def size(self) -> int:
        return 1 + len(self.lines)


class Followed[Line]:
    """The lines of the workbooks that were looked at last, in each language, by the keys of their rows.

    `read` reads those of the organization, which is in scope, on a day: all of them, in their order, or those
    alone that a write after the one of that number touched (see `victory.models.State`).
    """

    def __init__(
        self, read: Callable[[Organization, date, int | None], dict[int, Line]], *, most_lines: int = 50_000
    ):
        self.read = read
        self._known: Recent[tuple[int, str], Known[Line]] = Recent(most_lines, size=attrgetter("size"))

    def of(self, request) -> dict[int, Line]:
        """The lines as they stand. What a write shows of itself is read anew: it may still be taken back."""
        organization = request.organization
        state, today = organization.state, request.today
        if request.method not in ("GET", "HEAD") or is_writing():
            return self.read(organization, today, None)
        key = organization.pk, translation.get_language()
        known = self._known.get(key)
        if known is None or known.today != today or known.state.frame != state.frame:
            known = Known(state, today, self.read(organization, today, None))
        elif known.state != state:
            known = Known(state, today, known.lines | self.read(organization, today, known.state.number))
        self._known.put({key: known})
        return known.lines

    def forget(self):
        """Remember nothing any more."""
        self._known.forget()


class Framed[Row]:
    """Rows of the workbooks that were looked at last, which stand as long as only single lines change.

    `read` reads those of the organization in scope, with all that is taken from them; `size` says how many
    rows one of them takes the room of.
    """

    def __init__(
        self, read: Callable[[], Iterable[Row]], size: Callable[[Row], int], *, most_rows: int = 20_000
    ):
        self.read = read
        self._known: Recent[tuple, list[Row]] = Recent(most_rows, size=lambda rows: 1 + sum(map(size, rows)))

    def of(self, request) -> list[Row]:
        """The rows as they stand. They are shared: nobody changes them."""
        frame = frame_of(request)
        if frame is None or is_writing():
            return list(self.read())
        rows = self._known.get(frame)
        if rows is None:
            rows = list(self.read())
            self._known.put({frame: rows})
        return rows

    def forget(self):
        """Remember nothing any more."""
        self._known.forget()
