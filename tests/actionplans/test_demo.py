from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from actionplans.management import enfield
from actionplans.management.commands.demo import EMAIL, PASSWORD
from actionplans.models import Action
from actionplans.thread import Thread
from customers.models import Customer
from metrics.models import Measurement, Metric
from victory.models import FocusStatement, Member, Organization, User
from victory.tenancy import Role, organization_scope

SIGN_IN = "Sign in as demo@example.org with the password winning-customers"


@pytest.fixture(autouse=True)
def development(settings):
    settings.DEBUG = True


@pytest.fixture
def demo(db):
    call_command("demo")
    with organization_scope(Organization.objects.get()) as scope:
        yield scope


def test_demo_stands_as_published(demo):
    assert Counter(Metric.objects.values_list("verdict", flat=True)) == {"met": 4, "not-met": 6}
    published = {indicator: performance for *_, indicator, performance, _target in enfield.METRICS}
    written = {each.metric.measured_by: each.written for each in Measurement.objects.all()}
    assert written.keys() == published.keys()
    assert written["Complaints closed within 10 working days"] == "59\N{NO-BREAK SPACE}%"
    wait = written["Telephone contact centre telephones - average wait time"]
    assert wait.replace("\N{NO-BREAK SPACE}", " ") == "4 min 22 s"


def test_demo_leaves_a_few_gaps_for_the_guide(demo):
    gaps = Thread(Organization.objects.get()).gaps_by_step
    assert {step: len(found) for step, found in gaps.items() if found} == {"needs": 1, "plan": 3}


def test_demo_has_two_adopted_revisions_to_compare(demo):
    first, second = FocusStatement.objects.order_by("revision")
    assert first.adopted_on < second.adopted_on
    assert first.statement != second.statement


def test_demo_actions_stand_around_today(demo):
    today = Thread(Organization.objects.get()).today
    assert [action.is_late(today) for action in Action.objects.all()].count(True) == 1
    assert Counter(Action.objects.values_list("status", flat=True))["done"] == 1


def test_demo_second_run_changes_nothing_and_says_the_sign_in(demo, capsys):
    Customer.objects.filter(name="Residents").update(name="Everybody")
    versions = list(Customer.objects.values_list("pk", "name", "version"))
    call_command("demo")
    assert SIGN_IN in capsys.readouterr().out
    assert list(Customer.objects.values_list("pk", "name", "version")) == versions
    assert Organization.objects.count() == User.objects.count() == 1


def test_demo_where_there_are_organizations_loads_nothing(organization, capsys):
    call_command("demo")
    assert "already" in capsys.readouterr().out
    assert not User.objects.filter(email=EMAIL).exists()


def test_demo_is_refused_outside_of_development(db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="a password that everybody knows"):
        call_command("demo")
    assert not User.objects.exists() and not Organization.objects.exists()


def test_demo_user_may_administer(demo):
    user = User.objects.get(email=EMAIL)
    assert user.check_password(PASSWORD)
    assert user.is_staff and user.is_superuser


def test_demo_people_without_a_login_own_metrics(demo):
    assert Member.objects.exclude(user=None).get().role == Role.ADMIN
    assert Member.objects.filter(user=None, ownerships__isnull=False).exists()


def test_demo_pages_open(db, client):
    call_command("demo")
    client.force_login(User.objects.get())
    for page in ("", "focus/", "focus/revisions/2/?with=1", "drivers/", "needs/", "notes/"):
        assert client.get(f"/o/enfield/{page}").status_code == 200
