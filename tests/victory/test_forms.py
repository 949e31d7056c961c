"""What every form of the workbook has in common."""

import pytest
from django.core.exceptions import ValidationError

from customers.forms import CriterionForm, CustomerForm
from tests import factories
from victory.forms import FocusStatementForm, refuse_control_characters
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
