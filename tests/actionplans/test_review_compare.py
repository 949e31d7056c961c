"""Two reviews held against each other, and one against today."""

from datetime import date

import pytest

from actionplans.models import Status
from metrics.models import Metric
from tests import factories
from tests.actionplans.test_reviews import REVIEWS, act, measure, missed


def closed(organization, day):
    return factories.close(factories.ReviewFactory(organization=organization, on=day))


def compare(client, review, **asked):
    return client.get(f"{REVIEWS}{review.pk}/compare/", asked).text.partition("<h1")[2]


def group(page, name):
    return page.partition(f'<h2 id="{name}"')[2].partition("</section>")[0]


@pytest.fixture
def two(scoped):
    """Two reviews: between them one metric flipped, one came, one went and one was renamed."""
    flipped, same, went = (missed(scoped, measured_by=name) for name in ("flips", "stays", "goes"))
    earlier = factories.ReviewFactory(organization=scoped, on=date(2026, 2, 1))
    done, still = (act(scoped, same, what, decided_in=earlier) for what in ("gets done", "is still open"))
    factories.close(earlier)
    measure(flipped, 95)
    went.delete()
    same.measured_by = "stays under another name"
    same.save()
    missed(scoped, measured_by="comes")
    done.status = Status.DONE
    done.save()
    still.status = Status.BLOCKED
    still.save()
    return earlier, closed(scoped, date(2026, 5, 1))


def test_comparison_names_flips_and_what_came_and_went(two, viewer):
    page = compare(viewer, two[0], **{"with": two[1].pk})

    assert "0 of 3 met then, 1 of 3 met now." in page
    assert "flips" in group(page, "flips") and "stays" not in group(page, "flips")
    assert "comes" in group(page, "came") and "goes" in group(page, "went")
    assert "stays under another name" in group(page, "same") and "was called stays" in group(page, "same")
    assert page.index('id="flips"') < page.index('id="same"')


def test_comparison_says_what_became_of_the_actions(two, viewer):
    page = group(compare(viewer, two[0], **{"with": two[1].pk}), "fates")

    assert "done" in page.partition("gets done")[2].partition("</tr>")[0]
    assert "blocked" in page.partition("is still open")[2].partition("</tr>")[0]


def test_comparison_runs_from_the_earlier_to_the_later_either_way(two, viewer):
    assert "From Feb. 1, 2026 to May 1, 2026" in compare(viewer, two[0], **{"with": two[1].pk})
    assert "From Feb. 1, 2026 to May 1, 2026" in compare(viewer, two[1], **{"with": two[0].pk})


def test_comparison_with_today_follows_what_is_changed_now(two, viewer):
    earlier, later = two
    assert "No verdict is another one." in compare(viewer, later)

    measure(Metric.objects.get(measured_by="comes"), 95)

    assert "comes" in group(compare(viewer, later), "flips")
    assert "gets done" in group(compare(viewer, earlier), "fates")


def test_comparison_of_reviews_does_not_follow_what_is_changed_later(two, viewer, scoped):
    asked = {"with": two[1].pk}
    before = compare(viewer, two[0], **asked)
    missed(scoped, measured_by="comes too late")

    assert compare(viewer, two[0], **asked).partition("<form")[0] == before.partition("<form")[0]
    assert "comes too late" not in compare(viewer, two[0], **asked)
    assert "comes too late" in compare(viewer, two[0])


@pytest.mark.parametrize("asked", ["", "x", "0", "9" * 30])
def test_comparison_with_a_review_that_is_not_there_is_one_with_today(two, viewer, asked):
    assert "selected>review" not in compare(viewer, two[0], **{"with": asked})


def test_review_that_is_not_closed_cannot_be_compared(scoped, viewer):
    planned = factories.ReviewFactory(organization=scoped)

    assert viewer.get(f"{REVIEWS}{planned.pk}/compare/").status_code == 404


def test_review_of_another_organization_is_not_compared_with(two, viewer):
    theirs = factories.ReviewFactory()
    factories.close(theirs)

    page = compare(viewer, two[0], **{"with": theirs.pk})

    assert f'value="{theirs.pk}"' not in page


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_comparison_takes_a_fixed_number_of_queries(scoped, viewer, django_assert_num_queries, rows):
    first = factories.ReviewFactory(organization=scoped, on=date(2026, 2, 1))
    deliverable = factories.DeliverableFactory(organization=scoped)
    by = {"number": rows, "organization": scoped}
    metrics = factories.many(factories.MetricFactory, deliverable=deliverable, **by)
    members = factories.many(factories.MemberFactory, **by)
    factories.many(factories.ActionFactory, metric=metrics, who=members, decided_in=first, **by)
    factories.close(first)
    second = closed(scoped, date(2026, 5, 1))
    with django_assert_num_queries(12):
        assert viewer.get(f"{REVIEWS}{first.pk}/compare/").status_code == 200
    with django_assert_num_queries(9):
        assert viewer.get(f"{REVIEWS}{first.pk}/compare/", {"with": second.pk}).status_code == 200
