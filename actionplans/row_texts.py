"""The rows of the dashboard and of the portfolio as HTML, each written once for all who see the same.

A template takes about as long for one row as for the rest of the page without its table, so that what was
written for a row is kept until the row is another.
"""

from collections.abc import Iterable
from functools import cached_property

from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from actionplans.metric_rows import MetricRow
from actionplans.open_actions import OpenAction
from actionplans.portfolio import Unit
from victory.models import Member, Organization
from victory.recent import Recent
from victory.texts import TEXTS

MOST_ROWS = 20_000
"""How many are kept at most; each takes some 2 kB."""


class RowTexts:
    """The rows that were written last; those written the longest ago go first."""

    def __init__(self, most_rows: int):
        self._kept: Recent[tuple, SafeString] = Recent(most_rows)

    def of(self, rows: Iterable[MetricRow], group: str, member: Member) -> SafeString:
        """The rows as the member sees them, in a group of the table or in no group."""
        writer = RowWriter(member, group)
        return mark_safe("".join([self._row(row, writer) for row in rows]))  # each is written by a template

    def forget(self):
        """Keep nothing any more."""
        self._kept.forget()

    def _row(self, row: MetricRow, writer: "RowWriter") -> SafeString:
        key = (row.pk, row.touched, *writer.key)
        text = self._kept.get(key)
        if text is None:
            text = writer.write(row)
            self._kept.put({key: text})
        return text


ROW_TEXTS = RowTexts(MOST_ROWS)


class RowWriter:
    """Writes rows as one member sees them in one group of the table."""

    def __init__(self, member: Member, group: str):
        self.member, self.group = member, group

    @cached_property
    def organization(self) -> Organization:
        return self.member.organization

    @cached_property
    def key(self) -> tuple:
        """All besides the row that its text depends on; contributors may update their own actions alone."""
        own = self.member.pk if self.member.may_record and not self.member.may_edit else None
        looks = (self.organization.pk, self.organization.state.frame, self.organization.today)
        return (*looks, self.member.may_edit, own, self.group, translation.get_language())

    @cached_property
    def page(self) -> dict:
        """What is the same in all rows."""
        return {"group": self.group, "may_edit": self.member.may_edit}

    def write(self, row: MetricRow) -> SafeString:
        """One row."""
        page = self.page | {"row": row}
        if row.action:
            page["action"] = OpenAction.of(row.action, metric=row.metric, member=self.member)
        return get_template("actionplans/dashboard_row.html").render(page)


def units_as_text(units: Iterable[Unit]) -> SafeString:
    """The rows of the portfolio for these units."""
    language = translation.get_language()
    return mark_safe("".join([_unit_as_text(unit, language) for unit in units]))  # each by a template


def _unit_as_text(unit: Unit, language: str) -> SafeString:
    key = ("unit", language, unit.of, unit.name, unit.kind, unit.url, unit.portfolio_url, *unit.place)
    return TEXTS.of(key, "actionplans/portfolio_row.html", unit=unit)
