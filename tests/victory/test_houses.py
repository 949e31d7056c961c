"""Which organizations belong together: units below one another."""

import pytest

from tests.factories import OrganizationFactory
from victory.models import Organization, keys_above, lines_above


@pytest.fixture
def house(db):
    """A company with two departments, one of which has a team; and a stranger with a unit."""
    company = OrganizationFactory(name="Company")
    sales = OrganizationFactory(name="Sales", parent=company)
    OrganizationFactory(name="Billing", parent=company)
    OrganizationFactory(name="Counter", parent=sales)
    OrganizationFactory(name="Stranger's unit", parent=OrganizationFactory(name="Stranger"))
    return company


def names(organizations):
    return sorted(organizations.values_list("name", flat=True))


def called(name):
    return Organization.objects.get(name=name)


def test_units_below_are_found_at_any_depth(house):
    assert names(Organization.objects.below(house)) == ["Billing", "Counter", "Sales"]
    assert names(Organization.objects.below(called("Sales"))) == ["Counter"]
    assert names(Organization.objects.below(called("Counter"))) == []


def test_one_house_reaches_up_to_the_top_and_down_again(house):
    everybody = ["Billing", "Company", "Counter", "Sales"]
    assert names(Organization.objects.filter(pk__in=called("Counter").house)) == everybody
    assert names(Organization.objects.filter(pk__in=house.house)) == everybody


def test_house_is_read_in_one_query_however_deep(house, django_assert_num_queries):
    unit = called("Counter")
    for _ in range(20):
        unit = OrganizationFactory(parent=unit)
    with django_assert_num_queries(1):
        assert len(unit.house) == 24


def test_circle_of_units_comes_to_an_end(house):
    Organization.objects.filter(pk=house.pk).update(parent=called("Counter"))
    assert names(Organization.objects.below(house)) == ["Billing", "Counter", "Sales"]


def test_lines_above_lead_to_the_top(house):
    sales, counter = called("Sales"), called("Counter")
    assert lines_above([house, counter]) == {house.pk: [], counter.pk: [sales.pk, house.pk]}
    assert keys_above([house, counter]) == {sales.pk, house.pk}
    assert lines_above([]) == {}


def test_line_above_leads_out_of_a_circle(house):
    sales, counter = called("Sales"), called("Counter")
    Organization.objects.filter(pk=house.pk).update(parent=counter)
    assert lines_above([counter]) == {counter.pk: [sales.pk, house.pk, counter.pk]}
