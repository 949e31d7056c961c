"""Who did what: one entry of the audit trail for one write, in its transaction."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from metrics.models import Metric
from tests import factories
from victory.models import AuditEntry, CustomerRight
from victory.tables import RIGHTS
from victory.tenancy import Role
from victory.trail import Event, Verb, all_or_nothing, call_write, is_held

pytestmark = pytest.mark.protects("trail")


def add_right(client, organization, text):
    return client.post(RIGHTS.address(organization), {"text": text})


def test_write_leaves_one_entry_that_says_who_what_and_when(manager, scoped):
    add_right(manager, scoped, "a short wait")
    entry = AuditEntry.objects.get()
    right = CustomerRight.objects.get()
    assert entry.event == Event.EDITED
    assert entry.by == str(manager.user) and entry.user == manager.user
    assert entry.member == manager.user.memberships.get()
    assert entry.address == "127.0.0.1"
    assert entry.route == f"{RIGHTS.name}-add"
    assert entry.count == 1
    assert entry.rows == [
        {"verb": Verb.ADDED, "kind": "victory.customerright", "key": right.pk, "label": "a short wait"}
    ]


def test_write_that_is_refused_leaves_no_entry(manager, scoped):
    add_right(manager, scoped, "")
    assert not AuditEntry.objects.exists()


def test_entry_counts_all_rows_and_names_the_first(manager, scoped):
    lines = "\n".join(f"right {number}" for number in range(30))
    manager.post(f"{RIGHTS.address(scoped)}paste/", {"text": lines, "take": "yes"})
    entry = AuditEntry.objects.get()
    assert entry.count == CustomerRight.objects.count() == 30
    assert [row["label"] for row in entry.rows] == [f"right {number}" for number in range(20)]


def test_entry_leaves_out_what_an_inner_write_took_back(rf, scoped, request_of):
    with request_of(factories.MemberFactory(organization=scoped)), all_or_nothing():
        factories.CustomerRightFactory(organization=scoped, text="kept")
        with pytest.raises(IntegrityError), all_or_nothing():
            factories.CustomerRightFactory(organization=scoped, text="taken back")
            raise IntegrityError
    assert [row["label"] for row in AuditEntry.objects.get().rows] == ["kept"]


def test_write_is_called_by_its_name(scoped, request_of):
    with request_of(factories.MemberFactory(organization=scoped)), all_or_nothing():
        call_write(Event.EXPORTED, organization_id=scoped.pk, detail="all of it")
    entry = AuditEntry.objects.get()
    assert (entry.event, entry.detail, entry.count) == (Event.EXPORTED, "all of it", 0)


def test_entry_goes_where_its_write_goes(scoped, request_of):
    with request_of(factories.MemberFactory(organization=scoped)), transaction.atomic():
        factories.CustomerRightFactory(organization=scoped)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_commands_leave_no_entry(scoped):
    factories.CustomerRightFactory(organization=scoped)
    assert not AuditEntry.objects.exists()


def test_entry_never_changes(manager, scoped):
    add_right(manager, scoped, "a short wait")
    entry = AuditEntry.objects.get()
    with pytest.raises(ValidationError):
        entry.save()
    with pytest.raises(ValidationError):
        entry.delete()


def test_history_says_which_member_wrote(manager, sign_in, scoped):
    add_right(manager, scoped, "a short wait")
    right = CustomerRight.objects.get()
    other = sign_in(Role.ADMIN)
    address = f"{RIGHTS.address(scoped)}{right.pk}/edit/"
    other.post(address, {"text": "no wait", "version": right.version})
    members = [entry.history_member for entry in right.history.order_by("history_id")]
    assert members == [manager.user.memberships.get(), other.user.memberships.get()]


def test_lock_that_was_taken_back_is_not_held(scoped):
    metric = factories.MetricFactory(organization=scoped)
    with all_or_nothing():
        with all_or_nothing() as tried:
            metric.lock()
            assert is_held((Metric, metric.pk))
            tried.take_back()
        assert not is_held((Metric, metric.pk))
