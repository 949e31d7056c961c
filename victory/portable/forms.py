"""The form that an export is brought with."""

from django import forms
from django.utils.translation import gettext_lazy as _

from victory.forms.files import LimitedFileField
from victory.portable.reading import LARGEST_FILE, Package, read_package


class ExportFileForm(forms.Form):
    """Takes the file of an export, and reads it."""

    file = LimitedFileField(largest=LARGEST_FILE, accept=".json,application/json", label=_("The export"))

    def clean_file(self) -> Package:
        self.content = self.cleaned_data["file"].read()
        return read_package(self.content)
