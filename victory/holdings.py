"""What members have until they hand it over to somebody else.

Which rows these are is known by the apps that bring them: each registers its own when it is ready.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet

from victory.models import Member


@dataclass(frozen=True)
class Holding:
    """One kind of row that a member has: which rows, the field that says whose, and how many in words."""

    rows: Callable[[], QuerySet]
    field: str
    in_words: Callable[[int], str]

    def counts(self) -> dict[int, int]:
        """How many each member has, by the member's key. Who has none is left out."""
        counted = self.rows().order_by().values_list(self.field).annotate(Count("pk"))
        return dict(counted)

    def give(self, giver: Member, taker: Member) -> int:
        """Let the taker have what the giver has, and say how many rows that were.

        What the taker has as well, such as a seat in the same review, goes.
        """
        rows = list(self.rows().filter(**{self.field: giver}).select_for_update(of=["self"]))
        for row in rows:
            setattr(row, self.field, taker)
            try:
                row.validate_constraints()
            except ValidationError:
                row.delete()
            else:
                row.save()
        return len(rows)


_holdings: list[Holding] = []


def register(*holdings: Holding):
    """Make known what members can have. Called when an app is ready."""
    _holdings.extend(holdings)


def in_words() -> dict[int, list[str]]:
    """What each member has: "3 metrics", "2 open actions"; in one query for each kind."""
    words = defaultdict(list)
    for holding in _holdings:
        for key, count in holding.counts().items():
            words[key].append(holding.in_words(count))
    return words


def give_all(giver: Member, taker: Member) -> int:
    """Let the taker have all that the giver has, and say how many rows that were."""
    return sum(holding.give(giver, taker) for holding in _holdings)
