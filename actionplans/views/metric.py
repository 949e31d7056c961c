"""The page of a metric, from what it promises to what is done about it."""

from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.views.decorators.http import require_GET

from metrics.models import Metric
from metrics.standing import Standing, judged_in_words
from metrics.worksheets import TARGETS
from victory.tenancy import Role, needs

FIRST_MEASUREMENTS = 50


@needs(Role.VIEWER)
@require_GET
def show_metric(request, pk):
    """What a metric is, how it stands and why, its targets and its measurements."""
    metric = get_object_or_404(Metric.objects.with_verdict().select_related("need__customer"), pk=pk)
    measurements = metric.measurements.select_related("judged_by", "by")
    shown = measurements if "all" in request.GET else measurements[:FIRST_MEASUREMENTS]
    page = {
        "metric": metric,
        "standing": Standing(metric, metric.latest),
        "targets": TARGETS.sheet(request, metric),
        "measurements": [
            {
                "day": date_format(each.date),
                "iso": each.date.isoformat(),
                "figure": metric.scale.write(each.value),
                "verdict": Standing(metric, each).verdict,
                "judged": judged_in_words(metric, each.judged_by),
                "by": str(each.by or ""),
                "note": each.note,
            }
            for each in shown
        ],
        "count": measurements.count(),
    }
    return render(request, "actionplans/metric.html", page)
