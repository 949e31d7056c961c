"""Closing a review: what stood is frozen with it, and nothing changes it again."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from actionplans.models import Action, Attendance, Review, ReviewLine, Status
from metrics.models import Metric, Verdict
from tests import factories
from tests.actionplans.test_reviews import REVIEWS, act, measure, missed
from victory import undo
from victory.models import Deletion, Member, Organization


@pytest.fixture
def review(scoped):
    return factories.ReviewFactory(organization=scoped, on=date(2026, 3, 1))


def seen(client, review):
    """What the page carries along of what it shows."""
    return re.search(r'name="seen" value="(\w+)"', client.get(f"{REVIEWS}{review.pk}/close/").text)[1]


def close(client, review, **typed):
    """Close it as it stands on the page."""
    typed = {"close": "1", "version": review.version, "seen": seen(client, review)} | typed
    return send(client, review, **typed)


def send(client, review, **typed):
    typed = {"findings": "", "decisions": "", "next_on": "", "version": review.version} | typed
    return client.post(f"{REVIEWS}{review.pk}/close/", typed, follow=True)


def minutes(client, review) -> bytes:
    return client.get(f"{REVIEWS}{review.pk}/print/").content


def test_what_was_found_is_saved_without_closing(scoped, manager, review):
    page = send(manager, review, findings="Mondays.", decisions="Two desks.", next_on="2026-06-01").text

    review.refresh_from_db()
    assert (review.findings, review.decisions, review.next_on) == ("Mondays.", "Two desks.", date(2026, 6, 1))
    assert not review.is_closed and "The review is still open." in page


def test_findings_save_themselves_while_they_are_typed(scoped, manager_htmx, review):
    answer = send(manager_htmx, review, findings="Mondays.")

    assert "Saved at" in answer.text
    assert Review.objects.get().findings == "Mondays."


def test_closing_freezes_how_every_metric_stands(scoped, manager, review):
    metric = missed(scoped, measured_by="calls answered", deliverable__name="Helpline")
    factories.OwnershipFactory(organization=scoped, metric=metric, member__name="Ana Costa")
    factories.MetricFactory(organization=scoped, measured_by="never measured")
    factories.ReviewLineFactory(organization=scoped, review=review, metric_key=metric.pk, note="Mondays.")
    page = manager.get(f"{REVIEWS}{review.pk}/close/").text
    assert page.index("calls answered") < page.index("never measured") and "Mondays." in page

    page = close(manager, review, findings="Too few people.", next_on="2026-06-01")

    assert page.redirect_chain == [(review.get_absolute_url(), 302)]
    first, second = Review.objects.get().lines.all()
    assert (first.metric, first.deliverable, first.owner) == ("calls answered", "Helpline", "Ana Costa")
    assert (first.verdict, first.note, first.measured_on) == (Verdict.NOT_MET, "Mondays.", date(2026, 1, 31))
    assert first.performance.startswith("50") and "90" in first.target and "target since" in first.reason
    assert (second.metric, second.verdict) == ("never measured", Verdict.NOT_MEASURED)
    assert second.position > first.position


def test_closing_freezes_who_was_there_and_what_was_decided(scoped, manager, review):
    metric = missed(scoped)
    factories.AttendanceFactory(organization=scoped, review=review, member__name="Ana Costa")
    act(scoped, metric, "decided now", decided_in=review)
    act(scoped, metric, "open before")
    act(scoped, metric, "dropped before", status=Status.DROPPED)

    page = close(manager, review).text

    frozen = Review.objects.get().frozen
    assert frozen["people"] == ["Ana Costa"] and frozen["counts"] == {"not-met": 1}
    assert frozen["closed_by"] == str(manager.user)
    assert [each["what"] for each in frozen["decided"]] == ["decided now"]
    assert {each["what"] for each in frozen["open"]} == {"decided now", "open before"}
    assert "0 of 1 met" in page and f"by {manager.user}" in page


def test_note_on_a_metric_that_was_deleted_before_closing_is_kept(scoped, manager, review):
    metric = missed(scoped, measured_by="calls answered")
    manager.post(f"{REVIEWS}{review.pk}/hold/{metric.pk}/note/", {"note": "Mondays.", "version": "0"})
    metric.delete()

    close(manager, review)

    line = ReviewLine.objects.get()
    assert (line.metric, line.note) == ("calls answered", "Mondays.")
    assert "deleted before the review was closed" in line.reason


def test_next_date_is_proposed_as_far_off_as_the_last_one_was(scoped, manager, review):
    assert 'value="2026-05-31"' in manager.get(f"{REVIEWS}{review.pk}/close/").text

    factories.close(factories.ReviewFactory(organization=scoped, on=date(2026, 2, 1)))
    assert 'value="2026-03-29"' in manager.get(f"{REVIEWS}{review.pk}/close/").text


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"next_on": "2026-03-01"}, "The next review comes after this one."),
        ({"next_on": "2226-01-01"}, "more than 50 years away"),
        ({"next_on": "2026-02-31"}, "Enter a valid date."),
        ({"decisions": "x" * 10_001}, "at most 10000 characters"),
    ],
)
def test_review_with_a_fault_is_not_closed_and_nothing_is_lost(scoped, manager, review, fault, sentence):
    page = close(manager, review, findings="Too few people.", **fault)

    assert page.status_code == 200 and sentence in page.text and "Too few people." in page.text
    assert not Review.objects.get().is_closed


def test_review_whose_day_is_still_to_come_is_not_closed(scoped, manager):
    review = factories.ReviewFactory(organization=scoped, on=timezone.localdate() + timedelta(days=1))

    page = close(manager, review, findings="Too few people.").text

    assert "which is still to come" in page and "Too few people." in page
    assert not Review.objects.get().is_closed


def test_review_is_not_closed_after_a_later_one(scoped, manager, review):
    later = factories.ReviewFactory(organization=scoped, on=date(2026, 3, 2))
    factories.close(later)

    page = close(manager, review, findings="Too few people.").text

    assert "review of March 2, 2026 is closed already" in page and "Too few people." in page
    assert list(Review.objects.closed()) == [later]
    assert Review.objects.get(pk=review.pk).findings == "Too few people."


@pytest.mark.parametrize("before", [[], [date(2026, 2, 1)]])
def test_review_at_the_end_of_all_days_is_shown(scoped, manager, before):
    """The administration let such a day through once."""
    for on in before:
        factories.close(factories.ReviewFactory(organization=scoped, on=on))
    review = factories.ReviewFactory(organization=scoped, on=date.max)

    assert manager.get(f"{REVIEWS}{review.pk}/close/").status_code == 200


def test_what_changed_since_the_page_was_shown_has_to_be_looked_at_first(scoped, manager, review):
    metric = missed(scoped)
    shown = seen(manager, review)
    measure(metric, 95)

    page = send(manager, review, findings="Too few people.", close="1", seen=shown)

    assert "Something changed in the workbook since this page was shown." in page.text
    review.refresh_from_db()
    assert not review.is_closed and review.findings == "Too few people."
    close(manager, review, findings="Too few people.")
    assert Review.objects.get().lines.get().verdict == Verdict.MET


def test_stale_findings_show_both_texts_and_do_not_close(scoped, manager, review):
    stale = review.version
    send(manager, review, findings="Too few people.")

    page = close(manager, review, findings="Too many calls.", version=stale).text

    assert "Somebody else changed this while you were writing." in page
    assert "Too few people." in page and "Too many calls." in page
    assert not Review.objects.get().is_closed


def test_second_one_to_close_is_told_who_did_and_gets_the_own_text_back(scoped, manager, sign_in, review):
    second = sign_in(Member.objects.get(user=manager.user).role)
    stale = {"version": review.version, "seen": seen(second, review), "close": "1"}
    close(manager, review, findings="Too few people.")
    before = minutes(manager, review)

    page = send(second, review, findings="Too many calls.", decisions="Two desks.", **stale)

    assert page.status_code == 200
    assert f"{manager.user} closed it while you were writing" in page.text
    assert "Too many calls." in page.text and "Two desks." in page.text
    assert Review.objects.get().findings == "Too few people."
    assert minutes(manager, review) == before


def test_closed_review_is_not_offered_for_closing(scoped, manager, review):
    factories.close(review)

    assert manager.get(f"{REVIEWS}{review.pk}/close/").url == review.get_absolute_url()
    assert "is closed already" in manager.post(f"{REVIEWS}{review.pk}/save/", {"on": "2026-03-02"}).text


def test_minutes_are_the_same_byte_for_byte_whatever_becomes_of_what_they_speak_of(scoped, manager, viewer):
    first = factories.close(factories.ReviewFactory(organization=scoped, on=date(2026, 1, 2)))
    review = factories.ReviewFactory(organization=scoped, on=date(2026, 3, 1))
    metrics = [missed(scoped, measured_by=f"metric {number}") for number in range(4)]
    decided = act(scoped, metrics[0], "decided now", decided_in=review)
    ana = factories.AttendanceFactory(organization=scoped, review=review, member__name="Ana Costa").member
    factories.OwnershipFactory(organization=scoped, metric=metrics[0], member=ana)
    factories.NeedFactory(organization=scoped, text="A short wait")
    close(manager, review, findings="Too few people.", decisions="Two desks.", next_on="2026-06-01")
    before = minutes(manager, review)
    for text in (b"metric 3", b"decided now", b"Ana Costa", b"A short wait", b"Two desks.", b"June 1, 2026"):
        assert text in before

    renamed, changed, judged, deleted = metrics
    renamed.measured_by = "something else"
    renamed.save()
    renamed.deliverable.name = "Something else"
    renamed.deliverable.save()
    measure(changed, 95)
    factories.TargetFactory(organization=scoped, metric=judged, low=10, holds_from=date(2020, 2, 1))
    by = Member.objects.get(user=manager.user)
    undo.delete(deleted, by=by)
    for member in Member.objects.all():
        member.name = f"Another {member.pk}"
        member.save()
    decided.what, decided.status, decided.due = "changed", Status.DONE, date(2030, 1, 1)
    decided.save()
    Action.objects.exclude(pk=decided.pk).delete()
    Organization.objects.update(name="Another name")
    for number in (1, 2):
        next_review = factories.ReviewFactory(organization=scoped, on=date(2026, 5, number))
        factories.close(next_review)
    Metric.objects.all().delete()

    assert minutes(manager, review) == before
    assert minutes(viewer, review) == before
    assert first.lines.count() == 0


def test_minutes_are_to_be_had_once_the_review_is_closed(scoped, manager, review):
    page = manager.get(f"{REVIEWS}{review.pk}/print/", follow=True)

    assert "can be printed once the review is closed" in page.text


def test_closed_review_refuses_every_change(scoped, manager, review):
    metric = missed(scoped)
    attendance = factories.AttendanceFactory(organization=scoped, review=review)
    close(manager, review, findings="Too few people.")
    review = Review.objects.get()
    line, attendance = review.lines.get(), review.attendances.get()
    before = minutes(manager, review)
    by = factories.MemberFactory(organization=scoped)
    new = (
        Attendance(organization=scoped, review=review, member=by),
        ReviewLine(organization=scoped, review=review, metric_key=metric.pk + 1),
    )

    review.findings = line.note = "Changed."
    for row in (review, line, attendance, *new):
        with pytest.raises(ValidationError, match="can no longer change"), transaction.atomic():
            row.save()
    for row in (review, line, attendance):
        with pytest.raises(ValidationError, match="can no longer change"), transaction.atomic():
            row.delete()
        with pytest.raises(ValidationError, match="can no longer change"):
            undo.delete(row, by=by)

    assert minutes(manager, review) == before and not Deletion.objects.exists()


@pytest.mark.parametrize("name", ["lines", "attendances"])
def test_what_was_deleted_before_closing_is_not_put_back_after(scoped, review, name):
    factories.AttendanceFactory(organization=scoped, review=review)
    factories.ReviewLineFactory(organization=scoped, review=review)
    by = factories.MemberFactory(organization=scoped)
    deletion = undo.delete(getattr(review, name).get(), by=by)
    factories.close(review)

    with pytest.raises(ValidationError, match="can no longer change"):
        undo.put_back(deletion)


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_closing_takes_a_fixed_number_of_queries(scoped, manager, review, django_assert_num_queries, rows):
    deliverable = factories.DeliverableFactory(organization=scoped)
    by = {"number": rows, "organization": scoped}
    metrics = factories.many(factories.MetricFactory, deliverable=deliverable, **by)
    members = factories.many(factories.MemberFactory, **by)
    factories.many(factories.ActionFactory, metric=metrics, who=members, decided_in=review, **by)
    with django_assert_num_queries(15):
        page = manager.get(f"{REVIEWS}{review.pk}/close/")
    mark = re.search(r'name="seen" value="(\w+)"', page.text)[1]
    typed = {"close": "1", "version": review.version, "seen": mark}
    with django_assert_num_queries(29):
        assert manager.post(f"{REVIEWS}{review.pk}/close/", typed).status_code == 302
    with django_assert_num_queries(6):
        assert manager.get(f"{REVIEWS}{review.pk}/").status_code == 200
