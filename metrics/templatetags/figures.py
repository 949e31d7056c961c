"""The sheet of step E in templates, and the figures of a metric on its page."""

from collections.abc import Iterable
from datetime import date

from django import template
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from metrics.history import FigureRow
from metrics.models import Measurement
from metrics.standing import FigureLine
from victory.texts import TEXTS, for_page

register = template.Library()


@register.simple_tag(takes_context=True)
def figure_lines(
    context: template.Context, lines: Iterable[FigureLine], *, on: date, due_first: bool
) -> SafeString:
    """The lines of the sheet on a day, to be typed in by those who may."""
    request = context["request"]
    looks = {
        "slug": request.organization.slug,
        "may_record": request.member.may_record,
        "on": on,
        "due_first": due_first,
        "note_limit": Measurement._meta.get_field("note").max_length,
    }
    key = (*looks.values(), translation.get_language())
    parts = [TEXTS.of((*key, line), "metrics/performance.html#line", line=line, **looks) for line in lines]
    return for_page("".join(parts), context)


@register.simple_tag
def figure_rows(rows: Iterable[FigureRow], *, may_correct: bool) -> SafeString:
    """The figures of a metric as rows of a table."""
    key = (may_correct, translation.get_language())
    parts = [
        TEXTS.of((*key, row), "metrics/measurements.html#row", row=row, may_correct=may_correct)
        for row in rows
    ]
    return mark_safe("".join(parts))  # each is written by a template
