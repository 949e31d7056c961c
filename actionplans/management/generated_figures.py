"""The figures of a generated metric: on which days it is measured, what it aims at, and what comes out."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby
from random import Random
from typing import NamedTuple

from django.db import connection
from django.db.models import Max

from actionplans.management.generated_texts import Kind
from metrics.behaviour import BASELINE_FIGURES, RUN, Point
from metrics.models import Measurement, Metric, Succession, Target, Verdict
from metrics.quantities import Aim, Direction
from metrics.rhythm import Frequency
from victory.models import Member

LONGEST = timedelta(days=30 * 365)
"""How far back a series reaches at most; one of more figures is measured more often instead."""

_SAME = ("organization_id", "position", "version", "metric_id", "note", "by_id")
_COLUMNS = (*_SAME, "date", "value", "verdict", "judged_by_id")
"""In which a row of the table of measurements is written: first what is the same for all of a metric."""

_PLACES = Measurement._meta.get_field("value").decimal_places

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


class Outcome(NamedTuple):
    """What came out on a day, and the target it was judged by."""

    point: Point
    target: Target | None


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

    def figures(self, chance: Random, targets: Sequence[Target]) -> list[Outcome]:
        """What came out on its days, judged: noise, at whose end now and then something has changed."""
        changed_since = len(self.days) - chance.choice([0] * 8 + [1, RUN])
        usual, spread = self.usual, self.kind.spread
        step = spread * chance.choice([-4, 4])
        found = []
        for target, days in groupby(self.days, Succession(targets).on):
            aim = target and target.aim
            for day in days:
                around = usual + (step if len(found) >= changed_since else 0)
                value = self.rounded(chance.gauss(around, spread))
                found.append(Outcome(Point(day, value, Verdict.of(value, aim).value), target))
        return found

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


def write_figures(found: Mapping[Metric, Sequence[Outcome]], *, by: Member):
    """Write the first figures of these metrics, and repeat on each of them what the newest ones say."""
    write_rows(row for metric, figures in found.items() for row in rows_of(metric, figures, by))
    written = Measurement.objects.filter(metric__in=found).order_by().values_list("metric")
    last = dict(written.annotate(Max("pk")))  # written last, and therefore the newest
    for metric, figures in found.items():
        repeat_newest(metric, figures, latest=last.get(metric.pk))
    Metric.objects.bulk_update(found, Metric.derived, batch_size=100)


def rows_of(metric: Metric, figures: Sequence[Outcome], by: Member) -> Iterator[tuple]:
    """As the table takes them, the oldest first."""
    same = (metric.organization_id, 0, 1, metric.pk, "", by.pk)
    for point, target in figures:
        yield (*same, str(point.date), str(point.value), point.verdict, target and target.pk)


def write_rows(rows: Iterable[tuple]):
    """Write rows of the table past the models, which would take longer than all the rest with millions."""
    table, columns = Measurement._meta.db_table, ", ".join(_COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(_COLUMNS))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def repeat_newest(metric: Metric, figures: Sequence[Outcome], *, latest: int | None):
    """As `Metric.take_latest`, but from what is at hand; `latest` is the key of the newest figure."""
    resting, run = figures[:BASELINE_FIGURES], figures[-RUN:]
    metric.signal = metric.signal_among({each.point for each in (*resting, *run)})
    metric.repeat(
        Measurement(
            pk=latest if place == 0 else None,
            date=point.date,
            value=round(point.value, _PLACES),
            verdict=point.verdict,
            judged_by=target,
        )
        for place, (point, target) in enumerate(reversed(figures[-Metric.RECENT :]))
    )


def a_little_more(aim: Aim, kind: Kind) -> Aim:
    """An aim that is harder to reach, where one can be."""
    if aim.direction == Direction.AT_MOST:
        return replace(aim, high=kind.rounded(aim.high * Decimal("0.95")))
    if aim.direction == Direction.AT_LEAST:
        return replace(aim, low=kind.rounded(aim.low * Decimal("1.02")))
    return aim
