"""What the audit trails of a person's organizations say about how the person signs in.

One entry in each of them. A failed sign-in that concerns no member of any organization has one entry
that belongs to none, and what was typed is not kept.
"""

from allauth.account import signals as account
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as provider
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db import transaction
from django.utils.translation import gettext as _

from victory.tenancy import memberships_by_email, memberships_of
from victory.trail import Event, put_down


@transaction.atomic
def put_down_everywhere(event: Event, memberships, detail: str = ""):
    """One entry in the trail of each of these members' organizations."""
    for membership in memberships:
        put_down(
            event,
            organization_id=membership.organization_id,
            detail=detail,
            member=membership,
            user=membership.user,
        )


def account_changed(user, detail: str):
    """Put down in the person's organizations that something about their sign-in changed."""
    put_down_everywhere(Event.ACCOUNT_CHANGED, memberships_of(user).select_related("user"), detail)


def on_sign_in(user, **kwargs):
    put_down_everywhere(Event.SIGNED_IN, memberships_of(user).select_related("user"))


def on_sign_out(user, **kwargs):
    if user is not None:
        put_down_everywhere(Event.SIGNED_OUT, memberships_of(user).select_related("user"))


def on_failed_sign_in(credentials, **kwargs):
    """Ask and write as much for an unknown address as for a known one."""
    memberships = list(memberships_by_email(credentials.get("email", "")))
    put_down_everywhere(Event.SIGN_IN_FAILED, memberships)
    if not memberships:
        put_down(Event.SIGN_IN_FAILED, organization_id=None)


def on_wrong_second_factor(user, **kwargs):
    memberships = memberships_of(user).select_related("user")
    put_down_everywhere(Event.SIGN_IN_FAILED, memberships, _("wrong second factor"))


def on_new_password(user, **kwargs):
    account_changed(user, _("new password"))


def on_password_reset(user, **kwargs):
    account_changed(user, _("new password, through a link sent by mail"))


def on_new_email(user, **kwargs):
    account_changed(user, _("new e-mail"))


def on_factor_added(user, authenticator, **kwargs):
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:  # they come along with it
        account_changed(user, _("second factor added: %(name)s") % {"name": authenticator})


def on_factor_removed(user, authenticator, **kwargs):
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        account_changed(user, _("second factor removed: %(name)s") % {"name": authenticator})


def on_new_recovery_codes(user, **kwargs):
    account_changed(user, _("new recovery codes"))


def on_provider_connected(sociallogin, **kwargs):
    account_changed(sociallogin.user, _("connected to a provider"))


def on_provider_disconnected(socialaccount, **kwargs):
    account_changed(socialaccount.user, _("disconnected from a provider"))


def listen():
    """Let the entries be written from now on."""
    account.user_logged_in.connect(on_sign_in)
    user_logged_out.connect(on_sign_out)
    user_login_failed.connect(on_failed_sign_in)
    factors.authentication_failed.connect(on_wrong_second_factor)
    account.password_changed.connect(on_new_password)
    account.password_set.connect(on_new_password)
    account.password_reset.connect(on_password_reset)
    account.email_changed.connect(on_new_email)
    factors.authenticator_added.connect(on_factor_added)
    factors.authenticator_removed.connect(on_factor_removed)
    factors.authenticator_reset.connect(on_new_recovery_codes)
    provider.social_account_added.connect(on_provider_connected)
    provider.social_account_removed.connect(on_provider_disconnected)
