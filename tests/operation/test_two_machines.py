"""Two servers, as on two machines, with one database and one cache: what is written through one of them is
seen through the other at once.
"""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.conf import settings
from django.core.cache import caches

from tests import factories
from tests.forms import form_to
from tests.races.server import Person, Server, a_person
from victory.tenancy import Role

DASHBOARD = "/o/enfield/dashboard/"


IN_PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": settings.SECRET_KEY,
    "ALLOWED_HOSTS": "127.0.0.1",
    "SITE_URL": "https://127.0.0.1",
    "BEHIND_PROXY": "1",
}


@pytest.fixture(scope="module")
def servers(django_db_setup, own_redis):
    servers = [Server("tests.races.production", IN_PRODUCTION, processes=1) for _ in range(2)]
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.kill()


@pytest.fixture
def organization(transactional_db):
    return factories.OrganizationFactory(name="Enfield", slug="enfield")


@pytest.fixture
def one(servers, organization) -> Person:
    """An admin whose requests come to the first machine."""
    return a_person(servers[0], organization, Role.ADMIN)


@pytest.fixture
def other(servers, one) -> Person:
    """The same admin, in the same session, whose requests come to the second."""
    return replace(one, port=servers[1].port, cookies=dict(one.cookies))


def enter(figure: str, person: Person, metric):
    typed = {"date": f"2026-03-{int(figure):02}", "figure": f"{figure} %", "note": ""}
    assert person.post(f"/o/enfield/metrics/{metric.pk}/figures/", typed).saved


def test_figure_is_on_the_dashboard_of_the_other(one, other, organization):
    metric = factories.TargetFactory(organization=organization).metric
    people = [one, other]
    for day in range(1, 9):
        writer, reader = people[day % 2], people[(day + 1) % 2]
        shown = [unescape(person.get(DASHBOARD).text) for person in people]
        assert not any(f"{day + 20}\xa0%" in each for each in shown)

        enter(str(day + 20), writer, metric)

        assert f"{day + 20}\xa0%" in unescape(reader.get(DASHBOARD).text)


@pytest.mark.skipif(not settings.CACHE_URL, reason="CACHE_URL names no Redis")
def test_page_that_one_wrote_is_sent_by_the_other(one, other, organization):
    kept = caches["shared"]._cache.get_client()
    shown = one.get(DASHBOARD).text
    found = kept.info("stats")["keyspace_hits"]
    assert len(kept.keys()) == 1

    assert other.get(DASHBOARD).text == shown
    assert kept.info("stats")["keyspace_hits"] == found + 1 and len(kept.keys()) == 1


def test_open_dashboard_hears_of_what_the_other_wrote(one, other, organization):
    metric = factories.TargetFactory(organization=organization).metric
    question = re.search(r'id="seen"[^>]* hx-get="([^"]+)"', other.get(DASHBOARD).text)[1]
    unchanged = other.get(question)
    assert (unchanged.status, unchanged.trigger) == (204, "")

    enter("21", one, metric)

    changed = other.get(question)
    assert (changed.status, changed.trigger) == (204, "workbook-changed")


def test_row_of_a_worksheet_is_what_the_other_made_it(one, other, organization):
    right = factories.CustomerRightFactory(organization=organization, text="To be heard")
    page, edit = "/o/enfield/focus/", f"/o/enfield/focus/rights/{right.pk}/edit/"
    assert all("To be heard" in person.get(page).text for person in (one, other))

    shown = form_to(edit, one.get(edit).text)
    assert one.post(edit, shown | {"text": "To be answered"}).saved

    assert "To be answered" in other.get(page).text and "To be heard" not in other.get(page).text
    assert form_to(edit, other.get(edit).text)["text"] == "To be answered"
    stale = other.post(edit, shown | {"text": "To be asked"})
    assert not stale.saved and "To be answered" in stale.text and "To be asked" in stale.text


def test_settings_are_what_the_other_made_them(one, other):
    page = "/o/enfield/settings/"
    assert all("Enfield Council" not in person.get(DASHBOARD).text for person in (one, other))

    shown = form_to(page, one.get(page).text)
    assert one.post(page, shown | {"name": "Enfield Council"}).status in (200, 302)

    assert "Enfield Council" in other.get(DASHBOARD).text
    assert form_to(page, other.get(page).text)["name"] == "Enfield Council"


def test_who_signed_out_through_one_is_signed_out_of_the_other(one, other):
    assert other.get(DASHBOARD).status == 200

    one.post("/accounts/logout/", {})

    assert other.get(DASHBOARD).status != 200
    assert other.get(f"{DASHBOARD}changed/").status == 401
