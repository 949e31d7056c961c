"""Pasting rows from a spreadsheet into a worksheet, with a preview before anything is kept.

Each pasted line goes through the same form as a typed row. The preview really saves the lines and
rolls back, so it shows what will be there, and finds two equal names within the pasted block too.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import TextInput
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from victory.forms import WorkbookForm
from victory.once import again_if_taken
from victory.pasting import Block, Line, TooMuch, match_columns, read_cells
from victory.rows import WorkbookRow
from victory.spreadsheets import LARGEST_FILE, Unreadable, read_file, write_cells
from victory.tenancy import needs
from victory.trail import all_or_nothing
from victory.worksheets.declared import Worksheet
from victory.worksheets.views import last_position, say_what_else, the_worksheets_role

SAME_FOR_ALL = "all"


@dataclass(frozen=True)
class Taken:
    """What became of one pasted line: the cells of its new row, or why it cannot be taken.

    `notices` say what taking it did beyond its own row.
    """

    line: Line
    cells: list[str]
    errors: list[str]
    notices: Sequence[str] = ()


@dataclass
class Pasted:
    """A pasted block, with the meaning given to each of its columns."""

    worksheet: Worksheet
    request: object
    block: Block

    @cached_property
    def wanted(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Every field a pasted column can fill: the sheet's columns first, then the form's further fields."""
        labels = self.worksheet.labels_of(self.worksheet.form(by=self.request.member))
        aliases = getattr(self.worksheet.form, "aliases", {}) | {
            column.name: column.aliases for column in self.worksheet.columns
        }
        return [(name, label, aliases.get(name, ())) for name, label in labels.items()]

    @cached_property
    def heading(self):
        return match_columns(self.block.lines[0].cells, self.wanted) if self.block.lines else None

    @property
    def is_text_of_a_file(self) -> bool:
        """Whether it is a CSV file copied as text: its first line names several columns in one cell."""
        if self.block.width != 1:
            return False
        try:
            lines = read_file(self.block.lines[0].cells[0].encode())
        except Unreadable:
            return False
        heading = match_columns(lines[0], self.wanted) if lines else None
        return heading is not None and len(heading.names) - heading.names.count(None) > 1

    @property
    def columns_are_chosen(self) -> bool:
        """Whether the person has seen the columns of this block, so that what they chose counts."""
        return self.request.POST.get("columns") == str(self.block.width)

    @property
    def first_is_heading(self) -> bool:
        if self.columns_are_chosen:
            return "heading" in self.request.POST
        return self.heading is not None

    @cached_property
    def meaning(self) -> list[str]:
        """The field that each pasted column fills; empty where it is left out."""
        if self.columns_are_chosen:
            names = {name for name, _label, _aliases in self.wanted}
            chosen = [self.request.POST.get(f"column-{n}", "") for n in range(self.block.width)]
            return [name if name in names else "" for name in chosen]
        if self.heading:
            found = [name or "" for name in self.heading.names]
        else:
            found = [name for name, _label, _aliases in self.wanted]
        return (found + [""] * self.block.width)[: self.block.width]

    @property
    def lines(self) -> list[Line]:
        return list(self.block.lines[1:] if self.first_is_heading else self.block.lines)

    @property
    def columns(self) -> list[dict]:
        """Each pasted column with the choice of what it is."""
        cells = self.block.lines[0].cells if self.first_is_heading else ()
        return [
            {"name": f"column-{n}", "chosen": chosen, "heading": cells[n] if n < len(cells) else ""}
            for n, chosen in enumerate(self.meaning)
        ]

    @cached_property
    def same_for_all(self) -> WorkbookForm:
        """The fields that no pasted column fills, to be filled in once for every line."""
        initial = {name: value for name, value in self.request.GET.items()}
        data = self.request.POST if "columns" in self.request.POST else None
        form = self.worksheet.form(data, by=self.request.member, initial=initial, prefix=SAME_FOR_ALL)
        for name in [*filter(None, self.meaning), "version"]:
            form.fields.pop(name, None)
        return form

    def take(self) -> list[Taken]:
        """Save every line that can be saved, and say of the others why not."""
        common = {name: self._common(name) for name in self.same_for_all.fields}
        places = itertools.count(last_position(self.worksheet) + 1)
        forms = [self._save(line, common, places) for line in self.lines]
        rows = self.worksheet.rows().in_bulk([form.instance.pk for form in forms if form.is_valid()])
        return [
            self._taken(line, form, rows.get(form.instance.pk))
            for line, form in zip(self.lines, forms, strict=True)
        ]

    def _common(self, name):
        bound = self.same_for_all[name]
        typed = bound.data if self.same_for_all.is_bound else None
        return next((value for value in (typed, bound.initial) if value is not None), "")

    def _save(self, line: Line, common: dict, places: Iterator[int]) -> WorkbookForm:
        """The form of the line, which saved its row if it is valid."""
        data = QueryDict(mutable=True)
        data.update(common)
        for name, cell in zip(self.meaning, line.cells, strict=False):
            if name:
                data[name] = self.named_choices[name].get(
                    cell.strip().casefold(), self._on_one_line(name, cell)
                )
        form = self.worksheet.form(data, by=self.request.member)
        if form.is_valid():
            form.instance.position = next(places)
            form.save()
        return form

    def _taken(self, line: Line, form: WorkbookForm, row: WorkbookRow | None) -> Taken:
        if row is None:
            return Taken(line, [], [_sentence(form, name, errors) for name, errors in form.errors.items()])
        return Taken(line, [column.text(row) for column in self.worksheet.columns], [], form.notices)

    def _on_one_line(self, name: str, cell: str) -> str:
        """A cell's text without the line breaks that a field of one line would swallow once it is edited.

        In a field that takes several names, each line is a name.
        """
        widget = self.worksheet.form.base_fields[name].widget
        one_line = isinstance(widget, TextInput) and "data-names" not in widget.attrs
        return " ".join(cell.split("\n")).strip() if one_line else cell.strip()

    @cached_property
    def named_choices(self) -> dict[str, dict[str, str]]:
        """By field, what each of its choices may be called in a cell, and the choice's value."""
        fields = self.worksheet.form(by=self.request.member).fields
        return {
            name: {str(word).casefold(): str(value) for value, label in choices for word in (value, label)}
            for name, choices in (
                (name, list(getattr(field, "choices", ()))) for name, field in fields.items()
            )
        }


def _sentence(form, name, errors) -> str:
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {' '.join(errors)}" if label else " ".join(errors)


@needs(the_worksheets_role)
@require_http_methods(["GET", "POST"])
def paste(request, worksheet):
    worksheet = worksheet.when_pasted or worksheet
    page = {
        "worksheet": worksheet,
        "text": request.POST.get("text", ""),
        "back": worksheet.page(request.organization, pasted_into(request, worksheet)),
    }
    if request.method == "GET":
        return render(request, "worksheets/paste.html", page)
    try:
        page["text"] = text_of_file(request) or page["text"]
        pasted = Pasted(worksheet, request, read_cells(page["text"]))
        if pasted.is_text_of_a_file:
            page["text"] = write_cells(read_file(page["text"].encode()), separator="\t")
            pasted = Pasted(worksheet, request, read_cells(page["text"]))
    except Unreadable as error:
        return render(request, "worksheets/paste.html", page | {"file_error": str(error)})
    except TooMuch as error:
        return render(request, "worksheets/paste.html", page | {"error": str(error)})
    if not pasted.lines:
        return render(
            request, "worksheets/paste.html", page | {"error": _("Paste at least one line of cells.")}
        )
    if "take" in request.POST:
        return take(request, pasted, page)
    return preview(request, pasted, page)


def text_of_file(request) -> str:
    """The cells of the file that was brought along, as if they had been pasted; empty without one.

    Raises Unreadable.
    """
    file = request.FILES.get("file")
    if file is None:
        return ""
    if file.size > LARGEST_FILE:
        raise Unreadable(
            _("This file has %(size)s, and at most %(largest)s are taken.")
            % {"size": filesizeformat(file.size), "largest": filesizeformat(LARGEST_FILE)}
        )
    return write_cells(read_file(file.read()), separator="\t")


def pasted_into(request, worksheet: Worksheet) -> WorkbookRow | None:
    """The row on whose sheet the person was, where there is one sheet for each."""
    key = request.GET.get(worksheet.within, "") if worksheet.within else ""
    try:
        return worksheet.form(by=request.member).fields[worksheet.within].clean(key) if key else None
    except ValidationError:
        return None


def preview(request, pasted: Pasted, page: dict):
    with all_or_nothing() as write:
        taken = pasted.take()
        write.take_back()
    ready = sum(not line.errors for line in taken)
    return render(request, "worksheets/paste.html", page | {"pasted": pasted, "taken": taken, "ready": ready})


@again_if_taken
def take(request, pasted: Pasted, page: dict):
    """Keep the lines that can be taken; the others stay in the box to be mended."""
    with all_or_nothing():
        taken = pasted.take()
    say_what_else(request, [notice for result in taken for notice in result.notices])
    left = [result.line for result in taken if result.errors]
    count = len(taken) - len(left)
    messages.success(
        request, ngettext("%(count)s row taken.", "%(count)s rows taken.", count) % {"count": count}
    )
    if not left:
        return redirect(page["back"])
    lines = [*pasted.block.lines[: pasted.first_is_heading], *left]
    return preview(
        request, Pasted(pasted.worksheet, request, Block(tuple(lines))), page | {"text": as_text(lines)}
    )


def as_text(lines: Sequence[Line]) -> str:
    """The lines as a spreadsheet would put them on the clipboard."""
    return write_cells((line.cells for line in lines), separator="\t")
