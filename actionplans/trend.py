"""The share of metrics met, month by month, as it stood on each of these days.

Each metric counts by its newest measurement up to the day, and that by the target of its own date. What
each was on all of these days is read with it, in one expression: each of its subqueries is one step down
the index of the newest measurements, so that it takes as long after ten years as after one.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import TextField
from django.db.models.expressions import RawSQL
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from metrics.models import Measurement, Metric, Verdict

MONTHS = 12
WIDTH, HEIGHT = 400, 100
LEFT, RIGHT, TOP, BOTTOM = 40, 392, 10, 76


@dataclass(frozen=True)
class TrendPoint:
    """How many metrics were met on a day, of those that a target had judged by then."""

    on: date
    met: int
    judged: int

    @property
    def day(self) -> str:
        return date_format(self.on)

    @property
    def month(self) -> str:
        """The day in short, for the axis."""
        return date_format(self.on, "M Y")

    @property
    def share(self) -> int | None:
        """In percent; None where nothing was judged, which is not the same as nothing met."""
        return round(100 * self.met / self.judged) if self.judged else None

    @property
    def words(self) -> str:
        if self.share is None:
            return _("%(day)s: nothing judged") % {"day": self.day}
        words = {"day": self.day, "share": self.share, "met": self.met, "judged": self.judged}
        return _("%(day)s: %(share)s %%, %(met)s of %(judged)s") % words


@dataclass(frozen=True)
class Trend:
    """The line through the shares of the last month-ends and of today."""

    points: list[TrendPoint]

    width, height, left, right = WIDTH, HEIGHT, LEFT, RIGHT
    beside, below = LEFT - 6, HEIGHT - 6
    """Where the words beside the rules end, and the line on which the days stand."""

    @property
    def is_known(self) -> bool:
        """Whether anything was ever judged in these months."""
        return any(point.judged for point in self.points)

    @cached_property
    def places(self) -> list[tuple[float, float, TrendPoint]]:
        """Where the points lie, without those days on which nothing was judged."""
        step = (RIGHT - LEFT) / (len(self.points) - 1)
        return [
            (round(LEFT + step * place, 2), height_of(point.share), point)
            for place, point in enumerate(self.points)
            if point.share is not None
        ]

    @property
    def line(self) -> str:
        return " ".join(f"{x},{y}" for x, y, _point in self.places)

    @property
    def dots(self) -> str:
        return "".join(f"M{x} {y}m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0" for x, y, _p in self.places)

    @property
    def rules(self) -> list[tuple[float, str]]:
        """The height of none, half and all, and the words beside them."""
        return [(height_of(share), _("%(share)s %%") % {"share": share}) for share in (0, 50, 100)]

    @property
    def first(self) -> TrendPoint:
        return self.points[0]

    @property
    def last(self) -> TrendPoint:
        return self.points[-1]

    @property
    def description(self) -> str:
        """From the first day on which anything was judged to today."""
        first = self.places[0][2]
        return " → ".join([first.words, self.last.words] if first is not self.last else [first.words])


def height_of(share: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * share / 100, 2)


def days_of_trend(today: date) -> list[date]:
    """The last days of the twelve months before this one, and today."""
    days, day = [today], today
    for _month in range(MONTHS):
        day = day.replace(day=1) - timedelta(days=1)
        days.insert(0, day)
    return days


MET, MISSED = "+", "-"
_ON_A_DAY = f"""COALESCE((
    SELECT CASE figure.verdict
        WHEN '{Verdict.MET}' THEN '{MET}' WHEN '{Verdict.NOT_MET}' THEN '{MISSED}' ELSE ' ' END
    FROM {Measurement._meta.db_table} figure
    WHERE figure.organization_id = {Metric._meta.db_table}.organization_id
    AND figure.metric_id = {Metric._meta.db_table}.id AND figure.date <= %s
    ORDER BY figure.date DESC LIMIT 1), ' ')"""


def verdicts_until(today: date) -> RawSQL:
    """For a query of metrics: how each stood on the days of the trend, one sign a day.

    In SQL, since the same as thirteen subqueries of the ORM takes longer to put together than to run.
    """
    days = [day.isoformat() for day in days_of_trend(today)]
    return RawSQL(" || ".join([_ON_A_DAY] * len(days)), days, output_field=TextField())


type Seen = Counter[tuple[int, str]]
"""How many metrics stood how on which day of the trend, the first of which is 0."""


def seen_in(verdicts: Iterable[str]) -> Seen:
    """What metrics bring into the trend, each by its `verdicts_until` today."""
    together = "".join(verdicts)
    columns = [(place, together[place :: MONTHS + 1]) for place in range(MONTHS + 1)]
    return Counter({(place, sign): column.count(sign) for place, column in columns for sign in (MET, MISSED)})


def trend_of(today: date, seen: Seen) -> Trend:
    """How metrics stood on the days of the trend."""
    return Trend(
        [
            TrendPoint(day, seen[place, MET], seen[place, MET] + seen[place, MISSED])
            for place, day in enumerate(days_of_trend(today))
        ]
    )
