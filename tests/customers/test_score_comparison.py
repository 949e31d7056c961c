"""Where people who scored on their own differ, and how a manager settles it."""

from decimal import Decimal

import pytest

from customers.agreement import Comparison, Spread
from customers.models import Customer, Member, OwnScore, Score
from tests import factories
from victory.tenancy import Role

PAGE = "/o/enfield/drivers/compare/"


@pytest.fixture
def people(scoped):
    return [
        factories.MemberFactory(organization=scoped, name=name, role=Role.CONTRIBUTOR)
        for name in ("Ann", "Bob", "Cy")
    ]


@pytest.fixture
def grid(scoped):
    """Three customers on one criterion, with nobody's score yet."""
    criterion = factories.CriterionFactory(organization=scoped, name="Income")
    customers = [
        factories.CustomerFactory(organization=scoped, name=name)
        for name in ("Residents", "Shops", "Schools")
    ]
    return criterion, customers


@pytest.fixture
def score(scoped, people, grid):
    """Write down what Ann, Bob and Cy scored for the first, second and third customer; None is no score."""
    criterion, customers = grid

    def score(*lines):
        for customer, values in zip(customers, lines, strict=False):
            for member, value in zip(people, values, strict=False):
                if value is not None:
                    factories.OwnScoreFactory(
                        organization=scoped,
                        member=member,
                        customer=customer,
                        criterion=criterion,
                        value=value,
                    )

    return score


def settle(client, *cells):
    """Each cell is (customer, criterion, the team's score as seen, the new one)."""
    texts = [f"{customer.pk}-{criterion.pk}-{was}-{value}" for customer, criterion, was, value in cells]
    return client.post(f"{PAGE}settle/", {"cells": " ".join(texts)}, follow=True)


def team_scores() -> dict[str, int]:
    return dict(Score.objects.values_list("customer__name", "value"))


def test_cells_are_compared_widest_first(score):
    score((5, 6, 5), (2, 9, 4), (7, 7, None))

    cells = Comparison.load().cells

    assert [(cell.customer.name, cell.spread, cell.median) for cell in cells] == [
        ("Shops", 7, 4),
        ("Residents", 1, 5),
        ("Schools", 0, 7),
    ]
    assert cells[0].in_words == "Ann 2, Cy 4, Bob 9"


@pytest.mark.parametrize(
    ("values", "median", "settled_at"),
    [((6, 7), "6.5", 7), ((3, 4), "3.5", 4), ((2, 9, 4), "4", 4), ((0, 1), "0.5", 1)],
)
def test_half_of_a_median_is_rounded_up(score, values, median, settled_at):
    score(values)

    (cell,) = Comparison.load().cells
    assert (cell.median, cell.settled_at) == (Decimal(median), settled_at)


def test_cell_that_one_person_scored_is_not_compared(score):
    score((5, None, None))

    assert Comparison.load().cells == []
    assert Spread.read() == Spread(people=1, compared=0, wide=0)


@pytest.mark.parametrize(("other", "wide"), [(7, 0), (8, 1)])
def test_three_points_apart_is_wide(score, other, wide):
    score((5, other))

    assert Spread.read() == Spread(people=2, compared=1, wide=wide)
    assert Comparison.load().cells[0].is_wide == bool(wide)


def test_agreement_is_the_share_of_cells_within_a_point(score):
    score((5, 6, 5), (5, 7, 5), (7, 7, 7))

    assert (
        Comparison.load().agreement
        == "On 2 of 3 cells all are within a point: 67\N{NO-BREAK SPACE}% agreement."
    )


def test_people_who_left_do_not_count(score, people):
    score((5, 9), (5, 9), (5, 9))
    Member.objects.filter(name="Bob").update(active=False)

    assert Comparison.load().cells == []
    assert Spread.read().people == 1


def test_rankings_of_all_who_finished_are_held_against_each_other(score, scoped, grid):
    factories.DriverChoiceFactory(organization=scoped, customer=grid[1][0])
    score((9, 9, 9), (5, 4, None), (1, 8, 1))

    comparison = Comparison.load()

    assert comparison.rankings.keys() == {"Ann", "Bob", "the medians"}
    assert comparison.on_top_in_words == "All agree on the first 1: Residents."
    assert comparison.unfinished == ["Cy has scored 2 of 3 cells."]


def test_rankings_that_differ_name_who_is_on_top_by_some_only(score, scoped, grid):
    factories.DriverChoiceFactory(organization=scoped, customer=grid[1][0])
    factories.DriverChoiceFactory(organization=scoped, customer=grid[1][1])
    score((9, 9), (5, 4), (1, 8))

    assert (
        Comparison.load().on_top_in_words
        == "Among the first 2 by everybody: Residents; only by some: Shops and Schools."
    )


def test_who_has_not_finished_is_shown_nobodys_scores(contributor, score, scoped, grid):
    score((5, 6, 5), (2, 9, 4), (7, 7, 7))

    page = contributor.get(PAGE).text
    assert "Score on your own first" in page and "Ann 2" not in page and "Bob" not in page

    member = Member.objects.get(name=contributor.user.name)
    for customer in grid[1]:
        factories.OwnScoreFactory(
            organization=scoped, member=member, customer=customer, criterion=grid[0], value=5
        )
    assert "Ann 2" in contributor.get(PAGE).text


def test_manager_sees_the_scores_and_step_I_says_where_they_stand(manager, score):
    score((5, 6, 5), (2, 9, 4), (7, 7, 7))

    page = manager.get(PAGE).text
    assert "Ann 2, Cy 4, Bob 9" in page and "Settle at 4" in page
    sentence = "3 people have scored on their own; they differ widely on 1 of 3 cells."
    assert sentence in page and sentence in manager.get("/o/enfield/drivers/").text


def test_own_scores_of_another_organization_are_not_compared(manager, score):
    other = factories.OwnScoreFactory()
    factories.OwnScoreFactory(
        organization=other.organization, customer=other.customer, criterion=other.criterion, value=0
    )
    score((5, 6, 5))

    assert "3 people have scored on their own; they differ widely on 0 of 1 cells." in manager.get(PAGE).text


def test_manager_settles_a_cell_from_its_median(manager, score, grid):
    score((5, 6, 5), (2, 9, 4))
    criterion, (residents, _shops, _schools) = grid
    version = residents.version

    page = settle(manager, (residents, criterion, "", 5)).text

    assert team_scores() == {"Residents": 5}
    assert "1 score is settled." in page and "settled</span>" in page
    assert Score.history.count() == 1
    assert Customer.objects.get(name="Residents").version > version


def test_manager_settles_all_at_their_medians(manager, score):
    score((5, 6, 5), (2, 9, 4), (7, 7, 7))

    manager.post(f"{PAGE}settle/", {"cells": Comparison.load().all_to_settle})

    assert team_scores() == {"Residents": 5, "Shops": 4, "Schools": 7}
    assert Comparison.load().to_settle == []
    assert OwnScore.objects.count() == 9


def test_score_of_the_team_changed_meanwhile_is_not_overwritten(manager, score, scoped, grid):
    score((5, 6, 5), (2, 9, 4))
    criterion, (residents, shops, _schools) = grid
    factories.ScoreFactory(organization=scoped, customer=residents, criterion=criterion, value=9)

    page = settle(manager, (residents, criterion, "", 5), (shops, criterion, "", 4)).text

    assert team_scores() == {"Residents": 9, "Shops": 4}
    assert "1 score is settled." in page and "1 score or its median was changed meanwhile" in page


def test_median_that_moved_since_the_page_was_shown_is_not_written(manager, score, grid):
    score((1, 3, None), (2, 9, 4))
    criterion, (residents, shops, _schools) = grid
    OwnScore.objects.filter(customer=residents).update(value=9)

    page = settle(manager, (residents, criterion, "", 2), (shops, criterion, "", 4)).text

    assert team_scores() == {"Shops": 4}
    assert "1 score is settled." in page and "1 score or its median was changed meanwhile" in page


@pytest.mark.parametrize("cells", ["", "x", "1-2", "1-2-3-4-5", "9-9--9", "٣-1--4", "1-1--99"])
def test_nonsense_settles_nothing(manager, score, cells):
    score((5, 6, 5))

    assert manager.post(f"{PAGE}settle/", {"cells": cells}).status_code == 302
    assert team_scores() == {}


def test_cells_of_another_organization_are_not_settled(manager, score, grid):
    foreign = factories.OwnScoreFactory()

    settle(manager, (foreign.customer, foreign.criterion, "", 5), (grid[1][0], foreign.criterion, "", 5))

    assert not Score._base_manager.exists()


def test_contributor_does_not_settle(contributor, score, grid):
    score((5, 6, 5))

    assert settle(contributor, (grid[1][0], grid[0], "", 5)).status_code == 403


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_page_asks_the_database_the_same_number_of_times(manager, scoped, django_assert_num_queries, rows):
    criterion = factories.CriterionFactory(organization=scoped)
    members = factories.MemberFactory.create_batch(min(rows, 20) + 1, organization=scoped)
    customers = factories.many(factories.CustomerFactory, rows, organization=scoped)
    cells = [(customer, member) for customer in customers[:3] for member in members[:20]]
    cells += [(customer, member) for customer in customers[3:] for member in members[:2]]
    of_whom, by_whom = map(list, zip(*cells, strict=True))
    given = {"organization": scoped, "criterion": criterion, "customer": of_whom, "member": by_whom}
    factories.many(factories.OwnScoreFactory, len(cells), **given)

    with django_assert_num_queries(10):
        manager.get(PAGE)
