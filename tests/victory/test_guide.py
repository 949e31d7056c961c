import re
from dataclasses import FrozenInstanceError

import pytest

from victory import guide

STEPS = ["focus", "drivers", "needs", "metrics", "performance", "plan"]
WORDS = [
    *("CUSTOMER", "REASON", "UNIQUE", "SATISFACTION", "SPECIAL", "AIM", "VALUE", "LEARN", "AGREE"),
    *("CARE", "RESPECT", "COMMUNICATE", "FEEDBACK", "LISTEN", "DRIVER", "MARRY"),
]
PRINTED_LABELS = {
    "focus": ["View of perfection", "Customer focus statement", "Customer Bill of Rights"],
    "drivers": [
        "Output/Deliverable(s)",
        "Customers",
        "Customer Group",
        "Criteria for Success",
        "Score Based on Criteria",
        "My customer driver(s) are:",
    ],
    "needs": [
        "Customer (internal/external)",
        "They depend on me for:",
        "Customer needs and expectations",
        "I meet customer needs and expectations by:",
    ],
    "metrics": ["My customers are satisfied when:", "I measure this by:"],
    "performance": ["Customer Metric", "My current performance is:", "Met/Not Met"],
    "plan": [
        "Customer Metric",
        "The person who can take action to make improvements is:",
        "Action",
        "Who",
        "When",
        "Status",
        "Notes and Insights",
    ],
}

PAGES = [*guide.GUIDE.values(), guide.WORKBOOK_GUIDE]
MEMORY_WORDS = {word.word: word for page in PAGES for word in page.words}
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
every_word = pytest.mark.parametrize("word", MEMORY_WORDS.values(), ids=lambda word: word.word)


def texts():
    """Every text a person reads, except the leads, which may be two sentences long."""
    for word in MEMORY_WORDS.values():
        yield word.about
        for letter in word.letters:
            yield from (letter.meaning, letter.line)
    for page in PAGES:
        yield from (*page.questions, page.tip, page.example.title)
        for line in page.example.lines:
            yield from line
    for level in guide.LEVELS_OF_SATISFACTION:
        yield from (level.label, level.line)
    yield from guide.RIGHTS_TO_START_WITH
    yield from (name for name, _ in (*guide.GROUPS_TO_START_WITH, *guide.CRITERIA_TO_START_WITH))


def test_every_memory_word_stands_beside_some_page():
    assert sorted(MEMORY_WORDS) == sorted(WORDS)


@every_word
def test_memory_word_spells_itself(word):
    assert "".join(letter for letter, _meaning, _line in word.letters) == word.word
    assert "".join(str(letter.meaning)[0].upper() for letter in word.letters) == word.word


@every_word
def test_memory_word_explains_each_letter_once(word):
    lines = [str(letter.line) for letter in word.letters]
    assert all(lines)
    assert len(set(lines)) == len(lines)
    assert word.about


def test_guide_covers_the_six_steps_in_order():
    assert list(guide.GUIDE) == STEPS
    assert [page.key for page in guide.GUIDE.values()] == STEPS


@every_page
def test_page_has_everything(page):
    assert len(str(page.lead)) <= 200
    assert "enough to start" in str(page.lead)
    assert 3 <= len(page.questions) <= 6
    assert all(str(question).endswith("?") for question in page.questions)
    assert page.words
    assert len(set(page.words)) == len(page.words)
    assert page.tip


@every_page
def test_page_cannot_be_changed(page):
    with pytest.raises(FrozenInstanceError):
        page.tip = ""


@every_page
def test_example_has_labels_and_texts(page):
    assert page.example.title
    assert page.example.lines
    assert all(label and text for label, text in page.example.lines)


@pytest.mark.parametrize("key", STEPS)
def test_example_uses_the_printed_labels_in_order(key):
    labels = [str(label) for label, _text in guide.GUIDE[key].example.lines]
    assert list(dict.fromkeys(labels)) == PRINTED_LABELS[key]


def test_workbook_example_uses_printed_labels():
    printed = {label for labels in PRINTED_LABELS.values() for label in labels}
    assert {str(label) for label, _text in guide.WORKBOOK_GUIDE.example.lines} <= printed


def test_example_of_drivers_uses_the_criteria_to_start_with():
    lines = {str(label): str(text) for label, text in guide.GUIDE["drivers"].example.lines}
    criteria = ", ".join(f"{name} {weight}" for name, weight in guide.CRITERIA_TO_START_WITH)
    assert lines["Criteria for Success"].lower() == criteria.lower()


def test_aspects_are_twelve_and_unique():
    for values in zip(*guide.ASPECTS, strict=True):
        assert len({str(value) for value in values}) == 12
    assert all(re.fullmatch(r"[a-z]+", aspect.key) for aspect in guide.ASPECTS)


def test_satisfaction_is_built_from_the_aspects():
    letters = guide.SATISFACTION.letters
    assert [letter[1:] for letter in letters] == [aspect[1:] for aspect in guide.ASPECTS]


def test_levels_of_satisfaction_rise_in_order():
    keys = [level.key for level in guide.LEVELS_OF_SATISFACTION]
    assert keys == ["satisfied", "pleased", "wowed", "delighted", "fanatic"]
    assert all(level.label and level.line for level in guide.LEVELS_OF_SATISFACTION)


def test_seven_rights_speak_to_the_customer():
    assert len(guide.RIGHTS_TO_START_WITH) == 7
    assert all(re.fullmatch(r"You .+\.", str(right)) for right in guide.RIGHTS_TO_START_WITH)


def test_starting_groups_are_internal_or_external():
    kinds = {str(name): kind for name, kind in guide.GROUPS_TO_START_WITH}
    assert kinds == {
        "Internal": "internal",
        "Direct": "external",
        "Indirect": "external",
        "End-user": "external",
    }


def test_starting_criteria_have_positive_whole_weights():
    names = [str(name) for name, _weight in guide.CRITERIA_TO_START_WITH]
    assert names[:2] == ["Profitability", "Mission impact"]
    assert len(set(names)) == 4
    assert all(type(weight) is int and weight > 0 for _name, weight in guide.CRITERIA_TO_START_WITH)


def test_no_text_is_too_long():
    assert [text for text in map(str, texts()) if len(text) > 120] == []


def test_texts_keep_to_the_house_style():
    every = [*map(str, texts()), *(str(page.lead) for page in PAGES)]
    assert [text for text in every if "!" in text or "organisation" in text.lower()] == []


def test_percent_sign_is_never_taken_for_a_placeholder():
    assert [text for text in map(str, texts()) if re.search(r"%\s*[\w(]", text)] == []
