"""The page of all actions, the page of one, and what whoever carries it out says about it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from actionplans.changes import changes_of
from actionplans.forms import ActionAnswersForm, ActionStatusForm
from actionplans.memory import thread_for
from actionplans.models import Action, Status
from actionplans.plan import card_of, read_plan
from actionplans.questions import ANSWER_CHOICES, answers_in_words
from victory.forms import WorkbookForm
from victory.keeping import kept
from victory.once import again_if_taken
from victory.tenancy import Role, needs
from victory.trail import all_or_nothing
from victory.worksheets.views import gone, page_before

CHOICES = {"statuses": Status.choices, "answer_choices": ANSWER_CHOICES}


@needs(Role.VIEWER)
@require_GET
@kept()
def actions(request):
    """All actions as a list or as a board by their status; the address says which, and of which actions."""
    plan = read_plan(thread_for(request), request.GET.dict(), request.member)
    return render(request, "actionplans/actions.html", CHOICES | {"plan": plan})


@needs(Role.VIEWER)
@require_GET
def show_action(request, pk):
    """All about one action: what it is for, who does it by when, and everything that was changed."""
    thread = thread_for(request)
    action = Action.objects.select_related("who", "decided_in").filter(pk=pk).first()
    if action is None or action.metric_id not in thread.metrics:
        return gone(request, Action, pk, "actions")
    page = {"action": card_of(action, thread, request.member), "changes": changes_of(action)}
    return render(request, "actionplans/action.html", CHOICES | page)


@needs(Role.CONTRIBUTOR)
@require_GET
def status_form(request, pk):
    """The form in which somebody says how far an action has come, for a page that did not bring it along."""
    action = Action.objects.select_related("who").filter(pk=pk).first()
    if action is None:
        return gone(request, Action, pk, "actions")
    if not action.may_be_updated_by(request.member):
        raise PermissionDenied
    if not request.htmx:
        return redirect(action)
    shown_on, _sign, _fragment = (request.htmx.current_url_abs_path or "").partition("#")
    back = f"{shown_on}#metric-{action.metric_id}"  # to the row in which it was opened
    return render(request, "actionplans/status.html", CHOICES | {"action": action, "here": back})


@needs(Role.CONTRIBUTOR)
@require_POST
@again_if_taken
@all_or_nothing()
def save_status(request, pk):
    """Say how far an action has come, from whichever page it is shown on."""
    form = said_about(request, pk, ActionStatusForm)
    if form is None:
        return gone(request, Action, pk, "plan")
    action = form.instance
    if form.is_valid():
        form.save()
        words = {"action": action, "status": action.get_status_display()}
        messages.success(request, _("“%(action)s” is now %(status)s.") % words)
    elif form.theirs:
        both = form.theirs["status"]
        words = {"action": action, "mine": both.mine, "theirs": both.theirs}
        messages.error(
            request,
            _(
                "Somebody else set “%(action)s” to %(theirs)s meanwhile, so your %(mine)s is not saved."
                " Choose again to replace it."
            )
            % words,
        )
    else:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect(page_before(request))


@needs(Role.CONTRIBUTOR)
@require_POST
@all_or_nothing()
def save_answers(request, pk):
    """Answer the two questions for an action."""
    form = said_about(request, pk, ActionAnswersForm)
    if form is None:
        return gone(request, Action, pk, "actions")
    words = {"action": form.instance, "answers": answers_in_words(form.instance)}
    if form.is_valid():
        form.save()
        words["answers"] = answers_in_words(form.instance)
        messages.success(request, _("Answered for “%(action)s”: %(answers)s.") % words)
    elif form.theirs:
        words["mine"] = "; ".join(form.typed_texts())
        messages.error(
            request,
            _(
                "Somebody else changed “%(action)s” meanwhile. It says: %(answers)s. Yours is not saved:"
                " %(mine)s. Answer again to replace theirs."
            )
            % words,
        )
    else:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect(page_before(request))


def said_about(request, pk: int, form_class: type[WorkbookForm]) -> WorkbookForm | None:
    """What somebody says about an action, which is locked; None where it is gone.

    Raises PermissionDenied for somebody who may not say how far it has come.
    """
    action = Action.objects.select_for_update().filter(pk=pk).first()
    if action is None:
        return None
    if not action.may_be_updated_by(request.member):
        raise PermissionDenied
    return form_class(request.POST, instance=action, by=request.member)
