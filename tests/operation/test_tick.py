"""What is done once its time has come."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests import factories
from tests.databases import an_empty_database
from victory import housekeeping, jobs
from victory.jobs import Job
from victory.models import AuditEntry, Organization, Tries, Upload
from victory.tenancy import scopes_disabled


@pytest.fixture
def due(organization):
    organization.deleted_from = timezone.now() - timedelta(minutes=1)
    organization.save()
    return organization


def test_due_organization_is_deleted_and_said(due, capsys):
    call_command("tick")
    assert capsys.readouterr().out == "Deleted Enfield.\n"


def test_run_twice_does_nothing_more(due, capsys):
    call_command("tick")
    call_command("tick")
    assert capsys.readouterr().out.count("Deleted") == 1
    with scopes_disabled():
        assert AuditEntry.objects.filter(organization=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_delete_once(due, capsys):
    """Each has its own connection to the database, as on two machines."""
    both, failed = Barrier(2), []

    def tick():
        try:
            both.wait()
            call_command("tick")
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    ticks = [Thread(target=tick) for _ in range(2)]
    for each in ticks:
        each.start()
    for each in ticks:
        each.join()

    assert not failed
    assert capsys.readouterr().out.count("Deleted") == 1
    with scopes_disabled():
        assert AuditEntry.objects.filter(organization=None).count() == 1


def test_others_stay(organization):
    call_command("tick")
    assert Organization.objects.filter(pk=organization.pk).exists()


def test_outdated_things_are_thrown_away_and_others_kept(db):
    now = timezone.now()
    for days in (0, 2):
        Upload.objects.create(user=factories.UserFactory(), content=b"x", at=now - timedelta(days=days))
        Tries.objects.create(key=str(days), ends_at=now + timedelta(days=1 - days))
    call_command("tick")
    assert Upload.objects.count() == 1 and Upload.objects.get().at == now
    assert Tries.objects.get().key == "0"


def test_job_that_fails_is_logged_and_does_not_keep_the_others(db, monkeypatch, capsys, caplog):
    def fail():
        yield "Half of it."
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(jobs, "_jobs", [Job("first", fail), Job("second", lambda: ["All of it."])])

    with pytest.raises(CommandError, match=r"Not done, or not all of it: first$"):
        call_command("tick")

    assert capsys.readouterr().out == "Half of it.\nAll of it.\n"
    assert "The job “first” failed." in caplog.text and "the disk is full" in caplog.text


def test_database_without_tables_is_said_once(transactional_db, tmp_path, caplog):
    with (
        an_empty_database("new", tmp_path),
        pytest.raises(CommandError, match=r"needs: run manage\.py migrate first\.$"),
    ):
        call_command("tick")
    assert not caplog.records


def test_organization_that_cannot_be_deleted_does_not_keep_the_others(due, monkeypatch, capsys, caplog):
    other = factories.OrganizationFactory(name="Acme", deleted_from=due.deleted_from)
    delete = housekeeping.delete_for_good

    def fail_for_one(key):
        if key == due.pk:
            raise RuntimeError("it is locked")
        return delete(key)

    monkeypatch.setattr(housekeeping, "delete_for_good", fail_for_one)
    with pytest.raises(CommandError, match="delete organizations"):
        call_command("tick")

    assert capsys.readouterr().out == "Deleted Acme.\n"
    assert f"organization {due.pk}" in caplog.text
    assert not Organization.objects.filter(pk=other.pk).exists()


def test_apps_bring_their_jobs_and_deletions_come_before_mails():
    names = [job.name for job in jobs.jobs()]
    assert names.index("delete organizations") < names.index("mail what is due")
    assert len(names) == len(set(names))
