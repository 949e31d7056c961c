"""Who may see what: the one place where the rows of organizations are kept apart.

Every page of an organization lives under `/o/<slug>/`. The middleware finds the person's
membership, answers an outsider with 404 as if the organization did not exist, and runs the
view inside the organization's scope: there a query sees only that organization's rows, and
outside of any scope a query raises instead of leaking.
"""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_scopes import ScopedManager, get_scope, scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from victory.saving import SavedAsItStands

ORGANIZATION_PATH = re.compile(r"^/o/(?P<slug>[-\w]+)/")
ADMIN_PATH = "/admin/"


class Role(models.IntegerChoices):
    """What a member may do; each role may do all that the ones before it may.

    A viewer reads. A contributor records measurements and updates own actions. A manager edits the
    workbook. An admin also manages people and settings.
    """

    VIEWER = 1, gettext_lazy("viewer")
    CONTRIBUTOR = 2, gettext_lazy("contributor")
    MANAGER = 3, gettext_lazy("manager")
    ADMIN = 4, gettext_lazy("admin")


def needs(role: Role | Callable[..., Role]):
    """Declare the role that a view needs; a callable is given the URL's arguments."""

    def declare(view):
        view.needs_role = role
        return view

    return declare


class OrganizationModel(SavedAsItStands):
    """A row that belongs to one organization and is seen only inside its scope."""

    organization = models.ForeignKey(
        "victory.Organization",
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=gettext_lazy("organization"),
    )

    objects = ScopedManager(organization="organization")

    not_exported = ()
    """Fields that no export holds."""

    names_in = ()
    """Texts in which the application itself names people of the organization."""

    class Meta:
        abstract = True

    @classmethod
    def take_in(cls, values: dict, new_key: Callable[[str, int], int]):
        """Fit the values of a row, or of its history, that come from an export.

        What the row keeps in a form of its own is checked here, and keys that it holds elsewhere than in its
        references are exchanged: `new_key` is given the label of the model. Raises ValidationError.
        """

    @classmethod
    def renamed(cls, values: dict, replace: Callable[[str], str]) -> dict:
        """These values of the fields that `names_in` names, with other names of people in them."""
        return {name: text and replace(text) for name, text in values.items()}

    def clean(self):
        super().clean()
        for field in self._meta.concrete_fields:
            if is_tenant_key(field) and getattr(self, field.attname):
                related = getattr(self, field.name)
                if related.organization_id != self.organization_id:
                    raise ValidationError({field.name: _("This row belongs to another organization.")})


def role_needed(view: Callable, arguments: dict) -> Role:
    """The role that a view of an organization declares, for these arguments of its address."""
    role = getattr(view, "needs_role", None)
    if role is None:
        raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} does not declare the role it needs.")
    return role(**arguments) if callable(role) else role


def may_open(member, address: str) -> bool:
    """Whether the member's role is enough for a page of their organization."""
    match = resolve(address)
    arguments = {name: value for name, value in match.kwargs.items() if name != "slug"}
    return member.may(role_needed(match.func, arguments))


def scoped(queryset_class: type[models.QuerySet]):
    """A manager with the queryset's named reads, limited to the organization in scope."""
    return ScopedManager(
        organization="organization", _manager_class=models.Manager.from_queryset(queryset_class)
    )


def is_tenant_key(field: models.Field) -> bool:
    """Whether the field points to a row of an organization (and not to the organization itself)."""
    return bool(
        field.is_relation and field.many_to_one and issubclass(field.related_model, OrganizationModel)
    )


def memberships_of(user) -> models.QuerySet:
    """The person's memberships in all organizations, for moving between them."""
    return every_membership_of(user).filter(active=True)


def every_membership_of(user) -> models.QuerySet:
    """All that names the person as its user, whether or not it still lets them in.

    An organization whose wait for its deletion is over is as good as gone, also while nobody has deleted
    it yet. Only a superuser can still get in, and stop it.
    """
    from victory.models import Member

    with scopes_disabled():
        memberships = Member.objects.filter(user=user).select_related("organization")
        if user.is_superuser:
            return memberships
        return memberships.exclude(organization__deleted_from__lte=timezone.now())


def led_alone_by(user) -> list:
    """The organizations in which the person is the only admin who signs in."""
    from victory.models import Member

    led = [membership.organization for membership in memberships_of(user).in_charge()]
    with scopes_disabled():
        others = Member.objects.filter(organization__in=led).in_charge().exclude(user=user)
        shared = set(others.values_list("organization", flat=True))
    return [organization for organization in led if organization.pk not in shared]


def entries_of_account(user) -> models.QuerySet:
    """What the audit trail says of the person's account, outside of all organizations."""
    from victory.models import AuditEntry

    with scopes_disabled():
        return AuditEntry.objects.filter(organization=None, user=user)


def rows_elsewhere(model: type[OrganizationModel], field: models.Field, organization) -> models.QuerySet:
    """The rows of other organizations that name this one in that field: what its people said there."""
    with scopes_disabled():
        return model.objects.filter(**{field.name: organization})


def organizations_naming(organization) -> set[int]:
    """The keys of the other organizations in which a row names this one."""
    found = set()
    for model in apps.get_models():
        if issubclass(model, OrganizationModel):
            own = model._meta.get_field("organization")
            for field in model._meta.concrete_fields:
                if field is not own and field.related_model is own.related_model:
                    found |= set(
                        rows_elsewhere(model, field, organization).values_list("organization", flat=True)
                    )
    return found


def memberships_by_email(email: str) -> models.QuerySet:
    """The memberships of the person who signs in with this address, for what its audit trails say of it."""
    from victory.models import Member

    with scopes_disabled():
        return Member.objects.filter(user__email=email, active=True).select_related("user")


def memberships_open_to(user) -> models.QuerySet:
    """Those of the person's memberships in whose organizations they may read now.

    An organization that demands a second factor is closed to members who have none.
    """
    return memberships_of(user).filter(~Q(organization__second_factor=True) | Exists(second_factors_of(user)))


def memberships_to_write_to() -> models.QuerySet:
    """The memberships of everybody who signs in, in organizations that are open to them.

    For mails about what waits for somebody: what such a mail says is read in `scope_of_person`.
    """
    from victory.models import Member

    with scopes_disabled():
        memberships = Member.objects.filter(active=True, user__is_active=True)
        memberships = memberships.exclude(organization__deleted_from__lte=timezone.now())
        has_one = Exists(second_factors().filter(user=OuterRef("user")))
        return memberships.filter(~Q(organization__second_factor=True) | has_one)


def second_factors() -> models.QuerySet:
    """What people sign in with besides a password; recovery codes only stand in for it."""
    return Authenticator.objects.filter(type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])


def second_factors_of(user) -> models.QuerySet:
    """What the person signs in with besides a password."""
    return second_factors().filter(user=user.pk)


def organizations_closed_to(user) -> models.QuerySet:
    """The organizations that the person, who has no second factor, would see if they had one.

    Superusers see all of them in the administration.
    """
    from victory.models import Organization

    demanding = Organization.objects.filter(~Exists(second_factors_of(user)), second_factor=True)
    if user.is_superuser:
        return demanding
    return demanding.filter(pk__in=memberships_of(user).values("organization"))


def organization_scope(organization) -> AbstractContextManager:
    """Work on one organization outside of a request: in commands, tests and admin actions."""
    return scope(organization=organization)


@contextmanager
def scope_of_suppliers(unit, customers: type[OrganizationModel]) -> Iterator[list[OrganizationModel]]:
    """Look into other organizations as their customer: the one door from one unit to another.

    It leads to those of the same house that named this unit among their `customers`, and hands over the
    rows by which they did. The unit may see what is delivered to these rows, and nothing else that the
    scope holds. A unit that left the house finds nobody here, and nobody finds it.
    """
    with scopes_disabled():
        named = customers.objects.filter(unit=unit, organization__in=unit.house)
        as_customer = list(named.exclude(organization=unit).select_related("organization"))
    with scope(organization=[customer.organization for customer in as_customer]):
        yield as_customer


def memberships_below(user, organization) -> models.QuerySet:
    """The person's memberships in units below the organization, at any depth."""
    from victory.models import Organization

    return memberships_open_to(user).filter(organization__in=Organization.objects.below(organization))


@contextmanager
def scope_of_units(user, organization) -> Iterator[list]:
    """Read in all units below the organization in which the person is a member, and in no other.

    Hands over the units as `UnitLine`. A read asks for `organization_id` to tell them apart.
    """
    from victory.models import Organization, UnitLine

    with scopes_disabled():
        keys = memberships_below(user, organization).order_by().values("organization")
        units = UnitLine.read(Organization.objects.filter(pk__in=keys))
    with scope(organization=[unit.pk for unit in units]):
        yield units


def narrowed_to(units: Collection) -> AbstractContextManager:
    """Read in these alone of the units in the scope of units."""
    keys = [unit.pk for unit in units]
    if not set(keys) <= set(get_scope()["organization"]):
        raise ScopeError("Only units in scope can be read in.")
    return scope(organization=keys)


@contextmanager
def scope_of_person(user) -> Iterator[list]:
    """Read in all organizations of which the person is a member, and in no other.

    Hands over the memberships. A read asks for `organization_id` to tell the organizations apart.
    """
    memberships = list(memberships_open_to(user).order_by("organization__name"))
    with scope(organization=[each.organization for each in memberships]):
        yield memberships


def invitation_of(key: int, digest: str):
    """The invitation that a link stands for, or None: whoever holds its secret is let in to it alone.

    They are not a member yet, so no scope could find it. What becomes of it is done in its own
    organization's scope.
    """
    from victory.models import Invitation

    with scopes_disabled():
        invitations = Invitation.objects.select_related("organization", "member", "invited_by")
        return invitations.filter(pk=key, digest=digest).first()


class TenancyMiddleware:
    """Runs each view of an organization inside its scope, for its members alone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.organization = request.member = None
        if not request.user.is_authenticated:
            return self.get_response(request)  # LoginRequiredMiddleware answers
        if match := ORGANIZATION_PATH.match(request.path_info):
            return self.answer_member(request, match["slug"])
        if request.path_info.startswith(ADMIN_PATH):
            return self.answer_staff(request)
        return self.get_response(request)

    def answer_member(self, request, slug):
        memberships = memberships_of(request.user).select_related("organization__revised")
        member = memberships.filter(organization__slug=slug).first()
        if member is None:
            return self.get_response(request)  # process_view answers with 404
        if member.organization.second_factor and not second_factors_of(request.user).exists():
            return ask_for_second_factor(request, back_to=f"/o/{slug}/")
        request.member, request.organization = member, member.organization
        # What is made of a later day is kept under this one at worst, never one of yesterday under today.
        request.today = member.organization.today
        with scope(organization=member.organization), timezone.override(member.organization.time_zone):
            return self.get_response(request)

    def answer_staff(self, request):
        """Superusers work on all rows in the admin, other staff on those of their own organizations."""
        if request.user.is_superuser:
            if organizations_closed_to(request.user).exists():
                return ask_for_second_factor(request, back_to=ADMIN_PATH)
            with scopes_disabled():
                return self.get_response(request)
        request.administers = administered_by(request.user)
        with scope(organization=request.administers):
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Let a view of an organization through to members in the role it declares.

        The slug has done its work by then and is taken off the view's arguments.
        """
        if not ORGANIZATION_PATH.match(request.path_info) or not request.user.is_authenticated:
            return
        if request.member is None:
            raise Http404
        kwargs.pop("slug", None)
        if not request.member.may(role_needed(view, kwargs)):
            raise PermissionDenied


def ask_for_second_factor(request, back_to: str):
    """Lead somebody who has no second factor to setting one up, and back to where they wanted to go."""
    if request.htmx:
        return HttpResponse(status=403)  # a part of a page cannot be answered with another page
    way_on = request.get_full_path() if request.method == "GET" else back_to
    return redirect(reverse("second-factor", query={"next": way_on}))


def administered_by(user) -> list:
    """The organizations whose rows a member of staff may see in the admin."""
    return [membership.organization for membership in memberships_open_to(user).filter(role=Role.ADMIN)]
