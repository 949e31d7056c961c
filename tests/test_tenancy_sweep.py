"""Every route of an organization, as everybody who has no business there. Roles: test_role_matrix.py."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from tests import factories
from tests.routes import ROUTES, ROUTES_TO_A_ROW
from tests.rows import NUMBERS, address_of, numbers_for
from victory.tenancy import Role

pytestmark = pytest.mark.protects("rows", "outsiders")

WRITING = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def organization(house, db):
    return house.organization


@pytest.fixture
def sign_in(house, db):
    return house.sign_in


def every(routes):
    return pytest.mark.parametrize("route", routes, ids=str)


def test_sweep_finds_the_routes():
    print(f"{len(ROUTES)} routes under /o/<slug>/, {len(ROUTES_TO_A_ROW)} of them to a row")
    assert {"workbook", "focus", "drivers", "needs", "metrics", "performance", "plan"} <= {
        r.name for r in ROUTES
    }


def test_names_of_routes_are_unique():
    """Else the sweeps would ask one of them twice and the other never."""
    names = [route.name for route in ROUTES]
    assert len(names) == len(set(names)) and None not in names


@every(ROUTES)
def test_address_leads_to_its_own_route(route):
    """Else another route stands before it, and it is never reached."""
    assert resolve(route.address("enfield", *(1 for _ in route.arguments))).url_name == route.name


def test_no_entry_for_a_route_that_is_gone():
    assert set(NUMBERS) <= {route.name for route in ROUTES_TO_A_ROW}


@every(ROUTES)
def test_route_declares_a_role(route):
    assert isinstance(route.role, Role)


def without_tokens(answer) -> str:
    """The page without the tokens against forged requests, which are new on every page."""
    return re.sub(r'(X-CSRFToken": "|csrfmiddlewaretoken" value=")[^"]+', "", answer.text)


@every(ROUTES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_outsider_learns_nothing(route, method, outsider, organization):
    address = address_of(route, organization)
    answer = getattr(outsider, method)(address)
    nowhere = getattr(outsider, method)(address.replace("/o/enfield/", "/o/nowhere/", 1))
    assert answer.status_code == nowhere.status_code == 404
    assert without_tokens(answer) == without_tokens(nowhere)


@every(ROUTES_TO_A_ROW)
@pytest.mark.parametrize("htmx", [{}, {"hx_request": "true"}], ids=["page", "htmx"])
def test_row_of_another_organization_is_not_found(route, htmx, sign_in, organization):
    client = sign_in(Role.ADMIN, **htmx)
    address = route.address(organization, *numbers_for(route, factories.OrganizationFactory()))
    statuses = {client.get(address).status_code, client.post(address, {"text": "x"}).status_code}
    assert 404 in statuses and statuses <= {404, 405}


@every(ROUTES)
def test_viewer_writes_nothing(route, viewer, organization):
    address = address_of(route, organization)
    with CaptureQueriesContext(connection) as queries:
        status = viewer.post(address).status_code
    if route.role > Role.VIEWER:
        assert status == 403
    assert not [each["sql"] for each in queries if each["sql"].startswith(WRITING)]
