"""The pages of what a row was before, and the way back to it."""

import re

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET

from victory.forms import WorkbookForm
from victory.past import FieldChange, as_it_was, changes_of, kinds, short_or_compared, states_of
from victory.process import EDITING
from victory.rows import WorkbookRow
from victory.tenancy import Role, may_open, needs


@needs(Role.VIEWER)
@require_GET
def row_history(request, kind, pk):
    """Every change of one row, the newest first; also of one that was deleted."""
    model = kind_shown_to(request.member, kind)
    row = model.objects.filter(pk=pk).first()
    states = states_of(model, request.organization, pk)
    newest = states.first()
    if row is None and newest is None:
        raise Http404
    before = request.GET.get("before", "")
    before = int(before) if re.fullmatch(r"[0-9]{1,18}", before) else None
    page = {
        "kind": kind,
        "key": pk,
        "row": row,
        "label": row or as_it_was(newest, request.organization),
        "what": model._meta.verbose_name,
        "url": EDITING[model].page(row) if row else "",
        "settled": EDITING[model].settled(row) if row else "",
        "may_return": row is not None and may_edit(request.member, row),
        "page": changes_of(model, pk, organization=request.organization, before=before),
        "before": before,
    }
    return render(request, "victory/history.html", page)


@needs(Role.VIEWER)
@require_GET
def earlier_state(request, kind, pk, state):
    """What would change if the row were again as it was then, with the button that does it.

    The button posts the earlier values to the page the row is edited on: whatever is asked, checked or
    refused there is so here, and what changed meanwhile is noticed by the version.
    """
    model = kind_shown_to(request.member, kind)
    record = get_object_or_404(states_of(model, request.organization, pk).exclude(history_type="-"), pk=state)
    row = get_object_or_404(model, pk=pk)
    form = changes = None
    if may_edit(request.member, row):
        now = EDITING[model].form(instance=row, by=request.member)
        form = form_as_it_was(as_it_was(record, request.organization), now)
        changes = what_would_change(form, now)
    page = {
        "kind": kind,
        "row": row,
        "when": date_format(localtime(record.history_date), "DATETIME_FORMAT"),
        "settled": EDITING[model].settled(row),
        "form": form,
        "address": EDITING[model].address(row) if form else "",
        "changes": changes,
    }
    return render(request, "victory/earlier_state.html", page)


def kind_shown_to(member, kind: str) -> type[WorkbookRow]:
    """The model of that kind of row; not found where there is none whose history the member may read."""
    model = kinds().get(kind)
    if model is None or model.history_role is None or not member.may(model.history_role):
        raise Http404
    return model


def may_edit(member, row: WorkbookRow) -> bool:
    """Whether the member may edit the row as it is now, so that it can be as it was again."""
    editing = EDITING[type(row)]
    return bool(editing.form) and not editing.settled(row) and may_open(member, editing.address(row))


def form_as_it_was(then: WorkbookRow, now: WorkbookForm) -> WorkbookForm:
    """The row's form with what it would have shown then; it is saved over what it shows now."""
    form = type(now)(instance=then, by=now.by)
    form.initial |= {"version": now.instance.version, "before": now.shown_now}
    return form


def what_would_change(form: WorkbookForm, now: WorkbookForm) -> list[FieldChange]:
    """Each field in which the row as it was differs from the row as it is now."""
    texts = {
        name: [each.as_text(name, each.stored(name)) for each in (now, form)] for name in now.compared_fields
    }
    return [
        short_or_compared(str(now.fields[name].label), now.in_words(name, old), now.in_words(name, new))
        for name, (old, new) in texts.items()
        if old != new
    ]
