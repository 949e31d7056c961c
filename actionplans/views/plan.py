"""The page of step R."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from actionplans.forms import OwnerForm
from actionplans.memory import thread_for
from actionplans.models import Status
from actionplans.open_actions import OpenAction
from actionplans.owners import owner_lines
from actionplans.reviews.upcoming import next_review
from actionplans.thread import Thread
from actionplans.worksheets import ACTIONS
from metrics.models import Metric
from victory.keeping import kept
from victory.models import Member
from victory.once import again_if_taken
from victory.tenancy import Role, needs
from victory.trail import all_or_nothing
from victory.worksheets.views import changed, gone, say_what_else


@needs(Role.VIEWER)
@require_GET
@kept()
def plan(request):
    return plan_page(request)


def plan_page(request, typed: dict[int, OwnerForm] | None = None):
    """The page of step R; `typed` holds, by metric, an owner that could not be saved."""
    thread = thread_for(request)
    page = {
        "owners": owner_lines(thread, typed),
        "own_actions": own_actions(thread, request.member),
        "statuses": Status.choices,
        "actions": ACTIONS.sheet(request),
        "upcoming": next_review(thread.today),
        "member_names": Member.objects.active().values_list("name", flat=True),
    }
    return render(request, "actionplans/plan.html", page)


def own_actions(thread: Thread, member: Member) -> list[OpenAction]:
    """The open actions that the member has taken on."""
    return [
        OpenAction.of(action, metric=thread.metrics[action.metric_id].measured_by, member=member)
        for action in thread.actions.values()
        if action.who_id == member.pk and action.metric_id in thread.metrics
    ]


@needs(Role.MANAGER)
@require_POST
def save_owner(request, pk):
    """Put down, change or take away the person who can act on one metric."""
    form = keep_owner(request, pk)
    if form is None:
        return gone(request, Metric, pk, "plan", typed=[request.POST.get("owner", "")])
    say_what_else(request, form.notices)
    if request.htmx:
        line = next(line for line in owner_lines(Thread(request.organization), {pk: form}) if line.pk == pk)
        saved = {"line": line, "out_of_band": True}
        answer = render(request, "actionplans/plan.html#owner_saved", saved)
        return changed(answer) if form.is_valid() else answer
    if not form.is_valid():
        return plan_page(request, {pk: form})
    return redirect(f"{reverse('plan', args=[request.organization.slug])}#owner-{pk}")


@again_if_taken
@all_or_nothing()
def keep_owner(request, pk) -> OwnerForm | None:
    metric = Metric.objects.select_for_update().filter(pk=pk).first()
    if metric is None:
        return None
    form = OwnerForm(request.POST, metric=metric, by=request.member)
    if form.is_valid():
        form.save()
    return form
