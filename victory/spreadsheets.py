"""Cells for a spreadsheet that do nothing there, and that read the same when they come back.

A spreadsheet takes a cell that begins with one of a few signs for a formula. Such a text, and one that
begins with an apostrophe, is written with an apostrophe before it; `bare` takes exactly that off again. A
number with a sign stays a number.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

LARGEST_FILE = 1024 * 1024
"""Bytes of a file of cells; more cells than are taken at once would not fit into it."""

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_SIGNED_NUMBER = re.compile(r"[+-][0-9][0-9.,\u00a0\u202f ]*%?")
_SEPARATORS = ",;\t"
_QUOTED = re.compile(r'"[^"]*"')
_BYTE_ORDER_MARK = "\ufeff"


class Unreadable(ValueError):
    """A file that holds no cells; the message says so to the person."""


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _needs_apostrophe(text) else text


def bare(cell: str) -> str:
    """The text of a cell, without the apostrophe that `harmless` put before it."""
    return cell[1:] if cell.startswith("'") and _needs_apostrophe(cell[1:]) else cell


def _needs_apostrophe(text: str) -> bool:
    if text.startswith("'"):
        return True
    return text.startswith(_BEGINS_A_FORMULA) and not _SIGNED_NUMBER.fullmatch(text)


def write_cells(rows: Iterable[Iterable[str]], *, separator: str) -> str:
    """The rows as text, in cells that do no harm; a cell with a separator or a line break is quoted."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def download(name: str, rows: Iterable[Iterable[str]]) -> HttpResponse:
    """The rows as a file that spreadsheets open by themselves."""
    text = _BYTE_ORDER_MARK + write_cells(rows, separator=",")
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def read_file(content: bytes) -> list[list[str]]:
    """The cells of a CSV file, as `harmless` wrote them or anybody else; raises Unreadable."""
    text = _decode(content)
    if "\0" in text:
        raise Unreadable(_("This is not a file of cells. Save the sheet as CSV and choose that file."))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_separator_of(text))
    try:
        return [[bare(cell) for cell in row] for row in rows]
    except csv.Error as error:
        raise Unreadable(_("A cell of this file is too long, or its quotes do not end.")) from error


def _decode(content: bytes) -> str:
    """As UTF-8, or in the way in which older spreadsheets write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _separator_of(text: str) -> str:
    """What separates the cells of the first line: where people write 2,5 it is a semicolon."""
    first = _QUOTED.sub("", text[:10_000]).lstrip("\r\n").splitlines()[:1]
    counts: Sequence[int] = [first[0].count(each) if first else 0 for each in _SEPARATORS]
    return _SEPARATORS[counts.index(max(counts))]
