"""The page of the dashboard."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from actionplans.dashboard import read_dashboard
from actionplans.models import Status
from actionplans.thread import Thread
from victory.tenancy import Role, needs


@needs(Role.VIEWER)
@require_GET
def dashboard(request):
    page = {
        "dashboard": read_dashboard(Thread.read_for(request), request.GET.dict(), request.member),
        "statuses": Status.choices,
    }
    return render(request, "actionplans/dashboard.html", page)
