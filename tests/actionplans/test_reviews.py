"""The list of reviews, preparing one, and what it begins with."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from actionplans.models import Review, Status
from metrics.models import Metric
from tests import factories
from victory import undo
from victory.models import Member

REVIEWS = "/o/enfield/reviews/"


def missed(organization, value=50, **fields):
    """A metric that is not met by its newest figure."""
    metric = factories.MetricFactory(organization=organization, **fields)
    factories.TargetFactory(organization=organization, metric=metric)
    factories.MeasurementFactory(organization=organization, metric=metric, value=value)
    return Metric.objects.get(pk=metric.pk)


def measure(metric, value, day=date(2026, 2, 28)):
    return factories.MeasurementFactory(
        organization=metric.organization, metric=metric, value=value, date=day
    )


def closed(organization, **fields):
    return factories.close(factories.ReviewFactory(organization=organization, **fields))


def prepare(client, **typed):
    return client.post(f"{REVIEWS}add/", {"on": "2026-11-20", "who": ""} | typed, follow=True)


def begins_with(client):
    """The page of a review that has just been prepared."""
    return prepare(client, on=str(timezone.localdate())).text


def test_list_without_reviews_says_what_to_do(scoped, manager):
    page = manager.get(REVIEWS).text

    assert "No review is planned." in page
    assert "No review has been closed yet. Prepare one" in page


def test_review_is_prepared_with_people_by_name_old_and_new(scoped, manager):
    ana = factories.MemberFactory(organization=scoped, name="Ana Costa")

    page = prepare(manager, who="ana  costa; Tom Okafor\nana costa")

    review = Review.objects.get()
    assert review.on == date(2026, 11, 20) and not review.is_closed
    assert [each.member.name for each in review.attendances.all()] == [ana.name, "Tom Okafor"]
    assert "Tom Okafor is new here" in page.text
    assert "With Ana Costa, Tom Okafor." in page.text


@pytest.mark.parametrize("typed", ["Ana Costa, Tom Okafor", "Ana Costa; Tom Okafor", "Ana Costa\nTom Okafor"])
def test_names_are_parted_by_semicolons_commas_or_lines(scoped, manager, typed):
    prepare(manager, who=typed)

    assert {"Ana Costa", "Tom Okafor"} <= set(Member.objects.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"on": ""}, "This field is required."),
        ({"on": "2026-02-31"}, "Enter a valid date."),
        ({"on": "2226-01-01"}, "more than 50 years away"),
        ({"on": "2026-03-03"}, "There is a review on this day already."),
        ({"on": "2026-01-31"}, "The last review was on Feb. 1, 2026"),
        ({"who": "Old Hand"}, "Old Hand is no longer active here."),
        ({"who": "x" * 121}, "longer than 120 characters"),
    ],
)
def test_review_with_a_fault_says_so_and_keeps_what_was_typed(scoped, manager, fault, sentence):
    factories.MemberFactory(organization=scoped, name="Old Hand", active=False)
    factories.ReviewFactory(organization=scoped, on=date(2026, 3, 3))
    closed(scoped, on=date(2026, 2, 1))
    members = Member.objects.count()

    page = prepare(manager, **({"who": "Tom Okafor"} | fault))

    assert page.status_code == 200 and sentence in page.text
    assert "Tom Okafor" in page.text or "who" in fault
    assert Review.objects.count() == 2 and Member.objects.count() == members


def test_review_moved_past_the_next_one_says_so_beside_the_date(scoped, manager):
    review = factories.ReviewFactory(organization=scoped, on=date(2026, 3, 3), next_on=date(2026, 6, 1))
    typed = {"on": "2026-07-01", "who": "Tom Okafor", "version": review.version}

    page = manager.post(f"{REVIEWS}{review.pk}/save/", typed)

    assert page.status_code == 200 and "Tom Okafor" in page.text
    assert page.context["form"].errors.keys() == {"on"} and "It is set for June 1, 2026." in page.text
    assert Review.objects.get().on == date(2026, 3, 3)


def test_the_date_promised_last_is_proposed(scoped, manager):
    closed(scoped, on=date(2026, 1, 5), next_on=date(2026, 4, 5))
    closed(scoped, on=date(2026, 4, 7), next_on=date(2030, 7, 9))

    page = manager.get(REVIEWS).text

    assert 'value="2030-07-09"' in page
    assert "July 9, 2030" in page and "overdue" not in page


@pytest.mark.parametrize("path", ["reviews/", "plan/"])
def test_next_review_that_is_overdue_is_called_so(scoped, viewer, path):
    yesterday = timezone.localdate() - timedelta(days=1)
    review = factories.ReviewFactory(organization=scoped, on=yesterday)
    assert '<span class="late">overdue</span>' in viewer.get(f"/o/enfield/{path}").text

    review.on = timezone.localdate()
    review.save()
    assert '<span class="late">overdue</span>' not in viewer.get(f"/o/enfield/{path}").text


def test_first_review_begins_with_how_it_all_stands(scoped, manager):
    metric = missed(scoped, measured_by="calls answered")
    factories.NeedFactory(organization=scoped, text="A short wait", customer__name="Residents")

    page = begins_with(manager)

    assert "The first review" in page
    assert "A short wait" in page and "at least 90" in page
    assert f'href="/o/enfield/metrics/{metric.pk}/"' in page
    assert "Changed verdicts" not in page and "Nothing to report: changed verdicts" in page


def test_review_begins_with_the_verdicts_that_flipped(scoped, manager):
    flipped, same = missed(scoped, measured_by="has flipped"), missed(scoped, measured_by="is as it was")
    closed(scoped)
    missed(scoped, measured_by="is new")
    measure(flipped, 95)
    measure(same, 40)

    page = begins_with(manager).partition('id="flips-title"')[2].partition("</section>")[0]

    assert "has flipped" in page and "is as it was" not in page and "is new" not in page
    assert page.index("Not met</span>") < page.index("Met</span>", page.index("Not met</span>") + 20)


def test_review_begins_with_the_targets_that_changed_and_why(scoped, manager):
    old, changed = missed(scoped), missed(scoped, measured_by="calls answered")
    same = missed(scoped, measured_by="is saved as it was").targets.get()
    closed(scoped)
    same.save()
    ana = factories.MemberFactory(organization=scoped, name="Ana Costa")
    factories.TargetFactory(
        organization=scoped,
        metric=changed,
        low=93,
        holds_from=date(2026, 6, 1),
        reason="Promised",
        set_by=ana,
    )
    taken = old.targets.get()
    taken.delete()

    page = begins_with(manager).partition('id="targets-title"')[2].partition("</section>")[0]

    for text in ("calls answered", "at least 90", "at least 93", "June 1, 2026", "Promised", "Ana Costa"):
        assert text in page
    assert page.count("<tr") == 3 and "taken away" in page


def test_review_begins_with_the_needs_that_are_new(scoped, manager):
    old = factories.NeedFactory(organization=scoped, text="An old need")
    closed(scoped)
    old.importance = 5
    old.save()
    factories.NeedFactory(organization=scoped, text="A new need")

    page = begins_with(manager).partition('id="needs-title"')[2].partition("</section>")[0]

    assert "A new need" in page and "An old need" not in page


def act(organization, metric, what, **fields):
    return factories.ActionFactory(organization=organization, metric=metric, what=what, **fields)


def part(page, name):
    return page.partition(f'id="{name}-title"')[2].partition("</section>")[0]


def test_review_begins_with_what_became_of_the_actions(scoped, manager):
    metric, today = missed(scoped), timezone.localdate()
    first = factories.ReviewFactory(organization=scoped, on=date(2026, 1, 5))
    promised = act(scoped, metric, "was promised", decided_in=first, due=today)
    act(scoped, metric, "was done before", status=Status.DONE, done_on=date(2026, 1, 2))
    factories.close(first)
    act(scoped, metric, "is done", status=Status.DONE)
    act(scoped, metric, "is late", due=today - timedelta(days=1))
    moved = act(scoped, metric, "was moved", due=today)
    for _ in range(2):
        moved.due += timedelta(days=1)
        moved.save()
    promised.status = Status.BLOCKED
    promised.save()

    page = begins_with(manager)

    assert "was promised" in part(page, "promised") and "blocked" in part(page, "promised")
    assert "is done" in part(page, "done") and "was done before" not in part(page, "done")
    assert "is late" in part(page, "late") and "was promised" not in part(page, "late")
    assert "was moved" in part(page, "moved") and "put off twice" in part(page, "moved")
    assert "is late" not in part(page, "moved")


def done_in_the_middle(organization, since):
    """An action done between nine figures around 50, and five around what came of it."""
    metric, today = missed(organization), timezone.localdate()
    for place, value in enumerate([50, 52, 49, 51, 48, 52, 50, 49, 51, *[since] * 5]):
        measure(metric, value, today - timedelta(days=14 - place))
    done_on = today - timedelta(days=6)
    return act(organization, metric, f"came to {since}", status=Status.DONE, done_on=done_on)


def told_without_effect(client):
    """What a review that is prepared now says of actions that did not help."""
    Review.objects.planned().delete()
    return part(begins_with(client), "without-effect")


def test_review_begins_with_the_actions_that_did_not_help(scoped, manager):
    done_in_the_middle(scoped, since=50)
    done_in_the_middle(scoped, since=80)
    act(scoped, missed(scoped), "has no figures to be told by", status=Status.DONE)

    page = part(begins_with(manager), "without-effect")

    assert "came to 50" in page and "No lasting difference that can be told from noise." in page
    assert "came to 80" not in page and "has no figures" not in page


def test_action_that_did_not_help_is_told_of_once(scoped, manager):
    action = done_in_the_middle(scoped, since=50)
    closed(scoped, on=date(2026, 1, 5))
    assert not told_without_effect(manager)

    measure(action.metric, 48, timezone.localdate())
    assert not told_without_effect(manager), "another mean, the same effect"

    closed(scoped, on=date(2026, 1, 6))
    assert not told_without_effect(manager), "the review before the last has told it"


def test_action_that_did_not_help_is_told_of_again_with_another_effect(scoped, manager):
    action = done_in_the_middle(scoped, since=50)
    closed(scoped, on=date(2026, 1, 5))
    measure(action.metric, 20, timezone.localdate())
    assert "Worse since." in told_without_effect(manager)


def test_action_that_was_done_anew_is_told_of_again(scoped, manager):
    action = done_in_the_middle(scoped, since=50)
    closed(scoped, on=date(2026, 1, 5))
    action.done_on += timedelta(days=1)
    action.save()
    assert "came to 50" in told_without_effect(manager)


def test_effect_frozen_without_its_code_is_told_of_once_more(scoped, manager):
    done_in_the_middle(scoped, since=50)
    frozen = closed(scoped, on=date(2026, 1, 5)).frozen
    Review.objects.all().delete()
    del frozen["pack"]["without_effect"][0]["effect_code"]
    review = factories.ReviewFactory(organization=scoped, closed_at=timezone.now(), frozen=frozen)
    assert "came to 50" in part(manager.get(f"{REVIEWS}{review.pk}/print/").text, "without-effect")
    assert "came to 50" in told_without_effect(manager)


def test_what_was_done_is_told_of_in_one_review_only(scoped, manager):
    metric = missed(scoped)
    act(scoped, metric, "was done this morning", status=Status.DONE)
    assert "was done this morning" in part(begins_with(manager), "done")

    factories.close(Review.objects.get())

    page = prepare(manager, on=str(timezone.localdate() + timedelta(days=1))).text
    assert "was done this morning" not in part(page, "done")


def test_review_begins_with_gaps_and_with_what_was_found_last_time(scoped, manager):
    missed(scoped, measured_by="calls answered")
    closed(scoped, findings="Too few people on Mondays.", decisions="Two more desks.")

    page = begins_with(manager)

    assert "calls answered has no owner." in part(page, "gaps")
    assert "Too few people on Mondays." in page and "Two more desks." in page


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_review_takes_a_fixed_number_of_queries(scoped, manager, django_assert_num_queries, rows):
    metrics = [missed(scoped) for _ in range(min(rows, 30))]
    for _ in range(min(rows, 10)):
        done_in_the_middle(scoped, since=50)
    closed(scoped)
    by = {"number": rows, "organization": scoped}
    acted_on = [metrics[number % len(metrics)] for number in range(rows)]
    members = factories.many(factories.MemberFactory, **by)
    for what in ({"due": date(2026, 1, 1)}, {"status": Status.DONE, "done_on": timezone.localdate()}):
        factories.many(factories.ActionFactory, metric=acted_on, who=members, **what, **by)
    factories.many(factories.NeedFactory, customer=factories.many(factories.CustomerFactory, **by), **by)
    for metric in metrics:
        measure(metric, 95)
        factories.TargetFactory(organization=scoped, metric=metric, holds_from=date(2026, 6, 1))
    review = factories.ReviewFactory(organization=scoped, on=date(2036, 1, 1))
    for _ in range(min(rows, 10)):
        factories.AttendanceFactory(organization=scoped, review=review)
    with django_assert_num_queries(22):
        assert manager.get(f"{REVIEWS}{review.pk}/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_list_takes_a_fixed_number_of_queries(scoped, viewer, django_assert_num_queries, rows):
    kept = factories.close(factories.ReviewFactory(organization=scoped, on=date(2026, 1, 1))).frozen
    by = {"number": rows, "organization": scoped}
    past, to_come = (
        [first + timedelta(days=number) for number in range(rows)]
        for first in (date(2016, 1, 1), date(2030, 1, 1))
    )
    factories.many(factories.ReviewFactory, on=past, closed_at=timezone.now(), frozen=kept, **by)
    factories.many(factories.ReviewFactory, on=to_come, **by)
    with django_assert_num_queries(8):
        assert viewer.get(REVIEWS).status_code == 200


def save(client, review, **typed):
    typed = {"on": str(review.on), "who": "", "version": review.version} | typed
    return client.post(f"{REVIEWS}{review.pk}/save/", typed, follow=True)


def test_planned_review_gets_another_day_and_other_people(scoped, manager):
    review = factories.ReviewFactory(organization=scoped)
    stays, leaves = (factories.AttendanceFactory(organization=scoped, review=review) for _ in range(2))

    save(manager, review, on="2027-01-01", who=f"{stays.member.name}; Tom Okafor")

    review.refresh_from_db()
    assert review.on == date(2027, 1, 1)
    names = {each.member.name for each in review.attendances.all()}
    assert names == {stays.member.name, "Tom Okafor"} and leaves.member.name not in names


def test_stale_change_of_a_planned_review_shows_both_texts(scoped, manager):
    review = factories.ReviewFactory(organization=scoped)
    factories.AttendanceFactory(organization=scoped, review=review, member__name="Ana Costa")
    stale = review.version
    review.on = date(2026, 12, 1)
    review.save()

    page = save(manager, review, on="2026-12-24", who="Tom Okafor", version=stale).text

    assert "Somebody else changed this while you were writing." in page
    assert "2026-12-24" in page and "2026-12-01" in page
    assert "Tom Okafor" in page and "Ana Costa" in page
    assert Review.objects.get().on == date(2026, 12, 1)


def test_planned_review_is_deleted_and_put_back_with_all_that_hangs_on_it(scoped, manager):
    review = factories.ReviewFactory(organization=scoped)
    factories.AttendanceFactory(organization=scoped, review=review)
    factories.ReviewLineFactory(organization=scoped, review=review, note="Look at Mondays.")
    action = factories.ActionFactory(organization=scoped, decided_in=review)

    page = manager.post(f"{REVIEWS}{review.pk}/delete/", follow=True)
    assert "Deleted" in page.text and not Review.objects.exists()
    [address] = {part for part in page.text.split('"') if part.startswith("/o/enfield/undo/")}
    manager.post(address)

    review = Review.objects.get()
    action.refresh_from_db()
    assert review.attendances.count() == review.lines.count() == 1
    assert action.decided_in == review


def test_closed_review_cannot_be_deleted(scoped, manager):
    review = closed(scoped)

    page = manager.post(f"{REVIEWS}{review.pk}/delete/", follow=True)

    assert "can no longer change" in page.text
    assert Review.objects.filter(pk=review.pk).exists()


def test_member_who_took_part_can_leave_but_not_be_deleted(scoped):
    attendance = factories.AttendanceFactory(organization=scoped)
    by = factories.MemberFactory(organization=scoped)

    with pytest.raises(Exception, match="is still needed by"):
        undo.delete(attendance.member, by=by)
