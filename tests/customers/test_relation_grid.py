"""Needs against deliverables: how strongly the one is met by the other, and what weight follows."""

import re

import pytest
from django.contrib.messages import get_messages

from customers.models import Translation
from customers.views import SCREEN
from tests import factories

PAGE = "/o/enfield/needs/"


@pytest.fixture
def need(scoped):
    return factories.NeedFactory(organization=scoped, text="A short wait", importance=4)


@pytest.fixture
def answers(scoped):
    return factories.DeliverableFactory(organization=scoped, name="Answers")


def page_of(response) -> str:
    return response.content.decode()


def save(client, need, *cells):
    """Post a line; each cell is (deliverable, what is typed, what it showed before)."""
    data = {f"cell-{deliverable.pk}": typed for deliverable, typed, _was in cells}
    data |= {f"was-{deliverable.pk}": was for deliverable, _typed, was in cells}
    return client.post(f"{PAGE}relations/{need.pk}/", data)


def strengths() -> list[int]:
    return list(Translation.objects.values_list("strength", flat=True))


def test_line_is_saved_and_weights_follow(manager, scoped, need, answers):
    visits = factories.DeliverableFactory(organization=scoped, name="Visits")

    response = save(manager, need, (answers, "9", ""), (visits, "3", ""))

    assert response.url == PAGE and strengths() == [9, 3]
    page = page_of(manager.get(PAGE))
    assert '<b>75\N{NO-BREAK SPACE}%</b><br><span class="note">36</span>' in page
    assert '<b>25\N{NO-BREAK SPACE}%</b><br><span class="note">12</span>' in page


def test_line_saved_with_htmx_brings_the_weights(manager_htmx, need, answers):
    response = save(manager_htmx, need, (answers, "3", ""))

    page = page_of(response)
    assert response["HX-Trigger"] == "workbook-changed"
    assert '<span id="weight-1" hx-swap-oob="true"><b>100\N{NO-BREAK SPACE}%</b>' in page
    assert f'<span id="relation-{need.pk}-was" hx-swap-oob="true">' in page
    assert f'name="was-{answers.pk}" value="3"' in page


@pytest.mark.parametrize("typed", ["2", "10", "0", "strong", "<b>"])
def test_strength_off_the_scale_is_refused_and_stays_in_the_cell(manager, need, answers, typed):
    page = page_of(save(manager, need, (answers, typed, "")))

    assert f'aria-invalid="true" aria-describedby="relation-{need.pk}-problem"' in page
    assert "is not on the scale: 1, 3, 9, or nothing." in page
    assert f'value="{typed.replace("<", "&lt;").replace(">", "&gt;")}" inputmode="numeric"' in page
    assert strengths() == []


def test_cleared_cell_ends_the_translation(manager, scoped, need, answers):
    factories.TranslationFactory(organization=scoped, need=need, deliverable=answers)

    save(manager, need, (answers, "", "9"))

    assert strengths() == []


def test_cell_changed_by_somebody_else_is_not_overwritten(manager, scoped, need, answers):
    factories.TranslationFactory(organization=scoped, need=need, deliverable=answers, strength=1)

    page = page_of(save(manager, need, (answers, "9", "")))

    assert "Somebody else entered 1 meanwhile." in page and 'value="9" inputmode="numeric"' in page
    assert strengths() == [1]


def test_open_need_notices_a_translation_made_in_the_grid(manager, need, answers):
    save(manager, need, (answers, "9", ""))

    typed = {
        "customer": need.customer.pk,
        "text": "No wait",
        "importance": 4,
        "deliverables": "",
        "version": 1,
    }
    page = page_of(manager.post(f"{PAGE}needs/{need.pk}/edit/", typed))

    assert "</b> Answers" in page
    assert strengths() == [9]


def test_line_of_a_need_deleted_meanwhile_says_again_what_was_typed(manager_htmx, need, answers):
    key = need.pk
    need.delete()
    need.pk = key

    response = save(manager_htmx, need, (answers, "9", ""))

    assert response["HX-Refresh"] == "true"
    assert "You had typed: 9" in str(next(iter(get_messages(response.wsgi_request))))


def test_line_of_another_organization_is_not_found(manager, answers):
    assert save(manager, factories.NeedFactory(), (answers, "9", "")).status_code == 404


def test_grid_is_for_managers(viewer, need, answers):
    assert save(viewer, need, (answers, "9", "")).status_code == 403
    assert "data-cell" not in page_of(viewer.get(PAGE))


def test_long_grid_is_shown_by_the_screen_with_the_weights_of_all(manager, scoped):
    deliverable = factories.DeliverableFactory(organization=scoped)
    customer = factories.CustomerFactory(organization=scoped)
    needs = [factories.NeedFactory(organization=scoped, customer=customer) for _ in range(SCREEN + 2)]
    for need in needs:
        factories.TranslationFactory(organization=scoped, need=need, deliverable=deliverable)
    pages = {asked: manager.get(f"{PAGE}{asked}").text for asked in ("", "?relations=all")}
    lines = {asked: len(re.findall(r'<tr id="relation-\d+">', page)) for asked, page in pages.items()}
    assert lines == {"": SCREEN, "?relations=all": SCREEN + 2}
    assert "2 needs are not shown" in pages[""] and "not shown" not in pages["?relations=all"]
    weights = [re.search(r'<span id="weight-1"><b>.+?</b>.+?</span>', page)[0] for page in pages.values()]
    assert weights[0] == weights[1]


def test_line_that_was_refused_is_shown_however_far_down(manager, scoped):
    deliverable = factories.DeliverableFactory(organization=scoped)
    customer = factories.CustomerFactory(organization=scoped)
    needs = [factories.NeedFactory(organization=scoped, customer=customer) for _ in range(SCREEN + 1)]
    page = manager.post(f"{PAGE}relations/{needs[-1].pk}/", {f"cell-{deliverable.pk}": "7"}).text
    assert f'<tr id="relation-{needs[-1].pk}">' in page and 'value="7"' in page
