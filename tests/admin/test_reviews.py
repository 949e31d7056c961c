"""Reviews in the administration: a closed one is to be read."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from actionplans.models import Attendance, Review, ReviewLine
from tests import factories
from victory.models import User
from victory.tenancy import organization_scope


@pytest.fixture
def superuser(db):
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "a-long-password"))
    return client


@pytest.fixture
def rows(scoped):
    """A review with a line and somebody who takes part."""
    review = factories.ReviewFactory(organization=scoped, on=date(2026, 3, 1), findings="Mondays.")
    line = factories.ReviewLineFactory(organization=scoped, review=review, note="Mondays.")
    return review, line, factories.AttendanceFactory(organization=scoped, review=review)


def address(row, page):
    return reverse(f"admin:actionplans_{row._meta.model_name}_{page}", args=[row.pk])


def typed(review, attendance, **changes):
    inline = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": attendance.pk, "0-review": review.pk}
    inline |= {"0-member": attendance.member_id, "0-DELETE": "on"}
    return {
        "on": "2026-03-01", "findings": "Changed.", "decisions": "", "next_on": "",
        **{f"attendance-{name}": value for name, value in inline.items()},
    } | changes  # fmt: skip


def test_planned_review_is_changed_in_the_administration(superuser, rows):
    review, _line, attendance = rows

    assert superuser.post(address(review, "change"), typed(review, attendance)).status_code == 302

    review.refresh_from_db()
    assert review.findings == "Changed." and not Attendance.objects.exists()


@pytest.mark.parametrize("fault", [{"on": "9999-12-31"}, {"next_on": "9999-12-31"}])
def test_review_on_a_day_far_off_is_refused_in_the_administration(superuser, rows, fault):
    review, _line, attendance = rows

    page = superuser.post(address(review, "change"), typed(review, attendance, **fault))

    assert "more than 50 years away" in page.text
    assert Review.objects.get().findings == "Mondays."


def test_closed_review_is_only_read_in_the_administration(superuser, rows, scoped):
    review, line, attendance = rows
    factories.close(review)

    for row in (review, line):
        page = superuser.get(address(row, "change"))
        assert page.status_code == 200 and "Mondays." in page.text and 'name="_save"' not in page.text
        assert superuser.post(address(row, "delete"), {"post": "yes"}).status_code == 403
    assert superuser.post(address(review, "change"), typed(review, attendance)).status_code == 403
    assert superuser.post(address(line, "change"), {"note": "Changed."}).status_code == 403

    assert Review.objects.get().findings == ReviewLine.objects.get().note == "Mondays."
    assert Attendance.objects.exists()


@pytest.mark.parametrize("model", [Review, ReviewLine])
def test_closed_review_is_not_deleted_with_others_from_the_list(superuser, rows, scoped, model):
    factories.close(rows[0])
    selected = {"action": "delete_selected", "_selected_action": [model.objects.get().pk], "post": "yes"}

    superuser.post(reverse(f"admin:actionplans_{model._meta.model_name}_changelist"), selected)

    with organization_scope(scoped):
        assert model.objects.exists()


def test_older_version_of_a_closed_review_is_not_put_in_force(superuser, rows):
    review, _line, attendance = rows
    version = review.history.last()
    factories.close(review)
    older = reverse("admin:actionplans_review_simple_history", args=[review.pk, version.pk])

    assert superuser.post(older, typed(review, attendance)).status_code == 403
    assert Review.objects.get().findings == "Mondays."
