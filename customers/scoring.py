"""Who counts most: customers ranked by weighted scores, and deliverables weighted by needs.

Step I scores every customer on every criterion for success; the weighted total ranks them, and
`firmness` asks how much of that ranking hangs on the exact weights. The first step N relates needs
to deliverables; `deliverable_weights` carries the importance of the needs over to the deliverables.

Nothing here knows the database: keys are whatever tells one row from another.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.figures import percent

TOP_SCORE = 10
SCORES = range(TOP_SCORE + 1)
"""A score is a whole number from 0 to this."""

A_TENTH = Decimal("0.1")

type Key = Hashable
type Scores = Mapping[tuple[Key, Key], int]
"""The score of a customer on a criterion, by (customer key, criterion key)."""


@dataclass(frozen=True)
class Candidate:
    """A customer who could become a customer driver."""

    key: Key
    name: str


@dataclass(frozen=True)
class Weighted:
    """A criterion for success and its weight, which is never negative."""

    key: Key
    name: str
    weight: Decimal


@dataclass(frozen=True)
class Ranked:
    """A customer's place in the ranking, and what it rests on."""

    key: Key
    name: str
    total: Decimal
    scored: int
    """On how many criteria the customer has a score."""
    place: int


def rank(customers: Sequence[Candidate], criteria: Sequence[Weighted], scores: Scores) -> list[Ranked]:
    """Rank the customers by their weighted totals, the highest first.

    Equal totals share a place (1, 2, 2, 4) and keep the order in which they were given. A missing
    score adds nothing to the total.
    """
    totals = {customer.key: _total(customer, criteria, scores) for customer in customers}
    places = _places(totals.values())
    ranked = []
    for customer in customers:
        total = totals[customer.key]
        scored = sum((customer.key, criterion.key) in scores for criterion in criteria)
        ranked.append(
            Ranked(
                key=customer.key,
                name=customer.name,
                total=total,
                scored=scored,
                place=places[total],
            )
        )
    return sorted(ranked, key=lambda customer: customer.place)


def weighted_totals(rows: Iterable[tuple[Key, Decimal, int]]) -> dict[Key, Decimal]:
    """The weighted total of each customer, from rows of customer, weight of a criterion and score on it."""
    totals: dict[Key, Decimal] = {}
    for customer, weight, score in rows:
        totals[customer] = totals.get(customer, Decimal(0)) + weight * score
    return totals


@dataclass(frozen=True)
class Overtaking:
    """A customer not chosen who is ahead of a chosen one, or would be once some weights moved."""

    chosen_name: str
    other_name: str
    margin: Decimal
    """By how much the chosen customer leads; negative where the other one does."""
    raised: tuple[str, ...]
    """The criteria that would have to count more. With `lowered`, as few as will do."""
    lowered: tuple[str, ...]
    """The criteria that would have to count less."""
    swing: Decimal

    @property
    def already_ahead(self) -> bool:
        """Whether the other customer leads as the weights stand."""
        return self.margin < 0

    @property
    def sentence(self) -> str:
        """What would have to happen, in words."""
        if self.already_ahead:
            sentence = _(
                "%(other)s ranks above %(chosen)s already; the reason given has to carry that choice."
            )
        elif self.raised and self.lowered:
            sentence = _(
                "%(other)s would overtake %(chosen)s if %(raised)s counted %(swing)s more"
                " and %(lowered)s %(swing)s less."
            )
        elif self.raised:
            sentence = _("%(other)s would overtake %(chosen)s if %(raised)s counted %(swing)s more.")
        else:
            sentence = _("%(other)s would overtake %(chosen)s if %(lowered)s counted %(swing)s less.")
        return sentence % {
            "other": self.other_name,
            "chosen": self.chosen_name,
            "raised": get_text_list(self.raised, _("and")),
            "lowered": get_text_list(self.lowered, _("and")),
            "swing": _swing_in_words(self.swing),
        }


@dataclass(frozen=True)
class Firmness:
    """Whether the choice of customers would outlast a small change of the weights."""

    chosen_names: tuple[str, ...]
    asked: bool
    """False while there is nothing to compare: no two customers with scores, or no weights."""
    overtakers: tuple[Overtaking, ...]
    """The closest first: those already ahead, then by the margin that is left."""
    swing: Decimal

    @property
    def firm(self) -> bool:
        """Whether nobody who was not chosen is ahead, or could come to be."""
        return self.asked and not self.overtakers

    @property
    def sentence(self) -> str:
        """The answer in words, with the closest customer as the example."""
        if not self.asked:
            return _(
                "Whether the choice is firm can be said once a chosen customer and another one"
                " have scores, and a criterion has a weight."
            )
        if self.firm:
            return _(
                "Firm: even if every weight moved by %(swing)s, no other customer would overtake %(chosen)s."
            ) % {"swing": _swing_in_words(self.swing), "chosen": get_text_list(self.chosen_names, _("or"))}
        return " ".join(filter(None, [self._closest_sentence, self._others_sentence]))

    @property
    def _closest_sentence(self) -> str:
        closest = self.overtakers[0]
        if closest.already_ahead:
            return closest.sentence
        return _("Not firm: %(overtaking)s") % {"overtaking": closest.sentence}

    @property
    def _others_sentence(self) -> str:
        others = len({overtaking.other_name for overtaking in self.overtakers}) - 1
        if not others:
            return ""
        return ngettext(
            "%(count)d more customer is ahead or within reach.",
            "%(count)d more customers are ahead or within reach.",
            others,
        ) % {"count": others}


def firmness(
    customers: Sequence[Candidate],
    criteria: Sequence[Weighted],
    scores: Scores,
    chosen: Collection[Key],
    swing: Decimal = A_TENTH,
) -> Firmness:
    """Would another customer overtake a chosen one if the weights moved a little?

    Each weight may move by up to `swing` of itself, up or down, independently of the others. The
    lead of a chosen customer over another is the sum of weight x (chosen score - other score), so
    it shrinks fastest when every weight moves all the way against the lead: down where the chosen
    customer scores higher, up where the other one does. That worst case takes

        reach = swing x sum of (weight x |chosen score - other score|)

    off the lead, and no other movement takes more. The other customer can therefore overtake
    exactly where the lead is smaller than the reach.

    As long as nobody is chosen, the question is asked of the first place. Customers without any
    score stay out of it: nothing is known about them yet.
    """
    scored = [customer for customer in rank(customers, criteria, scores) if customer.scored]
    defended = [customer for customer in scored if customer.key in chosen] if chosen else scored[:1]
    others = [customer for customer in scored if customer not in defended]
    pairs = [(defender, other) for defender in defended for other in others]
    overtakings = [_overtaking(defender, other, criteria, scores, swing) for defender, other in pairs]
    return Firmness(
        chosen_names=tuple(defender.name for defender in defended),
        asked=bool(pairs) and any(criterion.weight for criterion in criteria),
        overtakers=tuple(sorted(filter(None, overtakings), key=lambda overtaking: overtaking.margin)),
        swing=swing,
    )


@dataclass(frozen=True)
class Weight:
    """What a deliverable weighs, by the needs it answers."""

    absolute: Decimal
    share: Decimal
    """Percent of the weight of all deliverables, not rounded."""
    place: int


def deliverable_weights(
    needs: Mapping[Key, int],
    relations: Iterable[tuple[Key, Key, int]],
    deliverables: Sequence[Key],
) -> dict[Key, Weight]:
    """Weigh the deliverables as the House of Quality does.

    Each relation (need, deliverable, strength of 9, 3 or 1) gives the deliverable the need's
    importance times the strength. Equal weights share a place; a deliverable that answers no need
    weighs nothing.
    """
    absolutes = dict.fromkeys(deliverables, Decimal(0))
    for need, deliverable, strength in relations:
        if need in needs and deliverable in absolutes:  # others may have been deleted between two reads
            absolutes[deliverable] += needs[need] * strength
    places = _places(absolutes.values())
    whole = sum(absolutes.values(), Decimal(0))
    return {
        deliverable: Weight(absolute=absolute, share=_percent(absolute, whole), place=places[absolute])
        for deliverable, absolute in absolutes.items()
    }


def _total(customer: Candidate, criteria: Sequence[Weighted], scores: Scores) -> Decimal:
    return sum(
        (criterion.weight * scores.get((customer.key, criterion.key), 0) for criterion in criteria),
        Decimal(0),
    )


def _places(totals: Collection[Decimal]) -> dict[Decimal, int]:
    """The place of each total; equal totals share the best place among them."""
    places: dict[Decimal, int] = {}
    for place, total in enumerate(sorted(totals, reverse=True), start=1):
        places.setdefault(total, place)
    return places


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return part / whole * 100 if whole else Decimal(0)


def _overtaking(
    chosen: Ranked, other: Ranked, criteria: Sequence[Weighted], scores: Scores, swing: Decimal
) -> Overtaking | None:
    """How the other customer is ahead of the chosen one, or could come to be; None if neither."""
    leads = [
        (
            criterion.name,
            criterion.weight
            * (scores.get((chosen.key, criterion.key), 0) - scores.get((other.key, criterion.key), 0)),
        )
        for criterion in criteria
    ]
    margin = chosen.total - other.total
    reach = swing * sum((abs(lead) for _name, lead in leads), Decimal(0))
    if margin >= reach:
        return None
    moved = _fewest_moves(leads, margin, swing)
    return Overtaking(
        chosen_name=chosen.name,
        other_name=other.name,
        margin=margin,
        raised=tuple(name for name, lead in moved if lead < 0),
        lowered=tuple(name for name, lead in moved if lead > 0),
        swing=swing,
    )


def _fewest_moves(
    leads: Sequence[tuple[str, Decimal]], margin: Decimal, swing: Decimal
) -> list[tuple[str, Decimal]]:
    """The leads, by criterion, whose weights have to move until the margin is gone."""
    moves = []
    most_telling_first = sorted(leads, key=lambda lead: abs(lead[1]), reverse=True)
    for name, lead in most_telling_first:
        if margin < 0:
            break
        moves.append((name, lead))
        margin -= swing * abs(lead)
    return moves


def _swing_in_words(swing: Decimal) -> str:
    if swing == A_TENTH:
        return _("a tenth")
    return percent(swing * 100)
