"""The page of the dashboard, and what it asks while it hangs on a wall."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from actionplans.dashboard import read_dashboard, state_of
from actionplans.models import Status
from actionplans.thread import Thread
from victory.tenancy import Role, memberships_below, needs
from victory.worksheets.views import changed


@needs(Role.VIEWER)
@require_GET
def dashboard(request):
    thread = Thread.read_for(request)
    page = {
        "dashboard": read_dashboard(thread, request.GET.dict(), request.member),
        "has_units": memberships_below(request.user, request.organization).exists(),
        "statuses": Status.choices,
        "state": state_of(request.organization),
    }
    return render(request, "actionplans/dashboard.html", page)


@needs(Role.VIEWER)
@require_GET
def dashboard_changed(request):
    """Tell a page that is open to refresh itself if the workbook or the day is another than it has seen.

    The organization has been read to let the member in, so that this takes no query of its own.
    """
    answer = HttpResponse(status=204)
    return answer if request.GET.get("seen") == state_of(request.organization) else changed(answer)
