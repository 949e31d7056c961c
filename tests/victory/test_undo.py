"""Deleting rows so that they can be put back, apart from any page."""

import pytest
from django.core.exceptions import ValidationError
from django_scopes import scopes_disabled

from customers.models import Customer, Deliverable, Delivery
from metrics.models import Metric
from tests import factories
from victory import undo
from victory.models import Deletion


@pytest.fixture
def by(scoped):
    return factories.MemberFactory(organization=scoped)


def test_delete_remembers_who_did_it_and_what_it_was(by, scoped):
    customer = factories.CustomerFactory(organization=scoped, name="Residents")

    deletion = undo.delete(customer, by=by)

    assert (deletion.label, deletion.by, deletion.organization) == ("Residents", by, scoped)
    assert len(deletion.rows) == 1


def test_put_back_is_offered_once(by, scoped):
    undo.put_back(undo.delete(factories.CustomerFactory(organization=scoped), by=by))

    assert Customer.objects.count() == 1 and not Deletion.objects.exists()


def test_put_back_twice_puts_back_once(by, scoped):
    deletion = undo.delete(factories.CustomerFactory(organization=scoped), by=by)
    same = Deletion.objects.get()
    undo.put_back(deletion)

    with pytest.raises(ValidationError, match="back already"):
        undo.put_back(same)


@pytest.mark.parametrize(
    "row",
    [
        {"model": "customers.gone", "pk": 1, "fields": {}},
        {"model": "customers.customer", "pk": 1, "fields": {"gone": 1}},
        {"model": "customers.customer", "pk": 1, "fields": {"position": "first"}},
    ],
)
def test_put_back_of_a_row_of_an_older_table_says_it_is_too_old(scoped, row):
    deletion = factories.DeletionFactory(organization=scoped, label="Residents", rows=[row])

    with pytest.raises(ValidationError, match="“Residents” was deleted too long ago"):
        undo.put_back(deletion)


def test_put_back_of_a_row_that_is_there_overwrites_nothing(by, scoped):
    customer = factories.CustomerFactory(organization=scoped, name="Residents")
    made_up = undo.delete(customer, by=by)
    undo.put_back(made_up)
    made_up.pk = None
    made_up.save()
    Customer.objects.update(name="Tenants")

    with pytest.raises(ValidationError, match="“Residents” is there already"):
        undo.put_back(made_up)

    assert Customer.objects.get().name == "Tenants"


def test_delete_of_a_member_says_which_actions_still_need_them(by, scoped):
    action = factories.ActionFactory(organization=scoped)

    with pytest.raises(ValidationError, match=f"is still needed by: {action.what}"):
        undo.delete(action.who, by=by)


def test_organization_can_be_deleted_with_its_actions(scoped):
    action = factories.ActionFactory(organization=scoped)

    scoped.delete()

    with scopes_disabled():
        assert not type(action).objects.exists()


def test_put_back_leaves_out_links_to_rows_that_are_gone(by, scoped):
    delivery = factories.DeliveryFactory(organization=scoped)
    of_customer = undo.delete(delivery.customer, by=by)
    undo.delete(delivery.deliverable, by=by)

    undo.put_back(of_customer)

    assert Customer.objects.exists()
    assert not Delivery.objects.exists() and not Deliverable.objects.exists()


def test_put_back_empties_a_reference_to_a_row_that_is_gone(by, scoped):
    group = factories.CustomerGroupFactory(organization=scoped)
    of_customer = undo.delete(factories.CustomerFactory(organization=scoped, group=group), by=by)
    undo.delete(group, by=by)

    assert undo.put_back(of_customer).group is None


def test_put_back_of_a_group_gathers_its_customers_again(by, scoped):
    group = factories.CustomerGroupFactory(organization=scoped)
    customer = factories.CustomerFactory(organization=scoped, group=group)
    deletion = undo.delete(group, by=by)
    customer.refresh_from_db()
    assert customer.group is None

    back = undo.put_back(deletion)

    customer.refresh_from_db()
    assert customer.group == back


def test_put_back_leaves_a_customer_in_the_group_chosen_meanwhile(by, scoped):
    group = factories.CustomerGroupFactory(organization=scoped)
    customer = factories.CustomerFactory(organization=scoped, group=group)
    deletion = undo.delete(group, by=by)
    other = factories.CustomerGroupFactory(organization=scoped)
    Customer.objects.update(group=other)

    undo.put_back(deletion)

    customer.refresh_from_db()
    assert customer.group == other


def test_put_back_of_a_deliverable_brings_its_metrics_with_targets_and_measurements(by, scoped):
    target = factories.TargetFactory(organization=scoped)
    measurement = factories.MeasurementFactory(organization=scoped, metric=target.metric)

    undo.put_back(undo.delete(target.metric.deliverable, by=by))

    metric = Metric.objects.get()
    assert list(metric.targets.all()) == [target]
    assert list(metric.measurements.all()) == [measurement]


def test_put_back_leaves_nothing_half_done_where_the_place_is_taken(by, scoped):
    delivery = factories.DeliveryFactory(organization=scoped)
    deletion = undo.delete(delivery.customer, by=by)
    factories.CustomerFactory(organization=scoped, name=delivery.customer.name.upper())

    with pytest.raises(ValidationError, match="A customer of this name exists already"):
        undo.put_back(deletion)

    assert not Delivery.objects.exists() and Deletion.objects.exists()
