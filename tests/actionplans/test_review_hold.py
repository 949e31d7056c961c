"""Holding a review: the walk through the metrics that are not met."""

from datetime import date

import pytest

from actionplans.models import Action, Ownership, Review, ReviewLine
from metrics.models import Metric
from tests import factories
from tests.actionplans.test_reviews import REVIEWS, measure, missed
from victory.models import Member


@pytest.fixture
def review(scoped):
    return factories.ReviewFactory(organization=scoped, on=date(2026, 3, 1))


def hold(review, metric=None, part=""):
    place = f"{metric.pk}/{part}" if metric else ""
    return f"{REVIEWS}{review.pk}/hold/{place}"


def note(client, review, metric, text, version=0, **typed):
    typed = {"note": text, "version": version} | typed
    return client.post(hold(review, metric, "note/"), typed, follow=True)


def test_walk_begins_with_the_first_metric_that_is_not_met(scoped, viewer, review):
    met, first, _second = (missed(scoped, deliverable__position=place) for place in range(3))
    measure(met, 95)

    answer = viewer.get(hold(review), follow=True)

    assert answer.redirect_chain == [(hold(review, first), 302)]
    assert "1 of 2" in answer.text


def test_walk_leads_through_those_that_are_not_met_alone(scoped, viewer, review):
    first, met, last = (missed(scoped, deliverable__position=place) for place in range(3))
    measure(met, 95)

    page = viewer.get(hold(review, first)).text
    assert f'href="{hold(review, last)}"' in page and "Previous" not in page

    page = viewer.get(hold(review, last)).text
    assert f'href="{hold(review, first)}"' in page and "Next" not in page
    assert "2 of 2" in page


def test_accepted_deviation_is_left_out_of_the_walk(scoped, viewer, review):
    accepted = missed(scoped)
    factories.DeviationFactory(
        organization=scoped, metric=accepted, holds_from=date(2020, 1, 1), holds_until=date(2099, 1, 1)
    )

    assert "No metric is unmet" in viewer.get(hold(review)).text
    assert "not one of the 0 that are not met" in viewer.get(hold(review, accepted)).text


def test_any_metric_can_be_gone_to(scoped, viewer, review):
    missed(scoped)
    met = missed(scoped, measured_by="is met")
    measure(met, 95)

    assert f'<option value="{met.pk}">Met: is met</option>' in viewer.get(hold(review), follow=True).text
    assert viewer.get(hold(review), {"metric": met.pk}).url == hold(review, met)


@pytest.mark.parametrize("asked", ["999999", "x", "9" * 30])
def test_metric_that_is_not_there_is_not_gone_to(scoped, viewer, review, asked):
    first = missed(scoped)

    assert viewer.get(hold(review), {"metric": asked}).url == hold(review, first)


def test_metric_stands_there_with_all_that_is_known_of_it(scoped, viewer, review):
    metric = missed(scoped, measured_by="calls answered", satisfied_when="Somebody picks up")
    measure(metric, 60, date(2026, 2, 1))
    measure(metric, 61, date(2026, 2, 28))
    factories.OwnershipFactory(organization=scoped, metric=metric, member__name="Ana Costa")
    factories.ActionFactory(organization=scoped, metric=metric, what="Second desk", due=date(2026, 2, 2))
    factories.ActionFactory(organization=scoped, what="Of another metric")

    page = viewer.get(hold(review, metric)).text.partition("<h1")[2]

    for text in ("calls answered", "Somebody picks up", "<b>61", "≥", "Not met", "Ana Costa", "Second desk"):
        assert text in page
    for figure in ("50", "60", "61"):
        assert f"<li><b>{figure}" in page
    assert '<span class="late">late</span>' in page and "Of another metric" not in page


def test_note_is_kept_with_the_review_and_leads_on(scoped, manager, review):
    first, last = (missed(scoped, deliverable__position=place) for place in range(2))

    answer = note(manager, review, first, "Look at Mondays.", go="next")

    line = ReviewLine.objects.get()
    assert (line.review, line.metric_key, line.note) == (review, first.pk, "Look at Mondays.")
    assert answer.redirect_chain == [(hold(review, last), 302)]
    assert note(manager, review, last, "", go="previous").redirect_chain == [(hold(review, first), 302)]
    assert note(manager, review, last, "", go="next").redirect_chain[0][0].endswith("/close/")
    assert ReviewLine.objects.count() == 1
    assert "Look at Mondays." in manager.get(hold(review, first)).text


def test_note_saves_itself_while_it_is_typed(scoped, manager_htmx, review):
    metric = missed(scoped)

    answer = note(manager_htmx, review, metric, "Look at Mondays.")

    assert "Saved at" in answer.text and 'name="version" value="1"' in answer.text
    assert ReviewLine.objects.get().note == "Look at Mondays."


def test_stale_note_shows_both_texts(scoped, manager, review):
    metric = missed(scoped)
    note(manager, review, metric, "Look at Mondays.")

    page = note(manager, review, metric, "Look at Fridays.", version=0, go="next").text

    assert "Somebody else changed this while you were writing." in page
    assert "Look at Mondays." in page and "Look at Fridays." in page
    assert ReviewLine.objects.get().note == "Look at Mondays."

    note(manager, review, metric, "Look at Fridays.", version=1)
    assert ReviewLine.objects.get().note == "Look at Fridays."


def test_note_that_is_too_long_is_not_lost(scoped, manager, review):
    page = note(manager, review, missed(scoped), "x" * 2001, go="next").text

    assert "at most 2000 characters" in page and "x" * 2001 in page
    assert not ReviewLine.objects.exists()


def test_owner_is_assigned_in_the_meeting(scoped, manager, review):
    metric = missed(scoped)

    answer = manager.post(hold(review, metric, "owner/"), {"owner": "Ana Costa", "was": ""}, follow=True)

    assert answer.redirect_chain == [(hold(review, metric), 302)]
    assert Ownership.objects.get().member.name == "Ana Costa"
    assert "Ana Costa is new here" in answer.text


def test_owner_somebody_else_entered_meanwhile_is_said_and_the_name_stays(scoped, manager, review):
    metric = missed(scoped)
    factories.OwnershipFactory(organization=scoped, metric=metric, member__name="Ana Costa")

    page = manager.post(hold(review, metric, "owner/"), {"owner": "Tom Okafor", "was": ""}).text

    assert "Somebody else entered Ana Costa meanwhile." in page and 'value="Tom Okafor"' in page


def decide(client, review, at, **typed):
    typed = {"what": "Second desk", "who": "Ana Costa", "due": "2030-01-31"} | typed
    return client.post(hold(review, at, "action/"), typed, follow=True)


def test_action_is_decided_in_the_meeting(scoped, manager, review):
    metric = missed(scoped)

    answer = decide(manager, review, metric, metric=missed(scoped).pk, status="done", earns_loyalty="yes")

    action = Action.objects.get()
    assert (action.metric, action.decided_in, action.who.name) == (metric, review, "Ana Costa")
    assert (action.status, action.due, action.earns_loyalty) == ("planned", date(2030, 1, 31), True)
    assert "Second desk" in answer.text
    assert answer.redirect_chain[-1][0] == f"{hold(review, metric)}#actions-title"
    assert 'id="actions-title"' in answer.text


@pytest.mark.parametrize("fault", [{"who": ""}, {"due": "soon"}, {"due": "2203-01-31"}])
def test_action_with_a_fault_is_not_lost(scoped, manager, review, fault):
    page = decide(manager, review, missed(scoped), **fault).text

    assert 'value="Second desk"' in page and 'class="error"' in page
    assert not Action.objects.exists() and not Member.objects.filter(name="Ana Costa").exists()


def test_what_is_typed_for_a_metric_that_was_deleted_is_said(scoped, manager, review):
    metric = missed(scoped)
    gone = Metric.objects.get(pk=metric.pk)
    metric.delete()

    assert "You had typed: Look at Mondays." in note(manager, review, gone, "Look at Mondays.").text
    assert "Second desk; Ana Costa" in decide(manager, review, gone).text


@pytest.mark.parametrize("part", ["note/", "action/", "owner/"])
def test_what_is_typed_into_a_closed_review_is_shown_back(scoped, manager, review, part):
    metric = missed(scoped)
    factories.close(review)
    typed = dict.fromkeys(["note", "what", "owner"], "Look at Mondays.")
    typed |= {"who": "Ana Costa", "due": "2030-01-01"}

    page = manager.post(hold(review, metric, part), typed).text

    assert "is closed already" in page and "Look at Mondays." in page
    assert not Action.objects.exists() and not ReviewLine.objects.exclude(note="").exists()
    assert not Ownership.objects.exists()
    assert manager.get(hold(review, metric)).url == review.get_absolute_url()
    assert manager.get(hold(review)).url == review.get_absolute_url()


def test_metric_of_another_organization_is_not_held(scoped, manager, review):
    theirs = factories.MetricFactory()

    assert manager.get(hold(review, theirs)).status_code == 404
    for part in ("note/", "owner/", "action/"):
        assert manager.post(hold(review, theirs, part), {"note": "x", "owner": "x"}).status_code == 404
    assert Review.objects.count() == 1 and not ReviewLine.objects.exists()


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_stop_takes_a_fixed_number_of_queries(scoped, manager, review, django_assert_num_queries, rows):
    metric = missed(scoped)
    by = {"number": rows, "organization": scoped}
    members = factories.many(factories.MemberFactory, **by)
    factories.many(factories.ActionFactory, metric=metric, who=members, **by)
    factories.many(factories.MetricFactory, deliverable=metric.deliverable, **by)
    with django_assert_num_queries(14):
        assert manager.get(hold(review, metric)).status_code == 200
