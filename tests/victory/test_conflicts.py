"""Two people, and three, who write the same row."""

import pytest
from django.contrib.messages import get_messages

from customers.models import Customer
from tests import factories
from tests.forms import form_to
from victory.models import FocusStatement, Member
from victory.tenancy import Role

pytestmark = pytest.mark.protects("overwrites")

FOCUS = "/o/enfield/focus/save/"


@pytest.fixture
def right(scoped):
    return factories.CustomerRightFactory(organization=scoped, text="A prompt answer")


@pytest.fixture
def somebody_else(sign_in):
    return sign_in(Role.MANAGER)


def address(right) -> str:
    return f"/o/enfield/focus/rights/{right.pk}/edit/"


def shown(client, address: str) -> dict:
    return form_to(address, client.get(address).text)


def test_both_texts_are_shown_with_what_differs_and_who_changed_it(manager, somebody_else, right):
    stale = shown(manager, address(right))
    somebody_else.post(address(right), shown(somebody_else, address(right)) | {"text": "A prompt reply"})

    page = manager.post(address(right), stale | {"text": "A prompt and full answer"}).text

    assert f"{Member.objects.get(user=somebody_else.user).name} changed this meanwhile" in page
    assert 'value="A prompt and full answer"' in page and "</b> A prompt reply" in page
    assert "A prompt<del> and full answer</del><ins> reply</ins>" in page
    right.refresh_from_db()
    assert right.text == "A prompt reply"


def test_saving_again_keeps_mine(manager, somebody_else, right):
    stale = shown(manager, address(right))
    somebody_else.post(address(right), shown(somebody_else, address(right)) | {"text": "Theirs"})

    again = form_to(address(right), manager.post(address(right), stale | {"text": "Mine"}).text)

    assert again["text"] == "Mine"
    assert manager.post(address(right), again).status_code == 302
    right.refresh_from_db()
    assert right.text == "Mine"


def test_a_third_person_is_not_overwritten_by_a_decision_about_the_second(
    manager, somebody_else, sign_in, right
):
    third = sign_in(Role.MANAGER)
    stale = shown(manager, address(right))
    somebody_else.post(address(right), shown(somebody_else, address(right)) | {"text": "Theirs"})
    again = form_to(address(right), manager.post(address(right), stale | {"text": "Mine"}).text)
    third.post(address(right), shown(third, address(right)) | {"text": "Of the third"})

    page = manager.post(address(right), again).text

    assert "</b> Of the third" in page and 'value="Mine"' in page
    right.refresh_from_db()
    assert right.text == "Of the third"


@pytest.mark.parametrize("htmx", [{}, {"hx_request": "true"}], ids=["page", "htmx"])
def test_taking_theirs_where_nothing_else_was_typed_is_all_there_is_to_do(
    sign_in, somebody_else, right, htmx
):
    client = sign_in(Role.MANAGER, **htmx)
    stale = shown(client, address(right))
    somebody_else.post(address(right), shown(somebody_else, address(right)) | {"text": "Theirs"})
    again = form_to(address(right), client.post(address(right), stale | {"text": "Mine"}).text)

    answer = client.post(address(right), again | {"take": "text"})

    right.refresh_from_db()
    assert (right.text, right.version, right.history.count()) == ("Theirs", 2, 2)
    assert (f'action="{address(right)}"' in answer.text, answer.status_code) == (False, 200 if htmx else 302)


def test_taking_theirs_in_one_field_saves_nothing_of_another_that_was_typed(manager, somebody_else, scoped):
    customer = factories.CustomerFactory(organization=scoped, name="Residents", group=None)
    group = factories.CustomerGroupFactory(organization=scoped, name="Direct")
    edit = f"/o/enfield/drivers/customers/{customer.pk}/edit/"
    stale = shown(manager, edit)
    somebody_else.post(edit, shown(somebody_else, edit) | {"name": "Tenants"})
    mine = stale | {"name": "Citizens", "group": group.pk}
    again = form_to(edit, manager.post(edit, mine).text)

    page = manager.post(edit, again | {"take": "name"}).text

    assert "holds their text now. Nothing is saved yet" in page
    assert (form_to(edit, page)["name"], form_to(edit, page)["group"]) == ("Tenants", str(group.pk))
    customer.refresh_from_db()
    assert (customer.name, customer.group) == ("Tenants", None)


def test_taking_theirs_in_one_field_leaves_the_question_about_the_other(manager, scoped, somebody_else):
    factories.FocusStatementFactory(organization=scoped, view_of_perfection="Old", statement="Old")
    stale = form_to(FOCUS, manager.get("/o/enfield/focus/").text)
    theirs = {"view_of_perfection": "Their view", "statement": "Their statement"}
    somebody_else.post(FOCUS, stale | theirs)
    mine = stale | {"view_of_perfection": "My view", "statement": "My statement"}
    again = form_to(FOCUS, manager.post(FOCUS, mine).text)

    page = manager.post(FOCUS, again | {"take": "statement"}).text

    assert "Their view" in page and 'value="view_of_perfection"' in page
    assert 'name="take" value="statement"' not in page
    manager.post(FOCUS, form_to(FOCUS, page))
    draft = FocusStatement.objects.get()
    assert (draft.view_of_perfection, draft.statement) == ("My view", "Their statement")


def test_field_that_only_they_changed_stays_as_they_wrote_it(manager, somebody_else, scoped):
    group = factories.CustomerGroupFactory(organization=scoped, name="Direct")
    customer = factories.CustomerFactory(organization=scoped, name="Residents")
    edit = f"/o/enfield/drivers/customers/{customer.pk}/edit/"
    stale = shown(manager, edit)
    somebody_else.post(edit, shown(somebody_else, edit) | {"group": group.pk, "deliverables": "Answers"})

    response = manager.post(edit, stale | {"name": "Tenants"})

    customer = Customer.objects.get()
    assert (customer.name, customer.group, customer.deliverables.count()) == ("Tenants", group, 1)
    said, *_saved = map(str, get_messages(response.wsgi_request))
    assert (
        said
        == "Somebody else changed this meanwhile, and it stays as they wrote it: Customer Group, Receives."
    )


def test_field_that_only_they_changed_shows_theirs_where_the_form_comes_back(manager, somebody_else, scoped):
    group = factories.CustomerGroupFactory(organization=scoped, name="Direct")
    customer = factories.CustomerFactory(organization=scoped, name="Residents")
    edit = f"/o/enfield/drivers/customers/{customer.pk}/edit/"
    stale = shown(manager, edit)
    somebody_else.post(edit, shown(somebody_else, edit) | {"group": group.pk})

    page = manager.post(edit, stale | {"name": ""}).text

    assert form_to(edit, page)["group"] == str(group.pk)
    assert "so their text stands here" in page


def test_draft_that_saves_itself_goes_on_leaving_alone_what_they_changed(sign_in, somebody_else, scoped):
    """The page still shows the older text there, which must not be taken for typed the next time."""
    client = sign_in(Role.MANAGER, hx_request="true")
    factories.FocusStatementFactory(organization=scoped, view_of_perfection="Old", statement="Old")
    page = form_to(FOCUS, client.get("/o/enfield/focus/").text)
    somebody_else.post(FOCUS, page | {"view_of_perfection": "Their view"})

    for text in ("Mine", "Mine, longer"):
        page["statement"] = text
        answer = client.post(FOCUS, page).text
        page |= form_to(FOCUS, f'<form action="{FOCUS}">{answer}</form>')

    draft = FocusStatement.objects.get()
    assert (draft.view_of_perfection, draft.statement) == ("Their view", "Mine, longer")
    assert "Their view" in answer and 'id="id_view_of_perfection_theirs" class="theirs"' in answer


def test_draft_in_which_both_texts_were_shown_is_kept_by_its_button(sign_in, somebody_else, scoped):
    client = sign_in(Role.MANAGER, hx_request="true")
    factories.FocusStatementFactory(organization=scoped, statement="Old")
    page = form_to(FOCUS, client.get("/o/enfield/focus/").text)
    somebody_else.post(FOCUS, page | {"statement": "Theirs"})
    answer = client.post(FOCUS, page | {"statement": "Mine"}).text
    told = form_to(FOCUS, f'<form action="{FOCUS}">{answer}</form>')["told"]

    client.post(FOCUS, page | {"statement": "Mine", "told": told}, headers={"hx-request": ""})

    assert FocusStatement.objects.get().statement == "Mine"


def test_change_that_somebody_took_back_is_no_conflict(manager, somebody_else, right):
    stale = shown(manager, address(right))
    for text in ("Theirs", "A prompt answer"):
        somebody_else.post(address(right), shown(somebody_else, address(right)) | {"text": text})

    assert manager.post(address(right), stale | {"text": "Mine"}).status_code == 302


def test_markup_in_their_text_is_text(manager, somebody_else, right):
    stale = shown(manager, address(right))
    somebody_else.post(address(right), shown(somebody_else, address(right)) | {"text": "<b>A</b> prompt"})

    page = manager.post(address(right), stale | {"text": "A prompt <i>reply</i>"}).text

    assert "<b>A</b>" not in page and "<i>" not in page and "&lt;b&gt;" in page
