"""Putting the rows of a sheet into another order."""

import pytest
from django.contrib.messages import get_messages

from customers.models import Customer, Need
from tests import factories

STEP = "/o/enfield/drivers/"
QUERIES_TO_MOVE = 10


@pytest.fixture
def customers(scoped):
    """Three customers, none of whom has been given a place yet."""
    return [factories.CustomerFactory(organization=scoped, name=name) for name in ("Ann", "Ben", "Cid")]


def move(client, row, to: str, address=f"{STEP}customers/"):
    return client.post(f"{address}{row.pk}/move/", {"to": to})


def names() -> str:
    return " ".join(Customer.objects.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("place", "to", "order"),
    [
        (0, "down", "Ben Ann Cid"),
        (1, "up", "Ben Ann Cid"),
        (1, "down", "Ann Cid Ben"),
        (0, "up", "Ann Ben Cid"),
        (2, "down", "Ann Ben Cid"),
    ],
)
def test_move_by_one_place_and_not_beyond_the_ends(manager, customers, place, to, order):
    response = move(manager, customers[place], to)

    assert names() == order
    assert response.url == f"{STEP}?reorder=customers#customers"


def test_move_with_htmx_answers_with_the_sheet_in_its_new_order(manager_htmx, customers):
    response = move(manager_htmx, customers[2], "up")

    page = response.content.decode()
    assert response["HX-Trigger"] == "workbook-changed"
    assert page.index("<td>Ann<") < page.index("<td>Cid<") < page.index("<td>Ben<")
    assert f'id="customers-{customers[2].pk}-up"' in page and "<html" not in page


def test_move_makes_nobodys_open_row_stale(manager, customers):
    move(manager, customers[0], "down")

    assert set(Customer.objects.values_list("version", flat=True)) == {1}


def test_move_stays_within_the_sheet_of_a_parent(manager, scoped):
    ann, ben = (factories.CustomerFactory(organization=scoped) for _name in range(2))
    first = factories.NeedFactory(organization=scoped, customer=ann, position=1)
    between = factories.NeedFactory(organization=scoped, customer=ben, position=2)
    last = factories.NeedFactory(organization=scoped, customer=ann, position=3)

    response = move(manager, last, "up", "/o/enfield/needs/needs/")

    assert list(Need.objects.filter(customer=ann)) == [last, first]
    between.refresh_from_db()
    assert between.position == 2
    assert response.url == f"/o/enfield/needs/?reorder=needs-in-{ann.pk}#needs-in-{ann.pk}"


def test_move_of_a_row_deleted_meanwhile_says_so(manager_htmx, customers):
    ben = customers[1]
    key = ben.pk
    ben.delete()
    ben.pk = key

    response = move(manager_htmx, ben, "up")

    assert response["HX-Refresh"] == "true"
    assert "deleted by somebody else" in str(next(iter(get_messages(response.wsgi_request))))


def test_reorder_shows_buttons_instead_of_fields_on_that_sheet_alone(manager, customers):
    page = manager.get(f"{STEP}?reorder=customers").content.decode()

    assert page.count('value="up"') == 3
    assert 'id="customers-add"' not in page and 'id="deliverables-add"' in page
    assert f'id="customers-{customers[0].pk}-up" name="to" value="up" disabled' in page
    assert f'id="customers-{customers[2].pk}-down" name="to" value="down" disabled' in page


def test_reorder_is_not_for_viewers(viewer, customers):
    assert 'value="up"' not in viewer.get(f"{STEP}?reorder=customers").content.decode()
    assert move(viewer, customers[0], "down").status_code == 403


@pytest.mark.parametrize("rows", [3, 300])
def test_move_takes_the_same_queries_however_many_rows(manager, scoped, django_assert_num_queries, rows):
    made = factories.many(factories.CustomerFactory, rows, organization=scoped)

    with django_assert_num_queries(QUERIES_TO_MOVE):
        move(manager, made[0], "down")
