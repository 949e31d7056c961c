"""The action plan as its own page shows it: who does what by when, late first, as a list or a board."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actionplans.days import write_due, write_moves
from actionplans.filters import Filter, choices_in_words, kept_by
from actionplans.models import OPEN, Action, Status
from actionplans.questions import UNANSWERED, Question, questions_on, write_answers
from actionplans.thread import Thread
from metrics.models import Verdict
from victory.models import Member

LIST, BOARD = "list", "board"
OVER_AT_FIRST = 10


@dataclass(frozen=True)
class ActionCard:
    """One action, in ready-made texts: a row of the list or a card on the board."""

    pk: int
    what: str
    url: str
    metric_id: int
    metric: str
    metric_url: str
    deliverable_id: int
    deliverable: str
    verdict: Verdict
    who_id: int
    who: str
    when: str
    is_late: bool
    moves: str
    done_on: date | None
    decided_in: str
    review_url: str
    status: Status
    version: int
    may_update: bool
    answers: tuple[bool | None, bool | None]
    answers_in_words: list[str]
    questions: list[Question]

    @property
    def metric_of_deliverable(self) -> str:
        """The metric told from those of other deliverables that are measured alike."""
        return f"{self.metric} · {self.deliverable}" if self.deliverable else self.metric

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_unanswered(self) -> bool:
        """Whether somebody still has to put it to one of the two questions."""
        return None in self.answers

    @property
    def would_not_be_missed(self) -> bool:
        """Whether both questions are answered with no."""
        return self.answers == (False, False)

    @property
    def done_in_words(self) -> str:
        return _("done on %(date)s") % {"date": date_format(self.done_on)} if self.done_on else ""


@dataclass(frozen=True)
class Pile:
    """The actions of one status: those that are shown, and how many more there are."""

    status: Status
    cards: list[ActionCard]
    hidden: int

    @property
    def count(self) -> int:
        return len(self.cards) + self.hidden


@dataclass(frozen=True)
class ActionPlan:
    """What the page shows: the actions that the filters let through, as it was `asked` for in its address."""

    today: str
    asked: Mapping[str, str]
    filters: list[Filter[ActionCard]]
    all_cards: list[ActionCard]

    @property
    def view(self) -> str:
        return BOARD if self.asked.get("view") == BOARD else LIST

    @cached_property
    def cards(self) -> list[ActionCard]:
        return kept_by(self.filters, self.all_cards)

    @cached_property
    def piles(self) -> list[Pile]:
        """The actions by their status; of those that are over only the latest, until all are asked for."""
        return [self._pile(status) for status in Status]

    def _pile(self, status: Status) -> Pile:
        cards = [card for card in self.cards if card.status == status]
        shown = cards if status in OPEN or "all" in self.asked else cards[:OVER_AT_FIRST]
        return Pile(status, shown, len(cards) - len(shown))

    @property
    def rows(self) -> list[ActionCard]:
        """The same actions one below the other, in their order."""
        shown = {card.pk for pile in self.piles for card in pile.cards}
        return [card for card in self.cards if card.pk in shown]

    @property
    def hidden(self) -> int:
        return sum(pile.hidden for pile in self.piles)

    @property
    def filtered_by(self) -> str:
        return choices_in_words(self.filters)

    @property
    def lead(self) -> str:
        """How many actions are open and how many of them are late."""
        open_cards = [card for card in self.cards if card.is_open]
        late = sum(card.is_late for card in open_cards)
        many = ngettext("%(count)d open action", "%(count)d open actions", len(open_cards))
        words = {"day": self.today, "open": many % {"count": len(open_cards)}, "late": late}
        return _("%(day)s. %(open)s, %(late)d late.") % words

    @property
    def unanswered(self) -> str:
        """How many open actions have not been put to both questions; nothing where all have."""
        count = sum(card.is_open and card.is_unanswered for card in self.cards)
        return count and ngettext(
            "%(count)d is not put to both questions yet.",
            "%(count)d are not put to both questions yet.",
            count,
        ) % {"count": count}

    @property
    def as_list(self) -> str:
        return self._address(view=LIST)

    @property
    def as_board(self) -> str:
        return self._address(view=BOARD)

    @property
    def with_all(self) -> str:
        """The same with all that is over."""
        return self._address(all="1")

    @property
    def unfiltered(self) -> str:
        return f"?{urlencode({'view': self.view})}"

    @property
    def only_unanswered(self) -> str:
        return f"?{urlencode({'view': self.view, 'answers': UNANSWERED})}"

    def _address(self, **changed) -> str:
        known = ("view", "all", *(each.name for each in self.filters))
        kept = {name: self.asked[name] for name in known if self.asked.get(name)}
        return f"?{urlencode(kept | changed)}"


def read_plan(thread: Thread, asked: Mapping[str, str], member: Member) -> ActionPlan:
    """Read every action at once; `asked` are the view and the filters as they stand in the address."""
    actions = [
        action
        for action in Action.objects.select_related("who", "decided_in")
        if action.metric_id in thread.metrics
    ]
    cards = [card_of(action, thread, member) for action in sorted(actions, key=urgency)]
    return ActionPlan(
        today=date_format(thread.today),
        asked=asked,
        filters=filters_for(cards, asked),
        all_cards=cards,
    )


def urgency(action: Action) -> tuple:
    """Those that are open by their day, so that the late ones come first; then the latest that are over."""
    if action.is_open:
        return 0, action.due.toordinal(), action.pk
    return 1, -(action.done_on or action.due).toordinal(), action.pk


def card_of(action: Action, thread: Thread, member: Member) -> ActionCard:
    slug = thread.organization.slug
    metric = thread.metrics[action.metric_id]
    is_late = action.is_late(thread.today)
    return ActionCard(
        pk=action.pk,
        what=action.what,
        url=reverse("action", args=[slug, action.pk]),
        metric_id=metric.pk,
        metric=metric.measured_by,
        metric_url=reverse("metric", args=[slug, metric.pk]),
        deliverable_id=metric.deliverable_id,
        deliverable=thread.deliverable_of(metric),
        verdict=Verdict(metric.verdict),
        who_id=action.who_id,
        who=str(action.who),
        when=write_due(action.due, late=is_late),
        is_late=is_late,
        moves=write_moves(action),
        done_on=action.done_on,
        decided_in=str(action.decided_in or ""),
        review_url=reverse("review", args=[slug, action.decided_in_id]) if action.decided_in_id else "",
        status=Status(action.status),
        version=action.version,
        may_update=action.may_be_updated_by(member),
        answers=action.answers,
        answers_in_words=write_answers(action),
        questions=questions_on(action),
    )


def filters_for(cards: list[ActionCard], asked: Mapping[str, str]) -> list[Filter[ActionCard]]:
    """The ways to narrow the actions down, each offering what occurs in them, as they were asked for."""
    statuses = {status.value: str(status.label) for status in Status}
    answers = {
        UNANSWERED: _("not answered yet"),
        "no-key": _("not a key to their success"),
        "no-loyalty": _("does not earn their loyalty"),
        "neither": _("neither: they would not miss it"),
        "both": _("both: yes"),
    }
    offered = (
        ("who", _("Who"), occurring(cards, "who", by="who_id"), lambda card: (str(card.who_id),)),
        ("status", _("Status"), statuses, lambda card: (card.status,)),
        ("late", _("Late"), {"yes": _("only late ones")}, lambda card: ("yes",) if card.is_late else ()),
        (
            "metric",
            _("Customer metric"),
            occurring(cards, "metric_of_deliverable", by="metric_id"),
            lambda card: (str(card.metric_id),),
        ),
        (
            "deliverable",
            _("Deliverable"),
            occurring(cards, "deliverable", by="deliverable_id"),
            lambda card: (str(card.deliverable_id),),
        ),
        ("answers", _("Two questions"), answers, answered_so),
    )
    return [
        Filter(name, label, options, asked.get(name, ""), keys_of)
        for name, label, options, keys_of in offered
    ]


def occurring(cards: list[ActionCard], what: str, *, by: str) -> dict[str, str]:
    """What of this kind occurs on the cards, in the order of the names."""
    found = {str(getattr(card, by)): getattr(card, what) for card in cards}
    return dict(sorted(found.items(), key=lambda option: (option[1].casefold(), option[0])))


def answered_so(card: ActionCard) -> set[str]:
    """Under which options of its filter the answers to the two questions fall."""
    key_to_success, earns_loyalty = card.answers
    falls_under = {
        UNANSWERED: card.is_unanswered,
        "no-key": key_to_success is False,
        "no-loyalty": earns_loyalty is False,
        "neither": card.would_not_be_missed,
        "both": card.answers == (True, True),
    }
    return {name for name, falls in falls_under.items() if falls}
