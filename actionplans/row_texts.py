"""The rows of the dashboard and of the portfolio as HTML, each written once for all who see the same."""

from collections.abc import Iterable
from functools import partial

from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe

from actionplans.metric_rows import MetricRow
from actionplans.open_actions import OpenAction
from actionplans.portfolio import Unit
from victory.texts import TEXTS, frame_of


def metrics_as_text(request, rows: Iterable[MetricRow], group: str) -> SafeString:
    """The rows of the dashboard as a member looks at them, in a group of the table or in no group."""
    member = request.member
    # Contributors may update their own actions alone.
    own = member.pk if member.may_record and not member.may_edit else None
    key = (*frame_of(request), member.may_edit, own, group, translation.get_language())
    parts = []
    for row in rows:
        action = row.action and SimpleLazyObject(
            partial(OpenAction.of, row.action, metric=row.metric, member=member)
        )
        shown = {"row": row, "group": group, "may_edit": member.may_edit, "action": action}
        parts.append(TEXTS.of((*key, row.pk, row.touched), "actionplans/dashboard_row.html", **shown))
    return mark_safe("".join(parts))  # each is written by a template


def units_as_text(units: Iterable[Unit]) -> SafeString:
    """The rows of the portfolio for these units."""
    language = translation.get_language()
    return mark_safe("".join([_unit_as_text(unit, language) for unit in units]))  # each by a template


def _unit_as_text(unit: Unit, language: str) -> SafeString:
    key = ("unit", language, unit.of, unit.name, unit.kind, unit.url, unit.portfolio_url, *unit.place)
    return TEXTS.of(key, "actionplans/portfolio_row.html", unit=unit)
