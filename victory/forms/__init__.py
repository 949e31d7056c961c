"""What every form of the workbook has in common, and the forms of step W and of notes."""

from victory.forms.statements import CustomerRightForm, FocusStatementForm, NoteForm
from victory.forms.workbook import (
    FIRST_DAY,
    DateInput,
    WorkbookForm,
    long_ago,
    refuse_control_characters,
    refuse_long_ago,
)

__all__ = [
    "FIRST_DAY",
    "CustomerRightForm",
    "DateInput",
    "FocusStatementForm",
    "NoteForm",
    "WorkbookForm",
    "long_ago",
    "refuse_control_characters",
    "refuse_long_ago",
]
