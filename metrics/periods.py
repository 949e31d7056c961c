"""Days, months, quarters and years, read as they stand in the first column of a spreadsheet."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from victory.forms import FIRST_DAY, long_ago


class NoPeriod(ValueError):
    """A text that names no period; `str()` of it is a sentence for the person."""


@dataclass(frozen=True)
class Period:
    """From the first to the last day that a figure is about; both are the same for a single day."""

    first: date
    last: date

    def day(self, today: date) -> date:
        """The day its figure is entered for: its last one, or today as long as it is not over."""
        return min(self.last, today) if self.first <= today else self.last


_SEPARATOR = r"[-/. ]"
_NAME = r"(?P<name>[^\W\d_]{3,})\.?"
_YEAR = r"(?P<year>[0-9]{4})"
_SHORT_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_CLOCK = r"(?:[ T]00:00(?::00)?(?:\.0+)?)?"
_QUARTER = r"Q ?(?P<quarter>[1-4])"

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}",
        rf"{_YEAR}[-/.](?P<month>[0-9]{{1,2}})",
        rf"(?P<month>[0-9]{{1,2}})[-/.]{_YEAR}",
        rf"{_YEAR}[-/.](?P<month>[0-9]{{1,2}})[-/.](?P<day>[0-9]{{1,2}}){_CLOCK}",
        rf"(?P<day>[0-9]{{1,2}})\. ?(?P<month>[0-9]{{1,2}})\. ?{_SHORT_YEAR}",
        rf"(?P<one>[0-9]{{1,2}})[-/](?P<other>[0-9]{{1,2}})[-/]{_SHORT_YEAR}{_CLOCK}",
        rf"{_QUARTER}{_SEPARATOR}*{_YEAR}",
        rf"{_YEAR}{_SEPARATOR}*{_QUARTER}",
        rf"{_NAME}{_SEPARATOR}*,? ?{_YEAR}",
        rf"{_NAME}(?:-| ?['’])(?P<year>[0-9]{{2}})",
        rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?[- ]{_NAME}[- ,]+{_SHORT_YEAR}",
        rf"{_NAME} (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}",
    )
)
_ENGLISH = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def day_comes_first(texts: Sequence[str]) -> bool | None:
    """Whether 31/12 or 12/31 is meant, as far as one of the texts shows it; None if none does."""
    for text in texts:
        parts = re.match(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]", text.strip())
        if parts and int(parts[1]) > 12:
            return True
        if parts and int(parts[2]) > 12:
            return False
    return None


def read_period(text: str, day_first: bool | None = None) -> Period:
    """The period that a text names; raises NoPeriod. `day_first` says how 3/4/2026 is meant."""
    text = " ".join(text.split())
    for pattern in _PATTERNS:
        if found := pattern.fullmatch(text):
            try:
                period = _period(found.groupdict(), text, day_first)
            except ValueError as error:
                raise error if isinstance(error, NoPeriod) else _no_such_date(text) from error
            if period.first < FIRST_DAY:
                raise NoPeriod(f"“{text}”: {long_ago()}")
            return period
    raise NoPeriod(
        _("“%(text)s” is no day, month, quarter or year. Write it like 2026-03-31, March 2026 or Q1 2026.")
        % {"text": text[:60]}
    )


def _period(parts: dict, text: str, day_first: bool | None) -> Period:
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    if parts.get("quarter"):
        last = 3 * int(parts["quarter"])
        return _months(year, last - 2, last)
    if parts.get("one"):
        parts |= _in_order(parts, text, day_first)
    if not (parts.get("month") or parts.get("name")):
        return _months(year, 1, 12)
    month = int(parts["month"]) if parts.get("month") else _month_called(parts["name"], text)
    if not parts.get("day"):
        return _months(year, month, month)
    day = date(year, month, int(parts["day"]))
    return Period(day, day)


def _months(year: int, first: int, last: int) -> Period:
    begin = date(year, first, 1)
    return Period(begin, date(year, last, calendar.monthrange(year, last)[1]))


def _in_order(parts: dict, text: str, day_first: bool | None) -> dict:
    if day_first is None and parts["one"] != parts["other"]:
        raise NoPeriod(
            _("“%(text)s” can be read in two ways. Write the year first, like 2026-03-31.") % {"text": text}
        )
    day, month = (parts["one"], parts["other"]) if day_first else (parts["other"], parts["one"])
    return {"day": day, "month": month}


def _month_called(name: str, text: str) -> int:
    name = name.casefold()
    for number, english in enumerate(_ENGLISH, start=1):
        if english.startswith(name) or str(MONTHS[number]).casefold().startswith(name):
            return number
    raise _no_such_date(text)


def _no_such_date(text: str) -> NoPeriod:
    return NoPeriod(_("“%(text)s”: there is no such date.") % {"text": text})
