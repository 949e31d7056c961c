"""The page of the dashboard, and what it asks while it hangs on a wall."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from actionplans.dashboard import read_dashboard
from actionplans.memory import remembered_for
from actionplans.row_texts import metrics_as_text
from victory.keeping import kept, state_shown
from victory.tenancy import Role, memberships_below, needs
from victory.worksheets.views import changed


def leads_to_portfolio(request) -> bool:
    """Whether the person is a member of a unit below the organization; asked once for a request."""
    if not hasattr(request, "leads_to_portfolio"):
        organization = request.organization
        request.leads_to_portfolio = (
            organization.units.exists() and memberships_below(request.user, organization).exists()
        )
    return request.leads_to_portfolio


@needs(Role.VIEWER)
@require_GET
@kept(also=leads_to_portfolio)
def dashboard(request):
    dashboard = read_dashboard(remembered_for(request), request.GET.dict())
    page = {
        "dashboard": dashboard,
        "bodies": [
            (each.group, metrics_as_text(request, each.rows, each.group.key)) for each in dashboard.screen
        ],
        "has_units": leads_to_portfolio(request),
    }
    return render(request, "actionplans/dashboard.html", page)


@needs(Role.VIEWER)
@require_GET
def dashboard_changed(request):
    """Tell a page that is open to refresh itself if the workbook or the day is another than it has seen.

    The organization has been read to let the member in, so that this takes no query of its own.
    """
    answer = HttpResponse(status=204)
    return answer if request.GET.get("seen") == state_shown(request) else changed(answer)
