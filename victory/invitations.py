"""Asking somebody by e-mail to sign in: who can be asked, the mail, and who may use its link."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from victory.limits import may_write_to
from victory.models import Invitation, Member, Organization, User, digest_of
from victory.tenancy import invitation_of, organization_scope
from victory.trail import Event, all_or_nothing, call_write

KEPT_AS = "invitation"
"""Under which name a session keeps the link that was opened in it: its number and its digest."""


@all_or_nothing()
def invite(*, member: Member, by: Member) -> Invitation:
    """Ask a member to sign in, or ask once more: then the earlier link is dead. The mail is to be sent.

    Raises ValidationError where they cannot be asked, or the organization has asked too often today.
    """
    organization = Organization.objects.select_for_update(no_key=True).get(pk=member.organization_id)
    check_can_be_invited(member)
    day_ago = timezone.now() - timedelta(days=1)
    if Invitation.objects.filter(sent_at__gte=day_ago).count() >= Invitation.MOST_A_DAY:
        raise ValidationError(
            _("%(count)d invitations were sent within a day, and more are not. Invite the others tomorrow.")
            % {"count": Invitation.MOST_A_DAY}
        )
    if not may_write_to(member.email):
        raise ValidationError({"email": _("Too many letters went to this address. Try again in an hour.")})
    member.invitations.open().update(withdrawn_at=timezone.now())
    invitation = Invitation(organization=organization, member=member, email=member.email, invited_by=by)
    invitation.seal()
    invitation.save()
    detail = f"{member} <{member.email}>, {member.get_role_display()}"
    call_write(Event.INVITED, organization_id=organization.pk, detail=detail)
    return invitation


def check_can_be_invited(member: Member):
    """Raise ValidationError where a member cannot be asked to sign in."""
    if member.user_id:
        raise ValidationError(_("%(name)s signs in already.") % {"name": member})
    if not member.active:
        raise ValidationError(_("%(name)s is no longer active here.") % {"name": member})
    if not member.email:
        raise ValidationError({"email": _("An invitation needs an e-mail address.")})
    same = Member.objects.filter(user__in=accounts_of(member.email)).first()
    if same:
        raise ValidationError(
            {"email": _("Whoever signs in with this e-mail is here already: as %(name)s.") % {"name": same}}
        )


def send(invitation: Invitation, *, site: str):
    """Mail the link, on the site with this address. Raises OSError where the mail cannot be sent."""
    path = reverse("invitation", args=[invitation.pk, invitation.secret])
    letter = {
        "invitation": invitation,
        "organization": invitation.organization,
        "role": invitation.member.get_role_display(),
        "until": date_format(timezone.localtime(invitation.expires_at), "DATETIME_FORMAT"),
        "link": site.rstrip("/") + path,
    }
    words = {"name": invitation.invited_by, "organization": invitation.organization}
    subject = _("%(name)s invites you to the workbook of %(organization)s") % words
    text = render_to_string("victory/mail/invitation.txt", letter)
    send_mail(" ".join(subject.split()), text, None, [invitation.email])


@all_or_nothing()
def withdraw(*, member: Member) -> bool:
    """Take the invitation of a member back, and say whether there was one."""
    withdrawn = member.invitations.open().update(withdrawn_at=timezone.now())
    if withdrawn:
        call_write(Event.INVITATION_WITHDRAWN, organization_id=member.organization_id, detail=str(member))
    return bool(withdrawn)


def keep(request, *, key: int, secret: str):
    """Let the session remember the link that was opened, but not its secret, where there is such a link."""
    if invitation_of(key, digest_of(secret)):
        request.session[KEPT_AS] = [key, digest_of(secret)]


def opened(request) -> Invitation | None:
    """The invitation whose link was opened in this session, whether or not it still stands."""
    kept = request.session.get(KEPT_AS)
    return invitation_of(*kept) if kept else None


def accounts_of(email: str):
    """The accounts with this address, whether or not they have shown yet that it is theirs."""
    verified = Q(emailaddress__email__iexact=email, emailaddress__verified=True)
    return User.objects.filter(Q(email=email.lower()) | verified).distinct()


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether the invitation went to an address that is this person’s: they have confirmed it."""
    addresses = EmailAddress.objects.filter(user=user, verified=True)
    return addresses.filter(email__iexact=invitation.email).exists()


class CannotJoin(Exception):
    """The invitation was used, withdrawn, or has expired, perhaps at this very moment."""


@all_or_nothing()
def join(*, invitation: Invitation, user: User) -> Member:
    """Let somebody sign in to the organization that invited them. Of two at the same moment, one joins.

    Raises CannotJoin where the invitation no longer stands.
    """
    with organization_scope(invitation.organization):
        member = Member.locked(invitation.member_id)
        standing = Invitation.objects.open().filter(pk=invitation.pk, expires_at__gt=timezone.now())
        joins = standing.update(accepted_at=timezone.now())
        taken = Member.objects.filter(user=user).exists()
        if not joins or taken or member.user_id or not member.active:
            raise CannotJoin
        member.user = user
        member.save()
        call_write(Event.JOINED, organization_id=member.organization_id, detail=str(member))
    return member


@all_or_nothing()
def join_with_new_account(*, invitation: Invitation, called: str, password: str) -> User:
    """Make an account for whoever was invited, and let them join.

    Raises CannotJoin where the invitation no longer stands.
    """
    user = User.objects.create_user(invitation.email, password, name=called)
    join(invitation=invitation, user=user)
    return user
