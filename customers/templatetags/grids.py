"""The two grids in templates."""

from django import template
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from customers.ranking import Grid
from victory.texts import TEXTS, for_page

register = template.Library()


@register.simple_tag(takes_context=True)
def grid_lines(
    context: template.Context, grid: Grid, line: str, *, kind: str, saved_at: str, editable: bool
) -> SafeString:
    """The lines of a grid, each as the part `line` of `customers/line.html` writes it.

    `saved_at` names the page that saves one, `kind` is what its ids begin with.
    """
    slug = context["request"].organization.slug
    looks = (line, kind, editable, slug, translation.get_language())
    parts = []
    for row in grid.rows:
        shown = {
            "row": row,
            "kind": kind,
            "editable": editable,
            "address": reverse(saved_at, args=[slug, row.pk]),
        }
        parts.append(TEXTS.of((*looks, row), f"customers/line.html#{line}", **shown))
    return for_page("".join(parts), context)
