"""Fields in which something is chosen: one of some words, or one of the rows in scope."""

from collections.abc import Callable

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_scopes.forms import SafeModelChoiceField

from victory.rows import WorkbookRow
from victory.tenancy import is_tenant_key


class RowsInTime(ModelChoiceIterator):
    """The rows that a field offers, of which nothing is read before they are shown."""

    def __init__(self, field):
        self.field = field

    @property
    def queryset(self):
        return self.field.queryset


class RowChoiceField(SafeModelChoiceField):
    """One of the rows in scope. The one that the form's row refers to already is not looked up again.

    That one is taken whichever rows are offered: a form that offers some alone has to say so of it as well.
    """

    iterator = RowsInTime

    stands: WorkbookRow | None = None
    _offer: Callable[[], QuerySet] | None = None

    def offer(self, rows: Callable[[], QuerySet]):
        """Let these rows be chosen. They are asked for when somebody chooses, or is to choose."""
        self._offer = rows

    @property
    def queryset(self) -> QuerySet:
        if self._offer:
            self._queryset, self._offer = self._offer(), None
        return self._queryset

    @queryset.setter
    def queryset(self, rows: QuerySet):
        self._offer = None
        self._set_queryset(rows)

    def to_python(self, value):
        if self.stands is not None and str(value) == str(self.stands.pk):
            return self.stands
        return super().to_python(value)


def scoped_formfield(field, **kwargs):
    """A reference to another row offers the rows in scope, looked up when the form is used."""
    if is_tenant_key(field):
        kwargs["form_class"] = RowChoiceField
    return field.formfield(**kwargs)


NOT_CHOSEN_YET, NONE = gettext_lazy("choose …"), gettext_lazy("none")
NOT_ON_THE_LIST = gettext_lazy("“%(value)s” is not on the list.")


def dress_choice(field: forms.ChoiceField):
    """Say what choosing nothing means: not chosen yet, or none; and that what was chosen is not on a list."""
    blank = NOT_CHOSEN_YET if field.required else NONE
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = blank
        field.error_messages["invalid_choice"] = NOT_ON_THE_LIST
    elif field.choices and field.choices[0][0] in ("", None):
        field.choices = [("", blank), *field.choices[1:]]


def _none_of(field: forms.ChoiceField) -> str:
    """The sentence for a choice that is not on the list."""
    labels = ", ".join(str(label) for value, label in field.choices if value not in ("", None))
    sentence = _("“%(value)s” is none of these: {choices}.")
    return sentence.format(choices=labels.replace("%", "%%"))


none_of = lazy(_none_of, str)
"""The same sentence, put together when somebody is to read it."""
