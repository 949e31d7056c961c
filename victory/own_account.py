"""One's own account: what is kept of it, and its end."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from victory.mails import wants_mails
from victory.models import Member, User
from victory.portable.values import plain
from victory.tenancy import (
    entries_of_account,
    every_membership_of,
    led_alone_by,
    memberships_of,
    organization_scope,
)
from victory.trail import Event, all_or_nothing, call_write, put_down


def data_of_account(user: User) -> dict:
    """What is kept of the person outside of organizations, and where they are a member under which name.

    What an organization has of them is its own to hand out.
    """
    return {
        "email": user.email,
        "name": user.name,
        "joined": plain(user.date_joined),
        "last_signed_in": plain(user.last_login),
        "mailed_what_is_due": wants_mails(user),
        "member_of": [
            {
                "organization": membership.organization.name,
                "name": membership.name,
                "email": membership.email,
                "role": str(membership.get_role_display()),
            }
            for membership in memberships_of(user).order_by("organization__name")
        ],
        "trail": [
            {"at": plain(entry.at), "what": entry.event, "from": entry.address, "details": entry.detail}
            for entry in entries_of_account(user)
        ],
    }


@transaction.atomic  # not one write with leaving, whose entries are put down while there is the user yet
def delete_account(*, user: User, by: User):
    """Let the account be gone, so that its e-mail address is free again.

    In organizations the person stays under their name, without a sign-in, until an admin there replaces them.
    Raises ValidationError where one of them has no other admin.
    """
    User.objects.select_for_update().get(pk=user.pk)  # before the revisions that leaving takes
    leave_organizations(user=user, by=by)
    put_down(Event.ACCOUNT_CHANGED, organization_id=None, detail=_("deleted"))
    entries_of_account(user).tell_no_longer(by="", address=None)
    user.delete()


@all_or_nothing()
def leave_organizations(*, user: User, by: User):
    """Let nobody sign in as these members any longer, and say so in the trail of each organization.

    All of them are locked first: of the last two admins of one, the second to go finds that they are alone.
    """
    members = []
    for membership in every_membership_of(user).order_by("organization_id"):
        with organization_scope(membership.organization_id):
            members.append(Member.locked(membership.pk))
    if alone := led_alone_by(user):
        raise ValidationError(
            _("Nobody else is an admin of %(organizations)s. Let somebody be one first, or delete it."),
            params={"organizations": ", ".join(map(str, alone))},
        )
    for member in members:
        with organization_scope(member.organization_id):
            member.user = None
            member.save()
        call_write(
            Event.ACCOUNT_CHANGED,
            organization_id=member.organization_id,
            detail=_("account of %(name)s deleted") % {"name": member},
            by=member if by == user else None,
        )
