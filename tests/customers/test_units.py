"""A customer that is another unit of the house."""

import pytest

from customers.models import Answer, Customer, Delivery
from tests import factories
from victory.models import Deletion

PAGE = "/o/enfield/drivers/"


@pytest.fixture
def billing(organization):
    return factories.OrganizationFactory(name="Billing", parent=organization)


@pytest.fixture
def customer(scoped, billing):
    return factories.CustomerFactory(organization=scoped, name="Those who bill")


def edit(client, customer, unit):
    data = {"name": customer.name, "version": customer.version, "unit": getattr(unit, "pk", unit)}
    return client.post(f"{PAGE}customers/{customer.pk}/edit/", data)


def test_editing_offers_the_other_units_of_the_house(manager, customer, billing, organization):
    factories.OrganizationFactory(name="Kitchen", parent=billing)
    factories.OrganizationFactory(name="Of another house")

    page = manager.get(f"{PAGE}customers/{customer.pk}/edit/").text

    assert f'<option value="{billing.pk}">Billing</option>' in page and ">Kitchen</option>" in page
    assert ">Enfield</option>" not in page and "Of another house" not in page


def test_unit_is_kept_and_marked_on_the_table(manager, customer, billing):
    assert edit(manager, customer, billing).status_code == 302

    assert Customer.objects.get().unit == billing
    assert "Those who bill<br>the unit Billing" in manager.get(PAGE).text


def test_unit_is_taken_away_again(manager, customer, billing):
    edit(manager, customer, billing)
    customer.refresh_from_db()

    edit(manager, customer, "")

    assert Customer.objects.get().unit is None


@pytest.mark.parametrize("choice", ["itself", "foreign", "nobody", "text"])
def test_bad_choice_posted_by_hand_is_told_beside_the_field(manager, customer, organization, choice):
    foreign = factories.OrganizationFactory(name="Of another house")
    unit = {"itself": organization, "foreign": foreign, "nobody": 99999, "text": "x"}[choice]

    page = edit(manager, customer, unit).text

    message = "Choose another unit of the same house."
    assert page.index(message) > page.index(f'id="customers-{customer.pk}-unit"')
    assert Customer.objects.get().unit is None


def test_second_customer_for_one_unit_is_told(manager, customer, billing, scoped):
    factories.CustomerFactory(organization=scoped, unit=billing)

    assert "This unit is on the list as a customer already." in edit(manager, customer, billing).text


def test_organization_without_units_is_not_asked(manager, scoped):
    alone = factories.CustomerFactory(organization=scoped)

    assert "is the unit" not in manager.get(f"{PAGE}customers/{alone.pk}/edit/").text


def test_unit_that_left_the_house_is_no_longer_offered(manager, customer, billing):
    edit(manager, customer, billing)
    customer.refresh_from_db()
    billing.parent = None
    billing.save()

    address = f"{PAGE}customers/{customer.pk}/edit/"
    assert ">Billing</option>" not in manager.get(address).text
    assert edit(manager, customer, "").status_code == 302
    assert Customer.objects.get().unit is None


def test_unit_is_pasted_by_its_name(manager, scoped, billing):
    manager.post(
        f"{PAGE}customers/paste/",
        {
            "text": "Those who bill\tBilling",
            "columns": "2",
            "column-0": "name",
            "column-1": "unit",
            "take": "1",
        },
    )

    assert Customer.objects.get().unit == billing


@pytest.fixture
def answered(scoped, customer, billing):
    """What Billing objects to is delivered to it."""
    customer.unit = billing
    customer.save()
    delivery = factories.DeliveryFactory(
        organization=scoped, customer=customer, deliverable__name="Monthly bills"
    )
    factories.AnswerFactory(organization=scoped, delivery=delivery, agrees=False, sentence="Too late.")
    return delivery


def save_row(client, row, **typed):
    address = f"/o/enfield/drivers/{row._meta.model_name}s/{row.pk}/edit/"
    return client.post(address, {"name": row.name, "version": row.version} | typed, follow=True)


@pytest.mark.parametrize("way", ["manager", "manager_htmx"])
@pytest.mark.parametrize("side", ["deliverable", "customer"])
def test_answered_delivery_that_is_taken_away_can_be_put_back_with_what_was_said(
    request, manager, answered, way, side
):
    row = getattr(answered, side)

    page = save_row(request.getfixturevalue(way), row, customers="", deliverables="").text

    assert not Delivery.objects.exists() and not Answer.objects.exists()
    deletion = Deletion.objects.get()
    assert "with 1 answer." in page and f"/o/enfield/undo/{deletion.pk}/" in page

    manager.post(f"/o/enfield/undo/{deletion.pk}/")
    assert [answer.sentence for answer in Answer.objects.filter(delivery=answered)] == ["Too late."]


def test_answered_delivery_that_is_listed_again_is_not_put_back_beside_itself(manager, answered):
    save_row(manager, answered.deliverable, customers="")
    answered.deliverable.refresh_from_db()
    save_row(manager, answered.deliverable, customers=answered.customer.name)

    page = manager.post(f"/o/enfield/undo/{Deletion.objects.get().pk}/", follow=True).text

    assert "is on the list of this deliverable again. Take it off first." in page
    assert Delivery.objects.count() == Deletion.objects.count() == 1


def test_delivery_without_an_answer_is_taken_away_as_before(manager, scoped):
    delivery = factories.DeliveryFactory(organization=scoped)

    save_row(manager, delivery.deliverable, customers="")

    assert not Delivery.objects.exists() and not Deletion.objects.exists()
