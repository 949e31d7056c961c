"""The worksheet table of step R."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actionplans.days import write_due
from actionplans.forms import ActionForm
from actionplans.models import Action
from victory.worksheets import Column, Worksheet


def show_due(action: Action) -> str:
    return write_due(action.due, late=action.is_late(timezone.localdate()))


ACTIONS = Worksheet(
    name="actions",
    step="plan",
    title=_("Action Plan"),
    about=_("who does what by when; what is open comes first, by its day"),
    form=ActionForm,
    columns=(
        Column("metric", _("Customer Metric"), aliases=("metric", "measure", "indicator")),
        Column("what", _("Action"), aliases=("what", "task")),
        Column("who", _("Who"), aliases=("owner", "person", "responsible")),
        Column("due", _("When"), show=show_due, aliases=("due", "by", "date", "deadline")),
        Column("status", _("Status"), aliases=("state",)),
    ),
    rows=lambda: Action.objects.select_related("metric", "who").most_urgent_first(),
    ordered_by_hand=False,
)
