"""Step W: a draft that saves itself, revisions that are adopted, and how they differ."""

from datetime import date

import pytest
from django.contrib.messages import get_messages

from tests import factories
from victory.models import FocusStatement, Member

PAGE = "/o/enfield/focus/"
SAVE = f"{PAGE}save/"
ADOPT = f"{PAGE}adopt/"
TEXTS = {"view_of_perfection": "Nobody waits.", "statement": "We answer.", "version": 0}


def page_of(response) -> str:
    return response.content.decode()


def sentences(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def adopted(organization, **fields) -> FocusStatement:
    return factories.FocusStatementFactory(organization=organization, adopted_on=date(2026, 1, 5), **fields)


def test_draft_is_saved_by_its_button(manager, scoped):
    response = manager.post(SAVE, TEXTS)

    draft = FocusStatement.objects.get()
    assert (draft.revision, draft.statement, draft.is_draft) == (1, "We answer.", True)
    assert response.url == PAGE and sentences(response) == ["The draft is saved."]


def test_draft_saves_itself_and_hands_out_its_version(manager_htmx, scoped):
    first = manager_htmx.post(SAVE, TEXTS)
    second = manager_htmx.post(SAVE, TEXTS | {"statement": "We answer at once.", "version": 1})

    assert 'name="version" value="1"' in page_of(first)
    assert 'name="version" value="2"' in page_of(second) and "Saved at" in page_of(second)
    assert second["HX-Trigger"] == "workbook-changed"
    assert FocusStatement.objects.get().statement == "We answer at once."


def test_stale_draft_does_not_save_itself_nor_learn_the_new_version(manager_htmx, scoped):
    factories.FocusStatementFactory(organization=scoped, revision=1, statement="Theirs.")

    response = manager_htmx.post(SAVE, {"view_of_perfection": "Nobody waits.", "statement": "Mine."})

    page = page_of(response)
    assert "Somebody else changed this" in page and "Theirs." in page
    assert 'id="id_statement_theirs" class="theirs"' in page
    assert 'id="id_view_of_perfection_theirs" class="theirs"' not in page
    assert "focus-version" not in page
    assert "HX-Trigger" not in response  # the page keeps its own copy until the text is saved
    assert FocusStatement.objects.get().statement == "Theirs."


def test_stale_draft_shows_both_texts_and_the_second_save_wins(manager, scoped):
    factories.FocusStatementFactory(organization=scoped, revision=1, statement="Theirs.")

    page = page_of(manager.post(SAVE, TEXTS | {"statement": "Mine."}))

    assert "<h1>Write a customer focus statement</h1>" in page
    assert "Theirs." in page and ">\nMine.</textarea>" in page
    assert 'name="version" value="1"' in page
    assert FocusStatement.objects.get().statement == "Theirs."

    manager.post(SAVE, TEXTS | {"statement": "Mine.", "version": 1})
    assert FocusStatement.objects.get().statement == "Mine."


def test_line_breaks_alone_are_no_change(manager, scoped):
    factories.FocusStatementFactory(
        organization=scoped, revision=1, view_of_perfection="Nobody\nwaits.", statement="We answer."
    )

    response = manager.post(SAVE, TEXTS | {"view_of_perfection": "Nobody\r\nwaits."})

    assert sentences(response) == ["The draft is saved."]


def test_limit_counts_a_line_break_once(manager, scoped):
    longest = "\r\n".join(["x"] * 5000) + "x"

    manager.post(SAVE, TEXTS | {"statement": longest})

    assert len(FocusStatement.objects.get().statement) == FocusStatement.LIMIT


@pytest.mark.parametrize("way", ["manager", "manager_htmx"])
def test_text_over_the_limit_is_refused_and_kept_in_its_box(request, way, scoped):
    response = request.getfixturevalue(way).post(SAVE, TEXTS | {"statement": "x" * 10_001})

    assert "at most 10000 characters (it has 10001)" in page_of(response).replace(",", "")
    assert "HX-Trigger" not in response
    assert way == "manager_htmx" or "x" * 10_001 in page_of(response)
    assert not FocusStatement.objects.exists()


def test_two_first_drafts_at_once_are_compared(manager, scoped):
    """Both pages were opened before there was a draft; the other one was saved first."""
    factories.FocusStatementFactory(organization=scoped, revision=1, statement="Theirs.")

    page = page_of(manager.post(SAVE, TEXTS | {"statement": "Mine.", "version": 0}))

    assert "Somebody else changed this" in page and "Theirs." in page and "Mine." in page
    assert FocusStatement.objects.get().statement == "Theirs."


def test_page_that_shows_an_earlier_draft_is_not_taken_for_one_that_shows_the_newest(manager, scoped):
    manager.post(ADOPT, TEXTS)
    manager.post(SAVE, TEXTS | {"statement": "First.", "version": 1})

    page = page_of(manager.post(SAVE, TEXTS | {"statement": "Second.", "version": 1}))

    assert "First." in page and "Second." in page
    assert FocusStatement.objects.draft().statement == "First."


def test_adopting_makes_a_dated_revision(manager, scoped):
    response = manager.post(ADOPT, TEXTS)

    revision = FocusStatement.objects.get()
    assert not revision.is_draft
    assert revision.adopted_by == Member.objects.get(user=manager.user)
    assert revision.statement == "We answer."
    assert sentences(response) == ["Revision 1 is in force."]


def test_adopting_an_empty_statement_says_what_is_missing_and_keeps_the_draft(manager, scoped):
    response = manager.post(ADOPT, TEXTS | {"statement": "  "})

    draft = FocusStatement.objects.get()
    assert "Write the customer focus statement before adopting it." in page_of(response)
    assert draft.is_draft and draft.view_of_perfection == "Nobody waits."


def test_adopting_nothing_at_all_says_what_is_missing(manager, scoped):
    response = manager.post(ADOPT, {"view_of_perfection": "", "statement": "", "version": 0})

    assert "Write the customer focus statement before adopting it." in page_of(response)


def test_adopting_over_a_change_of_somebody_else_is_a_decision(manager, scoped):
    factories.FocusStatementFactory(organization=scoped, revision=1, statement="Theirs.")

    assert "Theirs." in page_of(manager.post(ADOPT, TEXTS))
    assert FocusStatement.objects.get().is_draft


def test_adopting_twice_makes_one_revision(manager, scoped):
    manager.post(ADOPT, TEXTS)

    response = manager.post(ADOPT, TEXTS)

    assert FocusStatement.objects.count() == 1
    assert sentences(response)[-1] == "This text is in force already."


def test_saving_what_is_in_force_begins_no_draft(manager, scoped):
    manager.post(ADOPT, TEXTS)

    manager.post(SAVE, TEXTS)

    assert FocusStatement.objects.count() == 1


def test_adopted_revision_never_changes(manager, scoped):
    first = adopted(scoped, revision=1, statement="We answer.")

    manager.post(SAVE, TEXTS | {"statement": "We answer at once.", "version": 1})

    first.refresh_from_db()
    assert (first.statement, first.version) == ("We answer.", 1)
    assert FocusStatement.objects.draft().revision == 2


def test_page_begins_the_next_draft_with_the_text_in_force(manager, scoped):
    adopted(scoped, revision=1, statement="We answer.")

    page = page_of(manager.get(PAGE))

    assert ">\nWe answer.</textarea>" in page and "As adopted" in page
    assert FocusStatement.objects.count() == 1


def test_viewer_reads_the_texts_without_a_form(viewer, scoped):
    adopted(scoped, revision=1, statement="We answer.")

    page = page_of(viewer.get(PAGE))

    assert "<p>We answer.</p>" in page and "<textarea" not in page
    assert viewer.post(SAVE, TEXTS).status_code == viewer.post(ADOPT, TEXTS).status_code == 403


def test_revisions_are_compared_word_by_word(viewer, scoped):
    adopted(scoped, revision=1, statement="We answer soon.")
    adopted(scoped, revision=2, statement="We answer today.")

    page = page_of(viewer.get(f"{PAGE}revisions/2/?with=1"))

    assert "<del> soon</del>" in page and "<ins> today</ins>" in page


@pytest.mark.parametrize("other", ["", "7", "x", "99999999999999999999"])
def test_revision_is_read_alone_where_there_is_nothing_to_compare(viewer, scoped, other):
    adopted(scoped, revision=1, statement="We answer.")

    page = page_of(viewer.get(f"{PAGE}revisions/1/?with={other}"))

    assert "We answer." in page and "<ins>" not in page


def test_draft_is_no_revision_to_read(viewer, scoped):
    factories.FocusStatementFactory(organization=scoped, revision=1)

    assert viewer.get(f"{PAGE}revisions/1/").status_code == 404


def test_page_to_print_has_the_text_in_force_and_the_rights(viewer, scoped):
    adopted(scoped, revision=1, statement="We answer.")
    factories.FocusStatementFactory(organization=scoped, revision=2, statement="Not yet.")
    factories.CustomerRightFactory(organization=scoped, text="Every promise kept")

    page = page_of(viewer.get(f"{PAGE}print/"))

    assert "We answer." in page and "Every promise kept" in page and "Not yet." not in page
