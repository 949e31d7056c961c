"""A person's own account: how they are called, how they sign in, and where they are signed in."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter as get_provider_adapter
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from victory.account_trail import account_changed
from victory.devices import devices_of, sessions_of, sign_out, sign_out_others
from victory.forms.accounts import NameForm
from victory.mails import wants_mails
from victory.tenancy import memberships_of, organizations_closed_to

WAY_ON = "way_on"
"""Under this key the session holds where somebody goes on who was asked for a second factor first."""


@require_http_methods(["GET", "POST"])
def account(request):
    form = NameForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account")
    authenticators = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    memberships = list(memberships_of(request.user).order_by("organization__name"))
    page = {
        "form": form,
        "email": EmailAddress.objects.get_primary(request.user),
        "app": next((each for each in authenticators if each.type == Authenticator.Type.TOTP), None),
        "passkeys": [each for each in authenticators if each.type == Authenticator.Type.WEBAUTHN],
        "codes_left": sum(
            len(each.wrap().get_unused_codes())
            for each in authenticators
            if each.type == Authenticator.Type.RECOVERY_CODES
        ),
        "providers": get_provider_adapter().list_providers(request),
        "connected": SocialAccount.objects.filter(user=request.user).exists(),
        "devices": devices_of(request),
        "mailed": wants_mails(request.user),
        "memberships": memberships,
        "demanded_by": [each.organization for each in memberships if each.organization.second_factor],
    }
    # An account has no zone of its own: the clock on the wall is that of where the person works.
    zone = memberships[0].organization.time_zone if memberships else timezone.get_default_timezone()
    with timezone.override(zone):
        return render(request, "victory/account.html", page)


@require_GET
def second_factor(request):
    """Who asks for a second factor and how to set one up; with one, on to where one wanted to go."""
    way_on = request.GET.get("next", "")
    if not (way_on.startswith("/") and url_has_allowed_host_and_scheme(way_on, allowed_hosts=None)):
        way_on = resolve_url("account")
    organizations = list(organizations_closed_to(request.user))
    if not organizations:
        request.session.pop(WAY_ON, None)
        return redirect(way_on)
    request.session[WAY_ON] = request.get_full_path()
    return render(request, "victory/second_factor.html", {"organizations": organizations})


@require_POST
def sign_device_out(request, pk):
    session = get_object_or_404(sessions_of(request.user), pk=pk)
    sign_out([session])
    account_changed(request.user, _("another device signed out"))
    messages.success(request, _("That device is signed out."))
    return redirect("account")


@require_POST
def sign_other_devices_out(request):
    count = sign_out_others(request, request.user)
    if count:
        account_changed(request.user, _("all other devices signed out"))
    messages.success(
        request,
        ngettext("%(count)d other device is signed out.", "%(count)d other devices are signed out.", count)
        % {"count": count},
    )
    return redirect("account")
