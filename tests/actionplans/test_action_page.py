"""The page of one action."""

from datetime import date

import pytest

from tests import factories
from victory.models import Member

ACTIONS = "/o/enfield/actions/"


def test_action_page_says_all_about_it(scoped, viewer):
    review = factories.ReviewFactory(organization=scoped, on=date(2026, 3, 3))
    metric = factories.MetricFactory(organization=scoped, measured_by="calls answered")
    action = factories.ActionFactory(
        organization=scoped, metric=metric, what="Second desk", due=date(2030, 5, 12), decided_in=review
    )
    action.due = date(2030, 6, 1)
    action.save()

    page = viewer.get(f"{ACTIONS}{action.pk}/").text

    assert "<h1>Second desk</h1>" in page
    assert f"{action.who}, June 1, 2030; put off once, first promised for May 12, 2030" in page
    assert f'<a href="/o/enfield/metrics/{metric.pk}/">calls answered</a>' in page
    assert metric.deliverable.name in page
    assert "review of March 3, 2026" in page
    assert "Would our customer call it a key to their success?" in page
    assert "Put off from May 12, 2030 to June 1, 2030." in page.partition('id="changes"')[2]


def test_action_page_has_controls_for_those_who_may_update_it(scoped, viewer, contributor):
    own = factories.ActionFactory(organization=scoped, who=Member.objects.get(user=contributor.user))
    other = factories.ActionFactory(organization=scoped)

    assert 'class="status"' in contributor.get(f"{ACTIONS}{own.pk}/").text
    assert 'class="status"' not in contributor.get(f"{ACTIONS}{other.pk}/").text
    assert 'class="answers"' not in viewer.get(f"{ACTIONS}{own.pk}/").text


def test_action_page_of_a_deleted_action_leads_to_those_that_are_there(scoped, viewer):
    action = factories.ActionFactory(organization=scoped)
    address = f"{ACTIONS}{action.pk}/"
    action.delete()

    response = viewer.get(address, follow=True)

    assert response.redirect_chain == [(ACTIONS, 302)]
    assert "deleted by somebody else" in response.text


@pytest.mark.parametrize("times", [1, 3, 300])
def test_action_page_takes_the_same_queries_however_often_it_changed(
    scoped, manager, django_assert_num_queries, times
):
    action = factories.ActionFactory(organization=scoped)
    for n in range(times):
        action.who = factories.MemberFactory(organization=scoped)
        action.what = f"Desk {n}"
        action.save()

    with django_assert_num_queries(8):
        manager.get(f"{ACTIONS}{action.pk}/")
