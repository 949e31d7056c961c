"""Joining an organization by the link of an invitation. Whoever holds the link need not be signed in."""

from contextlib import contextmanager

from allauth.account.adapter import get_adapter
from allauth.account.utils import complete_signup
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from victory.forms import JoinForm
from victory.invitations import (
    KEPT_AS,
    CannotJoin,
    accounts_of,
    is_for,
    join,
    join_with_new_account,
    keep,
    opened,
)
from victory.models import Invitation, Member


@login_not_required
@never_cache
@require_GET
def invitation(request, pk, secret):
    """Take the secret out of the address, so that no other page and no list of visited ones learns it."""
    keep(request, key=pk, secret=secret)
    return redirect("invitation-accept")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def accept(request):
    """Join: with one's own account, with a new one, or first signing in."""
    invitation = opened(request)
    if invitation is None:
        return over(request, None, status=404)
    if not invitation.can_be_accepted:
        return already_in(request, invitation) or over(request, invitation)
    if request.user.is_authenticated:
        return accept_signed_in(request, invitation)
    if accounts_of(invitation.email).exists():
        page = {"invitation": invitation, "next": reverse("invitation-accept")}
        return render(request, "victory/invitation_sign_in.html", page)
    return accept_as_new(request, invitation)


def accept_signed_in(request, invitation: Invitation):
    page = {"invitation": invitation}
    if not is_for(invitation, request.user):
        return render(request, "victory/invitation_other.html", page)
    if request.method == "GET":
        return render(request, "victory/invitation_join.html", page)
    try:
        with acting_as(request, invitation.member):
            join(invitation=invitation, user=request.user)
    except CannotJoin:
        return over(request, opened(request))
    return welcome(request, invitation)


def accept_as_new(request, invitation: Invitation):
    form = JoinForm(request.POST or None, email=invitation.email, initial={"name": invitation.member.name})
    if not form.is_valid():
        return render(request, "victory/invitation_new.html", {"invitation": invitation, "form": form})
    called, password = form.cleaned_data["name"], form.cleaned_data["password"]
    try:
        with acting_as(request, invitation.member):
            user = join_with_new_account(invitation=invitation, called=called, password=password)
    except CannotJoin:
        return over(request, opened(request))
    except IntegrityError:  # an account for this address was made at the same moment
        return redirect("invitation-accept")
    response = welcome(request, invitation)
    return complete_signup(request, user=user, email_verification=None, success_url=response.url)


@contextmanager
def acting_as(request, member: Member):
    """Let the history and the trail say that this member did it, who is one only once it is done."""
    request.member = member
    try:
        yield
    finally:
        request.member = None


def welcome(request, invitation: Invitation):
    request.session.pop(KEPT_AS, None)
    words = {"organization": invitation.organization}
    messages.success(request, _("Welcome to the workbook of %(organization)s.") % words)
    return redirect("workbook", invitation.organization.slug)


def already_in(request, invitation: Invitation):
    """The way into the workbook for somebody who joined by this link before, or None."""
    if request.user.is_authenticated and invitation.member.user_id == request.user.pk:
        return redirect("workbook", invitation.organization.slug)
    return None


def over(request, invitation: Invitation | None, status: int = 410):
    """One calm page for every link that no longer works, or never did."""
    return render(request, "victory/invitation_over.html", {"invitation": invitation}, status=status)


@login_not_required
@require_POST
def switch(request):
    """Sign out, to accept the invitation as somebody else: the link that was opened stays open."""
    kept = request.session.get(KEPT_AS)
    get_adapter().logout(request)
    if kept:
        request.session[KEPT_AS] = kept
    return redirect("invitation-accept")
