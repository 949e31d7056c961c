import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from victory.pasting import MOST_CHARACTERS, MOST_LINES, TooMuch, Wanted, match_columns, read_cells

ENFIELD = """\
Indicator	Performance (1 April 2018 to 31 March 2019)	Target
Complaints closed within 10 working days	59%	92%
Telephone contact centre - answer rate	84%	88%
Telephone contact centre telephones - average wait time	4 minutes 22 seconds	3 minutes
Telephone Council Tax and benefits - answer rate	93%	88%
Telephone Council Tax and benefits - average wait time	51 seconds	3 minutes
Percentage of calls answered within 5 minutes	83%	97%
Customer satisfaction with webchat	81%	80%
Freedom of Information requests answered within 20 working days	73%	100%
Members enquiries - answered within 8 working days	76%	95%
Satisfaction with leisure centre users	77%	77%
"""
"""What Enfield Council published about its customer service commitment, as a spreadsheet copies it."""

MEASURED_BY = Wanted("measured_by", "I measure this by:", ("indicator", "metric"))
PERFORMANCE = Wanted("performance", "My current performance is:", ("performance",))
TARGET = Wanted("target", "Target")
METRIC_COLUMNS = [MEASURED_BY, TARGET, PERFORMANCE]


def cells_of(text):
    return [line.cells for line in read_cells(text).lines]


def names_of(cells, wanted=METRIC_COLUMNS):
    heading = match_columns(cells, wanted)
    return heading and heading.names


def test_read_cells_takes_a_published_table_as_it_stands():
    block = read_cells(ENFIELD)

    assert len(block.lines) == 11
    assert block.width == 3
    assert block.lines[3].cells == (
        "Telephone contact centre telephones - average wait time",
        "4 minutes 22 seconds",
        "3 minutes",
    )


def test_read_cells_numbers_lines_from_one():
    assert [line.number for line in read_cells("a\nb\nc").lines] == [1, 2, 3]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_read_cells_takes_every_kind_of_line_break(line_break):
    assert cells_of(line_break.join(["a\tb", "c\td", ""])) == [("a", "b"), ("c", "d")]


@pytest.mark.parametrize("text", ["", "\n", "\r\n\r\n", " \n", "\t\t\n\t\t\n"])
def test_read_cells_of_nothing_has_no_lines(text):
    block = read_cells(text)

    assert block.lines == ()
    assert block.width == 0


def test_read_cells_drops_blank_lines_at_the_end_only():
    assert cells_of("\na\tb\n\nc\td\n\t\n \n") == [("",), ("a", "b"), ("",), ("c", "d")]


def test_read_cells_keeps_ragged_rows():
    block = read_cells("a\nb\tc\td\ne\tf")

    assert [line.cells for line in block.lines] == [("a",), ("b", "c", "d"), ("e", "f")]
    assert block.width == 3


def test_read_cells_keeps_empty_cells_in_their_places():
    assert cells_of("\ta\t\n\t\tb") == [("", "a", ""), ("", "", "b")]


@pytest.mark.parametrize("line", ["clear, friendly; short", "1;2;3", "a,b"])
def test_read_cells_without_tabs_takes_each_line_as_one_cell(line):
    assert cells_of(f"{line}\n{line}") == [(line,), (line,)]


def test_read_cells_quoted_cell_may_hold_line_breaks_tabs_and_doubled_quotes():
    text = 'a\t"first\r\nsecond\rthird\nfourth"\tb\n"say ""yes"""\t"left\tright"\n'

    assert cells_of(text) == [("a", "first\nsecond\nthird\nfourth", "b"), ('say "yes"', "left\tright")]


def test_read_cells_line_after_a_cell_with_line_breaks_has_the_next_number():
    assert [line.number for line in read_cells('"a\nb"\nc').lines] == [1, 2]


def test_read_cells_quoted_cell_may_be_empty():
    assert cells_of('""\ta') == [("", "a")]


@pytest.mark.parametrize(
    "cell", ['"Quick" answer', '5" pipe', 'pipe of 5"', 'a "b" c', '"', '"Unclosed', '"""', '"a"b"', '""a']
)
def test_read_cells_quote_that_does_not_surround_the_cell_is_text(cell):
    assert cells_of(f"before\t{cell}\tafter\nnext\tline") == [("before", cell, "after"), ("next", "line")]


def test_read_cells_unclosed_quote_does_not_swallow_a_quoted_cell_below():
    assert cells_of('"Unclosed\t1\n"two\nlines"\t2') == [('"Unclosed', "1"), ("two\nlines", "2")]


@pytest.mark.parametrize("character", ["\0", "\x0b", "\x0c", "\x1b", "\x85", "\u2028"])
def test_read_cells_keeps_control_characters_in_the_cell(character):
    assert cells_of(f"a{character}b\tc") == [(f"a{character}b", "c")]


def as_copied(cell):
    """The cell as a spreadsheet puts it on the clipboard."""
    if set(cell) & set('\t\n"'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@given(
    st.lists(st.lists(st.text(alphabet='ab"\t\n ,'), min_size=1, max_size=4), max_size=5).filter(
        lambda rows: not rows or "".join(rows[-1]).strip()
    )
)
def test_read_cells_gives_back_what_was_copied(rows):
    copied = "".join("\t".join(map(as_copied, row)) + "\r\n" for row in rows)

    assert cells_of(copied) == [tuple(row) for row in rows]


@given(st.text(alphabet='ab\t\n"'))
def test_read_cells_loses_no_letter_whatever_the_quotes(text):
    read = "".join("".join(cells) for cells in cells_of(text))

    assert [letter for letter in read if letter in "ab"] == [letter for letter in text if letter in "ab"]


def test_read_cells_takes_as_many_lines_as_the_limit():
    assert len(read_cells("a\n" * MOST_LINES + "\n\n").lines) == MOST_LINES


def test_read_cells_beyond_the_limit_of_lines_says_limit_and_count():
    with pytest.raises(TooMuch, match=r"^At most 500 lines can be pasted at once; these are 501\.$"):
        read_cells("a\n" * (MOST_LINES + 1))


def test_read_cells_takes_as_many_characters_as_the_limit():
    assert cells_of("a" * MOST_CHARACTERS) == [("a" * MOST_CHARACTERS,)]


def test_read_cells_beyond_the_limit_of_characters_says_limit_and_count():
    with pytest.raises(TooMuch, match=r"^At most 500000 characters .* these are 500001\.$"):
        read_cells("a" * (MOST_CHARACTERS + 1))


@pytest.mark.parametrize("text", ['"' * 500_000, '"a\t' * 100_000, '"""a\n' * 100_000, '"' + '""a' * 100_000])
def test_read_cells_answers_quickly_for_quotes_that_never_close(text):
    started = time.process_time()

    with suppress(TooMuch):
        read_cells(text)

    assert time.process_time() - started < 2


def test_match_columns_of_a_published_table_finds_its_columns():
    heading_line, *_lines = read_cells(ENFIELD).lines

    assert names_of(heading_line.cells) == ("measured_by", "performance", "target")


def test_match_columns_line_of_figures_is_no_heading():
    _heading_line, first_line, *_lines = read_cells(ENFIELD).lines

    assert match_columns(first_line.cells, METRIC_COLUMNS) is None


@pytest.mark.parametrize(
    "cell", ["I measure this by:", "i MEASURE this by", "  I-measure_this by ", "Metric"]
)
def test_match_columns_ignores_capitals_punctuation_and_spaces(cell):
    assert names_of([cell]) == ("measured_by",)


def test_match_columns_leaves_out_cells_it_does_not_know():
    assert names_of(["Remarks", "Target", ""]) == (None, "target", None)


def test_match_columns_one_exact_cell_makes_a_heading_of_many():
    assert names_of(["Year", "Town", "Colour", "Target"]) == (None, None, None, "target")


def test_match_columns_beginnings_in_half_of_the_filled_cells_make_a_heading():
    assert names_of(["Performance (2018)", "", "Remarks"]) == ("performance", None, None)


def test_match_columns_beginnings_in_fewer_cells_make_no_heading():
    assert match_columns(["Performance (2018)", "Town", "Remarks"], METRIC_COLUMNS) is None


def test_match_columns_beginning_ends_with_a_word():
    assert match_columns(["Targeted advice"], METRIC_COLUMNS) is None


def test_match_columns_names_each_column_once():
    assert names_of(["Target", "Target"]) == ("target", None)


def test_match_columns_prefers_the_exact_cell_to_one_that_only_begins_alike():
    assert names_of(["Target for 2019", "Target"]) == (None, "target")


def test_match_columns_prefers_the_longer_label():
    wanted = [TARGET, Wanted("target_date", "Target date")]

    assert names_of(["Target date (day and month)", "Target (in percent)"], wanted) == (
        "target_date",
        "target",
    )


@pytest.mark.parametrize("cells", [[], ["", " "], ["—"]])
def test_match_columns_without_words_is_no_heading(cells):
    assert match_columns(cells, [*METRIC_COLUMNS, Wanted("unlabelled", "", ("…",))]) is None
