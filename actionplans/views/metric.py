"""The page of a metric, from what it promises to what is done about it."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from metrics.history import in_time
from metrics.models import Metric
from metrics.standing import Standing
from metrics.worksheets import TARGETS
from victory.tenancy import Role, needs


@needs(Role.VIEWER)
@require_GET
def show_metric(request, pk):
    """What a metric is, how it stands and why, its targets and its measurements."""
    metric = get_object_or_404(Metric.objects.with_verdict().select_related("need__customer"), pk=pk)
    page = {
        "metric": metric,
        "standing": Standing(metric, metric.latest),
        "targets": TARGETS.sheet(request, metric),
        **in_time(request, metric),
    }
    return render(request, "actionplans/metric.html", page)
