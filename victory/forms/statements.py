"""The forms of step W, and of notes."""

from django import forms
from django.utils.translation import gettext_lazy

from victory.forms.workbook import WorkbookForm
from victory.models import CustomerRight, FocusStatement, Note


class FocusStatementForm(WorkbookForm):
    class Meta(WorkbookForm.Meta):
        model = FocusStatement
        fields = ["view_of_perfection", "statement"]
        widgets = {
            "view_of_perfection": forms.Textarea({"rows": 14}),
            "statement": forms.Textarea({"rows": 14}),
        }


class CustomerRightForm(WorkbookForm):
    class Meta(WorkbookForm.Meta):
        model = CustomerRight
        fields = ["text"]


class NoteForm(WorkbookForm):
    class Meta(WorkbookForm.Meta):
        model = Note
        fields = ["text", "step"]
        widgets = {"text": forms.Textarea({"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = [("", gettext_lazy("the workbook")), *self.fields["step"].choices[1:]]

    def save(self, commit=True):
        if self.instance.pk is None:
            self.instance.by = self.by
        return super().save(commit)
