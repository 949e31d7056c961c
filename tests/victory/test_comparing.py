import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from victory.comparing import Piece, compare


def same(text):
    return Piece("same", text)


def added(text):
    return Piece("added", text)


def removed(text):
    return Piece("removed", text)


def text_of(pieces, kind):
    return "".join(piece.text for piece in pieces if piece.kind in ("same", kind))


def test_compare_equal_texts_are_one_piece():
    assert compare("We keep every promise.", "We keep every promise.") == [same("We keep every promise.")]


def test_compare_empty_texts_have_no_pieces():
    assert compare("", "") == []


@pytest.mark.parametrize(
    ("old", "new", "pieces"), [("", "We listen.", [added("We listen.")]), ("We do.", "", [removed("We do.")])]
)
def test_compare_with_an_empty_text_is_one_piece(old, new, pieces):
    assert compare(old, new) == pieces


def test_compare_added_words_come_with_the_space_before_them():
    assert compare("We answer calls.", "We answer all your calls.") == [
        same("We answer"),
        added(" all your"),
        same(" calls."),
    ]


def test_compare_replaced_words_are_removed_before_others_are_added():
    assert compare("We call back in a day.", "We call back in two hours.") == [
        same("We call back in"),
        removed(" a day"),
        added(" two hours"),
        same("."),
    ]


def test_compare_takes_whole_words_not_letters():
    assert compare("customer", "customers") == [removed("customer"), added("customers")]


@pytest.mark.parametrize(("old", "new"), [("can", "can't"), ("can", "can’t"), ("follow", "follow-up")])
def test_compare_takes_apostrophes_and_hyphens_as_part_of_the_word(old, new):
    assert compare(old, new) == [removed(old), added(new)]


def test_compare_keeps_a_word_whose_punctuation_changed():
    assert compare("on time.", "on time, always.") == [same("on time"), added(", always"), same(".")]


def test_compare_white_space_alone_does_not_make_passages_alike():
    assert compare("good care here", "fast help now") == [removed("good care here"), added("fast help now")]


def test_compare_keeps_paragraphs_and_indentation():
    old = "First.\n\n  Second one.\n\nThird."
    new = "First.\n\n  Second two.\n\nThird."

    assert compare(old, new) == [
        same("First.\n\n  Second"),
        removed(" one"),
        added(" two"),
        same(".\n\nThird."),
    ]


def test_compare_new_paragraph_leaves_its_neighbours_alone():
    assert compare("First.\n\nThird.", "First.\n\nSecond.\n\nThird.") == [
        same("First.\n\n"),
        added("Second.\n\n"),
        same("Third."),
    ]


def test_compare_paragraph_appended_to_the_last_one_leaves_that_one_alone():
    assert compare("First.", "First.\n\nSecond.") == [same("First."), added("\n\nSecond.")]


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_compare_another_way_to_end_lines_is_no_change(line_break):
    assert compare("First.\n\nSecond.", f"First.{line_break * 2}Second.") == [same("First.\n\nSecond.")]


def test_compare_common_words_of_a_long_paragraph_stay_the_same():
    sentences = [f"The customer number{number} of the town is served by the team." for number in range(60)]
    old = " ".join(sentences)
    new = old.replace("number10 of the town", "number10 of the village")

    assert [piece.text for piece in compare(old, new) if piece.kind != "same"] == [" town", " village"]


texts = st.text(alphabet="ab ,.'\t\n") | st.text().filter(lambda text: "\r" not in text)


@given(old=texts, new=texts)
def test_compare_pieces_make_up_both_texts(old, new):
    pieces = compare(old, new)

    assert text_of(pieces, "removed") == old
    assert text_of(pieces, "added") == new


@given(old=texts, new=texts)
def test_compare_joins_neighbouring_pieces_and_leaves_none_empty(old, new):
    kinds = [piece.kind for piece in compare(old, new)]

    assert all(kind != following for kind, following in pairwise(kinds))
    assert all(piece.text for piece in compare(old, new))


def rewritten(paragraphs):
    """Long texts whose every paragraph differs in one word."""
    words = " ".join(f"word{number % 300} and the" for number in range(40))
    return (
        "\n\n".join(f"{number} before {words}" for number in range(paragraphs)),
        "\n\n".join(f"{number} after {words}" for number in range(paragraphs)),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(*rewritten(paragraphs=30), id="every paragraph changed"),
        pytest.param("a " * 10_000, "a " * 9_000 + "b", id="one word over and over"),
        pytest.param("a\n" * 10_000, "b\n" + "a\n" * 9_999, id="one line over and over"),
        pytest.param("\n" * 20_000, "\n" * 19_999, id="nothing but line breaks"),
    ],
)
def test_compare_answers_quickly_for_long_texts(old, new):
    started = time.process_time()

    compare(old, new)

    assert len(old) >= 18_000
    assert time.process_time() - started < 2
