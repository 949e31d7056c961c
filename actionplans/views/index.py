"""The page of the customer index."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from actionplans.index_page import IndexPage
from actionplans.memory import thread_for
from victory.keeping import kept
from victory.tenancy import Role, needs


@needs(Role.VIEWER)
@require_GET
@kept()
def index(request):
    """The customer index, opened down to the metrics it is made of."""
    return render(request, "actionplans/index.html", {"page": IndexPage.read(thread_for(request))})
