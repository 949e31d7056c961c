"""The two questions that every action is put to, and how they and their answers are written.

They are those that one distributor puts to every action, decision or strategy.
"""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.models import Action

UNANSWERED = "unanswered"
ANSWERS = {None: UNANSWERED, True: "yes", False: "no"}
ANSWER_CHOICES = (
    (UNANSWERED, gettext_lazy("not answered yet")),
    ("yes", gettext_lazy("yes")),
    ("no", gettext_lazy("no")),
)
IN_SHORT = {
    "key_to_success": gettext_lazy("key to their success"),
    "earns_loyalty": gettext_lazy("earns their loyalty"),
}


class Question(NamedTuple):
    """One of the questions, with the answer to it for one action as the choice that stands for it."""

    name: str
    label: str
    answer: str

    @property
    def in_words(self) -> str:
        return str(dict(ANSWER_CHOICES)[self.answer])


def questions_on(action: Action) -> list[Question]:
    return [
        Question(name, str(Action._meta.get_field(name).verbose_name), ANSWERS[answer])
        for name, answer in zip(IN_SHORT, action.answers, strict=True)
    ]


def write_answer(name: str, answer: bool | None) -> str:
    """One question and its answer in a few words, on one line."""
    words = {"question": IN_SHORT[name], "answer": dict(ANSWER_CHOICES)[ANSWERS[answer]]}
    return _("%(question)s:\N{NO-BREAK SPACE}%(answer)s") % words


def write_answers(action: Action) -> list[str]:
    """Each question with its answer, or that the action has not been put to them."""
    if action.answers == (None, None):
        return [_("not put to the two questions yet")]
    return [write_answer(name, answer) for name, answer in zip(IN_SHORT, action.answers, strict=True)]


def answers_in_words(action: Action) -> str:
    return "; ".join(write_answers(action))
