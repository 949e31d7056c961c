"""A row that somebody else moves while mine is being saved is still there."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from actionplans.models import Action
from customers.models import Need
from metrics.models import Metric
from tests import factories
from victory.tenancy import Role, organization_scope

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one transaction write at a time"
)
HELD = 1
"""Seconds for which somebody else holds the row."""


def figure(row):
    return f"performance/{row.pk}/", {"on": timezone.localdate().isoformat(), "value": "95"}


MOVES = {
    "a metric to another deliverable": (
        Metric,
        "deliverable",
        lambda row: (f"metrics/metrics/{row.pk}/edit/", {"measured_by": "another text"}),
    ),
    "a metric whose figure is entered": (Metric, "deliverable", figure),
    "a need to another customer": (
        Need,
        "customer",
        lambda row: (f"needs/needs/{row.pk}/edit/", {"text": "another text"}),
    ),
    "an action to another person": (
        Action,
        "who",
        lambda row: (f"plan/actions/{row.pk}/edit/", {"what": "another text"}),
    ),
}


@pytest.mark.parametrize("name", MOVES)
def test_row_that_moves_meanwhile_is_not_gone(transactional_db, name):
    model, moved, save = MOVES[name]
    organization = factories.OrganizationFactory(slug="enfield")
    user = factories.UserFactory()
    factories.MemberFactory(organization=organization, user=user, role=Role.MANAGER)
    client = Client(headers={"hx-request": "true"})
    client.force_login(user)
    with organization_scope(organization):
        row = factories.a_row(model, organization)
        elsewhere = factories.a_row(model._meta.get_field(moved).related_model, organization)
    holds = threading.Event()

    def move():
        try:
            with organization_scope(organization), transaction.atomic():
                held = model.objects.select_for_update().get(pk=row.pk)
                setattr(held, moved, elsewhere)
                held.save()
                holds.set()
                time.sleep(HELD)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        moving = pool.submit(move)
        assert holds.wait(10)
        address, typed = save(row)
        answer = client.post(f"/o/enfield/{address}", typed)
        moving.result()

    assert "HX-Refresh" not in answer.headers
    assert "deleted by somebody else" not in client.get("/o/enfield/").text
