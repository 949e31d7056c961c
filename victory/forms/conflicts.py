"""Two people on one row: what each of them wrote into a field, and who decides.

A form remembers of each field what the page showed, as a short digest. When it comes back, three texts
stand against each other: what was shown, what is stored now (theirs), and what was typed (mine).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from victory.comparing import Piece, compare
from victory.models import Member
from victory.rows import WorkbookRow


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_digests(digests: Mapping[str, str]) -> str:
    """By field, as one hidden input of a page holds them."""
    return " ".join(f"{name}:{mark}" for name, mark in digests.items())


def read_digests(text: str) -> dict[str, str]:
    return dict(pair.split(":", 1) for pair in text.split() if ":" in pair)


@dataclass(frozen=True)
class Conflict:
    """A field that somebody else changed since the page showed it: `mine` was typed, `theirs` is stored.

    Where nothing was typed into it, theirs is `kept` without asking; else the person chooses. `told` is
    what the page posts with the next save, once it has shown this.
    """

    name: str
    mine: str
    theirs: str
    told: str
    changed: str
    kept: bool = False
    written_out: bool = False

    @cached_property
    def pieces(self) -> list[Piece]:
        """What differs, word by word, where it is a text and the two have words in common."""
        if self.kept or not self.written_out or not self.theirs:
            return []
        pieces = compare(self.mine, self.theirs)
        shared = any(piece.kind == "same" and piece.text.strip() for piece in pieces)
        return pieces if shared else []


def who_changed(row: WorkbookRow, name: str) -> str:
    """The sentence that says who gave a field its stored value, and when, as far as the history knows."""
    fields = {field.name: field.attname for field in row.history.model._meta.concrete_fields}
    if name in fields:
        entry = _entry_that_wrote(row, fields[name])
    else:  # typed as a text of its own, and stored elsewhere or otherwise
        newest = row.history.first()
        entry = newest if newest and newest.version == row.version else None
    member = entry and Member.objects.filter(pk=entry.history_member_id).first()
    if entry is None:
        return _("Somebody else changed this meanwhile.")
    when = date_format(timezone.localtime(entry.history_date), "SHORT_DATETIME_FORMAT")
    words = {"who": member or _("Somebody else"), "when": when}
    return _("%(who)s changed this meanwhile (%(when)s).") % words


def _entry_that_wrote(row: WorkbookRow, attname: str):
    """The earliest of the newest entries of the history that hold the same value as the row."""
    found = None
    for entry in row.history.all()[:100]:
        if getattr(entry, attname) != getattr(row, attname):
            break
        found = entry
    return found
