"""What a worksheet table is: its declaration, and how it stands on a page for a member."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import NamedTuple

from django import forms
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import get_random_string
from django.utils.safestring import SafeString, mark_safe

from victory.addresses import page_of
from victory.forms import WorkbookForm
from victory.models import Member, Organization
from victory.past import kind_of
from victory.prepared import PreparedRow
from victory.rows import WorkbookRow
from victory.tenancy import Role
from victory.texts import TEXTS, frame_of

ANY_SHEET, ANY_PARENT = (f"{name}-{get_random_string(32)}" for name in ("sheet", "parent"))
"""What stands for a sheet's id and for the key of its parent in a blank row that several sheets share."""


@dataclass(frozen=True)
class Column:
    """One column of the printed sheet.

    `name` is the form's field; `show` writes a row's cell where that takes more than the field's
    own text. `aliases` are other words that head such a column in a spreadsheet. Where `repeats`,
    the next row to be added begins with what the last one had.
    """

    name: str
    label: str
    show: Callable[[WorkbookRow], str] | None = None
    number: bool = False
    aliases: tuple[str, ...] = ()
    repeats: bool = False

    def text(self, row: WorkbookRow) -> str:
        if self.show:
            return self.show(row)
        value, words = getattr(row, self.name), words_for(type(row), self.name, translation.get_language())
        return "" if value is None else str(words.get(value, value) if words else value)


@cache
def words_for(model: type[WorkbookRow], name: str, language: str) -> dict:
    """What the values of a field with choices are called. Django puts that together each time anew."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    return {value: str(label) for value, label in fields[name].flatchoices} if name in fields else {}


@dataclass(frozen=True)
class Worksheet:
    """A table of the workbook.

    `step` is the URL name of the page it stands on. `within` names the field by which the rows are
    split into several sheets (metrics by deliverable); `page_of_parent` is the URL name of the page
    where such a sheet stands alone (targets on the page of their metric). `starting_points` are rows
    offered to a beginner. Fields of the form that are no column are shown when a row is edited, those
    that are `asked_at_once` when it is added too. A table whose rows stand in an order of their own
    (actions by their date) is not `ordered_by_hand`. One `names_verdicts` whose form says how metrics stand.
    `when_pasted` is the table as it is pasted, where that can bring more than a row that is typed.
    """

    name: str
    step: str
    title: str
    form: type[WorkbookForm]
    columns: tuple[Column, ...]
    rows: Callable[[], models.QuerySet]
    about: str = ""
    names_verdicts: bool = False
    about_sheet: Callable[[WorkbookRow], str] = lambda parent: ""
    within: str = ""
    page_of_parent: str = ""
    when_pasted: "Worksheet | None" = None
    asked_at_once: tuple[str, ...] = ()
    starting_points: tuple[Mapping[str, str], ...] = ()
    ordered_by_hand: bool = True
    role: Role = Role.MANAGER

    @property
    def model(self) -> type[WorkbookRow]:
        return self.form._meta.model

    def address(self, organization: Organization) -> str:
        """The address to which new rows are posted; those of its rows lie below it."""
        return page_of(organization.slug, f"{self.name}-add")

    def page(self, organization: Organization, parent: WorkbookRow | None = None) -> str:
        """The address of the page on which the sheet, or the parent's sheet, stands."""
        if self.page_of_parent and parent:
            return reverse(self.page_of_parent, args=[organization.slug, parent.pk])
        return page_of(organization.slug, self.step)

    def labels_of(self, form: WorkbookForm) -> dict[str, str]:
        """Every field of a row with its label: those of the columns, then the form's further ones."""
        labels = {column.name: column.label for column in self.columns}
        further = [bound for bound in form.visible_fields() if bound.name not in labels]
        return labels | {bound.name: bound.label for bound in further}

    def sheet(
        self, request, parent: WorkbookRow | None = None, records=None, hints=None, offered=None
    ) -> "Sheet":
        """The table as it stands on a page.

        `records` where the page has read them already, and `offered`, which are all that can be chosen in
        the row to be added; `hints` fill that in.
        """
        if records is None:
            records = self.rows().filter(**{self.within: parent}) if self.within else self.rows()
        return self.sheet_of(request, parent, self.rows_of(records, request.organization), hints, offered)

    def rows_of(self, records: Iterable[WorkbookRow], organization: Organization) -> list["Row"]:
        """These rows as they are read."""
        return Row.all_of(records, self, self.address(organization))

    def sheet_of(
        self, request, parent: WorkbookRow | None, rows: Iterable["Row"], hints=None, offered=None
    ) -> "Sheet":
        """The table with these rows."""
        asked = {"reorder", *self.form.base_fields}
        hints = {name: value for name, value in request.GET.items() if name in asked} | (hints or {})
        looks = self.looks(request, hints, offered)
        return Sheet(self, request.member, parent, tuple(rows), hints, looks)

    def sheets_of(
        self, request, rows_by_parent: Iterable[tuple[WorkbookRow, Iterable["Row"]]]
    ) -> list["Sheet"]:
        """The tables of these parents."""
        blank = self.sheet_of(request, None, ())
        return [replace(blank, parent=parent, rows=tuple(rows)) for parent, rows in rows_by_parent]

    def looks(self, request, hints: Mapping[str, str], offered: Iterable[WorkbookRow] | None) -> tuple | None:
        """All that its sheets and their blank rows depend on, besides the parent and its rows.

        None where it is for once.
        """
        organization, frame = request.organization, frame_of(request)
        hints = sorted((name, value) for name, value in hints.items() if name != "reorder")
        looks = (
            *(self.name, organization.slug, organization.currency, request.today),
            *(request.member.may(self.role), translation.get_language(), tuple(hints)),
        )
        if self.blank_names_rows:
            if frame is None:
                return None
            looks += (frame if offered is None else tuple((row.pk, str(row)) for row in offered),)
        if self.names_verdicts:
            looks += (str(organization.state),)
        return looks

    @cached_property
    def blank_names_rows(self) -> bool:
        """Whether the row to be added shows other rows: to choose from, or what stands of its parent."""
        asked = {column.name for column in self.columns}.union(self.asked_at_once) - {self.within}
        fields = (self.form.base_fields[name] for name in asked)
        return bool(self.page_of_parent) or any(isinstance(each, forms.ModelChoiceField) for each in fields)

    @cached_property
    def read_to_edit(self) -> Callable[[int], WorkbookRow | None]:
        """Reads a row with those that its form lets choose: what stands is then not looked up again."""
        fields = self.form.base_fields
        chosen = [name for name in self.form._meta.fields if isinstance(fields[name], forms.ModelChoiceField)]
        along = [self.model._meta.get_field(name) for name in self.rows()._prefetch_related_lookups]

        def rows(keys):
            rows = self.rows().filter(pk__in=keys).prefetch_related(None).order_by()
            return rows.select_related(*chosen) if chosen else rows

        return PreparedRow(rows, f'"{self.model._meta.db_table}"."id" IN (', along)

    def parent_of(self, row: WorkbookRow) -> WorkbookRow | None:
        """The row whose sheet this one stands on, where there is one sheet for each."""
        return getattr(row, self.within, None) if self.within else None

    def beside(self, row: WorkbookRow) -> models.QuerySet:
        """The rows of the sheet that this one stands on."""
        return self.rows().filter(**{self.within: self.parent_of(row)}) if self.within else self.rows()


@dataclass(frozen=True)
class Sheet:
    """One worksheet table, ready to be shown to a member.

    `looks` is all that it depends on besides its parent and its rows (see `Worksheet.looks`).
    """

    worksheet: Worksheet
    member: Member
    parent: WorkbookRow | None
    rows: tuple["Row", ...]
    hints: Mapping[str, str]
    looks: tuple | None

    @property
    def id(self) -> str:
        return f"{self.worksheet.name}-in-{self.parent.pk}" if self.parent else self.worksheet.name

    @property
    def title(self) -> str:
        stands_alone = self.parent is None or self.worksheet.page_of_parent
        return self.worksheet.title if stands_alone else str(self.parent)

    @property
    def editable(self) -> bool:
        return self.member.may(self.worksheet.role)

    @property
    def reorderable(self) -> bool:
        return self.editable and self.worksheet.ordered_by_hand and len(self.rows) > 1

    @property
    def reordering(self) -> bool:
        return self.reorderable and self.hints.get("reorder") == self.id

    @cached_property
    def address(self) -> str:
        return self.worksheet.address(self.member.organization)

    @property
    def page_address(self) -> str:
        """The page on which the sheet stands, whichever address answers with it."""
        return self.worksheet.page(self.member.organization, self.parent)

    @property
    def written(self) -> SafeString:
        """The sheet as HTML."""
        shown = (self.id, str(self.title), str(self.about), self.reordering, self.rows)
        key = self.looks and (*self.looks, *shown)
        return TEXTS.of(key, "worksheets/table.html#sheet", sheet=self)

    @property
    def rows_written(self) -> SafeString:
        """Its rows as HTML."""
        return TEXTS.of_each("worksheets/table.html#row", "row", self.rows, editable=self.editable)

    @property
    def blank_written(self) -> SafeString:
        """The row to be added as HTML: the same on all sheets of a table, but for what it is added to."""
        of_parent = self.parent.pk if self.worksheet.page_of_parent and self.parent else None
        text = TEXTS.of(self.looks and (*self.looks, of_parent), "worksheets/table.html#blank", sheet=self)
        text = text.replace(ANY_SHEET, self.id)
        return mark_safe(text.replace(ANY_PARENT, str(self.parent.pk)) if self.parent else text)

    @property
    def blank_of_any(self) -> "Entry":
        """The row to be added to any sheet of the table."""
        return self._entry(ANY_SHEET, self.parent and ANY_PARENT)

    def blank_entry(self, takes_focus: bool = False) -> "Entry":
        """The open row in which the next one is typed."""
        return self._entry(self.id, self.parent and self.parent.pk, takes_focus)

    def _entry(self, sheet_id: str, parent: int | str | None, takes_focus: bool = False) -> "Entry":
        initial = {
            name: value for name, value in self.hints.items() if name in self.worksheet.form.base_fields
        }
        if parent:
            initial[self.worksheet.within] = parent
        form = self.worksheet.form(by=self.member, initial=initial, auto_id=f"{sheet_id}-add-%s")
        return Entry(self.worksheet, form, self.address, sheet_id, takes_focus)

    @property
    def about(self) -> str:
        return self.worksheet.about_sheet(self.parent) if self.parent else self.worksheet.about

    @property
    def paste_address(self) -> str:
        """The page for pasting rows, which remembers the sheet they are meant for."""
        return f"{self.address}paste/" + (f"?{self.worksheet.within}={self.parent.pk}" if self.parent else "")

    @property
    def download_address(self) -> str:
        """The sheet as a file for a spreadsheet."""
        return f"{self.address}download/" + (
            f"?{self.worksheet.within}={self.parent.pk}" if self.parent else ""
        )

    @property
    def starting_points(self) -> list[str]:
        """What a beginner may start with, while the table is empty."""
        if self.rows or not self.editable:
            return []
        return [str(next(iter(values.values()))) for values in self.worksheet.starting_points]


class Row(NamedTuple):
    """One row as it is read: flat, ready-made texts."""

    pk: int
    id: str
    label: str
    cells: tuple[tuple[str, bool], ...]
    """Each with whether it is a number."""
    marked_up: tuple[bool, ...]
    """Which of its cells hold HTML: as a text, one of them equals what somebody typed just so."""
    address: str

    @classmethod
    def all_of(cls, records: Iterable[WorkbookRow], worksheet: Worksheet, base: str) -> list["Row"]:
        rows = []
        for record in records:
            cells = tuple([(column.text(record), column.number) for column in worksheet.columns])
            marked_up = tuple([isinstance(text, SafeString) for text, _number in cells])
            row = f"{worksheet.name}-{record.pk}"
            rows.append(cls(record.pk, row, str(record), cells, marked_up, f"{base}{record.pk}/"))
        return rows


@dataclass(frozen=True)
class Entry:
    """A row that is being typed: a new one, or an existing one that is edited in place."""

    worksheet: Worksheet
    form: WorkbookForm
    base: str
    sheet_id: str = ""
    takes_focus: bool = False

    def __post_init__(self):
        form_id = self.form_id
        for form_field in self.form.fields.values():
            form_field.widget.attrs["form"] = form_id
        for column in self.worksheet.columns:
            self.form.fields[column.name].label = column.label
        if self.takes_focus:
            self.form.fields[self.worksheet.columns[0].name].widget.attrs["autofocus"] = True

    @property
    def is_new(self) -> bool:
        return self.form.instance.pk is None

    @property
    def id(self) -> str:
        return f"{self.sheet_id}-add" if self.is_new else f"{self.worksheet.name}-{self.form.instance.pk}"

    @property
    def form_id(self) -> str:
        return f"{self.id}-form"

    @property
    def action(self) -> str:
        return self.base if self.is_new else f"{self.base}{self.form.instance.pk}/edit/"

    @property
    def row_address(self) -> str:
        return f"{self.base}{self.form.instance.pk}/"

    @property
    def history_address(self) -> str:
        """What became of the row until now."""
        row = self.form.instance
        return reverse("history", args=[row.organization.slug, kind_of(type(row)), row.pk])

    @cached_property
    def cells(self) -> list["Cell"]:
        return [self._cell(column.name, column.number) for column in self.worksheet.columns]

    @cached_property
    def further(self) -> list["Cell"]:
        """Fields that are no column. A new row has those that are asked at once or are at fault."""
        shown = {column.name for column in self.worksheet.columns}
        names = [bound.name for bound in self.form.visible_fields() if bound.name not in shown]
        asked = self.worksheet.asked_at_once
        return [
            self._cell(name) for name in names if not self.is_new or name in asked or self.form[name].errors
        ]

    @property
    def width(self) -> int:
        """How many columns the row takes, with the one for its buttons."""
        return len(self.worksheet.columns) + 1

    @cached_property
    def parent(self) -> forms.BoundField | None:
        """The field that says on which sheet a new row stands: known, and not asked again."""
        if not (self.is_new and self.worksheet.within):
            return None
        bound = self.form[self.worksheet.within]
        return None if bound.errors else bound

    def _cell(self, name: str, number: bool = False) -> "Cell":
        return Cell(self.form[name], number)


@dataclass(frozen=True)
class Cell:
    """A field of a row that is being typed."""

    field: forms.BoundField
    number: bool
