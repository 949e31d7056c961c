from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actionplans.actions import copy_setup
from customers.models import Criterion, Customer, CustomerGroup, Deliverable, Need, Score
from metrics.models import Measurement, Metric, Target, Verdict
from tests import factories
from victory.models import CustomerRight, Member, Organization
from victory.tenancy import Role, organization_scope

CHANGELIST = "admin:victory_organization_changelist"


@pytest.fixture
def source(organization):
    """An organization in which every table has rows and a metric past, present and coming targets."""
    rows = factories.a_row_of_every_model(organization, text="Enfield’s")
    metric = rows[Metric]
    today = timezone.localdate()
    for low, day in ((Decimal(80), date(2021, 1, 1)), (Decimal(99), today + timedelta(days=30))):
        factories.TargetFactory(organization=organization, metric=metric, low=low, holds_from=day)
    return organization


def test_copy_setup_takes_the_setup_and_leaves_the_rest(source):
    copy, copied = copy_setup(organization=source, by=factories.UserFactory(is_superuser=True))
    assert copy.name == "Copy of Enfield"
    assert copy.slug == "copy-of-enfield"
    assert (copy.time_zone, copy.currency, copy.kind) == (source.time_zone, source.currency, source.kind)
    with organization_scope(copy):
        for model in (CustomerRight, CustomerGroup, Criterion, Deliverable, Metric, Target):
            assert model.objects.count() == copied[model] > 0, model
        for model in (Customer, Score, Need, Measurement, Member):
            assert not model.objects.exists(), model
        metric = Metric.objects.get()
        assert (metric.verdict, metric.latest, metric.need) == (Verdict.NOT_MEASURED, None, None)
        target = Target.objects.get()
    assert (target.low, target.holds_from) == (80, timezone.localdate())


def test_copy_setup_leaves_the_source_as_it_was(source):
    with organization_scope(source):
        before = list(Metric.objects.values()), list(Target.objects.values())
        copy_setup(organization=source, by=factories.UserFactory(is_superuser=True))
    with organization_scope(source):
        assert (list(Metric.objects.values()), list(Target.objects.values())) == before


def test_copy_setup_twice_finds_a_free_address(source):
    by = factories.UserFactory(is_superuser=True)
    slugs = [copy_setup(organization=source, by=by)[0].slug for _ in range(3)]
    assert slugs == ["copy-of-enfield", "copy-of-enfield-2", "copy-of-enfield-3"]


def test_free_slug_stays_within_the_limit(db):
    factories.OrganizationFactory(slug="a" * 50)
    assert Organization.objects.free_slug("a" * 70) == "a" * 48 + "-2"


def test_action_copies_and_leads_to_the_copy(source):
    user = factories.UserFactory(is_staff=True, name="Sam Staff")
    factories.MemberFactory(organization=source, user=user, role=Role.ADMIN)
    client = Client()
    client.force_login(user)
    data = {"action": "copy_the_setup", "_selected_action": [source.pk]}
    response = client.post(reverse(CHANGELIST), data)
    copy = Organization.objects.get(slug="copy-of-enfield")
    assert response.url == reverse("admin:victory_organization_change", args=[copy.pk])
    [message] = get_messages(response.wsgi_request)
    assert "1 customer rights" in str(message) and "1 metrics" in str(message)
    with organization_scope(copy):
        assert [(m.user, m.role) for m in Member.objects.all()] == [(user, Role.ADMIN)]
    assert client.get(response.url).status_code == 200


def test_action_on_two_or_on_a_foreign_organization_copies_nothing(source):
    user = factories.UserFactory(is_staff=True)
    second, foreign = factories.OrganizationFactory(), factories.OrganizationFactory()
    for organization in (source, second):
        factories.MemberFactory(organization=organization, user=user, role=Role.ADMIN)
    client = Client()
    client.force_login(user)
    for chosen in ([source.pk, second.pk], [foreign.pk]):
        response = client.post(
            reverse(CHANGELIST), {"action": "copy_the_setup", "_selected_action": chosen}, follow=True
        )
        assert response.status_code == 200
    assert Organization.objects.count() == 3
