"""Every route that changes something leaves one entry in the audit trail, in the same transaction."""

import pytest
from django_scopes import scopes_disabled

from tests.routes import ROUTES
from tests.writes import CHANGING, WRITES, changes_something, write_to
from victory import trail
from victory.models import AuditEntry
from victory.past import kinds
from victory.tenancy import Role

LEAVES_NONE = {
    "export": "reads, and is put down by its name: tests/victory/test_export.py",
}
"""Routes that can be posted to and change no row of the workbook."""


def every(routes):
    return pytest.mark.parametrize("route", routes, ids=str)


def rows() -> dict:
    """Everything that people wrote, in all organizations; what follows from it is left out."""
    with scopes_disabled():
        return {model: list(model.objects.order_by("pk").values()) for model in kinds().values()}


def entries() -> list[AuditEntry]:
    with scopes_disabled():
        return list(AuditEntry.objects.all())


def test_sweep_finds_the_routes():
    print(f"{len(CHANGING)} routes change something")
    assert len(CHANGING) > 80


def test_every_route_that_can_be_posted_to_is_swept_or_listed(sign_in, organization):
    admin = sign_in(Role.ADMIN)
    posted_to = {
        route.name
        for route in ROUTES
        if admin.post(route.address(organization, *[10**12] * len(route.arguments))).status_code != 405
    }
    idle = {route.name for route in ROUTES if route.worksheet and not changes_something(route)}
    assert posted_to - idle - set(LEAVES_NONE) == {route.name for route in CHANGING}
    assert set(WRITES) | set(LEAVES_NONE) <= {route.name for route in ROUTES}


@every(CHANGING)
def test_route_that_changes_something_leaves_one_entry(route, manager, organization):
    write = write_to(route, manager, organization)
    before = rows()

    write.post(manager)

    assert rows() != before, "nothing was changed: the post in tests/writes.py is not a valid one"
    entry, *others = entries()
    assert not others
    assert entry.route == route.name
    assert entry.user == manager.user
    assert entry.count and entry.rows


@every(CHANGING)
def test_entry_that_cannot_be_written_takes_the_change_back(route, manager, organization, monkeypatch):
    write = write_to(route, manager, organization)
    before = rows()

    def fail(*args, **kwargs):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr(trail, "put_down", fail)
    with pytest.raises(RuntimeError):
        write.post(manager)

    assert rows() == before
    assert not entries()


@every([route for route in CHANGING if route.name.endswith(("-add", "-edit", "-save"))])
def test_post_that_is_refused_leaves_none(route, manager, organization):
    write = write_to(route, manager, organization)
    before = rows()

    manager.post(write.address, {"version": "0"} | dict.fromkeys(write.typed, "\x00"))

    assert rows() == before
    assert not entries()
