"""The ways to one's organizations, and the pages of an organization as a whole."""

import logging
from collections import Counter

from django.http import HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from victory import undo
from victory.activity import lately
from victory.guide import WORKBOOK_GUIDE
from victory.keeping import kept
from victory.models import keys_above
from victory.tables import NOTES
from victory.tenancy import Role, memberships_of, needs
from victory.worksheets.views import deletions_to_put_back

log = logging.getLogger(__name__)

MOST_DELETIONS = 100


@require_GET
def home(request):
    """Straight into the workbook for somebody with one organization; a choice, or a beginning, for others."""
    memberships = list(memberships_of(request.user))
    if not memberships and request.user.may_set_up:
        return redirect("organization-new")
    if len(memberships) == 1:
        return redirect("workbook", memberships[0].organization.slug)
    return redirect("organizations")


@require_GET
def organizations(request):
    """The person's organizations, those that have units of theirs below them with a way to the portfolio.

    Those of one name are told apart by their addresses.
    """
    memberships = list(memberships_of(request.user).order_by("organization__name"))
    names = Counter(membership.organization.name for membership in memberships)
    page = {
        "memberships": memberships,
        "repeated": {name for name, count in names.items() if count > 1},
        "above_others": keys_above([membership.organization for membership in memberships]),
        "may_set_up": request.user.may_set_up,
    }
    return render(request, "victory/organizations.html", page)


@needs(Role.VIEWER)
@require_GET
@kept()
def workbook(request):
    """The state of all six steps, the one next thing to do, and what happened lately."""
    page = {"guide": WORKBOOK_GUIDE, "lately": lately(request.member)}
    return render(request, "victory/workbook.html", page)


@needs(Role.VIEWER)
@require_GET
def notes(request):
    return render(request, "victory/notes.html", {"notes": NOTES.sheet(request)})


@needs(Role.CONTRIBUTOR)
@require_GET
def deleted(request):
    """The newest deletions that the member may take back, each with all that went along."""
    deletions = deletions_to_put_back(request.member).select_related("by").order_by("-pk")
    page = {
        "most": MOST_DELETIONS,
        "deletions": [
            {"row": each, "kind": undo.kind(each), "along": undo.went_along(each)}
            for each in deletions[:MOST_DELETIONS]
        ],
    }
    return render(request, "victory/deleted.html", page)


def broken(request):
    """Something of ours broke: say so with the number under which the log tells what it was.

    The template is given nothing else: what a page usually is given could be what broke. So could the
    template, such as where the static files were not collected.
    """
    number = getattr(request, "request_id", "")
    try:
        return HttpResponseServerError(render_to_string("500.html", {"number": number}))
    except Exception:
        log.exception("The page of an error cannot be shown")
        said = f"Something broke on our side. Its number is {number}."
        return HttpResponseServerError(said, content_type="text/plain")
