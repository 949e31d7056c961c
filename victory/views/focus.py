"""The pages of step W: the customer focus statement and its revisions."""

import re

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from victory.comparing import compare
from victory.forms import FocusStatementForm, WorkbookForm
from victory.keeping import kept
from victory.models import CustomerRight, FocusStatement
from victory.once import again_if_taken
from victory.tables import RIGHTS
from victory.tenancy import Role, needs
from victory.trail import all_or_nothing
from victory.worksheets.views import changed, say_what_else


@needs(Role.VIEWER)
@require_GET
@kept()
def focus(request):
    draft = FocusStatement.objects.draft() or next_draft(FocusStatement.objects.adopted().first())
    return focus_page(request, FocusStatementForm(by=request.member, instance=draft))


def focus_page(request, form: FocusStatementForm):
    adopted = list(FocusStatement.objects.adopted().select_related("adopted_by"))
    page = {
        "form": form,
        "draft": form.instance,
        "in_force": adopted[0] if adopted else None,
        "adopted": adopted,
        "rights": RIGHTS.sheet(request),
    }
    return render(request, "victory/focus.html", page)


def next_draft(in_force: FocusStatement | None) -> FocusStatement:
    """The draft that would follow the revision in force, beginning with its texts. Not saved.

    Its version goes on where that revision's ended, so that a page which still shows an earlier
    draft is never taken for one that shows this.
    """
    if in_force is None:
        return FocusStatement(revision=1)
    return FocusStatement(
        revision=in_force.revision + 1,
        version=in_force.version,
        view_of_perfection=in_force.view_of_perfection,
        statement=in_force.statement,
    )


@needs(Role.MANAGER)
@require_POST
def save_focus(request):
    """Keep the draft. The page calls this while somebody types; without JavaScript the button does."""
    form = save_draft(request)
    if request.htmx:
        return draft_saved(request, form, "focus")
    if not form.is_valid():
        return focus_page(request, form)
    say_what_else(request, form.notices)
    messages.success(request, _("The draft is saved."))
    return redirect("focus", request.organization.slug)


def draft_saved(request, form: WorkbookForm, draft_id: str):
    """The answer to a text that saves itself. Only where it was saved, the page drops its own copy."""
    response = render(request, "draft_saved.html", {"form": form, "draft_id": draft_id})
    return changed(response) if form.is_valid() else response


@needs(Role.MANAGER)
@require_POST
def adopt_focus(request):
    """Put the texts in force, as they stood before the person who adopts them."""
    form = adopt_draft(request)
    if not form.is_valid():
        return focus_page(request, form)
    if form.instance.is_draft:
        messages.info(request, _("This text is in force already."))
    else:
        messages.success(request, _("Revision %(number)s is in force.") % {"number": form.instance.revision})
    return redirect("focus", request.organization.slug)


@all_or_nothing()
def adopt_draft(request) -> FocusStatementForm:
    """Save what was typed and adopt it in one go, so that nobody else's text slips in between."""
    form = save_draft(request)
    unchanged = form.instance.pk is None and form.instance.statement
    if form.is_valid() and not unchanged:
        try:
            form.instance.adopt(by=request.member)
        except ValidationError as error:
            form.add_error("statement", error)
    return form


@again_if_taken
@all_or_nothing()
def save_draft(request) -> FocusStatementForm:
    """Save what was typed as the draft, if it is valid and nobody else changed the draft meanwhile.

    Of two first drafts at the same moment, the second is compared with the first.

    The text in force as it stands is no draft of another revision.
    """
    draft = FocusStatement.objects.select_for_update().filter(adopted_on=None).first()
    if draft is None:
        draft = next_draft(FocusStatement.objects.adopted().first())
    form = FocusStatementForm(request.POST, instance=draft, by=request.member)
    if form.is_valid() and (draft.pk or form.has_changed()):
        form.save()
    return form


@needs(Role.VIEWER)
@require_GET
def focus_revision(request, number):
    """An adopted revision as it was, and how it differs from another one."""
    revision = get_object_or_404(FocusStatement.objects.adopted(), revision=number)
    others = FocusStatement.objects.exclude(revision=number)
    other = (
        others.filter(revision=request.GET["with"]).first()
        if re.fullmatch(r"\d{1,9}", request.GET.get("with", ""))
        else None
    )
    page = {"revision": revision, "others": others, "other": other}
    if other:
        older, newer = sorted([revision, other], key=lambda each: each.revision)
        page |= {
            "older": older,
            "newer": newer,
            "view": compare(older.view_of_perfection, newer.view_of_perfection),
            "statement": compare(older.statement, newer.statement),
        }
    return render(request, "victory/focus_revision.html", page)


@needs(Role.VIEWER)
@require_GET
def focus_print(request):
    """The focus statement in force and the Bill of Rights, to be printed or hung up."""
    page = {"revision": FocusStatement.objects.adopted().first(), "rights": CustomerRight.objects.all()}
    return render(request, "victory/focus_print.html", page)
