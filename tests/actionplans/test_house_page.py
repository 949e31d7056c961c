"""The chain of internal customers as each member may see it."""

import pytest

from customers.models import Customer, CustomerGroup
from tests import factories
from victory.tenancy import organization_scope

PAGE = "/o/enfield/chain/"


@pytest.fixture
def house(organization):
    house = factories.OrganizationFactory(name="The house")
    organization.parent = house
    organization.save()
    return house


@pytest.fixture
def unit(house):
    def unit(name):
        return factories.OrganizationFactory(name=name, slug=name.lower(), parent=house)

    return unit


def promise(giver, receiver, deliverable="Something", value=None, **customer):
    """Something that one organization promises to a unit of the house, or to a customer by name."""
    with organization_scope(giver):
        named = (
            {"unit": receiver, "name": receiver.name} if not isinstance(receiver, str) else {"name": receiver}
        )
        known = Customer.objects.filter(name=named["name"]).first()
    known = known or factories.CustomerFactory(organization=giver, **named, **customer)
    made = factories.DeliverableFactory(organization=giver, name=deliverable)
    factories.DeliveryFactory(organization=giver, customer=known, deliverable=made)
    if value is not None:
        metric = factories.MetricFactory(organization=giver, deliverable=made)
        factories.TargetFactory(organization=giver, metric=metric)
        factories.MeasurementFactory(organization=giver, metric=metric, value=value)
    return known


def sentences(client) -> str:
    page = client.get(PAGE).text
    return page[page.index('<desc id="house-text">') : page.index("</desc>")]


def test_chain_runs_from_the_supplier_to_the_customers_outside(viewer, organization, unit):
    billing = unit("Billing")
    promise(billing, organization, "Bills", value=95)
    promise(billing, organization, "Reports", value=50)
    promise(organization, unit("Sales"), "Answers")
    promise(organization, "Residents", "Service", value=95)

    said = sentences(viewer)

    assert "Billing to Enfield: 2 promises, 1 met, 1 not met." in said
    assert "Enfield to Sales: 1 promise." in said
    assert "Enfield to Residents: 1 promise, 1 met." in said


def test_picture_has_title_description_and_table(viewer, organization):
    promise(organization, "Residents", value=95)

    page = viewer.get(PAGE).text

    assert 'role="img" aria-labelledby="house-title house-text"' in page
    assert '<title id="house-title">' in page and "Enfield to Residents: 1 promise, 1 met." in page
    table = page[page.index("The same as a table") :]
    assert "Residents" in table and "external customer" in table and "1 met" in table


def test_internal_customer_without_a_unit_is_told_from_an_external_one(viewer, organization):
    internal = factories.CustomerGroupFactory(organization=organization, side=CustomerGroup.Side.INTERNAL)
    promise(organization, "The board", "Minutes", group=internal)

    assert "internal customer" in viewer.get(PAGE).text


def test_of_other_units_no_more_is_shown_than_what_they_promise_this_one(viewer, organization, unit):
    billing, sales = unit("Billing"), unit("Secretunit")
    promise(billing, organization, "Bills")
    promise(billing, sales, "Secret bills")
    promise(billing, "Secret customer", "Secret service")
    promise(sales, "Secret end", "Secret offer")
    promise(organization, sales, "Answers")

    page = viewer.get(PAGE).text

    assert "Billing to Enfield: 1 promise." in page and "Enfield to Secretunit: 1 promise." in page
    assert "Secret " not in page and "Secretunit to" not in page
    assert "/o/billing/" not in page


def test_unit_in_which_one_is_a_member_shows_what_it_promises(viewer, organization, unit):
    billing = unit("Billing")
    promise(billing, organization, "Bills")
    promise(billing, "Tax payers", "Receipts", value=95)
    factories.MemberFactory(organization=billing, user=viewer.user)

    page = viewer.get(PAGE).text

    assert "Billing to Tax payers: 1 promise, 1 met." in page
    assert '<a href="/o/billing/chain/">Billing</a>' in page


def test_other_houses_of_the_same_person_stay_out_of_it(viewer, organization):
    promise(organization, "Residents")
    elsewhere = factories.OrganizationFactory(name="Elsewhere")
    promise(elsewhere, "Secret customer")
    factories.MemberFactory(organization=elsewhere, user=viewer.user)

    page = viewer.get(PAGE).text

    assert "Residents" in page and "Elsewhere" not in page and "Secret customer" not in page


def test_unit_that_left_the_house_is_a_customer_like_any_other(viewer, organization, unit):
    sales = unit("Sales")
    promise(organization, sales, "Answers")
    sales.parent = None
    sales.name = "Renamed since"
    sales.save()

    page = viewer.get(PAGE).text

    assert "Enfield to Sales: 1 promise." in page and "Renamed since" not in page


def test_promise_that_leads_back_is_named(viewer, organization, unit, house):
    billing = unit("Billing")
    promise(billing, organization, "Bills")
    promise(organization, billing, "Figures")

    page = viewer.get(PAGE).text

    assert "Some promises lead back to an earlier unit" in page


def test_chain_without_promises_says_where_to_begin(viewer):
    assert "Nobody delivers anything to anybody yet." in viewer.get(PAGE).text


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_page_asks_the_database_the_same_number_of_times(
    viewer, organization, house, django_assert_num_queries, rows
):
    suppliers = factories.many(factories.OrganizationFactory, rows, parent=house)
    for supplier in suppliers[:3]:
        factories.MemberFactory(organization=supplier, user=viewer.user)
    for givers, receivers in ((suppliers, organization), (organization, None)):
        by = {"number": rows, "organization": givers}
        customers = factories.many(factories.CustomerFactory, unit=receivers, **by)
        deliverables = factories.many(factories.DeliverableFactory, **by)
        factories.many(factories.DeliveryFactory, customer=customers, deliverable=deliverables, **by)

    with django_assert_num_queries(15):
        viewer.get(PAGE)
