"""The pages of what happened: in the workbook, for everybody; and all of it, for admins."""

import re
from itertools import groupby
from operator import attrgetter

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from victory.activity import as_cells, narrowed, read_lines, workbook_entries
from victory.forms import ActivityFilter, AuditFilter
from victory.forms.activity import PeriodFilter
from victory.models import AuditEntry
from victory.spreadsheets import download
from victory.tenancy import Role, needs
from victory.trail import Event, all_or_nothing, call_write


@needs(Role.VIEWER)
@require_GET
def activity(request):
    """What happened in the workbook, day by day, the newest first."""
    page = lines_page(request, ActivityFilter(request.GET), workbook_entries())
    days = groupby(page["lines"], key=attrgetter("day"))
    page["days"] = [(day, list(lines)) for day, lines in days]
    return render(request, "victory/activity.html", page)


@needs(Role.ADMIN)
@require_GET
def audit(request):
    """The audit trail: everything that anybody did here, and from where."""
    page = lines_page(request, AuditFilter(request.GET), AuditEntry.objects.all())
    return render(request, "victory/audit.html", page)


@needs(Role.ADMIN)
@require_POST
@all_or_nothing()
def download_audit(request):
    """The audit trail as a spreadsheet, as far as the address narrows it down."""
    narrowing = AuditFilter(request.GET)
    narrowing.is_valid()
    cells = list(as_cells(narrowed(AuditEntry.objects.all(), narrowing.chosen)))
    call_write(Event.EXPORTED, organization_id=request.organization.pk, detail=_("the audit trail"))
    return download(f"{request.organization.slug}-audit-{request.organization.today.isoformat()}", cells)


def lines_page(request, narrowing: PeriodFilter, entries) -> dict:
    """Some of the entries, as the address narrows them down, and the ways to the others."""
    narrowing.is_valid()
    before = re.fullmatch(r"[0-9]{1,18}", request.GET.get("before", ""))
    found = read_lines(
        narrowed(entries, narrowing.chosen), request.member, before=int(before[0]) if before else None
    )
    asked = request.GET.copy()
    asked.pop("before", None)
    newest = asked.urlencode()
    return {
        "filter": narrowing,
        "is_narrowed": bool(narrowing.chosen),
        "lines": found.lines,
        "narrowed_to": newest,
        "newest": f"?{newest}" if before else "",
        "earlier": f"?{newest}&before={found.earlier}" if found.earlier else "",
    }
