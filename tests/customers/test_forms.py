"""Several rows of another table, typed by their names in one field."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from customers.forms import CriterionForm, CustomerForm, NamesField, rows_named
from customers.models import Customer, Deliverable, Delivery
from tests import factories


@pytest.fixture
def field():
    return NamesField(Deliverable, listed_in="deliverable-names")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", []),
        (" ; ;\n", []),
        ("Answers", ["Answers"]),
        ("Answers; Housing", ["Answers", "Housing"]),
        ("Answers\nHousing", ["Answers", "Housing"]),
        ("Answers, by post; Housing", ["Answers, by post", "Housing"]),
    ],
)
def test_names_are_parted_by_semicolons_and_line_breaks(field, typed, names):
    assert field.clean(typed) == names


def test_names_too_long_are_refused_with_the_limit(field):
    with pytest.raises(ValidationError, match=r"“x{30}…” is longer than 160 characters"):
        field.clean(f"Answers; {'x' * 161}")


def test_rows_named_finds_rows_in_any_capitals_and_makes_the_others(scoped):
    school = factories.DeliverableFactory(organization=scoped, name="École", position=3)
    factories.DeliverableFactory(name="Housing")

    (found, made), new = rows_named(Deliverable, ["ÉCOLE", "Housing"], scoped)

    assert (found, new) == (school, [made])
    assert (made.organization, made.name, made.position) == (scoped, "Housing", 4)


def test_rows_named_asks_the_same_number_of_times_for_many(scoped, django_assert_num_queries):
    names = [f"Deliverable {number}" for number in range(50)]
    for name in names:
        factories.DeliverableFactory(organization=scoped, name=name)

    with django_assert_num_queries(2):
        assert len(rows_named(Deliverable, names, scoped)[0]) == 50


@pytest.mark.parametrize("name", ["Answers", "ÉCOLE", "ΠΕΛΑΤΗΣ", "İstanbul office"])
def test_rows_named_makes_one_row_of_a_name_and_finds_it_again(scoped, name):
    [made], _new = rows_named(Deliverable, [name, name], scoped)

    assert rows_named(Deliverable, [name], scoped) == ([made], [])


def test_rows_named_takes_a_name_in_other_capitals_for_the_same(scoped):
    assert [str(row) for row in rows_named(Deliverable, ["École", "ÉCOLE"], scoped)[0]] == ["École"]


def test_form_shows_the_linked_names(scoped):
    delivery = factories.DeliveryFactory(organization=scoped)
    by = factories.MemberFactory(organization=scoped)

    assert (
        CustomerForm(instance=delivery.customer, by=by).initial["deliverables"] == delivery.deliverable.name
    )


def test_form_ends_links_that_are_not_named_any_more(scoped):
    delivery = factories.DeliveryFactory(organization=scoped)
    by = factories.MemberFactory(organization=scoped)
    typed = {"name": "Residents", "deliverables": "Housing", "version": 1}

    form = CustomerForm(typed, instance=delivery.customer, by=by)
    assert form.is_valid()
    form.save()

    assert [link.deliverable.name for link in Delivery.objects.all()] == ["Housing"]
    assert Deliverable.objects.filter(pk=delivery.deliverable.pk).exists()
    assert Delivery.history.filter(id=delivery.pk, history_type="-").exists()
    assert Customer.objects.get().name == "Residents"


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Answers, Visits", ["Answers", "Visits"]),
        ("Answers, in writing; Visits", ["Answers, in writing", "Visits"]),
        ("Answers, in writing;", ["Answers, in writing"]),
    ],
)
def test_names_are_parted_by_commas_where_there_is_no_semicolon(scoped, typed, names):
    form = CustomerForm(
        {"name": "Residents", "deliverables": typed}, by=factories.MemberFactory(organization=scoped)
    )

    customer = form.save()

    assert [str(deliverable) for deliverable in customer.deliverables.all()] == names


def test_a_single_name_with_a_comma_survives_being_saved_again(scoped):
    customer = factories.CustomerFactory(organization=scoped)
    factories.DeliveryFactory(
        organization=scoped,
        customer=customer,
        deliverable=factories.DeliverableFactory(organization=scoped, name="Answers, in writing"),
    )

    assert CustomerForm(instance=customer, by=factories.MemberFactory(organization=scoped)).initial[
        "deliverables"
    ] == ("Answers, in writing;")


@pytest.mark.parametrize("typed", ["2.5", "2,5"])
def test_weight_is_read_with_a_point_and_with_a_comma(scoped, typed):
    form = CriterionForm({"name": "Income", "weight": typed}, by=factories.MemberFactory(organization=scoped))

    assert form.save().weight == Decimal("2.5")
