"""What a person scores on their own: only theirs, and nobody else's beside it."""

import pytest

from customers.models import Customer, OwnScore, Score
from tests import factories
from victory.models import Member

PAGE = "/o/enfield/drivers/own/"


@pytest.fixture
def residents(scoped):
    return factories.CustomerFactory(organization=scoped, name="Residents")


@pytest.fixture
def income(scoped):
    return factories.CriterionFactory(organization=scoped, name="Income", weight=3)


def save(client, customer, criterion, typed, was=""):
    data = {f"cell-{criterion.pk}": typed, f"was-{criterion.pk}": was}
    return client.post(f"{PAGE}{customer.pk}/", data)


def own_scores() -> list[tuple[str, int]]:
    return list(OwnScore.objects.order_by("pk").values_list("member__name", "value"))


def test_score_is_kept_for_the_person_alone(contributor, residents, income):
    version = residents.version

    assert save(contributor, residents, income, "7").url == PAGE

    assert own_scores() == [(contributor.user.name, 7)]
    assert not Score.objects.exists()
    assert Customer.objects.get().version == version


def test_page_shows_own_scores_with_total_and_progress(contributor, residents, income, scoped):
    factories.OwnScoreFactory(organization=scoped, customer=residents, criterion=income, value=2)
    factories.ScoreFactory(organization=scoped, customer=residents, criterion=income, value=9)
    save(contributor, residents, income, "7")

    page = contributor.get(PAGE).text

    assert f'name="was-{income.pk}" value="7"' in page
    assert f'<span id="own-{residents.pk}-1">21</span>' in page
    assert "You have scored 1 of 1 cells." in page


def test_two_people_score_the_same_cell(sign_in, contributor, manager, residents, income):
    save(contributor, residents, income, "7")
    save(manager, residents, income, "3")

    assert sorted(value for _name, value in own_scores()) == [3, 7]


def test_line_saved_with_htmx_answers_with_its_parts(sign_in, residents, income):
    client = sign_in(2, hx_request="true")

    page = save(client, residents, income, "7").text

    assert f'<span id="own-{residents.pk}-was" hx-swap-oob="true">' in page
    assert f'<span id="own-{residents.pk}-1" hx-swap-oob="true">21</span>' in page
    assert "You have scored 1 of 1 cells." in page and "data-cell" not in page


def test_score_off_the_scale_is_told_and_stays_in_the_cell(contributor, residents, income):
    page = save(contributor, residents, income, "11").text

    assert "is not on the scale" in page and 'value="11" inputmode="numeric"' in page
    assert own_scores() == []


def test_cell_changed_in_another_window_is_not_overwritten(contributor, residents, income):
    save(contributor, residents, income, "7")

    page = save(contributor, residents, income, "4").text

    assert f"{Member.objects.get(user=contributor.user)} entered 7 meanwhile." in page
    assert [value for _name, value in own_scores()] == [7]


def test_cleared_cell_takes_the_own_score_away(contributor, residents, income, scoped):
    factories.OwnScoreFactory(organization=scoped, customer=residents, criterion=income, value=2)
    save(contributor, residents, income, "7")

    save(contributor, residents, income, "", "7")

    assert [value for _name, value in own_scores()] == [2]


def test_customer_deleted_meanwhile_is_told(contributor, residents, income):
    key = residents.pk
    residents.delete()
    residents.pk = key

    assert save(contributor, residents, income, "7").url == PAGE


def test_customer_of_another_organization_is_not_found(contributor, income):
    assert save(contributor, factories.CustomerFactory(), income, "7").status_code == 404


def test_viewer_does_not_score(viewer, residents, income):
    assert viewer.get(PAGE).status_code == 403
    assert save(viewer, residents, income, "7").status_code == 403


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_page_asks_the_database_the_same_number_of_times(
    contributor, scoped, income, django_assert_num_queries, rows
):
    by = {"number": rows, "organization": scoped}
    customers, members = (
        factories.many(each, **by) for each in (factories.CustomerFactory, factories.MemberFactory)
    )
    factories.many(factories.OwnScoreFactory, customer=customers, member=members, criterion=income, **by)

    with django_assert_num_queries(6):
        contributor.get(PAGE)
