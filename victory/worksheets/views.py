"""The pages of every worksheet table: add, show, edit, delete, move, start, and undo."""

import re
from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from victory import undo
from victory.forms import WorkbookForm
from victory.models import Deletion, Member
from victory.notices import notices_beside
from victory.once import again_if_taken
from victory.rows import WorkbookRow
from victory.tenancy import Role, needs
from victory.texts import TEXTS
from victory.trail import Verb, all_or_nothing, note_change
from victory.worksheets.declared import Entry, Worksheet


def the_worksheets_role(worksheet: Worksheet, **kwargs) -> Role:
    return worksheet.role


@needs(the_worksheets_role)
@require_POST
@again_if_taken
@all_or_nothing()
def add(request, worksheet):
    """Put a new row at the end of its sheet, and with htmx open the next one below it."""
    sheet_id = _sheet_id(worksheet, request.POST)
    form = worksheet.form(request.POST, by=request.member, auto_id=f"{sheet_id}-add-%s")
    form.saved_at_once = True
    if not form.is_valid():
        return _show_entry(request, Entry(worksheet, form, worksheet.address(request.organization), sheet_id))
    row = save_last(form, worksheet)
    say_what_else(request, form.notices)
    if not request.htmx:
        return _saved(request, worksheet, row)
    again = {column.name: form[column.name].data for column in worksheet.columns if column.repeats}
    sheet = worksheet.sheet(request, worksheet.parent_of(row), records=[], hints=again)
    row_written = _row_written(request, worksheet, worksheet.rows().get(pk=row.pk))
    shown = {"entry": sheet.blank_entry(takes_focus=True)}
    next_written = render_to_string("worksheets/table.html#entry", shown, request)
    return changed(HttpResponse(row_written + next_written + notices_beside(request)))


@needs(the_worksheets_role)
@require_GET
def show(request, worksheet, pk):
    """One row as it is read: what an edited row goes back to when the editing is cancelled."""
    row = worksheet.rows().filter(pk=pk).first()
    if row is None:
        return gone(request, worksheet.model, pk, worksheet.step)
    if not request.htmx:
        return _back_to(request, worksheet, row)
    return HttpResponse(_row_written(request, worksheet, row))


@needs(the_worksheets_role)
@require_http_methods(["GET", "POST"])
def edit(request, worksheet, pk):
    """Open a row with its fields, and keep what was typed into them."""
    if request.method == "POST":
        return save_edited(request, worksheet, pk)
    row = worksheet.model.objects.filter(pk=pk).first()
    if row is None:
        return gone(request, worksheet.model, pk, worksheet.step)
    return _show_entry(request, _entry(request, worksheet, row))


@again_if_taken
@all_or_nothing()
def save_edited(request, worksheet, pk):
    row = worksheet.model.locked(pk, worksheet.read_to_edit)
    if row is None:
        typed = worksheet.form(request.POST, by=request.member).typed_texts()
        return gone(request, worksheet.model, pk, worksheet.step, typed)
    parent_before = worksheet.parent_of(row)
    entry = _entry(request, worksheet, row, request.POST)
    entry.form.saved_at_once = True
    if not entry.form.is_valid():
        return _show_entry(request, entry)
    entry.form.save()
    say_what_else(request, entry.form.notices)
    for deletion in entry.form.deletions:
        offer_undo(request, deletion)
    if not request.htmx:
        return _saved(request, worksheet, row)
    if worksheet.parent_of(row) != parent_before:
        words = {"row": row, "parent": worksheet.parent_of(row)}
        messages.success(request, _("“%(row)s” stands under %(parent)s now.") % words)
        return _reload(request)
    if entry.form.changes_more_than_the_row:
        row = worksheet.rows().get(pk=pk)
    return changed(HttpResponse(_row_written(request, worksheet, row) + notices_beside(request)))


@needs(the_worksheets_role)
@require_POST
@again_if_taken
@all_or_nothing()
def delete(request, worksheet, pk):
    """Take a row away, and offer to put it back."""
    row = worksheet.model.locked(pk)
    if row is None:
        return gone(request, worksheet.model, pk, worksheet.step)
    try:
        offer_undo(request, undo.delete(row, by=request.member))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _reload(request) if request.htmx else _back_to(request, worksheet, row)
    if not request.htmx:
        return redirect(worksheet.page(request.organization, worksheet.parent_of(row)))
    return changed(HttpResponse(notices_beside(request)))


@needs(the_worksheets_role)
@require_POST
@again_if_taken
@all_or_nothing()
def move(request, worksheet, pk):
    """Let a row change places with the one above or below it on its sheet."""
    if not worksheet.ordered_by_hand:
        raise Http404
    row = worksheet.model.objects.filter(pk=pk).first()
    order = locked_beside(worksheet, row) if row else []
    if row not in order:
        return gone(request, worksheet.model, pk, worksheet.step)
    place = order.index(row)
    order.insert(max(0, place + (-1 if request.POST.get("to") == "up" else 1)), order.pop(place))
    number_in_order(order)
    sheet_id = worksheet.sheet(request, worksheet.parent_of(row), records=[]).id
    if not request.htmx:
        page = worksheet.page(request.organization, worksheet.parent_of(row))
        return redirect(f"{page}?reorder={sheet_id}#{sheet_id}")
    sheet = worksheet.sheet(request, worksheet.parent_of(row), hints={"reorder": sheet_id})
    return changed(render(request, "worksheets/sheet.html", {"sheet": sheet}))


@needs(the_worksheets_role)
@require_POST
@again_if_taken
@all_or_nothing()
def start(request, worksheet):
    """Take the starting points that are not on the list yet."""
    for values in worksheet.starting_points:
        form = worksheet.form({name: str(value) for name, value in values.items()}, by=request.member)
        if form.is_valid():
            save_last(form, worksheet)
    return redirect(f"{worksheet.page(request.organization)}#{worksheet.name}")


def locked_beside(worksheet: Worksheet, row: WorkbookRow) -> list[WorkbookRow]:
    """The rows of the sheet that the row stands on, in their order, held until the transaction ends.

    They are locked by their keys, so that two people who move rows of one sheet wait for each other.
    """
    rows = worksheet.beside(row).select_related(None).prefetch_related(None)
    return sorted(rows.order_by("pk").select_for_update(), key=lambda each: (each.position, each.pk))


def number_in_order(rows: list[WorkbookRow]):
    moved = []
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            moved.append(row)
    type(rows[0]).objects.bulk_update(moved, ["position"])
    for row in moved:
        note_change(row, Verb.CHANGED)


def save_last(form: WorkbookForm, worksheet: Worksheet) -> WorkbookRow:
    """Save a new row at the end of its sheet."""
    form.instance.position = last_position(worksheet) + 1
    return form.save()


def last_position(worksheet: Worksheet) -> int:
    return worksheet.model.objects.aggregate(last=models.Max("position"))["last"] or 0


def say_what_else(request, notices: Sequence[str]):
    """Say what saving did beyond the row itself."""
    for notice in notices:
        messages.info(request, notice)


def offer_undo(request, deletion: Deletion):
    """Say what was deleted, with a button that puts it back. The page has the form `undo`."""
    messages.success(
        request,
        format_html(
            '{} <button class="link" form="undo" formaction="{}">{}</button>',
            what_was_deleted(deletion),
            reverse("undo", args=[request.organization.slug, deletion.pk]),
            _("Undo"),
        ),
    )


def what_was_deleted(deletion: Deletion) -> str:
    along = undo.went_along(deletion)
    if not along:
        return _("Deleted “%(row)s”.") % {"row": deletion.label}
    return _("Deleted “%(row)s” with %(along)s.") % {"row": deletion.label, "along": along}


def deletions_to_put_back(member: Member) -> models.QuerySet:
    """Everybody may take back a deletion of their own; those who edit the workbook, any."""
    return Deletion.objects.all() if member.may_edit else Deletion.objects.filter(by=member)


@needs(Role.CONTRIBUTOR)
@require_POST
@again_if_taken
def put_back(request, pk):
    """Undo a deletion and return to the page that the button stands on."""
    deletion = get_object_or_404(deletions_to_put_back(request.member), pk=pk)
    try:
        row = undo.put_back(deletion)
    except ValidationError as error:
        messages.error(request, format_html_join(" ", "{}", ((sentence,) for sentence in error.messages)))
    else:
        messages.success(request, _("“%(row)s” is back.") % {"row": row})
    return redirect(page_before(request))


def page_before(request) -> str:
    """The page that a button was pressed on, as its form says; else the workbook.

    It is one of this organization, or the person's own over all of theirs.
    """
    home = reverse("workbook", args=[request.organization.slug])
    page = request.POST.get("page", "")
    if page == reverse("mine"):
        return page
    inside = page.startswith(home) and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if inside else home


def _row_written(request, worksheet, record) -> SafeString:
    """The row as it is shown to whoever may edit it.

    It was read as its worksheet reads it, with all that its cells show.
    """
    rows = worksheet.rows_of([record], request.organization)
    return TEXTS.of_each("worksheets/table.html#row", "row", rows, editable=True)


def _entry(request, worksheet, row, data=None) -> Entry:
    form = worksheet.form(data, instance=row, by=request.member, auto_id=f"{worksheet.name}-{row.pk}-%s")
    return Entry(worksheet, form, worksheet.address(request.organization), takes_focus=True)


def _sheet_id(worksheet, data) -> str:
    parent = data.get(worksheet.within, "") if worksheet.within else ""
    return f"{worksheet.name}-in-{parent}" if re.fullmatch(r"[0-9]{1,18}", parent) else worksheet.name


def _show_entry(request, entry):
    """The row with its fields open: in the table with htmx, on a page of its own without."""
    if request.htmx:
        return render(request, "worksheets/table.html#entry", {"entry": entry})
    worksheet = entry.worksheet
    back = worksheet.page(request.organization, worksheet.parent_of(entry.form.instance))
    return render(request, "worksheets/entry.html", {"entry": entry, "back": f"{back}#{entry.id}"})


def _saved(request, worksheet, row):
    """Say so on the sheet that the person comes back to: without htmx nothing shows it in its place."""
    messages.success(request, _("Saved."))
    return _back_to(request, worksheet, row)


def _back_to(request, worksheet, row):
    page = worksheet.page(request.organization, worksheet.parent_of(row))
    return redirect(f"{page}#{worksheet.name}-{row.pk}")


def gone(request, model: type[WorkbookRow], pk: int, step: str, typed: Sequence[str] = ()):
    """Somebody else deleted the row meanwhile; what was typed into it is said, so that it is not lost.

    A row that this organization never had is not found, whether or not another one has it.
    """
    if not model.history.filter(organization=request.organization, id=pk).exists():
        raise Http404
    sentence = _("This row was deleted by somebody else in the meantime.")
    if typed := [text for text in typed if text.strip()]:
        sentence += " " + _("You had typed: %(typed)s") % {"typed": "; ".join(typed)}
    messages.error(request, sentence)
    return _reload(request) if request.htmx else redirect(step, request.organization.slug)


def _reload(request):
    return HttpResponse(headers={"HX-Refresh": "true"})


def changed(response):
    """Tell the page that its summaries are out of date."""
    response["HX-Trigger"] = "workbook-changed"
    return response
