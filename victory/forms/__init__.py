"""What every form of the workbook has in common, those of step W and of notes, and of what happened."""

from victory.forms.activity import ActivityFilter, AuditFilter
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
    "ActivityFilter",
    "AuditFilter",
    "CustomerRightForm",
    "DateInput",
    "FocusStatementForm",
    "NoteForm",
    "WorkbookForm",
    "long_ago",
    "refuse_control_characters",
    "refuse_long_ago",
]
