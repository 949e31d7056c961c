"""Writes that touch more than one row: keyword-only, in one transaction."""

from victory.models import Member, Organization, User
from victory.once import by_lowered, lowered
from victory.tenancy import Role, organization_scope
from victory.trail import all_or_nothing


@all_or_nothing()
def make_admin_member(*, organization: Organization, user: User) -> Member:
    """Let somebody manage the organization, under the name it may know them by already."""
    with organization_scope(organization):
        members = Member.objects.all()
        email, name = lowered([user.email, str(user)])
        of_email = by_lowered(members.filter(user=None), [email], of="email")
        member = members.filter(user=user).first() or of_email.get(email)
        if member is None:
            name_is_taken = bool(by_lowered(members, [name]))
            member = Member(
                organization=organization, name=user.email if name_is_taken else str(user), email=user.email
            )
        member.user, member.role, member.active = user, Role.ADMIN, True
        member.save()
        return member
