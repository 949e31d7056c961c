"""The page of the portfolio."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from actionplans.portfolio import read_portfolio
from actionplans.row_texts import units_as_text
from victory.tenancy import Role, needs


@needs(Role.VIEWER)
@require_GET
def portfolio(request):
    """How the units below the organization stand, in the order of `?by=`."""
    portfolio = read_portfolio(request.organization, request.user, request.GET.get("by", ""))
    page = {"portfolio": portfolio, "rows": units_as_text(portfolio.units)}
    return render(request, "actionplans/portfolio.html", page)
