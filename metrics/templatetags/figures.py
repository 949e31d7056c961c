"""The sheet of step E in templates."""

from collections.abc import Iterable
from datetime import date

from django import template
from django.utils import translation
from django.utils.safestring import SafeString

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
