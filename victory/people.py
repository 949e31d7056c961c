"""The people of an organization as their page shows them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from victory import holdings
from victory.forms.people import day_of
from victory.models import Invitation, Member


@dataclass(frozen=True)
class Person:
    """One member: what they may do, whether they sign in, and what they have."""

    name: str
    email: str
    role: str
    active: bool
    state: str
    waits: bool
    last_sign_in: str
    has: list[str]
    url: str


def read_people(organization) -> list[Person]:
    """Everybody of the organization in scope, by name, in a fixed number of queries."""
    members = Member.objects.filter(forgotten_at=None).select_related("user").order_by("name")
    invitations = {each.member_id: each for each in Invitation.objects.open()}
    has = holdings.in_words()
    return [
        Person(
            name=member.name,
            email=member.email,
            role=member.get_role_display(),
            active=member.active,
            state=state_of(member, invitations.get(member.pk)),
            waits=member.pk in invitations,
            last_sign_in=last_sign_in(member),
            has=has.get(member.pk, []),
            url=reverse("person", args=[organization.slug, member.pk]),
        )
        for member in members
    ]


def state_of(member: Member, invitation: Invitation | None) -> str:
    """Whether they sign in, in words; the invitation is the one that still stands, if there is one."""
    if not member.active:
        return _("no longer active")
    if member.user_id:
        return _("signs in")
    if invitation is None:
        return _("without a sign-in")
    if invitation.is_expired:
        return _("invitation expired on %(day)s") % {"day": day_of(invitation.expires_at)}
    return _("invited until %(day)s") % {"day": day_of(invitation.expires_at)}


def last_sign_in(member: Member) -> str:
    """When they last signed in, or nothing."""
    moment = member.user and member.user.last_login
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""
