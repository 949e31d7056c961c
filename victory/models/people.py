"""Who signs in, who belongs to an organization, and who is asked to join it."""

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from victory.tenancy import OrganizationModel, Role, WorkbookRow, scoped


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

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)


class MemberQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)


class Member(WorkbookRow):
    """A person of an organization.

    They have a user once they can sign in; somebody without one can still own a metric or an action.
    Where they were `forgotten`, nothing says any longer who they were.
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
    def is_admin(self) -> bool:
        """Whether they also manage people and settings."""
        return self.may(Role.ADMIN)


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Those that can still be accepted, or sent again once they have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(OrganizationModel):
    """A member is asked by e-mail to sign in: a link that works once, for a time, for that address alone.

    Only a digest of the link's secret is kept, so that nobody who reads the database can use it. Sending
    it again makes a new secret, and the earlier link is dead.
    """

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

    secrets = ("digest",)
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
