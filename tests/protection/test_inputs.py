"""Whatever is sent to whichever address: no error of ours, and no byte of another organization.

`make security` sends 1,000 inputs to each address, the suite a few (SECURITY=1 makes the difference).
"""

import os
from collections import defaultdict
from functools import partial
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection, transaction
from django.urls import Resolver404, resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.forms import fields_of
from tests.routes import ROUTES
from tests.test_markup_sweep import own_address

Fields = dict[str, set[str]]
"""The fields of forms by their names, with the values that they offer."""

# PostgreSQL refuses more than SQLite does, so it is asked more often.
INPUTS = 1_000 if os.environ.get("SECURITY") else 12 if connection.vendor == "postgresql" else 3
FILTERS = ("page", "from", "until", "by", "q", "with", "show", "before")
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


@pytest.fixture(scope="module")
def asked(inside, django_db_blocker) -> dict[str, Fields]:
    with django_db_blocker.unblock(), transaction.atomic():
        asked = fields_by_route(inside)
        transaction.set_rollback(True)
    return asked


def fields_by_route(inside) -> dict[str, Fields]:
    """What is asked for on the pages that an admin sees, by the name of the route it is posted to."""
    asked: dict[str, Fields] = defaultdict(lambda: defaultdict(set))
    for route in ROUTES:
        address = own_address(route, inside.organization, inside.rows)
        page = inside.client.get(address)
        if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
            continue
        for field in fields_of(page.text):
            try:
                name = resolve(urlsplit(urljoin(address, field.leads_to)).path).url_name
            except Resolver404:
                continue
            asked[name][field.name].update(field.offered)
    return asked


def inputs(fields, foreign_keys) -> st.SearchStrategy:
    """What may be sent: each field with what its page offers or with anything else, and further ones."""
    values = {
        name: st.one_of(st.sampled_from([*sorted(offered), "x"]), anything, st.sampled_from(foreign_keys))
        for name, offered in fields.items()
    }
    further = st.dictionaries(text, anything, max_size=2)
    return st.tuples(st.fixed_dictionaries({}, optional=values), further).map(lambda both: both[0] | both[1])


def hammer(inside, send, fields: Fields):
    """Send one input after another, each to the rows as they were."""

    @settings(max_examples=INPUTS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(inputs(fields, inside.foreign_keys), st.booleans())
    def each(data, htmx):
        with transaction.atomic():
            answer = send(data, headers=HTMX if htmx else {})
            body = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        assert answer.status_code < 500
        assert inside.written_elsewhere.encode() not in body

    each()


@pytest.mark.protects("inputs")
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_anything_may_be_posted(route, inside, asked, db):
    address = own_address(route, inside.organization, inside.rows)
    if inside.client.post(address).status_code != 405:
        hammer(inside, partial(inside.client.post, address), asked[route.name])


@pytest.mark.protects("inputs")
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_anything_may_be_asked_for(route, inside, asked, db):
    address = own_address(route, inside.organization, inside.rows)
    filters = asked[route.name] | {name: {""} for name in FILTERS}
    if inside.client.get(address).status_code != 405:
        hammer(inside, partial(inside.client.get, address), filters)
