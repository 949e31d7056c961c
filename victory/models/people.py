"""Who signs in, who belongs to an organization, and who is asked to join it."""

import secrets
from datetime import timedelta
from hashlib import sha256

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from victory.models.organizations import Organization
from victory.rows import WorkbookRow
from victory.tenancy import OrganizationModel, Role, scoped
from victory.trail import Event, all_or_nothing, call_write


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """An account whose address somebody vouches for: it signs in without having it confirmed."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        with transaction.atomic():
            user.save()
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """Somebody who signs in, by e-mail. What they may do is said by their memberships."""

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    def __str__(self):
        return self.name or self.email

    def clean(self):
        super().clean()
        self.email = self.email.lower()  # as `create_user` and the sign-in do

    @property
    def may_set_up(self) -> bool:
        """Whether they may begin an organization of their own on this installation."""
        return settings.OPEN_SIGNUP or self.is_staff

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)


class MemberQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)

    def in_charge(self):
        """Those who can manage the people and the settings: admins who sign in.

        `Member.would_be_in_charge` says the same of one that is not saved yet.
        """
        return self.filter(active=True, role=Role.ADMIN, user__is_active=True)


class Member(WorkbookRow):
    """A person of an organization.

    They have a user once they can sign in; somebody without one can still own a metric or an action.
    Where they were `forgotten`, nothing says any longer who they were. An organization keeps at least
    one admin who signs in: the last one stays what they are.
    """

    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    role = models.PositiveSmallIntegerField(_("role"), choices=Role, default=Role.VIEWER)
    user = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("signs in as"),
    )
    active = models.BooleanField(_("active"), default=True)
    forgotten_at = models.DateTimeField(_("forgotten"), null=True, editable=False)

    history_role = Role.ADMIN

    objects = scoped(MemberQuerySet)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                name="member_name_once",
                violation_error_message=_("Somebody of this name is a member already."),
            ),
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                condition=~Q(email=""),
                name="member_email_once",
                violation_error_message=_("Somebody with this e-mail is a member already."),
            ),
            models.UniqueConstraint(
                fields=["organization", "user"],
                name="member_user_once",
                violation_error_message=_("This person is a member already."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if self.pk and not self.would_be_in_charge:
            self.check_somebody_else_in_charge()

    @all_or_nothing(savepoint=False)
    def save(self, **kwargs):
        before = None if self._state.adding else Member.objects.filter(pk=self.pk).first()
        super().save(**kwargs)
        if before:
            self.name_change(before)
            self.withdraw_stale_invitations()

    @all_or_nothing()
    def delete(self, **kwargs):
        self.lock_first()
        self.check_somebody_else_in_charge()
        return super().delete(**kwargs)

    def lock_first(self):
        """Two admins who demote each other at the same moment do so one after the other."""
        if not self._state.adding:
            Organization.objects.select_for_update(no_key=True).get(pk=self.organization_id)

    def prepare(self):
        super().prepare()
        if not self._state.adding and not self.would_be_in_charge:
            self.check_somebody_else_in_charge()

    @property
    def would_be_in_charge(self) -> bool:
        """Whether they would be among those `in_charge`, were they saved like this."""
        return bool(self.active and self.role == Role.ADMIN and self.user and self.user.is_active)

    def check_somebody_else_in_charge(self):
        """Raise ValidationError where they are the last admin who signs in."""
        in_charge = Member.objects.filter(organization=self.organization_id).in_charge()
        if set(in_charge.values_list("pk", flat=True)[:2]) == {self.pk}:
            sentence = _("%(name)s is the last admin here who signs in. Make somebody else an admin first.")
            raise ValidationError({"role": sentence % {"name": self}})

    def name_change(self, before: "Member"):
        """Call the write under way by what it does to this member."""
        if before.role != self.role:
            roles = {"name": self, "was": before.get_role_display(), "role": self.get_role_display()}
            detail = str(_("%(name)s: %(was)s → %(role)s")) % roles
            call_write(Event.ROLE_CHANGED, organization_id=self.organization_id, detail=detail)
        elif any(
            getattr(before, each) != getattr(self, each) for each in ("name", "email", "active", "user_id")
        ):
            call_write(Event.MEMBER_CHANGED, organization_id=self.organization_id, detail=str(self))

    def withdraw_stale_invitations(self):
        """An invitation is for the address it was sent to, and for somebody who is still active."""
        stale = self.invitations.open()
        if self.active:
            stale = stale.exclude(email__iexact=self.email)
        stale.update(withdrawn_at=timezone.now())

    def may(self, role: Role) -> bool:
        return self.role >= role

    @property
    def may_record(self) -> bool:
        """Whether they may enter measurements and update their own actions."""
        return self.may(Role.CONTRIBUTOR)

    @property
    def may_edit(self) -> bool:
        """Whether they may change the workbook."""
        return self.may(Role.MANAGER)

    @property
    def may_administer(self) -> bool:
        """Whether they may manage the people and the settings."""
        return self.may(Role.ADMIN)


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Those that can still be accepted, or sent again once they have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(OrganizationModel):
    """A member is asked by e-mail to sign in: a link that works once, for a time, for that address alone.

    Only a digest of the link's secret is kept, so that nobody who reads the database can use it; `secret`
    is there only where it was just made. Sending it again is another invitation, and the earlier one is
    withdrawn: so each row is one mail, and an organization sends at most `MOST_A_DAY` of them.
    """

    LASTS = timedelta(days=7)
    MOST_A_DAY = 50

    secret = ""

    member = models.ForeignKey(Member, models.CASCADE, related_name="invitations", verbose_name=_("member"))
    email = models.EmailField(_("e-mail"))
    digest = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), editable=False)
    invited_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("invited by")
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    not_exported = ("digest",)
    objects = scoped(InvitationQuerySet)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_open",
            )
        ]

    def __str__(self):
        return self.email

    def seal(self):
        """Give it a secret of its own, and its time."""
        self.secret = secrets.token_urlsafe(32)
        self.digest = digest_of(self.secret)
        self.expires_at = timezone.now() + self.LASTS

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def can_be_accepted(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and not self.is_expired


def digest_of(secret: str) -> str:
    """What is kept of a link's secret. It is long and random, so that a plain digest cannot be guessed."""
    return sha256(secret.encode()).hexdigest()
