"""The page of what waits for one person, over all their organizations."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from actionplans.mine import read_mine
from actionplans.models import Status


@require_GET
def mine(request):
    """Figures to enter, open actions and reviews to attend, the most urgent first."""
    page = {"mine": read_mine(request.user), "statuses": Status.choices, "here": request.path}
    return render(request, "actionplans/mine.html", page)
