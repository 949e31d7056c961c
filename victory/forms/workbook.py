"""What every form of the workbook has in common."""

import unicodedata
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_scopes.forms import SafeModelChoiceField

from victory.models import Member
from victory.tenancy import is_tenant_key


def refuse_control_characters(text: str):
    """Let through what can be read on a page; line breaks and tabs are fine."""
    for character in text:
        if unicodedata.category(character) == "Cc" and character not in "\n\r\t":
            raise ValidationError(
                _("Contains a character that cannot be shown (%(code)s). Delete it or type that part again."),
                params={"code": f"U+{ord(character):04X}"},
            )


FIRST_DAY = date(1900, 1, 1)
"""An earlier day is a year with a digit missing, not a day of the workbook."""


def refuse_long_ago(day: date):
    if day < FIRST_DAY:
        raise ValidationError(long_ago())


def long_ago() -> str:
    """The sentence for a day before the first one that is taken."""
    return _("Days before %(day)s are not taken. Is a digit of the year missing?") % {
        "day": date_format(FIRST_DAY)
    }


def with_plain_line_breaks(data):
    """What was typed, with line breaks as single characters however the browser sent them.

    A form that is posted sends CR LF, one that saves itself LF. As one character each, a line break
    counts once towards the limit, as it does on the page, and a text is not taken for a changed one.
    """
    data = data.copy()
    for name, text in data.items():
        if isinstance(text, str) and "\r" in text:
            data[name] = text.replace("\r\n", "\n").replace("\r", "\n")
    return data


def scoped_formfield(field, **kwargs):
    """A reference to another row offers the rows in scope, looked up when the form is used."""
    if is_tenant_key(field):
        kwargs["form_class"] = SafeModelChoiceField
    return field.formfield(**kwargs)


class WorkbookForm(forms.ModelForm):
    """The form of one row of an organization.

    It sets the organization, refuses rows of another one, and notices when somebody else saved
    the row in the meantime: then `theirs` holds what is stored now in each field that differs,
    the form shows both, and saving once more is a decision. `notices` says what saving did beyond
    the row itself; `deletions` are rows that it took away and that can be put back.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        formfield_callback = scoped_formfield

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        if self.is_bound:
            self.data = with_plain_line_breaks(self.data)
        self.theirs = {}
        self.notices = []
        self.deletions = []
        self.instance.organization = by.organization
        self.initial["version"] = self.instance.version
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                name_blank_choice(field)
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = field.queryset.model.objects.all()
                field.error_messages["invalid_choice"] = _("“%(value)s” is not on the list.")
            elif isinstance(field, forms.CharField):
                field.validators.append(refuse_control_characters)
                say_limit_while_typing(field)
            elif isinstance(field, forms.DateField):
                field.validators.append(refuse_long_ago)

    @classmethod
    def typed_for(cls, row) -> dict:
        """What one would type into those fields that are no field of the row, so that it came out like this.

        The row was read as its worksheet reads it.
        """
        return {}

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and cleaned.get("version") != self.instance.version:
            self.show_both_texts()
        return cleaned

    def show_both_texts(self):
        """Somebody else saved this row since it was shown: keep both texts where they differ."""
        self.theirs = {name: self.stored_text(name) for name in self.changed_data if name != "version"}
        if not self.theirs:
            return
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = self.instance.version
        self.add_error(
            None,
            _(
                "Somebody else changed this while you were writing."
                " Save again to keep your text, or cancel to keep theirs."
            ),
        )

    def stored_text(self, name: str) -> str:
        """What the row holds now in this field, as a person reads it."""
        field = self.fields[name]
        return self.in_words(name, field.prepare_value(self.get_initial_for_field(field, name)))

    def typed_texts(self) -> list[str]:
        """What somebody typed into the fields, as they read it there."""
        return [self.in_words(bound.name, bound.data) for bound in self.visible_fields() if bound.data]

    def in_words(self, name: str, value) -> str:
        """The value of a field as a person reads it: a choice by its label."""
        labels = {str(key): str(label) for key, label in getattr(self.fields[name], "choices", ())}
        return labels.get(str(value), "" if value is None else str(value))

    def _get_validation_exclusions(self):
        """The rows that were chosen are there: their fields have just looked them up."""
        chosen = {name for name, field in self.fields.items() if isinstance(field, forms.ModelChoiceField)}
        return super()._get_validation_exclusions() | chosen

    def validate_constraints(self):
        """The organization is set by the form, so what must be unique within it can be checked."""
        exclude = super()._get_validation_exclusions() - {"organization"}
        try:
            self.instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)

    def _update_errors(self, errors):
        """What is wrong with the whole row, or where the form has no field, is said beside its first."""
        first = self.visible_fields()[0].name
        for name in [name for name in getattr(errors, "error_dict", ()) if name not in self.fields]:
            errors.error_dict.setdefault(first, []).extend(errors.error_dict.pop(name))
        super()._update_errors(errors)


def name_blank_choice(field: forms.ChoiceField):
    """Say what choosing nothing means: not chosen yet, or none."""
    blank = _("choose …") if field.required else _("none")
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = blank
    elif field.choices and field.choices[0][0] in ("", None):
        field.choices = [("", blank), *field.choices[1:]]


def say_limit_while_typing(field: forms.CharField):
    """Let the page count down to the limit. A browser's own limit would cut a pasted text in silence."""
    if field.widget.attrs.pop("maxlength", None):
        field.widget.attrs["data-limit"] = field.max_length


class DateInput(forms.DateInput):
    """The browser's own date field, which wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")
