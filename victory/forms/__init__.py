"""What every form of the workbook has in common, and the forms of the pages that no other app brings."""

from victory.forms.activity import ActivityFilter, AuditFilter
from victory.forms.organizations import NewOrganizationForm, SettingsForm
from victory.forms.people import AnotherMemberForm, JoinForm, MemberForm, NewMemberForm
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
    "AnotherMemberForm",
    "AuditFilter",
    "CustomerRightForm",
    "DateInput",
    "FocusStatementForm",
    "JoinForm",
    "MemberForm",
    "NewMemberForm",
    "NewOrganizationForm",
    "NoteForm",
    "SettingsForm",
    "WorkbookForm",
    "long_ago",
    "refuse_control_characters",
    "refuse_long_ago",
]
