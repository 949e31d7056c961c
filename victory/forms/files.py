"""Files that people bring along."""

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class LimitedFileField(forms.FileField):
    """A file of at most so many bytes, which is looked at before anything of it is read."""

    default_error_messages = {
        "required": gettext_lazy("Choose a file."),
        "empty": gettext_lazy("This file is empty."),
    }

    def __init__(self, *, largest: int, accept: str, **kwargs):
        self.largest = largest
        widget = forms.FileInput(attrs={"accept": accept})
        super().__init__(widget=widget, max_length=255, **kwargs)

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if file and file.size > self.largest:
            sizes = {"size": filesizeformat(file.size), "largest": filesizeformat(self.largest)}
            raise ValidationError(_("This file has %(size)s, and at most %(largest)s are taken.") % sizes)
        return file
