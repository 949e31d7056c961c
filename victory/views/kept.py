"""What was typed before a sign-in ended, shown and sent again; and the token against forged requests."""

from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from victory.kept import KEY, in_words, keep, kept_for, typed_in
from victory.tenancy import Role, role_needed


@never_cache
@require_http_methods(["GET", "POST"])
def kept(request):
    """Show what was typed, with a button that sends it to where it was meant; or discard it."""
    found = kept_for(request)
    if request.method == "POST":
        request.session.pop(KEY, None)
        messages.info(request, _("Discarded."))
        return redirect("home")
    if found is None:
        messages.info(request, _("Nothing that you typed is waiting to be saved."))
        return redirect("home")
    return kept_page(request, found)


def kept_page(request, found, status=200):
    page = {"kept": found, "typed": in_words(request, found), "key": KEY}
    return render(request, "victory/kept.html", page, status=status)


def is_for_many(request) -> bool:
    """Whether it was meant for a page that not only admins use: what these do is never sent again."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return False
    arguments = {name: value for name, value in match.kwargs.items() if name != "slug"}
    return hasattr(match.func, "needs_role") and role_needed(match.func, arguments) < Role.ADMIN


def forged(request, reason=""):
    """Refuse a request whose token is not the one of now.

    Who is signed in has most likely signed in anew since they opened the page, so what they typed is shown
    to them with a button. Nothing is done without their pressing it.
    """
    if request.htmx:
        return HttpResponse(status=403, headers={"X-Token": "stale"})
    may_be_theirs = request.user.is_authenticated and is_for_many(request)
    if may_be_theirs and (typed := typed_in(request)):
        keep(request, typed)
        if found := kept_for(request):
            return kept_page(request, found, status=403)
    return render(request, "403_csrf.html", status=403)


@never_cache
@require_GET
def token(request):
    """The token that a page opened before the last sign-in needs to go on saving."""
    return HttpResponse(get_token(request), content_type="text/plain")
