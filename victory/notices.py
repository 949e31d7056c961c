"""What an answer tells that replaces only a part of a page."""

from django.contrib.messages import get_messages
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from victory import kept
from victory.texts import TEXTS


def notices_beside(request) -> SafeString:
    """The notices of the page, which take the place of those that stand there: mostly of none by none."""
    if len(get_messages(request)) or kept.KEY in request.session:
        return render_to_string("notices.html", {"out_of_band": True}, request)
    return TEXTS.of(("none",), "notices.html", out_of_band=True)
