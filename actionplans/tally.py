"""What the numbers above the table of the dashboard count, so that none needs all of its rows again."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, starmap
from operator import add, sub

from actionplans.index import Weighing
from actionplans.last_review import LastReview
from actionplans.metric_rows import Mark, MetricRow
from actionplans.trend import Seen, seen_in
from metrics.models import Verdict
from metrics.rhythm import Freshness


@dataclass(frozen=True)
class Tally:
    """How many of some metrics are what. Those of two lots of metrics are added up, or one taken away.

    `marks` and `aspects` count a metric under each that it has, `owners` by name and key, and `seen` how it
    stood on the days of the trend. `met_then` are those that were met at the last review, and `weight` and
    `weighted` what they bring into the customer index (see `index.Weighing`).
    """

    verdicts: Counter[Verdict]
    marks: Counter[Mark]
    aspects: Counter[str]
    owners: Counter[tuple[str, int]]
    seen: Seen
    late_actions: int
    stale: int
    met_then: int
    weight: int
    weighted: int

    @classmethod
    def of(cls, rows: Collection[MetricRow], weighing: Weighing, review: LastReview) -> "Tally":
        weight, weighted = weighing.add_up(rows)
        return cls(
            verdicts=Counter([row.verdict for row in rows]),
            marks=Counter(chain.from_iterable([row.marks for row in rows])),
            aspects=Counter(chain.from_iterable([row.aspects for row in rows])),
            owners=Counter([(row.owner, row.owner_id) for row in rows if row.owner]),
            seen=seen_in([row.past for row in rows]),
            late_actions=sum([row.late_actions for row in rows]),
            stale=sum([row.freshness == Freshness.STALE for row in rows]),
            met_then=sum([review.verdicts.get(row.pk) == Verdict.MET for row in rows]),
            weight=weight,
            weighted=weighted,
        )

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*starmap(add, self._beside(other)))

    def __sub__(self, other: "Tally") -> "Tally":
        """Without those of another tally, all of which are counted in this one."""
        return Tally(*starmap(sub, self._beside(other)))

    def _beside(self, other: "Tally"):
        return zip(vars(self).values(), vars(other).values(), strict=True)
