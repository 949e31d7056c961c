"""The revision of a workbook, by which a page on a wall notices that something changed."""

import pytest
from django.db import transaction

from tests import factories
from victory import undo
from victory.tenancy import organization_scope
from victory.trail import all_or_nothing


@pytest.fixture
def enfield(transactional_db):
    """An organization whose changes are committed: only then does its revision move on."""
    organization = factories.OrganizationFactory()
    with organization_scope(organization):
        yield organization


def revision_of(organization) -> int:
    organization.refresh_from_db()
    return organization.revision


def test_revision_moves_on_with_every_change(enfield):
    customer = factories.CustomerFactory(organization=enfield)
    member = factories.MemberFactory(organization=enfield)
    assert revision_of(enfield) == 2
    deletion = undo.delete(customer, by=member)
    assert revision_of(enfield) == 3
    undo.put_back(deletion)
    assert revision_of(enfield) == 4


def test_revision_moves_on_once_for_all_rows_of_a_transaction(enfield):
    with all_or_nothing():
        for _ in range(3):
            factories.CustomerFactory(organization=enfield)
    assert revision_of(enfield) == 1


def test_revision_stays_where_the_change_was_taken_back(enfield):
    with transaction.atomic():
        factories.CustomerFactory(organization=enfield)
        transaction.set_rollback(True)
    assert revision_of(enfield) == 0


def test_revision_of_another_organization_stays(enfield):
    factories.CustomerFactory()
    assert revision_of(enfield) == 0
