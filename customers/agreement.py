"""How firm a scoring is: what several people scored on their own, held against each other.

A cell is one customer on one criterion. It is compared where at least two people scored it: by its
spread (the highest score less the lowest) and its median. People agree on a cell where all scores are
at most `NEAR` points apart, and differ widely where they are `WIDE` points apart or more; agreement is
the share of compared cells on which they agree.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from statistics import median

from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import scoring
from customers.figures import number, whole_percent
from customers.models import Criterion, Customer, DriverChoice, OwnScore, Score
from victory.models import Member
from victory.prepared import Gathered
from victory.wording import listed

NEAR = 1
WIDE = 3
FIRST_PLACES = 3
"""How many places of the rankings are compared while no driver is chosen."""

DOT_STEP, DOT_MARGIN, DOT_SIZE = 12, 8, 3


def own_scores() -> QuerySet:
    """What those who are still here scored on their own."""
    return OwnScore.objects.filter(member__active=True).order_by()


def spreads(_day: date | None) -> QuerySet:
    """How far the scores of a cell lie apart that more than one person scored."""
    cells = own_scores().values("customer", "criterion").annotate(people=Count("pk"))
    return cells.filter(people__gt=1).values_list(Max("value") - Min("value"), flat=True)


def people(_day: date | None) -> QuerySet:
    """Who scored on their own."""
    return own_scores().values_list("member_id", flat=True).distinct()


OF_SPREAD = {"people": people, "spreads": spreads}
PEOPLE_AND_SPREADS = Gathered(**OF_SPREAD)


@dataclass(frozen=True)
class Spread:
    """How many people scored on their own, and on how many cells they differ widely."""

    people: int
    compared: int
    wide: int

    @classmethod
    def read(cls) -> "Spread":
        return cls.of(*PEOPLE_AND_SPREADS.read())

    @classmethod
    def of(cls, people: list[int], spreads: list[int]) -> "Spread":
        """Of the keys of those who scored, and the spread of each cell that several of them scored."""
        return cls(len(people), len(spreads), sum(spread >= WIDE for spread in spreads))

    @property
    def sentence(self) -> str:
        """Where it stands, in words."""
        people = ngettext(
            "%(count)d person has scored on their own",
            "%(count)d people have scored on their own",
            self.people,
        ) % {"count": self.people}
        if not self.compared:
            return f"{people}."
        return _("%(people)s; they differ widely on %(wide)d of %(all)d cells.") % {
            "people": people, "wide": self.wide, "all": self.compared,
        }  # fmt: skip


@dataclass(frozen=True)
class Dot:
    """A score on the scale of a cell, the larger the more people gave it."""

    x: int
    size: int


@dataclass(frozen=True)
class ComparedCell:
    """One customer on one criterion as at least two people scored it."""

    customer: scoring.Candidate
    criterion: scoring.Weighted
    scores: tuple[tuple[str, int], ...]
    """Who scored what, the lowest first."""
    team: int | None
    """The score of the team, where it is settled already."""

    @cached_property
    def values(self) -> list[int]:
        return [value for _name, value in self.scores]

    @property
    def spread(self) -> int:
        return max(self.values) - min(self.values)

    @cached_property
    def median(self) -> Decimal:
        return Decimal(median(self.values))

    @property
    def median_in_words(self) -> str:
        return number(self.median)

    @property
    def settled_at(self) -> int:
        """The median as a score: a half is rounded up."""
        return int(self.median.quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def is_settled(self) -> bool:
        return self.team == self.settled_at

    @property
    def is_wide(self) -> bool:
        return self.spread >= WIDE

    @property
    def in_words(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.scores)

    @property
    def dots(self) -> list[Dot]:
        return [
            Dot(DOT_MARGIN + DOT_STEP * value, DOT_SIZE + min(self.values.count(value) - 1, DOT_SIZE))
            for value in sorted(set(self.values))
        ]

    @property
    def median_x(self) -> float:
        return float(DOT_MARGIN + DOT_STEP * self.median)

    @property
    def to_settle(self) -> str:
        """What settles it, as a form posts it: customer, criterion, the team's score as seen, the new one."""
        team = "" if self.team is None else self.team
        return f"{self.customer.key}-{self.criterion.key}-{team}-{self.settled_at}"


@dataclass(frozen=True)
class Comparison:
    """All that the members of the organization in scope scored on their own, read once."""

    customers: list[scoring.Candidate]
    criteria: list[scoring.Weighted]
    team: dict[tuple[int, int], int]
    drivers: set[int]
    people: dict[int, str]
    own: dict[int, dict[tuple[int, int], int]]
    """By member, their score of each cell."""

    @classmethod
    def load(cls) -> "Comparison":
        people, own = {}, defaultdict(dict)
        rows = OwnScore.objects.filter(member__active=True).order_by("member__name")
        fields = ("member", "member__name", "customer", "criterion", "value")
        for member, name, customer, criterion, value in rows.values_list(*fields):
            people[member] = name
            own[member][customer, criterion] = value
        return cls(
            [scoring.Candidate(*row) for row in Customer.objects.values_list("pk", "name")],
            [scoring.Weighted(*row) for row in Criterion.objects.values_list("pk", "name", "weight")],
            {
                (customer, criterion): value
                for customer, criterion, value in Score.objects.values_list("customer", "criterion", "value")
            },
            set(DriverChoice.objects.values_list("customer", flat=True)),
            people,
            dict(own),
        )

    @cached_property
    def cells(self) -> list[ComparedCell]:
        """Those that at least two people scored, the widest spread first."""
        found = []
        for customer in self.customers:
            for criterion in self.criteria:
                key = customer.key, criterion.key
                scores = [(self.people[who], own[key]) for who, own in self.own.items() if key in own]
                if len(scores) > 1:
                    scores = tuple(sorted(scores, key=lambda score: score[1]))
                    found.append(ComparedCell(customer, criterion, scores, self.team.get(key)))
        return sorted(found, key=lambda cell: -cell.spread)

    @property
    def medians(self) -> dict[tuple[int, int], int]:
        """The median of each compared cell as a score, by customer and criterion."""
        return {(cell.customer.key, cell.criterion.key): cell.settled_at for cell in self.cells}

    @property
    def size(self) -> int:
        """How many cells there are to score."""
        return len(self.customers) * len(self.criteria)

    def scored_by(self, member: int) -> int:
        """How many cells this member scored."""
        return len(self.own.get(member, ()))

    def is_open_to(self, member: Member) -> bool:
        """Whether they may see what others scored: who scores does so first, who settles need not."""
        has_finished = self.size > 0 and self.scored_by(member.pk) >= self.size
        return member.may_edit or has_finished

    @property
    def to_settle(self) -> list[ComparedCell]:
        """The cells whose score of the team is not the median."""
        return [cell for cell in self.cells if not cell.is_settled]

    @property
    def all_to_settle(self) -> str:
        return " ".join(cell.to_settle for cell in self.to_settle)

    @property
    def agreement(self) -> str:
        """How far people agree, in words."""
        near = sum(cell.spread <= NEAR for cell in self.cells)
        share = Decimal(100 * near) / len(self.cells)
        return _("On %(near)d of %(all)d cells all are within a point: %(share)s agreement.") % {
            "near": near, "all": len(self.cells), "share": whole_percent(share),
        }  # fmt: skip

    @property
    def formula(self) -> str:
        """What is counted, for the page that shows it."""
        return _(
            "A cell is compared where at least two people scored it. Agreement is the share of these cells"
            " on which the highest and the lowest score are at most %(near)d apart; people differ widely"
            " where they are %(wide)d apart or more."
        ) % {"near": NEAR, "wide": WIDE}

    @property
    def unfinished(self) -> list[str]:
        """Who has begun and not scored every cell, with how far they are."""
        return [
            _("%(name)s has scored %(done)d of %(all)d cells.")
            % {"name": name, "done": self.scored_by(who), "all": self.size}
            for who, name in self.people.items()
            if self.scored_by(who) < self.size
        ]

    @cached_property
    def rankings(self) -> dict[str, dict[int, int]]:
        """By each person who scored every cell, and last by the medians: the place of each customer."""
        finished = {who: name for who, name in self.people.items() if self.scored_by(who) >= self.size}
        rankings = {name: self._places(self.own[who]) for who, name in finished.items()}
        if len(rankings) < 2:
            return {}
        medians = {(cell.customer.key, cell.criterion.key): cell.median for cell in self.cells}
        return rankings | {_("the medians"): self._places(medians)}

    def _places(self, scores: scoring.Scores) -> dict[int, int]:
        return {row.key: row.place for row in scoring.rank(self.customers, self.criteria, scores)}

    @property
    def places(self) -> int:
        """How many of the first places are compared: as many as there are drivers."""
        return min(len(self.drivers) or FIRST_PLACES, len(self.customers))

    @cached_property
    def on_top(self) -> list[tuple[str, list[int]]]:
        """The customers that are on one of the first places by anybody, with their place by each."""
        rows = [
            (customer.name, [places[customer.key] for places in self.rankings.values()])
            for customer in self.customers
        ]
        top = [row for row in rows if min(row[1]) <= self.places]
        return sorted(top, key=lambda row: row[1][-1])

    @property
    def on_top_in_words(self) -> str:
        """Whether everybody's own scores put the same customers on top."""
        by_people = [(name, places[:-1]) for name, places in self.on_top]
        everybody = [name for name, places in by_people if max(places) <= self.places]
        some = [name for name, places in by_people if min(places) <= self.places < max(places)]
        words = {"places": self.places, "names": listed(everybody), "some": listed(some)}
        if not some:
            return _("All agree on the first %(places)d: %(names)s.") % words
        if not everybody:
            return _("Nobody is among the first %(places)d by everybody; by some: %(some)s.") % words
        return _("Among the first %(places)d by everybody: %(names)s; only by some: %(some)s.") % words
