"""What every form of the workbook has in common."""

import pytest
from django.core.exceptions import ValidationError
from django.forms import ModelChoiceField, SplitDateTimeField

from customers.forms import CriterionForm, CustomerForm
from customers.models import Customer, CustomerGroup
from tests import factories
from victory.forms import FocusStatementForm, refuse_control_characters
from victory.forms.copies import own_field
from victory.tenancy import organization_scope


@pytest.fixture
def by(scoped):
    return factories.MemberFactory(organization=scoped)


@pytest.mark.parametrize(
    ("character", "code"), [("\x00", "U\\+0000"), ("\x1b", "U\\+001B"), ("\x85", "U\\+0085")]
)
def test_control_characters_are_named(character, code):
    with pytest.raises(ValidationError, match=code):
        refuse_control_characters(f"Resi{character}dents")


def test_line_breaks_and_tabs_are_no_control_characters():
    refuse_control_characters("A prompt\r\nanswer\tand 日本語, emoji 🙂 and right-to-left \u200f marks")


def test_form_sets_the_organization_of_the_member(by, scoped):
    form = CriterionForm({"name": "Income", "weight": "3"}, by=by)

    assert form.is_valid() and form.save().organization == scoped


def test_form_offers_the_rows_of_the_organization_alone(by, scoped):
    group = factories.CustomerGroupFactory(organization=scoped)
    factories.CustomerGroupFactory()

    assert list(CustomerForm(by=by).fields["group"].queryset) == [group]


def test_form_offers_the_rows_in_the_scope_it_is_used_in(by):
    """The form's class is shared by all organizations: nothing of the last one may stay in it."""
    assert not CustomerForm(by=by).fields["group"].queryset.exists()
    other = factories.MemberFactory()
    group = factories.CustomerGroupFactory(organization=other.organization)

    with organization_scope(other.organization):
        assert list(CustomerForm(by=other).fields["group"].queryset) == [group]


def test_form_changes_its_own_fields_alone(by, scoped):
    """All forms of a class begin with the same fields, copied for each."""
    one, other = CustomerForm(by=by), CustomerForm(by=by)
    for name, field in one.fields.items():
        field.label, field.widget.attrs["class"] = "Changed", "changed"
        field.error_messages["required"] = "Changed"
        field.validators.append(refuse_control_characters)
        if isinstance(field, ModelChoiceField):
            field.queryset = CustomerGroup.objects.none()
            assert not list(field.widget.choices)[1:], name
    factories.CustomerGroupFactory(organization=scoped, name="Direct")
    for name, field in other.fields.items():
        assert "Changed" not in (field.label, field.error_messages["required"]), name
        assert "class" not in field.widget.attrs, name
        assert len(field.validators) == len(one.fields[name].validators) - 1, name
    assert [label for _value, label in other.fields["group"].widget.choices][1:] == ["Direct"]


def test_fields_that_consist_of_others_are_copied_as_django_does():
    field = SplitDateTimeField(label="When")
    copy = own_field(field)
    copy.fields[0].label = "changed"
    copy.widget.widgets[0].attrs["class"] = "changed"
    assert field.fields[0].label is None and "class" not in field.widget.widgets[0].attrs


def test_only_what_somebody_changed_counts_as_changed(by, scoped):
    customer = factories.CustomerFactory(organization=scoped, name="Residents")
    customer.deliverables.set([])
    asked = {"group": str(customer.group_id or ""), "deliverables": "", "version": customer.version}

    def changed(**typed):
        form = CustomerForm(asked | typed, instance=Customer.objects.get(), by=by)
        assert form.is_valid(), form.errors
        return form.changed_data

    assert changed(name="Residents") == []
    assert changed(name=" Residents ") == []
    assert changed(name="Tenants") == ["name"]
    assert changed(name="Residents", deliverables="Map; Title") == ["deliverables"]


def test_what_somebody_else_wrote_and_what_was_taken_over_is_no_change_of_mine(by, scoped):
    customer = factories.CustomerFactory(organization=scoped, name="Residents")
    shown = CustomerForm(instance=customer, by=by).shown_now
    group = str(customer.group_id or "")
    Customer.objects.get().save()
    theirs = Customer.objects.get()
    theirs.name = "Owners"
    theirs.save()
    typed = {"name": "Residents", "group": group, "deliverables": "", "version": 0, "before": shown}

    kept = CustomerForm(typed, instance=Customer.objects.get(), by=by)
    assert kept.is_valid() and kept.changed_data == []
    assert kept.cleaned_data["name"] == "Owners"

    typed["name"] = "Tenants"
    asked = CustomerForm(typed, instance=Customer.objects.get(), by=by)
    assert not asked.is_valid() and asked.changed_data == ["name"]
    taken = CustomerForm(typed | {"take": "name"}, instance=Customer.objects.get(), by=by)
    assert taken.is_valid() and taken.changed_data == []


def test_form_reads_typed_fields_back_in_words(by, scoped):
    group = factories.CustomerGroupFactory(organization=scoped, name="Direct")

    form = CustomerForm({"name": "Residents", "group": str(group.pk), "deliverables": ""}, by=by)

    assert form.typed_texts() == ["Residents", "Direct"]


def test_form_counts_a_line_break_once_however_it_was_sent(by):
    form = FocusStatementForm({"statement": "one\r\ntwo\rthree\nfour"}, by=by)

    assert form.is_valid() and form.cleaned_data["statement"] == "one\ntwo\nthree\nfour"


def test_limits_are_for_counting_down_and_never_cut(by):
    attrs = FocusStatementForm(by=by).fields["statement"].widget.attrs

    assert attrs["data-limit"] == 10_000 and "maxlength" not in attrs
