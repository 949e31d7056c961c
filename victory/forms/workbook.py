"""What every form of the workbook has in common."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from victory.forms.choices import RowChoiceField, dress_choice, none_of, scoped_formfield
from victory.forms.conflicts import Conflict, digest, read_digests, who_changed, write_digests
from victory.forms.copies import OwnFieldsMetaclass
from victory.models import Member
from victory.once import may_be_tried_again

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""What Unicode calls a control character, but for line breaks and tabs."""


def refuse_control_characters(text: str):
    """Let through what can be read on a page; line breaks and tabs are fine."""
    if found := CONTROL.search(text):
        raise ValidationError(
            _("Contains a character that cannot be shown (%(code)s). Delete it or type that part again."),
            params={"code": f"U+{ord(found[0]):04X}"},
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
    broken = {name: text for name, text in data.items() if isinstance(text, str) and "\r" in text}
    if broken:
        data = data.copy()
    for name, text in broken.items():
        data[name] = text.replace("\r\n", "\n").replace("\r", "\n")
    return data


def own_copy(data):
    """What was typed, into which a form may write. Its own copy() would copy each text."""
    return MultiValueDict(data) if isinstance(data, MultiValueDict) else dict(data)


def refuse_also(field: forms.Field, refuse: Callable):
    """Let the field refuse what this one does; a field that several classes of forms declare is met again."""
    if refuse not in field.validators:
        field.validators.append(refuse)


def say_limit_while_typing(field: forms.CharField):
    """Let the page count down to the limit. A browser's own limit would cut a pasted text in silence."""
    if field.widget.attrs.pop("maxlength", None):
        field.widget.attrs["data-limit"] = field.max_length


class WorkbookForm(forms.ModelForm, metaclass=OwnFieldsMetaclass):
    """The form of one row of an organization.

    It sets the organization, refuses rows of another one, and notices when somebody else saved
    the row in the meantime (see `victory.forms.conflicts`). A field that only they changed stays as they
    wrote it; one that both changed is in `theirs`, shown with both texts and a button that takes theirs
    (`take`), and saving once more (with what was `told`) keeps mine. `notices` says what saving did beyond
    the row itself; `deletions` are rows that it took away and that can be put back. Where it is
    `saved_at_once`, and tried again otherwise, what may stand once only is left to the database.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    before = forms.CharField(widget=forms.HiddenInput, required=False)

    saved_at_once = False

    class Meta:
        formfield_callback = scoped_formfield

    def __init__(self, *args, by: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        if self.is_bound:
            self.data = with_plain_line_breaks(self.data)
        self.typed, self.theirs, self.kept, self.taken = {}, {}, {}, ""
        self.notices = []
        self.deletions = []
        self.instance.organization = by.organization
        self.initial["version"] = self.instance.version
        for name, field in self.fields.items():
            if isinstance(field, RowChoiceField):
                field.stands = self.instance._state.fields_cache.get(name)
                field.offer(field.queryset.model.objects.all)
            elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
                field.error_messages["invalid_choice"] = none_of(field)

    @staticmethod
    def dress(field: forms.Field):
        """Let a field be as all fields of the workbook are: done once for each class of forms."""
        if isinstance(field, forms.ChoiceField):
            dress_choice(field)
        elif isinstance(field, forms.CharField):
            refuse_also(field, refuse_control_characters)
            say_limit_while_typing(field)
        elif isinstance(field, forms.DateField):
            refuse_also(field, refuse_long_ago)

    @classmethod
    def typed_for(cls, row) -> dict:
        """What one would type into those fields that are no field of the row, so that it came out like this.

        The row was read as its worksheet reads it.
        """
        return {}

    def full_clean(self):
        """Hold what was typed against what is stored, before it is read."""
        if self.is_bound:
            self.typed = {name: self.typed_text(name) for name in self.compared_fields}
            if self.instance.pk:
                self.compare_with_theirs()
        super().full_clean()

    def compare_with_theirs(self):
        """Find the fields that somebody else changed since they were shown, and keep what they wrote.

        A page that does not say what it showed is known by its version: is that an earlier one, then
        every field in which the texts differ is a question.
        """
        shown = read_digests(self.data.get(self.add_prefix("before"), ""))
        asked_for = self.data.get("take", "")
        if not asked_for:
            shown |= read_digests(" ".join(self.texts_told()))
        is_current = str(self.data.get(self.add_prefix("version"), "")) == str(self.instance.version)
        self.data = own_copy(self.data)
        for name, mine in self.typed.items():
            theirs, stored = self.stored_texts[name], self.stored_digests[name]
            before = shown.get(name, stored if is_current else None)
            if name == asked_for:
                self.taken = name
                self.data[self.add_prefix(name)] = self.stored_as_typed(name)
            elif stored == before or mine == theirs:
                continue
            elif digest(mine) == before:
                self.kept[name] = self.conflict(name, mine, theirs, kept=True)
                self.data[self.add_prefix(name)] = self.stored_as_typed(name)
            else:
                self.theirs[name] = self.conflict(name, mine, theirs)
        self.data[self.add_prefix("before")] = write_digests(self.digests_to_show(shown))
        self.data[self.add_prefix("version")] = self.instance.version
        for conflict in [*self.theirs.values(), *self.kept.values()]:
            self.fields[conflict.name].conflict = conflict

    @cached_property
    def changed_data(self):
        """What somebody changed; what the page remembers is nothing they typed."""
        return [name for name in self.fields if name not in ("version", "before") and self.is_changed(name)]

    def is_changed(self, name: str) -> bool:
        """Whether something else was typed than is stored, and is to stand there."""
        if name in self.typed:
            stays = name == self.taken or name in self.kept
            return not stays and self.typed[name] != self.stored_texts[name]
        return self.fields[name].has_changed(self.stored(name), self[name].data)

    @property
    def changes_more_than_the_row(self) -> bool:
        """Whether somebody changed more than texts and figures of the row itself."""
        own = {field.name for field in self.instance._meta.concrete_fields if not field.is_relation}
        return not own.issuperset(self.changed_data)

    def texts_told(self) -> list[str]:
        return self.data.getlist("told") if hasattr(self.data, "getlist") else []

    def digests_to_show(self, shown: dict[str, str]) -> dict[str, str]:
        """What the page shows next: what is stored, but for a question that is still open."""
        open_questions = {name: shown[name] for name in self.theirs if name in shown}
        settled = {name: mark for name, mark in self.stored_digests.items() if name not in self.theirs}
        return settled | open_questions

    def conflict(self, name: str, mine: str, theirs: str, kept: bool = False) -> Conflict:
        return Conflict(
            name=name,
            mine=self.in_words(name, mine),
            theirs=self.in_words(name, theirs),
            told=write_digests({name: digest(theirs)}),
            changed=who_changed(self.instance, name),
            kept=kept,
            written_out=type(self.fields[name].widget) in (forms.TextInput, forms.Textarea),
        )

    @cached_property
    def compared_fields(self) -> list[str]:
        """The fields that a person sees and may change."""
        return [bound.name for bound in self.visible_fields() if not bound.field.disabled]

    @cached_property
    def stored_texts(self) -> dict[str, str]:
        """By field, what is stored, as it would be typed."""
        return {name: self.as_text(name, self.stored(name)) for name in self.compared_fields}

    @cached_property
    def stored_digests(self) -> dict[str, str]:
        return {name: digest(text) for name, text in self.stored_texts.items()}

    def stored(self, name: str):
        """What the row holds, or what a new one begins with; not what a form proposes for an empty field."""
        value = self.initial.get(name, self.fields[name].initial)
        return value() if callable(value) else value

    def stored_as_typed(self, name: str) -> str:
        value = self.fields[name].prepare_value(self.stored(name))
        return "" if value is None else str(value)

    def typed_text(self, name: str) -> str:
        """What was typed, in one way of writing; read only where it is not as the field showed it."""
        typed = self[name].data
        return self.stored_texts[name] if typed == self.stored_as_typed(name) else self.as_text(name, typed)

    def as_text(self, name: str, value) -> str:
        """The value of a field in one way of writing, whether it is stored or was typed."""
        field = self.fields[name]
        value = field.prepare_value(value)
        if not isinstance(field, forms.ChoiceField):
            with suppress(ValidationError):  # what cannot be read stays as it was typed
                value = field.to_python(value)
        if isinstance(value, Decimal):
            value = f"{value.normalize():f}"
        return "" if value is None else str(value)

    @property
    def shown_now(self) -> str:
        """By field, the digest of what the page shows: what it posts as `before`."""
        if self.is_bound:
            return self.data.get(self.add_prefix("before"), "")
        return write_digests(self.digests_to_show({}))

    @property
    def shown_while_typing(self) -> str:
        """The same for a page that goes on showing what was typed after it was saved."""
        return write_digests({name: digest(text) for name, text in self.typed.items()})

    def clean(self):
        cleaned = super().clean()
        if self.taken and (self.theirs or self.changed_data):
            sentence = _("“%(field)s” holds their text now. Nothing is saved yet: look at it, then save.")
            self.add_error(None, sentence % {"field": self.fields[self.taken].label})
        elif self.theirs:
            self.add_error(
                None,
                _(
                    "Somebody else changed this while you were writing. Look at both texts where they differ:"
                    " take theirs, or save again to keep yours."
                ),
            )
        elif self.kept:
            fields = ", ".join(str(self.fields[name].label) for name in self.kept)
            self.notices.append(
                _("Somebody else changed this meanwhile, and it stays as they wrote it: %(fields)s.")
                % {"fields": fields}
            )
        return cleaned

    def save(self, commit=True):
        """Save the row. Where theirs was taken and nothing else was typed, it stands as it is to be."""
        return self.instance if self.taken else super().save(commit)

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
        self.instance.left_to_database = self.saved_at_once and may_be_tried_again() and not self.errors
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


class DateInput(forms.DateInput):
    """The browser's own date field, which wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")
