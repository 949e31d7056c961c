"""The sheet of step E in templates, and the figures of a metric on its page."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import NamedTuple

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from metrics.history import FigureRow
from metrics.models import Measurement
from metrics.standing import FigureLine
from victory.addresses import page_of
from victory.texts import TEXTS, for_page

register = template.Library()


class Labels(NamedTuple):
    """What each line says of its own cells and fields."""

    last: str
    target: str
    performance: str
    verdict: str
    note: str
    save: str


@cache
def labels_in(language: str) -> Labels:
    """The labels in the language of now, by whose name they are remembered."""
    return Labels(
        last=_("Last figure"),
        target=_("Target"),
        performance=_("My current performance is:"),
        verdict=_("Met/Not Met"),
        note=_("note"),
        save=_("Save"),
    )


@register.simple_tag(takes_context=True)
def figure_lines(
    context: template.Context, lines: Iterable[FigureLine], *, on: date, due_first: bool
) -> SafeString:
    """The lines of the sheet on a day, to be typed in by those who may."""
    request = context["request"]
    looks = {
        "sheet": page_of(request.organization.slug, "performance"),
        "may_record": request.member.may_record,
        "on": on,
        "due_first": due_first,
        "note_limit": Measurement._meta.get_field("note").max_length,
        "labels": labels_in(get_language()),
    }
    return for_page(TEXTS.of_each("metrics/performance.html#line", "line", lines, **looks), context)


@register.simple_tag
def figure_rows(rows: Iterable[FigureRow], *, may_correct: bool) -> SafeString:
    """The figures of a metric as rows of a table."""
    return TEXTS.of_each("metrics/measurements.html#row", "row", rows, may_correct=may_correct)
