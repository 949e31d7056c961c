"""What is done once its time has come."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests import factories
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
