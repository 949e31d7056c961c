"""Two revisions of a text, compared word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

type Kind = Literal["same", "added", "removed"]

PARAGRAPH = re.compile(r"[^\n]+\n*|\n+")
"""A line with the line breaks after it, so that every paragraph is a piece of its own."""

WORD = re.compile(r"\s*(?:\w+(?:['’-]\w+)*|[^\w\s])|\s+")
"""A word or a punctuation mark with the white space before it, which alone is no likeness."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text that both revisions share, or that only one of them has."""

    kind: Kind
    text: str


def compare(old: str, new: str) -> list[Piece]:
    """Tell what was added and removed on the way from the old text to the new one.

    The pieces that are "same" or "removed" make up the old text, those that are "same" or "added"
    the new one, white space included; where a passage was replaced, the removed words come first.
    Only the way lines end (a browser sends CR LF) is not compared: nobody typed it.

    The time that difflib takes grows with the square of the length. So the texts are compared by
    paragraphs first, and by words only where the paragraphs differ. difflib's `autojunk` stays on
    for the same reason: in a long passage it starts no match from a word that is everywhere.
    """
    pieces = _compare_paragraphs(_with_plain_line_breaks(old), _with_plain_line_breaks(new))
    return [
        Piece(kind, "".join(piece.text for piece in neighbours))
        for kind, neighbours in groupby(pieces, key=lambda piece: piece.kind)
    ]


def _with_plain_line_breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _compare_paragraphs(old: str, new: str) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, PARAGRAPH.findall(old), PARAGRAPH.findall(new))
    for same, old_text, new_text in _stretches(matcher):
        if same:
            yield Piece("same", old_text)
        else:
            yield from _compare_words(old_text, new_text)


def _compare_words(old: str, new: str) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, WORD.findall(old), WORD.findall(new))
    for same, old_text, new_text in _stretches(matcher):
        if same:
            yield Piece("same", old_text)
            continue
        if old_text:
            yield Piece("removed", old_text)
        if new_text:
            yield Piece("added", new_text)


def _stretches(matcher: SequenceMatcher) -> Iterator[tuple[bool, str, str]]:
    """The two sequences cut where they begin or cease to agree: (same, old text, new text)."""
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        old_text = "".join(matcher.a[old_start:old_end])
        new_text = "".join(matcher.b[new_start:new_end])
        yield tag == "equal", old_text, new_text
