"""Asking for a name to be typed, before something is done that cannot be taken back."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class TypedNameForm(forms.Form):
    """Valid once the name was typed as it stands there."""

    name = forms.CharField(widget=forms.TextInput({"autocomplete": "off"}))

    def __init__(self, *args, expected: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.fields["name"].label = _("To go on, type: %(name)s") % {"name": expected}
        self.fields["name"].error_messages["required"] = self.another()

    def clean_name(self) -> str:
        typed = " ".join(self.cleaned_data["name"].split())
        if typed != " ".join(self.expected.split()):
            raise ValidationError(self.another())
        return typed

    def another(self) -> str:
        return _("This is not the same. Type “%(name)s”.") % {"name": self.expected}
