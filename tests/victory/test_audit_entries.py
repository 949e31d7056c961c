"""Entries of the audit trail: added, read, and never changed or deleted."""

import pytest
from django.core.exceptions import ValidationError

from tests import factories
from victory.models import AuditEntry
from victory.trail import Event


@pytest.fixture
def entry(scoped):
    entry = AuditEntry(organization=scoped, event=Event.EDITED, by="Robin", detail="as it was")
    entry.save()
    return entry


def test_entry_is_neither_saved_again_nor_deleted(entry):
    entry.detail = "different"
    for write in (entry.save, entry.delete):
        with pytest.raises(ValidationError):
            write()
    assert AuditEntry.objects.get().detail == "as it was"


@pytest.mark.parametrize(
    "write",
    [
        lambda entries, entry: entries.update(detail="different"),
        lambda entries, entry: entries.bulk_update([entry], ["detail"]),
        lambda entries, entry: entries.update_or_create(pk=entry.pk, defaults={"detail": "different"}),
        lambda entries, entry: entries.delete(),
    ],
)
def test_no_query_changes_or_deletes_one(entry, write):
    entry.detail = "different"
    with pytest.raises(ValidationError):
        write(AuditEntry.objects.all(), entry)
    assert AuditEntry.objects.get().detail == "as it was"


def test_entry_stays_when_its_user_and_its_member_are_deleted(organization, scoped):
    member = factories.MemberFactory(organization=organization, user=factories.UserFactory())
    AuditEntry(organization=scoped, event=Event.EDITED, by="Robin", member=member, user=member.user).save()
    member.user.delete()
    member.refresh_from_db()
    member.delete()
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.member, entry.user) == ("Robin", None, None)
