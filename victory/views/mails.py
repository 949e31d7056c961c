"""Turning the daily mail of what is due off and on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from victory.mails import who_holds
from victory.models import Mailing


@csrf_exempt  # mail programs post here for the person, with the address alone (RFC 8058)
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def mails_off(request, token):
    """End somebody's mails. Looking at the page does not: programs that check links look at it as well."""
    user = who_holds(token)
    if user is None:
        raise Http404
    if request.method == "POST":
        Mailing.of(user).want(False)
    return render(request, "victory/mails_off.html", {"off": request.method == "POST"})


@require_POST
def account_mails(request):
    wanted = request.POST.get("wanted") == "yes"
    Mailing.of(request.user).want(wanted)
    messages.success(
        request,
        _("You are mailed what is due.") if wanted else _("You are no longer mailed what is due."),
    )
    return redirect("account")
