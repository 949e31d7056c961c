"""The figures of a generated metric: on which days it is measured, what it aims at, and what comes out."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random

from django.db import connection

from actionplans.management.generated_texts import Kind
from metrics.behaviour import RUN
from metrics.models import Measurement, Metric, Succession, Target
from metrics.quantities import Aim, Direction
from metrics.rhythm import Frequency

LONGEST = timedelta(days=30 * 365)
"""How far back a series reaches at most; one of more figures is measured more often instead."""

_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}


def frequency_for(kind: Kind, figures: int) -> Frequency:
    """How often such a metric is measured, so that this many figures reach back for years, not centuries."""
    if figures * timedelta(days=kind.frequency.most_days) <= LONGEST:
        return kind.frequency
    return Frequency.WEEKLY if figures * timedelta(days=7) <= LONGEST else Frequency.DAILY


@cache
def days_before(today: date, frequency: Frequency, missed: int, figures: int) -> Sequence[date]:
    """The last days on which it was measured, the oldest first; `missed` of the newest were left out."""
    if frequency not in _MONTHS:
        step = timedelta(days=frequency.most_days)
        return [today - step * n for n in reversed(range(missed, missed + figures))]
    ends = [n * _MONTHS[frequency] for n in reversed(range(missed, missed + figures))]
    return [end_of_month(today, months_ago=1 + each) for each in ends]


def end_of_month(today: date, months_ago: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 - months_ago, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


@dataclass(frozen=True, eq=False)
class Promise:
    """A metric of some kind, the days on which it was measured, and whether it is usually kept."""

    metric: Metric
    kind: Kind
    days: Sequence[date]
    is_kept: bool

    def targets(self, chance: Random) -> Iterator[Target]:
        """What it aims at: nearly always something, and now and then more from some day on."""
        if chance.random() < 0.04:
            return
        aim, begin = self.kind.aim, self.metric.begins_on
        yield Target(metric=self.metric, aim=aim, holds_from=begin)
        later = sorted(day for day in set(self.days) if day > begin)
        for day in sorted(chance.sample(later, min(len(later), chance.choice([0, 0, 0, 1, 2])))):
            aim = a_little_more(aim, self.kind)
            yield Target(metric=self.metric, aim=aim, holds_from=day, reason="Customers asked for more")

    def figures(self, chance: Random, targets: Sequence[Target], by: int) -> Iterator[Measurement]:
        """What came out on its days, judged: noise, at whose end now and then something has changed.

        It is one and the same object that tells of one day after the other: making millions would take long.
        """
        succession = Succession(targets)
        changed_since = len(self.days) - chance.choice([0] * 8 + [1, RUN])
        usual, spread = self.usual, self.kind.spread
        step = spread * chance.choice([-4, 4])
        figure = Measurement(
            organization_id=self.metric.organization_id, metric_id=self.metric.pk, by_id=by, version=1
        )
        for n, day in enumerate(self.days):
            figure.date = day
            figure.value = self.rounded(chance.gauss(usual + (step if n >= changed_since else 0), spread))
            figure.judge(succession.on(day))
            yield figure

    @property
    def usual(self) -> float:
        """The figure around which the others lie: on the right side of the target, or on the wrong one."""
        aim, off = self.kind.aim, self.kind.spread * (1.2 if self.is_kept else -0.6)
        match aim.direction:
            case Direction.AT_LEAST:
                return float(aim.low) + off
            case Direction.AT_MOST:
                return float(aim.high) - off
            case Direction.BETWEEN:
                return float(aim.low + aim.high) / 2 if self.is_kept else float(aim.high) - off
            case Direction.JUDGED:
                return 1.0 if self.is_kept else 0.4

    def rounded(self, figure: float) -> Decimal:
        """As a figure that can be: not below zero, nor above the top."""
        top = figure if self.kind.top is None else self.kind.top
        return self.kind.rounded(max(0, min(figure, top)))


def write_figures(figures: Iterable[Measurement]):
    """Write new figures, in a third of the time that `bulk_create` takes: with millions that is minutes."""
    fields = [field for field in Measurement._meta.concrete_fields if not field.primary_key]
    columns, marks = ", ".join(field.column for field in fields), ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {Measurement._meta.db_table} ({columns}) VALUES ({marks})",
            [[as_stored(getattr(each, field.attname)) for field in fields] for each in figures],
        )


def as_stored(value):
    return str(value) if isinstance(value, (Decimal, date)) else value


def a_little_more(aim: Aim, kind: Kind) -> Aim:
    """An aim that is harder to reach, where one can be."""
    if aim.direction == Direction.AT_MOST:
        return replace(aim, high=kind.rounded(aim.high * Decimal("0.95")))
    if aim.direction == Direction.AT_LEAST:
        return replace(aim, low=kind.rounded(aim.low * Decimal("1.02")))
    return aim
