"""The two grids in templates."""

from django import template
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
    looks = {"kind": kind, "saved_at": saved_at, "editable": editable, "slug": slug}
    return for_page(TEXTS.of_each(f"customers/line.html#{line}", "row", grid.rows, **looks), context)
