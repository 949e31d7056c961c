"""Writes that touch more than one row: keyword-only, in one transaction."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from victory import holdings, undo
from victory.models import Member, Organization, User
from victory.once import by_lowered, lowered
from victory.tenancy import Role, organization_scope
from victory.trail import Event, all_or_nothing, call_write


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


@all_or_nothing()
def set_up_organization(*, organization: Organization, by: User) -> Organization:
    """Begin a new organization, whose admin is the person who set it up."""
    organization.save()
    make_admin_member(organization=organization, user=by)
    call_write(Event.ORGANIZATION_ADDED, organization_id=organization.pk, detail=organization.name)
    return organization


@all_or_nothing()
def hand_over(*, giver: Member, taker: Member) -> int:
    """Let somebody else have what a member owns, and say how many rows that were.

    Raises ValidationError where there is nobody to hand it over to, or nothing.
    """
    taker = Member.locked(taker.pk)
    if not taker.active:
        raise ValidationError(_("%(name)s is no longer active here. Choose somebody else.") % {"name": taker})
    if giver == taker:
        raise ValidationError(_("Choose somebody else."))
    count = holdings.give_all(giver, taker)
    if not count:
        raise ValidationError(_("%(name)s has nothing to hand over any more.") % {"name": giver})
    call_write(Event.HANDED_OVER, organization_id=giver.organization_id, detail=f"{giver} → {taker}")
    return count


def check_merge(*, twice: Member, into: Member):
    """Raise ValidationError where these cannot be one person typed twice.

    Nobody who signs in is merged away: what they may do, and under which name, is theirs.
    """
    if twice == into:
        raise ValidationError(_("Choose somebody else."))
    if not into.active:
        raise ValidationError(_("%(name)s is no longer active here. Choose somebody else.") % {"name": into})
    if twice.user_id:
        raise ValidationError(
            _("%(name)s signs in, so it is the other one that goes. Open the page of %(other)s to merge.")
            % {"name": twice, "other": into}
        )


@all_or_nothing()
def merge(*, twice: Member, into: Member):
    """Make one person again of one who was typed twice: all that points to the first points to the second.

    Raises ValidationError where these cannot be the same person.
    """
    twice, into = Member.locked(twice.pk), Member.locked(into.pk)
    if twice is None or into is None:
        raise ValidationError(_("One of them is gone meanwhile."))
    check_merge(twice=twice, into=into)
    twice.invitations.open().update(withdrawn_at=timezone.now())
    holdings.give_all(twice, into)
    for field in _references_to_members():
        _point(field, twice, into)
    undo.repoint(Member, twice.pk, into.pk)
    twice_email = twice.email
    twice.delete()
    if twice_email and not into.email:
        into.email = twice_email
        into.save()
    call_write(
        Event.MEMBER_CHANGED,
        organization_id=into.organization_id,
        detail=_("%(twice)s merged into %(name)s") % {"twice": twice, "name": into},
    )


def _references_to_members() -> list[models.ForeignKey]:
    """Every field that says who, in rows, in what is kept about them, and in their histories."""
    relations = Member._meta.get_fields(include_hidden=True)
    return [relation.field for relation in relations if relation.one_to_many and relation.auto_created]


def _point(field: models.ForeignKey, old: Member, new: Member):
    """Let the rows that pointed to the one member point to the other.

    Where the other has such a row already, as a score of the same cell, the first one's goes.
    """
    rows = field.model._base_manager.filter(**{field.name: old})
    try:
        with transaction.atomic():
            rows.update(**{field.name: new})
    except IntegrityError:
        for key in list(rows.values_list("pk", flat=True)):
            _point_one(field, rows.filter(pk=key), new)


def _point_one(field: models.ForeignKey, row: models.QuerySet, new: Member):
    try:
        with transaction.atomic():
            row.update(**{field.name: new})
    except IntegrityError:
        row.delete()
