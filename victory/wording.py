"""How sentences are put together, wherever they stand."""

from collections.abc import Sequence

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MOST_NAMES = 3


def listed(names: Sequence[str]) -> str:
    """The names as a sentence lists them, those behind the first few only counted."""
    more = len(names) - MOST_NAMES
    if more > 1:
        others = ngettext("%(count)d other", "%(count)d others", more) % {"count": more}
        names = [*names[:MOST_NAMES], others]
    return get_text_list(names, _("and"))
