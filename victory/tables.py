"""The worksheet tables of step W, and the notes."""

from django.utils.translation import gettext_lazy as _

from victory.forms import CustomerRightForm, NoteForm
from victory.guide import RIGHTS_TO_START_WITH
from victory.models import CustomerRight, Note, Step
from victory.tenancy import Role
from victory.worksheets import Column, Worksheet

RIGHTS = Worksheet(
    name="rights",
    step="focus",
    title=_("Customer Bill of Rights"),
    about=_("what a customer has the right to expect from us"),
    form=CustomerRightForm,
    columns=(Column("text", _("A customer has the right to expect:")),),
    rows=lambda: CustomerRight.objects.all(),
    starting_points=tuple({"text": text} for text in RIGHTS_TO_START_WITH),
)

NOTES = Worksheet(
    name="notes",
    step="notes",
    title=_("Notes and Insights"),
    form=NoteForm,
    columns=(
        Column("text", _("Notes and Insights")),
        Column(
            "step",
            _("About"),
            show=lambda note: str(Step(note.step).label if note.step in Step else _("the workbook")),
            repeats=True,
        ),
    ),
    rows=lambda: Note.objects.select_related("by"),
    role=Role.CONTRIBUTOR,
)
