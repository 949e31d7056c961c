"""A worksheet table as a file for a spreadsheet, which can be pasted or brought back in."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.views.decorators.http import require_GET

from victory import spreadsheets
from victory.forms import WorkbookForm
from victory.rows import WorkbookRow
from victory.tenancy import Role, needs
from victory.worksheets.declared import Worksheet


@needs(Role.VIEWER)
@require_GET
def download(request, worksheet):
    """All rows of the table, or of the one sheet that is asked for, in the columns that pasting reads."""
    worksheet = worksheet.when_pasted or worksheet
    rows = worksheet.rows()
    key = request.GET.get(worksheet.within, "") if worksheet.within else ""
    if re.fullmatch(r"[0-9]{1,18}", key):
        rows = rows.filter(**{worksheet.within: key})
    table = Cells(worksheet, worksheet.form(by=request.member))
    name = f"{request.organization.slug}-{worksheet.name}"
    return spreadsheets.download(name, [table.heading, *map(table.row, rows)])


class Cells:
    """The cells of a table's rows, as pasting reads them."""

    def __init__(self, worksheet: Worksheet, form: WorkbookForm):
        self.typed_for = worksheet.form.typed_for
        self.labels = worksheet.labels_of(form)
        fields = {name: form.fields[name] for name in self.labels}
        self.choices = {
            name: named(field.choices) for name, field in fields.items() if hasattr(field, "choices")
        }

    @property
    def heading(self) -> list[str]:
        return [str(label) for label in self.labels.values()]

    def row(self, row: WorkbookRow) -> list[str]:
        values = self.typed_for(row)
        for name in self.labels.keys() - values.keys():
            values[name] = getattr(row, row._meta.get_field(name).attname)
        return [self._text(name, values[name]) for name in self.labels]

    def _text(self, name: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if name in self.choices:
            return self.choices[name].get(str(value), "")
        return value.isoformat() if isinstance(value, date) else str(value)


def named(choices: Iterable) -> dict[str, str]:
    """By its key, what each choice is called; one that shares its name is called by its key."""
    labels = {str(key): str(label) for key, label in choices}
    times = Counter(label.casefold() for label in labels.values())
    return {key: label if times[label.casefold()] == 1 else key for key, label in labels.items()}
