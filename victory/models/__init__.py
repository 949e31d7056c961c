"""People, organizations, what step W writes down, and the trail of what happened."""

from victory.models.mails import Mailing
from victory.models.organizations import (
    RESERVED_ADDRESSES,
    Organization,
    Revision,
    State,
    UnitLine,
    check_time_zone,
    keys_above,
    lines_above,
)
from victory.models.people import Invitation, Member, User, digest_of
from victory.models.trail import AuditEntry, Deletion, Tries
from victory.models.uploads import Upload
from victory.models.workbook import CustomerRight, FocusStatement, Note, Step

__all__ = [
    "RESERVED_ADDRESSES",
    "AuditEntry",
    "CustomerRight",
    "Deletion",
    "FocusStatement",
    "Invitation",
    "Mailing",
    "Member",
    "Note",
    "Organization",
    "Revision",
    "State",
    "Step",
    "Tries",
    "UnitLine",
    "Upload",
    "User",
    "check_time_zone",
    "digest_of",
    "keys_above",
    "lines_above",
]
