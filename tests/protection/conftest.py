"""An organization with a row of everything, made once for all addresses that are tried on it."""

from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client

from tests import factories
from victory.models import Organization
from victory.tenancy import Role


@dataclass(frozen=True)
class Inside:
    """An admin’s client, the organization with its rows, and the keys of those of another one."""

    client: Client
    organization: Organization
    rows: dict
    foreign_keys: list[str]
    written: str = "only-for-the-eyes-of-enfield"
    written_elsewhere: str = "written by another organization"


@pytest.fixture(scope="module")
def inside(django_db_setup, django_db_blocker):
    """What a test sends is taken back after it, by its own `db`."""
    with django_db_blocker.unblock(), transaction.atomic():
        organization = factories.OrganizationFactory(name="Enfield", slug="enfield")
        rows = factories.a_row_of_every_model(organization, text=Inside.written)
        other = factories.OrganizationFactory(name=Inside.written_elsewhere)
        foreign = factories.a_row_of_every_model(other, text=Inside.written_elsewhere)
        member = factories.MemberFactory(
            organization=organization, user=factories.UserFactory(), role=Role.ADMIN
        )
        client = Client()
        client.force_login(member.user)
        yield Inside(client, organization, rows, [str(row.pk) for row in foreign.values()])
        transaction.set_rollback(True)
