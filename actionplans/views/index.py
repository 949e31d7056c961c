"""The page of the customer index."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from actionplans.index_page import IndexPage
from actionplans.thread import Thread
from victory.tenancy import Role, needs


@needs(Role.VIEWER)
@require_GET
def index(request):
    """The customer index, opened down to the metrics it is made of."""
    return render(request, "actionplans/index.html", {"page": IndexPage.read(Thread.read_for(request))})
