"""One's own account: what is kept of it, and its end."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from victory.models import User
from victory.portable.values import plain
from victory.tenancy import entries_of_account, led_alone_by, memberships_of
from victory.trail import Event, all_or_nothing, put_down


def data_of_account(user: User) -> dict:
    """What is kept of the person outside of organizations, and where they are a member under which name.

    What an organization has of them is its own to hand out.
    """
    return {
        "email": user.email,
        "name": user.name,
        "joined": plain(user.date_joined),
        "last_signed_in": plain(user.last_login),
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


@all_or_nothing()
def delete_account(user: User):
    """Let the account be gone, so that its e-mail address is free again.

    In organizations the person stays under their name, without a sign-in, until an admin there replaces them.
    Raises ValidationError where one of them has no other admin.
    """
    if alone := led_alone_by(user):
        raise ValidationError(
            _("You are the only admin of %(organizations)s. Let somebody else be one first, or delete it."),
            params={"organizations": ", ".join(map(str, alone))},
        )
    put_down(Event.ACCOUNT_CHANGED, organization_id=None, detail="deleted")
    entries_of_account(user).update(by="", address=None)
    user.delete()
