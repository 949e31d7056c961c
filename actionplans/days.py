"""How step R writes the days that actions are due."""

from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from actionplans.models import Action


def write_due(due: date, *, late: bool) -> str:
    """The day an action is due; a late one says so in a word that stands out."""
    if not late:
        return date_format(due)
    return format_html('{}, <span class="late">{}</span>', date_format(due), _("late"))


def write_moves(action: Action) -> str:
    """How often the action was put off, and the day that was promised first; nothing where it never was."""
    if not action.moves:
        return ""
    times = {1: _("put off once"), 2: _("put off twice")}.get(
        action.moves, _("put off %(count)d times") % {"count": action.moves}
    )
    words = {"times": times, "date": date_format(action.first_due)}
    return _("%(times)s, first promised for %(date)s") % words
