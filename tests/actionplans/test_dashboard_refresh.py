"""A dashboard on a wall asks for next to nothing whether it is still what stands."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from victory.models import Organization, Revision

CHANGED = "/o/enfield/dashboard/changed/"


@pytest.fixture
def question(viewer):
    """The address that the page asks, as it stands in it."""
    page = viewer.get("/o/enfield/dashboard/").text
    return re.search(r'id="seen"[^>]* hx-get="([^"]+)"', page)[1]


def test_unchanged_dashboard_costs_one_cheap_request(viewer, question, django_assert_num_queries):
    with django_assert_num_queries(3):  # session, user, membership with its organization
        answer = viewer.get(question, headers={"hx-request": "true"})

    assert answer.status_code == 204
    assert "HX-Trigger" not in answer.headers


def test_changed_workbook_makes_the_page_refresh_itself(
    organization, viewer, question, django_assert_num_queries
):
    Revision.move_on(organization.pk, anywhere=False)

    with django_assert_num_queries(3):
        answer = viewer.get(question)

    assert answer.status_code == 204
    assert answer.headers["HX-Trigger"] == "workbook-changed"


def test_change_elsewhere_is_none_here(viewer, question):
    Revision.move_on(factories.OrganizationFactory().pk, anywhere=True)

    assert "HX-Trigger" not in viewer.get(question).headers


def test_new_day_makes_the_page_refresh_itself(viewer, question, monkeypatch):
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(Organization, "today", tomorrow)

    assert viewer.get(question).headers["HX-Trigger"] == "workbook-changed"


@pytest.mark.parametrize("asked", ["", "?seen=", "?seen=nonsense"])
def test_page_that_has_seen_nothing_known_refreshes_itself(viewer, asked):
    assert viewer.get(f"{CHANGED}{asked}").headers["HX-Trigger"] == "workbook-changed"


def test_signed_out_page_is_told_so(client, organization):
    assert client.get(CHANGED, headers={"hx-request": "true"}).status_code == 401
