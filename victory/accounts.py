"""Sign-in by e-mail, through django-allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from victory.kept import arrived, keep, typed_in
from victory.limits import may_keep, may_write_to
from victory.trail import address_of


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Whether anybody may make an account. Who was invited makes theirs where they accept."""
        return settings.OPEN_SIGNUP

    def save_user(self, request, user, form, commit=True):
        user.name = form.cleaned_data.get("name", user.name)
        return super().save_user(request, user, form, commit)

    def get_password_change_redirect_url(self, request):
        return resolve_url("account")

    def get_email_verification_redirect_url(self, email_address):
        """Somebody who is signed in changed their address; the others go on to sign in."""
        return resolve_url("account" if self.request.user.is_authenticated else "account_login")

    def send_mail(self, template_prefix, email, context):
        """Nobody is buried in letters by those who go on typing somebody else's address."""
        if may_write_to(email):
            super().send_mail(template_prefix, email, context)

    def get_client_ip(self, request):
        """The same address that the audit trail names; a server behind a socket may know none."""
        return address_of(request) or "0.0.0.0"


def sign_up(request):
    """For every template: whether anybody may make an account."""
    return {"open_signup": settings.OPEN_SIGNUP}


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This code is not right, or was used already: each works once. Type the one that is shown now."
        ),
    }

    def get_public_key_credential_rp_entity(self):
        return super().get_public_key_credential_rp_entity() | {"name": gettext("Winning Customers")}

    def generate_authenticator_name(self, user, type):
        return gettext("Passkey")


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Sign-in through OpenID Connect.

    An address counts as verified only where the provider says so, and never leads into an account that was
    made here: its owner signs in to it first and connects the two.
    """

    def populate_user(self, request, sociallogin, data):
        user = super().populate_user(request, sociallogin, data)
        user.name = (data.get("name") or "")[:120]
        return user

    def get_connect_redirect_url(self, request, socialaccount):
        return resolve_url("account")


class SignedInMiddleware(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless it says otherwise.

    A part of a page that is fetched by htmx is told so by its status: a redirect would put the
    sign-in page in the place of the row in which somebody has just typed. What was posted by a plain form
    is kept, and shown again after the sign-in.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.method == "POST" and request.user.is_authenticated:
            arrived(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        if request.htmx:
            return HttpResponse(status=401)
        kept = typed_in(request)
        if kept and may_keep(request):
            keep(request, kept)
            return redirect_to_login(reverse("kept"))
        return super().handle_no_permission(request, view_func)
