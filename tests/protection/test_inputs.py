"""Whatever is sent to whichever address: no error of ours, and no byte of another organization.

`make security` sends 1,000 inputs to each address, the suite a few (SECURITY=1 makes the difference).
"""

import os
from dataclasses import dataclass
from functools import partial

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.protection.forms_of_pages import Fields, fields_by_route
from tests.routes import ROUTES
from tests.test_markup_sweep import own_address
from victory.models import Organization
from victory.tenancy import Role

# PostgreSQL refuses more than SQLite does, so it is asked more often.
INPUTS = 1_000 if os.environ.get("SECURITY") else 12 if connection.vendor == "postgresql" else 3
FILTERS = ("page", "from", "until", "by", "q", "with", "show", "before")
FOREIGN = "written by another organization"
HTMX = {"HX-Request": "true"}

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
nasty = st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "\u202e",
        "\ufeff",
        "NaN",
        "Infinity",
        "-1",
        "0",
        "1e999999",
        "99999999999999999999",
        "2026-02-30",
        "0000-00-00",
        "9999-12-31",
        "31/12/1899",
        "12:99",
        "'; DROP TABLE victory_member; --",
        "{{ 7*7 }}",
        "../../etc/passwd",
        "=1+1",
        "a\tb\nc\r\nd",
        "٣",
        "½",
        '{"a": [1, null]}',
    ]
)
very_long = st.sampled_from("9x[").map(lambda letter: letter * 5_000)
anything = st.one_of(text, nasty, very_long, st.integers(-(10**20), 10**20).map(str), st.dates().map(str))


@dataclass(frozen=True)
class Inside:
    """An admin’s client, the rows of the organization, the keys of another’s, and what pages ask for."""

    client: Client
    organization: Organization
    rows: dict
    foreign_keys: list[str]
    asked: dict[str, Fields]


@pytest.fixture(scope="module")
def inside(django_db_setup, django_db_blocker):
    """Made once for all addresses: what a test sends is taken back after each input."""
    with django_db_blocker.unblock(), transaction.atomic():
        organization = factories.OrganizationFactory(name="Enfield", slug="enfield")
        rows = factories.a_row_of_every_model(organization)
        foreign = factories.a_row_of_every_model(factories.OrganizationFactory(name=FOREIGN), text=FOREIGN)
        member = factories.MemberFactory(
            organization=organization, user=factories.UserFactory(), role=Role.ADMIN
        )
        client = Client()
        client.force_login(member.user)
        asked = fields_by_route(client, organization, rows)
        yield Inside(client, organization, rows, [str(row.pk) for row in foreign.values()], asked)
        transaction.set_rollback(True)


def inputs(fields, foreign_keys) -> st.SearchStrategy:
    """What may be sent: each field with what its page offers or with anything else, and further ones."""
    values = {
        name: st.one_of(st.sampled_from([*sorted(offered), "x"]), anything, st.sampled_from(foreign_keys))
        for name, offered in fields.items()
    }
    further = st.dictionaries(text, anything, max_size=2)
    return st.tuples(st.fixed_dictionaries({}, optional=values), further).map(lambda both: both[0] | both[1])


def hammer(inside: Inside, send, fields: Fields):
    """Send one input after another, each to the rows as they were."""

    @settings(max_examples=INPUTS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(inputs(fields, inside.foreign_keys), st.booleans())
    def each(data, htmx):
        with transaction.atomic():
            answer = send(data, headers=HTMX if htmx else {})
            body = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        assert answer.status_code < 500
        assert FOREIGN.encode() not in body

    each()


@pytest.mark.protects("inputs")
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_anything_may_be_posted(route, inside, db):
    address = own_address(route, inside.organization, inside.rows)
    if inside.client.post(address).status_code != 405:
        hammer(inside, partial(inside.client.post, address), inside.asked[route.name])


@pytest.mark.protects("inputs")
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_anything_may_be_asked_for(route, inside, db):
    address = own_address(route, inside.organization, inside.rows)
    filters = inside.asked[route.name] | {name: {""} for name in FILTERS}
    if inside.client.get(address).status_code != 405:
        hammer(inside, partial(inside.client.get, address), filters)
