"""The worksheet table of step R."""

from dataclasses import replace

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from actionplans.days import write_due, write_moves
from actionplans.forms import ActionForm
from actionplans.models import Action
from actionplans.questions import IN_SHORT, answers_in_words
from victory.worksheets import Column, Worksheet


def show_action(action: Action) -> str:
    """The action, leading to its own page, with its answers to the two questions."""
    return format_html(
        '<a href="{}">{}</a><br><span class="note">{}</span>',
        action.get_absolute_url(), action, answers_in_words(action),
    )  # fmt: skip


def show_due(action: Action) -> str:
    due = write_due(action.due, late=action.is_late(timezone.localdate()))
    moves = write_moves(action)
    return format_html('{}<br><span class="note">{}</span>', due, moves) if moves else due


WHAT = Column("what", _("Action"), aliases=("what", "task"))

PASTED_ACTIONS = Worksheet(
    name="actions",
    step="plan",
    title=_("Action Plan"),
    about=_("who does what by when; what is open comes first, by its day"),
    form=ActionForm,
    names_verdicts=True,
    columns=(
        Column("metric", _("Customer Metric"), aliases=("metric", "measure", "indicator")),
        WHAT,
        Column("who", _("Who"), aliases=("owner", "person", "responsible")),
        Column("due", _("When"), show=show_due, aliases=("due", "by", "date", "deadline")),
        Column("status", _("Status"), aliases=("state",)),
    ),
    rows=lambda: Action.objects.select_related("metric", "who", "organization").most_urgent_first(),
    asked_at_once=tuple(IN_SHORT),
    ordered_by_hand=False,
)

ACTIONS = replace(
    PASTED_ACTIONS,
    columns=tuple(
        replace(WHAT, show=show_action) if column is WHAT else column for column in PASTED_ACTIONS.columns
    ),
    when_pasted=PASTED_ACTIONS,
)
