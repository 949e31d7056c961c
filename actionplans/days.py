"""How step R writes its days."""

from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _


def write_day(day: date) -> str:
    """As people write it in a narrow column: 3 Dec 2026."""
    return date_format(day, "j M Y")


def write_due(due: date, *, late: bool) -> str:
    """The day an action is due; a late one says so in a word that stands out."""
    if not late:
        return write_day(due)
    return format_html('{}, <span class="late">{}</span>', write_day(due), _("late"))
