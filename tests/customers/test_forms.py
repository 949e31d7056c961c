"""Several rows of another table, typed by their names in one field."""

import pytest
from django.core.exceptions import ValidationError

from customers.forms import CustomerForm, NamesField, rows_named
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
        ("Answers; answers; ANSWERS", ["Answers"]),
        ("École; ÉCOLE", ["École"]),
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

    found, made = rows_named(Deliverable, ["ÉCOLE", "Housing"], scoped)

    assert found == school
    assert (made.organization, made.name, made.position) == (scoped, "Housing", 4)


def test_rows_named_asks_the_same_number_of_times_for_many(scoped, django_assert_num_queries):
    names = [f"Deliverable {number}" for number in range(50)]
    for name in names:
        factories.DeliverableFactory(organization=scoped, name=name)

    with django_assert_num_queries(1):
        assert len(rows_named(Deliverable, names, scoped)) == 50


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
