"""The pages of the second N (normalize metrics) and of step E (evaluate performance)."""

from collections import defaultdict
from datetime import date
from itertools import groupby

from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from customers.models import Deliverable
from metrics.forms import DayForm, FigureForm
from metrics.models import Measurement, Metric
from metrics.standing import Typed, lines_on, tally
from metrics.worksheets import METRICS
from victory.tenancy import Role, needs
from victory.worksheets.views import changed, gone, offer_undo


@needs(Role.VIEWER)
@require_GET
def metrics(request):
    """One sheet for each deliverable, those that customer drivers depend on first."""
    records = defaultdict(list)
    for record in METRICS.rows():
        records[record.deliverable_id].append(record)
    deliverables = Deliverable.objects.drivers_first().prefetch_related("customers", "needs__customer")
    sheets = [METRICS.sheet(request, deliverable, records[deliverable.pk]) for deliverable in deliverables]
    return render(request, "metrics/metrics.html", {"sheets": sheets})


@needs(Role.VIEWER)
@require_GET
def performance(request):
    day = DayForm(request.GET if "on" in request.GET else None, initial={"on": timezone.localdate()})
    on = day.cleaned_data["on"] if day.is_valid() else timezone.localdate()
    return performance_page(request, on, day)


def performance_page(request, on: date, day: DayForm, typed: dict[int, Typed] | None = None):
    """The sheet of step E for one day; `typed` holds, by metric, a figure that could not be saved."""
    lines = lines_on(on, Metric.objects.by_deliverable(), typed or {})
    page = {
        "day": day,
        "on": on,
        "groups": [
            {"deliverable": deliverable, "lines": list(of_deliverable)}
            for deliverable, of_deliverable in groupby(lines, lambda line: line.deliverable)
        ],
        "tally": tally(lines),
        "note_limit": Measurement._meta.get_field("note").max_length,
    }
    return render(request, "metrics/performance.html", page)


@needs(Role.CONTRIBUTOR)
@require_POST
@transaction.atomic
def save_figure(request, pk):
    """Keep one figure of the sheet of step E, or take it away where its field was emptied."""
    metric = Metric.objects.select_for_update().filter(pk=pk).first()
    if metric is None:
        return gone(request, Metric, pk, "performance", typed=[request.POST.get("value", "")])
    form = FigureForm(request.POST, metric=metric)
    if form.is_valid() and (deletion := form.save(by=request.member)):
        offer_undo(request, deletion)
    on = form.cleaned_data.get("on", timezone.localdate())
    typed = {pk: as_typed(form)} if form.errors else {}
    if not request.htmx:
        if typed:
            return performance_page(request, on, DayForm(initial={"on": on}), typed)
        page = reverse("performance", args=[request.organization.slug])
        return redirect(f"{page}?on={on.isoformat()}#figure-{pk}")
    [line] = lines_on(on, Metric.objects.filter(pk=pk), typed)
    return changed(render(request, "metrics/performance.html#recorded", {"line": line, "out_of_band": True}))


def as_typed(form: FigureForm) -> Typed:
    problems = [sentence for sentences in form.errors.values() for sentence in sentences]
    return Typed(form.data.get("value", ""), form.data.get("note", ""), problems)
