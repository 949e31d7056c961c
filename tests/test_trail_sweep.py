"""Every route that changes something leaves one entry in the audit trail, in the same transaction."""

import logging

import pytest
from django_scopes import scopes_disabled

from tests.routes import ROUTES
from tests.writes import CHANGING, WRITES, changes_something, write_to
from victory import trail
from victory.models import AuditEntry, Invitation, Organization
from victory.past import kinds
from victory.tenancy import Role
from victory.trail import Event

pytestmark = pytest.mark.protects("trail")

SWEPT_ELSEWHERE = {
    "audit-download": "changes nothing, and is put down by its name: tests/victory/test_activity.py",
    "export": "changes nothing, and is put down by its name: tests/victory/test_export.py",
    "person-data": "changes nothing, and is put down by its name: tests/victory/test_forgetting.py",
    "person-forget": "asks for the name first: tests/victory/test_forgetting.py",
    "deletion": "asks for the name first: tests/victory/test_deleting_an_organization.py",
    "deletion-stop": "where it was asked for: tests/victory/test_deleting_an_organization.py",
}
"""Routes whose post takes more than the sweep can say, and where their entry is tested."""


def every(routes):
    return pytest.mark.parametrize("route", routes, ids=str)


@pytest.fixture
def organization(house, db):
    return house.organization


@pytest.fixture
def sign_in(house, db):
    return house.sign_in


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


def rows() -> dict:
    """Everything that people wrote, in all organizations; what follows from it is left out."""
    with scopes_disabled():
        found = {model: list(model.objects.order_by("pk").values()) for model in kinds().values()}
        found[Invitation] = list(Invitation.objects.order_by("pk").values())
        found[Organization] = list(Organization.objects.order_by("pk").values("pk", "name"))
        return found


def entries() -> list[AuditEntry]:
    with scopes_disabled():
        return list(AuditEntry.objects.all())


def test_sweep_finds_the_routes():
    print(f"{len(CHANGING)} routes change something")
    assert len(CHANGING) > 80


def test_every_route_that_can_be_posted_to_is_swept_or_listed(admin, organization):
    posted_to = {
        route.name
        for route in ROUTES
        if admin.post(route.address(organization, *[10**12] * len(route.arguments))).status_code != 405
    }
    idle = {route.name for route in ROUTES if route.worksheet and not changes_something(route)}
    assert posted_to - idle - set(SWEPT_ELSEWHERE) == {route.name for route in CHANGING}
    assert set(WRITES) | set(SWEPT_ELSEWHERE) <= {route.name for route in ROUTES}


@every(CHANGING)
def test_route_that_changes_something_leaves_one_entry(route, admin, organization):
    write = write_to(route, admin, organization)
    before = rows()

    write.post(admin)

    assert rows() != before, "nothing was changed: the post in tests/writes.py is not a valid one"
    entry, *others = entries()
    assert not others
    assert entry.route == route.name
    assert entry.user == admin.user
    assert entry.event != Event.EDITED or (entry.count and entry.rows)


@every(CHANGING)
def test_entry_that_cannot_be_written_takes_the_change_back(route, admin, organization, monkeypatch):
    write = write_to(route, admin, organization)
    before = rows()

    def fail(*args, **kwargs):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr(trail, "put_down", fail)
    # To write down where it broke, hundreds of times, takes longer than all the rest.
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    with pytest.raises(RuntimeError):
        write.post(admin)

    assert rows() == before
    assert not entries()


@every([route for route in CHANGING if route.name.endswith(("-add", "-edit", "-save"))])
def test_post_that_is_refused_leaves_none(route, admin, organization):
    write = write_to(route, admin, organization)
    before = rows()

    admin.post(write.address, {"version": "0"} | dict.fromkeys(write.typed, "\x00"))

    assert rows() == before
    assert not entries()
