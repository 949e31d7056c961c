"""What the demo shows to whoever starts it."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils.formats import date_format

from actionplans.changes import changes_of
from actionplans.management import enfield, landgate
from actionplans.management.commands.demo import EMAIL, PASSWORD
from actionplans.models import Action, Review
from actionplans.thread import Thread
from customers.models import Customer, Delivery
from metrics.models import Measurement, Metric
from victory.models import FocusStatement, Member, Organization, User
from victory.tenancy import Role, memberships_of, organization_scope

SIGN_IN = "Sign in as demo@example.org with the password winning-customers"


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """Loaded once: what a test changes is taken back after it, by its own `db`."""
    with django_db_blocker.unblock(), override_settings(DEBUG=True), transaction.atomic():
        call_command("demo")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(demo, db):
    """The workbooks that a first start finds."""


@pytest.fixture
def enfield_council(loaded):
    organization = Organization.objects.get(slug="enfield")
    with organization_scope(organization):
        yield organization


@pytest.fixture
def landgate_itself(loaded):
    organization = Organization.objects.get(slug="landgate")
    with organization_scope(organization):
        yield organization


def test_demo_stands_as_published(enfield_council):
    assert Counter(Metric.objects.values_list("verdict", flat=True)) == {"met": 4, "not-met": 6}
    published = {indicator: performance for *_, indicator, performance, _target in enfield.METRICS}
    written = {each.metric.measured_by: each.written for each in Measurement.objects.all()}
    assert written.keys() == published.keys()
    assert written["Complaints closed within 10 working days"] == "59\N{NO-BREAK SPACE}%"
    wait = written["Telephone contact centre telephones - average wait time"]
    assert plain(wait) == "4 min 22 s"


def test_demo_leaves_a_few_gaps_for_the_guide(enfield_council):
    gaps = Thread(enfield_council).gaps_by_step
    assert {step: len(found) for step, found in gaps.items() if found} == {"needs": 1, "plan": 3}


def test_demo_has_two_adopted_revisions_to_compare(enfield_council):
    first, second = FocusStatement.objects.order_by("revision")
    assert first.adopted_on < second.adopted_on
    assert first.statement != second.statement


def test_demo_actions_stand_around_today(enfield_council):
    today = Thread(enfield_council).today
    assert [action.is_late(today) for action in Action.objects.all()].count(True) == 1
    assert Counter(Action.objects.values_list("status", flat=True))["done"] == 1


def test_demo_second_run_changes_nothing_and_says_the_sign_in(enfield_council, capsys):
    Customer.objects.filter(name="Residents").update(name="Everybody")
    versions = list(Customer.objects.values_list("pk", "name", "version"))
    call_command("demo")
    assert SIGN_IN in capsys.readouterr().out
    assert list(Customer.objects.values_list("pk", "name", "version")) == versions
    assert (Organization.objects.count(), User.objects.count()) == (4, 1)


def test_demo_user_is_admin(enfield_council):
    user = User.objects.get(email=EMAIL)
    assert user.check_password(PASSWORD)
    assert user.is_staff and user.is_superuser


def test_demo_people_without_a_login_own_metrics(enfield_council):
    assert Member.objects.exclude(user=None).get().role == Role.ADMIN
    assert Member.objects.filter(user=None, ownerships__isnull=False).exists()


def test_demo_pages_open(loaded, client):
    client.force_login(User.objects.get())
    for page in ("", "focus/", "focus/revisions/2/?with=1", "drivers/", "needs/", "notes/"):
        assert client.get(f"/o/enfield/{page}").status_code == 200
    for slug in ("landgate", "landgate-counter", "landgate-telephone"):
        for page in ("", "performance/", "plan/", "actions/", "dashboard/", "thread/", "promised/"):
            assert client.get(f"/o/{slug}/{page}").status_code == 200


@pytest.mark.parametrize(
    ("indicator", "published", "target", "months_met"),
    [
        ("Served at the counter within 10 minutes", landgate.COUNTER, "≥ 90 %", 0),
        ("Telephone answered within 60 seconds", landgate.TELEPHONE, "≥ 85 %", 1),
    ],
)
def test_demo_landgate_stands_as_published_month_by_month(
    landgate_itself, indicator, published, target, months_met
):
    metric = Metric.objects.get(measured_by=indicator)
    series = list(metric.measurements.order_by("date"))
    assert tuple(plain(each.written).replace(" ", "") for each in series) == published
    assert [each.verdict for each in series].count("met") == months_met
    assert [plain(each.aim.write_short(metric.scale)) for each in metric.targets.all()] == [target]
    assert (series[0].date, series[-1].date, len(series)) == (date(2018, 7, 31), date(2019, 8, 31), 14)
    assert all((each.date + timedelta(days=1)).day == 1 for each in series)


def test_demo_has_a_closed_review_with_what_it_decided(enfield_council):
    review = Review.objects.get()
    assert review.is_closed and review.next_on > enfield_council.today
    assert Counter(review.lines.values_list("verdict", flat=True)) == {"met": 4, "not-met": 6}
    assert review.attendances.count() == 3
    assert review.actions.count() == 2


def test_demo_landgate_shows_what_time_shows(landgate_itself):
    today = landgate_itself.today
    done = Action.objects.get(status="done")
    assert done.done_on == date(2018, 12, 31)
    put_off = Action.objects.get(moves=2)
    assert put_off.is_late(today) and put_off.first_due < put_off.due
    assert [change.day for change in changes_of(put_off)] == [
        date_format(today - timedelta(days=days)) for days in (40, 75, 105)
    ]
    assert Action.objects.filter(key_to_success=False, earns_loyalty=False).count() == 1
    stand = dict(Metric.objects.standing_on(today).values_list("measured_by", "stands"))
    assert stand["Served at the counter within 10 minutes"] == "accepted"
    assert Metric.objects.filter(verdict="not-met").count() == 2


def test_demo_units_are_one_house_and_one_promises_to_the_other(loaded):
    top = Organization.objects.get(slug="landgate")
    counter, telephone = Organization.objects.below(top)
    assert (counter.slug, telephone.slug) == ("landgate-counter", "landgate-telephone")
    with organization_scope(telephone):
        delivery = Delivery.objects.get(customer__unit=counter)
        assert not delivery.answers.get().agrees


def test_demo_person_administers_every_organization(loaded):
    memberships = memberships_of(User.objects.get())
    assert {each.organization.slug: each.role for each in memberships} == dict.fromkeys(
        ("enfield", "landgate", "landgate-counter", "landgate-telephone"), Role.ADMIN
    )


def test_demo_home_is_the_choice_of_organizations(loaded, client):
    client.force_login(User.objects.get())
    assert client.get("/", follow=True).redirect_chain == [("/organizations/", 302)]
