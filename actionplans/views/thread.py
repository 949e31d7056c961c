"""The page of the thread."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from actionplans.chain import Chain
from actionplans.memory import thread_for
from victory.keeping import kept
from victory.tenancy import Role, needs


@needs(Role.VIEWER)
@require_GET
@kept()
def thread(request):
    """The chain from customer to action: all of it, or what runs through the row at `?at=`."""
    chain = Chain(thread_for(request), request.GET.get("at", ""))
    return render(request, "actionplans/thread.html", {"chain": chain})
