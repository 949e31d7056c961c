"""The middleware: who gets into an organization, and what their view sees there."""

import zoneinfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django_scopes import get_scope
from django_scopes.exceptions import ScopeError

from customers.models import Customer, CustomerGroup
from tests import factories
from victory.models import CustomerRight, Organization
from victory.tenancy import (
    Role,
    TenancyMiddleware,
    narrowed_to,
    needs,
    organization_scope,
    scope_of_person,
    scope_of_units,
)

pytestmark = pytest.mark.protects("rows")

RIGHTS = "/o/enfield/focus/rights/"


@pytest.fixture
def ask(organization, rf: RequestFactory):
    """Send a request through the middleware to a view, as a member in some role."""

    def ask(view, *, path="/o/enfield/", user=None, role=Role.VIEWER):
        request = rf.get(path)
        request.user = user or factories.UserFactory()
        if user is None:
            factories.MemberFactory(organization=organization, user=request.user, role=role)

        def get_response(request):
            return middleware.process_view(request, view, (), {"slug": "enfield"}) or view(request)

        middleware = TenancyMiddleware(get_response)
        return middleware(request)

    return ask


def test_view_sees_the_rows_of_its_organization_alone(ask, organization):
    own = factories.CustomerFactory(organization=organization)
    factories.CustomerFactory()

    @needs(Role.VIEWER)
    def view(request):
        assert request.organization == organization
        return HttpResponse(",".join(str(customer.pk) for customer in Customer.objects.all()))

    assert ask(view).text == str(own.pk)


def test_view_runs_in_the_time_zone_of_its_organization(ask, organization):
    organization.time_zone = "Asia/Tokyo"
    organization.save()

    @needs(Role.VIEWER)
    def view(request):
        return HttpResponse(timezone.get_current_timezone_name())

    assert ask(view).text == "Asia/Tokyo"
    assert timezone.get_current_timezone() == zoneinfo.ZoneInfo("UTC")


def test_scope_ends_with_the_request(ask):
    @needs(Role.VIEWER)
    def view(request):
        raise LookupError

    with pytest.raises(LookupError):
        ask(view)
    assert "organization" not in get_scope()
    with pytest.raises(ScopeError):
        Customer.objects.count()


@pytest.mark.parametrize("user", ["stranger", "nobody"])
def test_page_outside_of_organizations_has_no_scope(ask, user):
    person = factories.UserFactory() if user == "stranger" else AnonymousUser()

    def view(request):
        assert request.organization is request.member is None
        with pytest.raises(ScopeError):
            Customer.objects.count()
        return HttpResponse("ok")

    assert ask(view, path="/organizations/", user=person).text == "ok"


def test_view_without_a_declared_role_is_a_mistake(ask):
    with pytest.raises(ImproperlyConfigured, match="does not declare the role"):
        ask(lambda request: HttpResponse())


def test_outsider_gets_404_before_the_view(ask):
    @needs(Role.VIEWER)
    def view(request):
        raise AssertionError("the view ran")

    with pytest.raises(Http404):
        ask(view, user=factories.UserFactory())


def test_superuser_who_is_no_member_is_an_outsider(ask):
    with pytest.raises(Http404):
        ask(needs(Role.VIEWER)(lambda request: HttpResponse()), user=factories.UserFactory(is_superuser=True))


def test_inactive_member_is_an_outsider(organization, client):
    user = factories.UserFactory()
    factories.MemberFactory(organization=organization, user=user, role=Role.ADMIN, active=False)
    client.force_login(user)
    assert client.get("/o/enfield/").status_code == 404


def test_inactive_user_is_asked_to_sign_in(manager):
    manager.user.is_active = False
    manager.user.save()
    assert manager.get("/o/enfield/").status_code == 302


@pytest.mark.parametrize("needed", Role)
@pytest.mark.parametrize("held", Role)
def test_each_role_may_what_the_ones_before_it_may(ask, needed, held):
    view = needs(needed)(lambda request: HttpResponse("ok"))
    if held < needed:
        with pytest.raises(PermissionDenied):
            ask(view, role=held)
    else:
        assert ask(view, role=held).text == "ok"


@pytest.mark.parametrize(
    ("role", "status", "rows"),
    [
        (None, 404, 0),
        (Role.VIEWER, 403, 0),
        (Role.CONTRIBUTOR, 403, 0),
        (Role.MANAGER, 302, 1),
        (Role.ADMIN, 302, 1),
    ],
)
def test_adding_a_right_takes_a_manager(sign_in, organization, role, status, rows):
    assert sign_in(role).post(RIGHTS, {"text": "A prompt answer"}).status_code == status
    with organization_scope(organization):
        assert CustomerRight.objects.count() == rows


def test_address_in_capitals_is_no_other_organization(manager):
    assert manager.get("/o/ENFIELD/").status_code == 404


def test_row_that_points_to_another_organization_is_not_clean(scoped):
    group = factories.CustomerGroupFactory()
    customer = Customer(organization=scoped, name="Residents", group=group)
    with pytest.raises(Exception, match="belongs to another organization"):
        customer.full_clean()
    assert not CustomerGroup.objects.exists()


@pytest.fixture
def spread(organization):
    """A person who is a member here, in a unit and in a unit of that, and in a foreign organization.

    Of the other units below, one is none of theirs and in one they are no longer active.
    """
    user = factories.UserFactory()
    sales, theirs, former = (factories.OrganizationFactory(parent=organization, name=n) for n in "STF")
    counter = factories.OrganizationFactory(parent=sales, name="C")
    foreign = factories.OrganizationFactory(name="X")
    for each in (organization, sales, counter, foreign):
        factories.MemberFactory(organization=each, user=user)
    factories.MemberFactory(organization=former, user=user, active=False)
    factories.MemberFactory(organization=theirs)
    for each in (organization, sales, theirs, former, counter, foreign):
        factories.CustomerFactory(organization=each, name=each.name)
    return user


def customers_in_scope():
    return set(Customer.objects.values_list("name", flat=True))


def test_scope_of_units_holds_those_below_in_which_the_person_is_a_member(organization, spread):
    with scope_of_units(spread, organization) as units:
        assert customers_in_scope() == {"S", "C"}
        assert {unit.name for unit in units} == {"S", "C"}


def test_scope_of_units_is_narrowed_to_some_of_them_alone(organization, spread):
    with scope_of_units(spread, organization) as units:
        with narrowed_to(units[:1]):
            assert customers_in_scope() == {units[0].name}
        assert customers_in_scope() == {"S", "C"}
        with pytest.raises(ScopeError):
            narrowed_to([organization])


def test_scope_of_person_holds_the_organizations_in_which_they_are_active(spread):
    with scope_of_person(spread) as memberships:
        assert customers_in_scope() == {"Enfield", "S", "C", "X"}
        assert len(memberships) == 4


def test_scope_of_nobody_is_empty(spread, organization):
    stranger = factories.UserFactory()
    with scope_of_person(stranger) as memberships:
        assert customers_in_scope() == set() and memberships == []
    with scope_of_units(stranger, organization):
        assert customers_in_scope() == set()


@pytest.mark.parametrize(
    "read", [scope_of_person, lambda user: scope_of_units(user, Organization.objects.first())]
)
def test_scope_over_several_gives_way_to_the_one_before(scoped, spread, read):
    with read(spread):
        pass
    assert customers_in_scope() == {"Enfield"}
