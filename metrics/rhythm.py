"""When the next figure of a metric is due, from how often it is measured."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _


class Frequency(models.TextChoices):
    """How often a metric is measured."""

    DAILY = "daily", _("daily")
    WEEKLY = "weekly", _("weekly")
    MONTHLY = "monthly", _("monthly")
    QUARTERLY = "quarterly", _("quarterly")
    YEARLY = "yearly", _("yearly")

    @property
    def most_days(self) -> int:
        """How many days a period lasts at most."""
        return _MOST_DAYS[self]


class Freshness(models.TextChoices):
    """Whether the newest figure still says how things are."""

    CURRENT = "current", _("current")
    DUE_SOON = "due-soon", _("due soon")
    DUE = "due", _("due")
    STALE = "stale", _("stale")

    def count_in_words(self, count: int) -> str:
        """How many metrics are that fresh."""
        return _("%(count)d %(freshness)s") % {"count": count, "freshness": self.label}


_MOST_DAYS = {
    Frequency.DAILY: 1,
    Frequency.WEEKLY: 7,
    Frequency.MONTHLY: 31,
    Frequency.QUARTERLY: 92,
    Frequency.YEARLY: 366,
}
# The longest gap between two figures that still goes with a frequency: weekends and late ones are no change.
_LONGEST_GAP = {Frequency.DAILY: 3, Frequency.WEEKLY: 10, Frequency.MONTHLY: 45, Frequency.QUARTERLY: 135}
_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}
_DUE_TODAY = _("due today")
_DUE = {
    Freshness.CURRENT: _("due on %(due)s"),
    Freshness.DUE_SOON: _("due soon, on %(due)s"),
    Freshness.DUE: _("due since %(due)s"),
    Freshness.STALE: _("stale: due since %(due)s"),
}
# How many days before it is due the next figure is spoken of.
_NOTICE = {
    Frequency.DAILY: 0,
    Frequency.WEEKLY: 1,
    Frequency.MONTHLY: 5,
    Frequency.QUARTERLY: 14,
    Frequency.YEARLY: 30,
}


@dataclass(frozen=True)
class Rhythm:
    """How a metric keeps to its frequency: `last` is the day of its newest figure, or of its beginning."""

    frequency: Frequency
    last: date
    today: date

    @property
    def due_on(self) -> date:
        """The day by which the next figure should be there: one period after the last."""
        return one_period_after(self.last, self.frequency)

    @property
    def stale_from(self) -> date:
        """The first day on which a whole period has gone by without the next figure."""
        return one_period_after(one_period_after(self.due_on, self.frequency), Frequency.DAILY)

    @property
    def in_words(self) -> str:
        """When the next figure is due, or since when it is."""
        sentence = _DUE_TODAY if self.due_on == self.today else _DUE[self.freshness]
        return str(sentence) % {"due": date_format(self.due_on)}

    @property
    def freshness(self) -> Freshness:
        """A figure is stale once a whole period has gone by without the next one."""
        if self.today >= self.stale_from:
            return Freshness.STALE
        if self.today >= self.due_on:
            return Freshness.DUE
        if self.today >= self.due_on - timedelta(days=_NOTICE[self.frequency]):
            return Freshness.DUE_SOON
        return Freshness.CURRENT


def usual_frequency(days: Iterable[date]) -> Frequency:
    """How often somebody measured who did so on these days; monthly where they do not show it."""
    gaps = [(later - earlier).days for earlier, later in pairwise(sorted(set(days)))]
    if not gaps:
        return Frequency.MONTHLY
    usual = median(gaps)
    return next((frequency for frequency, most in _LONGEST_GAP.items() if usual <= most), Frequency.YEARLY)


def one_period_after(day: date, frequency: Frequency) -> date:
    """The same day of the next period; the last of a month leads to the last of a month.

    What would lie beyond the calendar is its last day.
    """
    try:
        return _same_day_of_next_period(day, frequency)
    except (OverflowError, ValueError):
        return date.max


def _same_day_of_next_period(day: date, frequency: Frequency) -> date:
    if frequency not in _MONTHS:
        return day + timedelta(days=_MOST_DAYS[frequency])
    month = day.month - 1 + _MONTHS[frequency]
    year, month = day.year + month // 12, month % 12 + 1
    last = calendar.monthrange(year, month)[1]
    ends_month = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month, last if ends_month else min(day.day, last))
