"""The page of what was deleted: nothing is out of reach once its notice has gone."""

import re
from datetime import UTC, datetime

import pytest

from metrics.models import Measurement, Metric
from tests import factories
from victory import undo
from victory.models import Deletion, Member, Note
from victory.tenancy import Role, organization_scope

PAGE = "/o/enfield/deleted/"


@pytest.fixture
def webchat(scoped):
    """The deletion of a deliverable with one metric and two measurements."""
    metric = factories.MetricFactory(organization=scoped, deliverable__name="Webchat")
    for day in ("2026-01-01", "2026-02-01"):
        factories.MeasurementFactory(
            organization=scoped, metric=metric, date=datetime.fromisoformat(day).date()
        )
    by = factories.MemberFactory(organization=scoped, name="Joan")
    deletion = undo.delete(metric.deliverable, by=by)
    Deletion.objects.update(at=datetime(2026, 7, 1, 11, 30, tzinfo=UTC))
    return deletion


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def test_page_tells_what_went_along_when_and_by_whom(manager, webchat):
    page = words(manager.get(PAGE))

    assert "Webchat deliverable, with 1 metric" in page
    assert "with 1 metric and 2 measurements" in page
    assert "July 1, 2026, 12:30 p.m." in page  # London is an hour ahead of UTC in summer
    assert "Joan" in page


def test_row_is_put_back_from_the_page_with_all_that_went_along(manager, webchat):
    button = re.search(r'<form method="post" action="(/o/enfield/undo/[^"]+)"', manager.get(PAGE).text)
    response = manager.post(button[1], {"page": PAGE}, follow=True)

    assert response.redirect_chain == [(PAGE, 302)]
    assert "Nothing has been deleted." in response.text
    assert (Metric.objects.count(), Measurement.objects.count()) == (1, 2)


def test_notice_says_what_went_along(manager, scoped):
    metric = factories.MetricFactory(organization=scoped, deliverable__name="Webchat")
    response = manager.post(f"/o/enfield/drivers/deliverables/{metric.deliverable_id}/delete/", follow=True)

    assert "Deleted “Webchat” with 1 metric." in response.text


def test_contributor_sees_their_own_deletions_only(contributor, webchat):
    own = Member.objects.get(user=contributor.user)
    undo.delete(factories.NoteFactory(organization=webchat.organization, text="Mine"), by=own)

    page = contributor.get(PAGE).text
    assert "Mine" in page and "Webchat" not in page
    assert not Note.objects.exists()


def test_viewer_has_neither_the_page_nor_the_way_to_it(viewer, contributor):
    assert viewer.get(PAGE).status_code == 403
    assert PAGE not in viewer.get("/o/enfield/").text
    assert PAGE in contributor.get("/o/enfield/").text


def test_deletions_of_another_organization_are_absent(manager, organization):
    other = factories.OrganizationFactory()
    with organization_scope(other):
        factories.DeletionFactory(organization=other, label="Elsewhere")

    assert "Elsewhere" not in manager.get(PAGE).text


@pytest.mark.parametrize("count", [1, 3, 300])
def test_page_asks_as_often_however_much_was_deleted(manager, scoped, django_assert_num_queries, count):
    by = factories.MemberFactory(organization=scoped, role=Role.MANAGER)
    labels = [f"Row number {number}." for number in range(count)]
    factories.many(factories.DeletionFactory, count, organization=scoped, by=by, label=labels)

    with django_assert_num_queries(5):
        page = manager.get(PAGE).text
    assert page.count("<b>Row number") == min(count, 100)
    assert f"Row number {count - 1}." in page
