"""How step R writes the days that actions are due."""

from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _


def write_due(due: date, *, late: bool) -> str:
    """The day an action is due; a late one says so in a word that stands out."""
    if not late:
        return date_format(due)
    return format_html('{}, <span class="late">{}</span>', date_format(due), _("late"))
