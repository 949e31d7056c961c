"""The fields of a form, of which each form has its own copies.

Django copies them in a general way, which takes longer than to read, check and compare what was typed.
"""

from copy import deepcopy

from django import forms
from django.forms.models import ModelFormMetaclass
from django.forms.widgets import ChoiceWidget

from victory.forms.choices import RowChoiceField
from victory.prepared import twin_of

COPIED_ALIKE = {
    kind.__deepcopy__ for kind in (forms.Field, forms.ChoiceField, RowChoiceField, forms.Widget, ChoiceWidget)
}
"""What Django does for those that consist of no others. What has a way of its own is left to Django."""


class OwnFields(dict):
    """The fields that a form declares."""

    def __deepcopy__(self, memo):
        return {name: own_field(field) for name, field in self.items()}


class OwnFieldsMetaclass(ModelFormMetaclass):
    """Makes such classes of a class and all below it, and lets them `dress` their fields."""

    def __new__(cls, name, bases, attrs, **options):
        form = super().__new__(cls, name, bases, attrs, **options)
        for field in form.base_fields.values():
            form.dress(field)
        return with_own_fields(form)


def with_own_fields[Form: type[forms.BaseForm]](form: Form) -> Form:
    """The class of a form whose fields are copied at little cost."""
    form.base_fields = OwnFields(form.base_fields)
    return form


def own_field(field: forms.Field) -> forms.Field:
    """Another field, of which a form may change the widget, the sentences, the validators and the choices."""
    holds_rows = isinstance(field, forms.ModelChoiceField) and not isinstance(field, RowChoiceField)
    if holds_rows or not {type(field).__deepcopy__, type(field.widget).__deepcopy__} <= COPIED_ALIKE:
        return deepcopy(field)
    own = twin_of(field)
    own.widget = twin_of(field.widget)
    own.widget.attrs = field.widget.attrs.copy()
    own.error_messages = field.error_messages.copy()
    own.validators = field.validators[:]
    if isinstance(own, RowChoiceField):
        own.widget.choices = own.choices  # which asks this field for its rows, and not the one it is like
    return own
