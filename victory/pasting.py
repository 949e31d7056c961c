"""A block of cells copied from a spreadsheet, and which column of it means what.

Excel, LibreOffice and Google Sheets put a block on the clipboard as text: a tab between cells, a
line break between rows. A cell that holds a line break or a tab itself stands in quotes, with the
quotes inside it doubled.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from victory.spreadsheets import bare

MOST_LINES = 500
"""How many lines are taken at once.

So many metrics with target and figure take 7 seconds on a small machine. The other writers wait
that long, and a worker that does not answer is stopped after 30.
"""

MOST_CHARACTERS = 500_000

CELL = re.compile(
    r"""
    (?:
        "(?P<quoted> [^"]*+ (?: "" [^"]*+ )*+ )"
      | (?P<plain> [^\t\r\n]* )
    )
    (?P<end> \t | \r\n | \r | \n | \Z )
    """,
    re.VERBOSE,
)
"""A cell and what ends it.

Quotes count only around a whole cell. Where the closing quote is missing, or is not the end of the
cell, what looked like an opening quote is part of the text: `"Quick" answer`.
"""

LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")

type Words = tuple[str, ...]


class TooMuch(ValueError):
    """The block is larger than what is taken at once; the message says so to the person."""


@dataclass(frozen=True)
class Line:
    """A row of the block, counted from 1."""

    number: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """Whether no cell holds more than white space."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Block:
    """The cells as they were copied: rows may differ in length."""

    lines: tuple[Line, ...]

    @property
    def width(self) -> int:
        """The number of cells in the longest row."""
        return max((len(line.cells) for line in self.lines), default=0)


def read_cells(text: str, most_lines: int = MOST_LINES) -> Block:
    """Take pasted text apart into rows and cells, or raise TooMuch.

    Only tabs separate cells: without any, each line is one cell. Blank lines at the end are
    dropped, those in between stay. What a cell holds stays as it is, control characters included,
    except that a line break in a cell becomes a plain "\\n", and the apostrophe goes that a download puts
    before what a spreadsheet would take for a formula.
    """
    if len(text) > MOST_CHARACTERS:
        raise TooMuch(
            _("At most %(limit)d characters can be pasted at once; these are %(count)d.")
            % {"limit": MOST_CHARACTERS, "count": len(text)}
        )
    lines = _lines(text)
    while lines and lines[-1].blank:
        lines.pop()
    if len(lines) > most_lines:
        raise TooMuch(
            _("At most %(limit)d lines can be pasted at once; these are %(count)d.")
            % {"limit": most_lines, "count": len(lines)}
        )
    return Block(tuple(lines))


def _lines(text: str) -> list[Line]:
    """All lines of the text. After the last line break there may be an empty one."""
    lines: list[Line] = []
    cells: list[str] = []
    for cell in CELL.finditer(text):
        cells.append(_content(cell))
        if cell["end"] != "\t":
            lines.append(Line(len(lines) + 1, tuple(cells)))
            cells = []
    return lines


def _content(cell: re.Match[str]) -> str:
    if cell["quoted"] is None:
        return bare(cell["plain"])
    return bare(cell["quoted"].replace('""', '"').replace("\r\n", "\n").replace("\r", "\n"))


class Wanted(NamedTuple):
    """A column that a table can take: its name, its label, and other headings people give it."""

    name: str
    label: str
    aliases: Sequence[str] = ()


@dataclass(frozen=True)
class Heading:
    """What the first line says about the columns: for each cell the name wanted, or None."""

    names: tuple[str | None, ...]


def match_columns(cells: Sequence[str], wanted: Sequence[Wanted]) -> Heading | None:
    """Read the cells of a first line as a heading; None if they are none.

    A cell names a column if it is the column's label or one of its aliases, whatever the capitals,
    punctuation and spaces, or if it begins with it: "Performance (2018 to 2019)". The first line is
    a heading if a cell is such a label or alias, or if at least half of the cells that are not
    empty begin with one. Each column is named once at most.

    Without a heading, the cells stand for the wanted columns in their order.
    """
    spellings = _spellings(wanted)
    said = [_words(cell) for cell in cells]
    exact = _named(said, spellings, _is_the_same, already={})
    named = _named(said, spellings, _begins_with, already=exact)
    filled = sum(bool(cell.strip()) for cell in cells)
    if exact or (named and 2 * len(named) >= filled):
        return Heading(tuple(named.get(position) for position in range(len(cells))))
    return None


def _spellings(wanted: Sequence[Wanted]) -> list[tuple[Words, str]]:
    """Every label and alias with its column's name; the longest first, since it tells the most."""
    spellings = [
        (_words(spelling), name) for name, label, aliases in wanted for spelling in (label, *aliases)
    ]
    return sorted(spellings, key=lambda spelling: len(spelling[0]), reverse=True)


def _words(text: str) -> Words:
    return tuple(LETTERS_AND_DIGITS.findall(text.casefold()))


def _named(
    said: Sequence[Words],
    spellings: Sequence[tuple[Words, str]],
    fits: Callable[[Words, Words], bool],
    already: Mapping[int, str],
) -> dict[int, str]:
    """The names of the cells by position: those given already, and those that fit a spelling."""
    named = dict(already)
    for position, words in enumerate(said):
        if position in named:
            continue
        for spelling, name in spellings:
            if name not in named.values() and fits(words, spelling):
                named[position] = name
                break
    return named


def _is_the_same(words: Words, spelling: Words) -> bool:
    return bool(words) and "".join(words) == "".join(spelling)


def _begins_with(words: Words, spelling: Words) -> bool:
    return bool(spelling) and words[: len(spelling)] == spelling
