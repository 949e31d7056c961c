"""What waits for one person, over all their organizations."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from metrics.rhythm import Frequency
from tests import factories
from victory.models import Member
from victory.tenancy import Role, organization_scope

MINE = "/mine/"
today = timezone.localdate


@pytest.fixture
def me(db, client):
    client.force_login(factories.UserFactory())
    return client


@pytest.fixture
def join(me):
    """Make me a member of a new organization."""

    def join(name, role=Role.CONTRIBUTOR, *, active=True, **fields) -> Member:
        user = factories.User.objects.get(pk=me.session["_auth_user_id"])
        organization = factories.OrganizationFactory(name=name, slug=name.lower(), **fields)
        return factories.MemberFactory(organization=organization, user=user, role=role, active=active)

    return join


def owned(member, *, measured=None, frequency=Frequency.MONTHLY, begins_on=date(2018, 1, 1), **fields):
    """A metric that the member owns; `measured` is how many days ago it was last measured."""
    organization = member.organization
    metric = factories.MetricFactory(
        organization=organization, frequency=frequency, begins_on=begins_on, **fields
    )
    factories.OwnershipFactory(organization=organization, metric=metric, member=member)
    if measured is not None:
        day = organization.today - timedelta(days=measured)
        factories.MeasurementFactory(organization=organization, metric=metric, value=59, date=day)
    return metric


def action_of(member, *, days=5, **fields):
    due = member.organization.today + timedelta(days=days)
    return factories.ActionFactory(organization=member.organization, who=member, due=due, **fields)


def rows(client, section):
    html = client.get(MINE).text.partition(f'id="{section}"')[2].partition("</section>")[0]
    found = re.findall(r'<tr role="row"><td(.*?)</tr>', html, flags=re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", f"<td{row}")).strip() for row in found]


def test_mine_lists_figures_to_enter_the_late_ones_first_over_all_organizations(me, join):
    enfield, acme = join("Enfield"), join("Acme")
    owned(enfield, measured=27, measured_by="soon")
    owned(acme, measured=40, measured_by="due")
    owned(enfield, measured=90, measured_by="stale")
    owned(acme, measured=0, measured_by="current")
    owned(enfield, begins_on=enfield.organization.today, measured_by="new")

    found = rows(me, "figures")

    assert [row.split()[0] for row in found] == ["stale", "due", "soon", "new"]
    assert found[0].startswith("stale Enfield 59 % on ") and "stale: due since" in found[0]
    assert found[1].startswith("due Acme") and " due since" in found[1]
    assert "due soon, on" in found[2] and "never measured" in found[3]


def test_mine_leads_to_the_field_of_the_figure(me, join):
    metric = owned(join("Enfield"))

    html = me.get(MINE).text

    assert f'href="/o/enfield/performance/#figure-{metric.pk}"' in html
    assert f'href="/o/enfield/metrics/{metric.pk}/"' in html


def test_mine_leads_a_viewer_to_no_field(me, join):
    owned(join("Enfield", Role.VIEWER), measured_by="calls")

    assert "performance/#figure" not in me.get(MINE).text
    assert "a contributor enters it" in rows(me, "figures")[0]


def test_mine_lists_open_actions_late_first_with_their_status(me, join):
    enfield, acme = join("Enfield"), join("Acme")
    action_of(enfield, days=3, what="later")
    late = action_of(acme, days=-1, what="late one")
    action_of(acme, days=0, what="today")
    action_of(acme, days=-9, what="over", status="done")

    found = rows(me, "actions")

    assert [row.split()[0] for row in found] == ["late", "today", "later"]
    assert found[0].startswith("late one Acme") and ", late " in found[0] and ", late " not in found[1]
    html = me.get(MINE).text
    assert f'action="/o/acme/plan/actions/{late.pk}/status/"' in html
    assert f'href="/o/acme/actions/{late.pk}/"' in html
    assert "0 figures to enter; 3 open actions, 1 of them late." in html


def test_mine_status_saved_there_comes_back(me, join):
    action = action_of(join("Enfield"), what="Second desk")
    page = me.get(MINE).text
    assert f'<input type="hidden" name="page" value="{MINE}">' in page

    answer = me.post(
        f"/o/enfield/plan/actions/{action.pk}/status/",
        {"status": "done", "version": action.version, "page": MINE},
        follow=True,
    )

    assert answer.redirect_chain == [(MINE, 302)]
    assert "“Second desk” is now done." in answer.text and rows(me, "actions") == []


def test_mine_offers_a_viewer_no_status(me, join):
    action_of(join("Enfield", Role.VIEWER), what="Second desk")

    assert "/status/" not in me.get(MINE).text and rows(me, "actions")[0].endswith("planned")


def test_mine_goes_by_the_day_of_each_organization(me, join):
    east, west = join("East", time_zone="Pacific/Kiritimati"), join("West", time_zone="Pacific/Niue")
    due = east.organization.today - timedelta(days=1)
    for member in (east, west):
        factories.ActionFactory(organization=member.organization, who=member, due=due)

    assert [", late " in row for row in rows(me, "actions")] == [True, False]


def test_mine_lists_open_reviews_to_attend(me, join):
    member = join("Enfield")
    for on, is_closed in ((date(2026, 6, 1), False), (date(2026, 5, 1), True)):
        review = factories.ReviewFactory(organization=member.organization, on=on)
        factories.AttendanceFactory(organization=member.organization, review=review, member=member)
        if is_closed:
            with organization_scope(member.organization):
                type(review).objects.filter(pk=review.pk).update(closed_at=timezone.now())
        else:
            open_one = review

    html = me.get(MINE).text

    assert f'href="/o/enfield/reviews/{open_one.pk}/">Review of June 1, 2026</a>' in html
    assert "May 1, 2026" not in html


def test_mine_shows_nothing_that_is_not_mine(me, join):
    enfield = join("Enfield")
    somebody = factories.MemberFactory(organization=enfield.organization)
    former = join("Former", active=False)
    stranger = factories.MemberFactory(user=factories.UserFactory())
    for member in (somebody, former, stranger):
        owned(member, measured_by="not mine")
        action_of(member, what="not mine either")
        review = factories.ReviewFactory(organization=member.organization)
        factories.AttendanceFactory(organization=member.organization, review=review, member=member)

    html = me.get(MINE).text

    assert rows(me, "figures") == rows(me, "actions") == []
    assert "not mine" not in html and "Reviews to attend" not in html and "Former" not in html


def test_mine_of_somebody_without_an_organization_says_what_it_is_for(me):
    html = me.get(MINE).text

    assert "You own no metric." in html and "You have taken on no action" in html


def test_mine_with_everything_measured_says_when_the_next_is_due(me, join):
    owned(join("Enfield"), measured=0, frequency=Frequency.WEEKLY)

    assert "The next figure is due on" in me.get(MINE).text


def test_mine_is_for_those_who_signed_in(client):
    assert client.get(MINE).url == "/accounts/login/?next=/mine/"


def test_every_page_leads_to_mine(manager, organization):
    assert '<a href="/mine/">What waits for me</a>' in manager.get("/o/enfield/notes/").text


@pytest.mark.parametrize(("organizations", "rows"), [(1, 1), (1, 3), (5, 3), (5, 300)])
def test_mine_takes_the_same_queries_however_much_waits(
    me, join, django_assert_num_queries, organizations, rows
):
    members = [join(f"Unit{number}") for number in range(organizations)]
    mine = [members[number % organizations] for number in range(rows)]
    by = {"number": rows, "organization": [member.organization for member in mine]}
    deliverables = factories.many(factories.DeliverableFactory, **by)
    metrics = factories.many(factories.MetricFactory, deliverable=deliverables, **by)
    factories.many(factories.OwnershipFactory, metric=metrics, member=mine, **by)
    due = [member.organization.today + timedelta(days=5) for member in mine]
    factories.many(factories.ActionFactory, metric=metrics, who=mine, due=due, **by)

    with django_assert_num_queries(6):
        me.get(MINE)
