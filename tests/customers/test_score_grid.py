"""Scoring customers on criteria: a line at a time, beside others who do the same."""

import pytest
from django.contrib.messages import get_messages

from customers.models import Score
from tests import factories
from victory.models import Member
from victory.tenancy import Role

STEP = "/o/enfield/drivers/"


@pytest.fixture
def residents(scoped):
    return factories.CustomerFactory(organization=scoped, name="Residents")


@pytest.fixture
def income(scoped):
    return factories.CriterionFactory(organization=scoped, name="Income", weight=3)


def page_of(response) -> str:
    return response.content.decode()


def save(client, customer, *cells):
    """Post a line; each cell is (criterion, what is typed, what it showed before)."""
    data = {f"cell-{criterion.pk}": typed for criterion, typed, _was in cells}
    data |= {f"was-{criterion.pk}": was for criterion, _typed, was in cells}
    return client.post(f"{STEP}scores/{customer.pk}/", data)


def scores() -> list[int]:
    return list(Score.objects.values_list("value", flat=True))


def test_line_is_saved_and_totals_and_ranks_follow(manager, scoped, residents, income):
    mission = factories.CriterionFactory(organization=scoped, name="Mission", weight=5)
    factories.ScoreFactory(organization=scoped, criterion=income, value=9)

    response = save(manager, residents, (income, "7", ""), (mission, " 4 ", ""))

    assert response.url == STEP
    page = page_of(manager.get(STEP))
    assert f'<span id="score-{residents.pk}-1">41</span>' in page
    assert f'<span id="score-{residents.pk}-2">1</span>' in page


def test_line_saved_with_htmx_brings_totals_of_all_and_the_ranking(manager_htmx, scoped, residents, income):
    other = factories.ScoreFactory(organization=scoped, criterion=income, value=5).customer

    response = save(manager_htmx, residents, (income, "7", ""))

    page = page_of(response)
    assert response["HX-Trigger"] == "workbook-changed"
    assert f'<span id="score-{residents.pk}-was" hx-swap-oob="true">' in page
    assert f'name="was-{income.pk}" value="7"' in page
    assert f'<span id="score-{residents.pk}-2" hx-swap-oob="true">1</span>' in page
    assert f'<span id="score-{other.pk}-2" hx-swap-oob="true">2</span>' in page
    assert 'id="ranking"' in page and "data-cell" not in page


def test_cleared_cell_takes_the_score_away(manager, scoped, residents, income):
    factories.ScoreFactory(organization=scoped, customer=residents, criterion=income, value=7)

    save(manager, residents, (income, "", "7"))

    assert scores() == []


@pytest.mark.parametrize("typed", ["11", "-1", "7.5", "many", "٣٣٣٣", "<b>"])
def test_score_off_the_scale_is_refused_and_stays_in_the_cell(manager, residents, income, typed):
    page = page_of(save(manager, residents, (income, typed, "")))

    assert "is not on the scale: a whole number from 0 to 10, or nothing." in page
    shown = typed.replace("<", "&lt;").replace(">", "&gt;")
    assert f'value="{shown}" inputmode="numeric"' in page
    assert 'aria-invalid="true"' in page
    assert "<h1></h1>" not in page
    assert scores() == []


def test_nothing_of_a_line_is_saved_where_one_cell_is_refused(manager_htmx, scoped, residents, income):
    mission = factories.CriterionFactory(organization=scoped, name="Mission")

    page = page_of(save(manager_htmx, residents, (income, "7", ""), (mission, "70", "")))

    assert f'<p data-refused="cell-{residents.pk}-{mission.pk}">Mission: “70”' in page
    assert scores() == []


def test_cell_changed_by_somebody_else_is_not_overwritten(manager, residents, income, scoped):
    factories.ScoreFactory(organization=scoped, customer=residents, criterion=income, value=2)

    page = page_of(save(manager, residents, (income, "7", "5")))

    assert "Somebody else entered 2 meanwhile. Enter yours again to replace it, or 2 to keep theirs." in page
    assert 'value="7" inputmode="numeric"' in page
    assert f'name="was-{income.pk}" value="2"' in page
    assert scores() == [2]

    save(manager, residents, (income, "7", "2"))
    assert scores() == [7]


def test_question_about_a_cell_names_who_wrote_or_cleared_it(sign_in, manager, residents, income, scoped):
    other = sign_in(Role.MANAGER)
    who = Member.objects.get(user=other.user)
    save(other, residents, (income, "2", ""))
    assert f"{who} entered 2 meanwhile." in page_of(save(manager, residents, (income, "7", "5")))
    save(other, residents, (income, "", "2"))
    assert f"{who} cleared this meanwhile." in page_of(save(manager, residents, (income, "7", "5")))


def test_cell_that_was_not_touched_leaves_what_somebody_else_entered(manager, residents, income, scoped):
    factories.ScoreFactory(organization=scoped, customer=residents, criterion=income, value=2)

    save(manager, residents, (income, "5", "5"))

    assert scores() == [2]


def test_two_who_enter_the_same_agree(manager, residents, income, scoped):
    factories.ScoreFactory(organization=scoped, customer=residents, criterion=income, value=7)

    assert save(manager, residents, (income, "7", "")).status_code == 302


@pytest.mark.parametrize("way", ["manager", "manager_htmx"])
def test_line_of_a_customer_deleted_meanwhile_says_again_what_was_typed(request, way, residents, income):
    key = residents.pk
    residents.delete()
    residents.pk = key

    response = save(request.getfixturevalue(way), residents, (income, "7", ""))

    (message,) = get_messages(response.wsgi_request)
    assert "deleted by somebody else" in str(message) and "You had typed: 7" in str(message)


def test_line_of_another_organization_is_not_found(manager, income):
    assert save(manager, factories.CustomerFactory(), (income, "7", "")).status_code == 404


def test_criterion_of_another_organization_is_not_scored(manager, residents, income):
    save(manager, residents, (factories.CriterionFactory(), "7", ""))

    assert scores() == []


def test_cells_of_keys_above_999_are_read(manager, scoped):
    customer = factories.CustomerFactory(organization=scoped, pk=12345)
    criterion = factories.CriterionFactory(organization=scoped, pk=54321)

    page = page_of(manager.get(STEP))
    assert 'name="cell-54321"' in page and 'form="score-12345-form"' in page
    save(manager, customer, (criterion, "7", ""))
    assert scores() == [7]


def test_history_keeps_what_stood_before(manager, residents, income, scoped):
    score = factories.ScoreFactory(organization=scoped, customer=residents, criterion=income, value=2)

    save(manager, residents, (income, "7", "2"))

    assert [entry.value for entry in Score.history.filter(id=score.pk).order_by("history_id")] == [2, 7]


def test_scores_are_for_managers(viewer, residents, income):
    assert save(viewer, residents, (income, "7", "")).status_code == 403
    assert "data-cell" not in page_of(viewer.get(STEP))


def test_cell_that_still_shows_an_older_value_does_not_count_as_typed(manager_htmx, scoped):
    """Saving one cell of a line must not let the next save overwrite what somebody else entered beside it."""
    customer = factories.CustomerFactory(organization=scoped)
    income, mission = factories.CriterionFactory.create_batch(2, organization=scoped)
    factories.ScoreFactory(organization=scoped, customer=customer, criterion=mission, value=9)
    line = {
        f"cell-{income.pk}": "5",
        f"was-{income.pk}": "",
        f"cell-{mission.pk}": "4",
        f"was-{mission.pk}": "4",
    }

    answer = manager_htmx.post(f"/o/enfield/drivers/scores/{customer.pk}/", line).text

    assert f'name="was-{income.pk}" value="5"' in answer
    assert f'name="was-{mission.pk}" value="4"' in answer
