"""Parts of pages as HTML, each written once for all who see the same.

A template takes about as long for one row of a table as for the rest of its page, so that what was written is
kept as long as what it says is the same: it is kept under everything that it says. What is asked of a page
alone, the token against forged forms, is put in when it is shown.
"""

from collections.abc import Iterable

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.crypto import get_random_string
from django.utils.safestring import SafeString, mark_safe

from victory.recent import Recent

MOST_LETTERS = 32_000_000
"""How much is kept at most, some 80 MB with the keys; most of the parts take 1,000 to 5,000."""

TOKEN = f"token-{get_random_string(32)}"
"""What stands for the token in what is kept."""


class Texts:
    """The parts that were written last; those written the longest ago go first."""

    def __init__(self, most_letters: int):
        self._kept: Recent[tuple, SafeString] = Recent(most_letters, size=len)

    def of(self, key: tuple | None, template: str, **context) -> SafeString:
        """The template with this context, of which the key says everything that it shows.

        Without a key, and where templates are edited, nothing is kept.
        """
        known = key and (template, *key)
        text = self._kept.get(known)
        if text is None:
            text = get_template(template).render(context | {"csrf_token": TOKEN})
            if known and not settings.DEBUG:
                self._kept.put({known: text})
        return text

    def of_each(self, template: str, name: str, rows: Iterable, **looks) -> SafeString:
        """The rows one after another in the language of now, which the template knows by that name.

        A row says everything that it shows but for what it `looks` like, which is the same for all of them.
        """
        key = (*looks.values(), translation.get_language())
        parts = [self.of((*key, row), template, **{name: row}, **looks) for row in rows]
        return mark_safe("".join(parts))  # each is written by a template

    def forget(self):
        """Keep nothing any more."""
        self._kept.forget()


TEXTS = Texts(MOST_LETTERS)


def frame_of(request) -> tuple | None:
    """What stays the same while only single lines of the workbook change, and the day does not.

    Nothing where a form is answered: what is shown then may be taken back.
    """
    if request.method != "GET":
        return None
    organization = request.organization
    return organization.pk, organization.state.frame, request.today


def page_key(request, *shown) -> tuple | None:
    """What a part of a page depends on that is the same for all of a role while only single lines change.

    Besides that it says `shown`. Nothing where the address or a form asks for more than the page itself.
    """
    frame = frame_of(request)
    if frame is None or request.GET:
        return None
    return (*frame, request.member.role, translation.get_language(), *shown)


def for_page(text: str, page: Context) -> SafeString:
    """A part as it stands on this page, with its token in the forms."""
    return mark_safe(text.replace(TOKEN, str(page["csrf_token"])))  # written by a template
