"""The page of a metric, from what it promises to what is done about it."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from actionplans.models import Status
from actionplans.progress import Progress
from customers.models import Answer
from metrics.charts import Done, Subject, draw
from metrics.findings import Findings
from metrics.history import figures_of, in_time
from metrics.models import Metric
from metrics.quantities import Unit
from metrics.standing import Standing
from metrics.worksheets import BASELINES, TARGETS
from victory.keeping import kept
from victory.tenancy import Role, needs

FIRST_SIGNALS = 6
"""What came before them is one click away: years of figures have many."""


@needs(Role.VIEWER)
@require_GET
@kept()
def show_metric(request, pk):
    """How a metric stands, what its figures say over time, what is done about it, and what it is held to."""
    metric = read_metric(pk)
    sheets = {"targets": TARGETS.sheet(request, metric), "baselines": BASELINES.sheet(request, metric)}
    answers = Answer.objects.standing().filter(delivery__deliverable=metric.deliverable)
    said = {"answers": answers.select_related("delivery__customer")}
    page = history_of(request, metric) | in_time(request, metric) | sheets | said
    return render(request, "actionplans/metric.html", page)


@needs(Role.VIEWER)
@require_GET
def print_metric(request, pk):
    """The same as one document, to be printed or taken to a meeting."""
    return render(request, "actionplans/metric_print.html", history_of(request, read_metric(pk)))


def read_metric(pk: int) -> Metric:
    return get_object_or_404(Metric.objects.with_verdict().select_related("need__customer"), pk=pk)


def history_of(request, metric: Metric) -> dict:
    """What the figures of a metric say, with the actions that were to change them."""
    findings = Findings.of(metric, metric.read_series())
    actions = list(metric.actions.select_related("who").most_urgent_first())
    progress = Progress(actions, findings, request.member)
    ownership = metric.ownerships.select_related("member").first()
    signals = findings.signals if "signals" in request.GET else findings.signals[:FIRST_SIGNALS]
    return {
        "metric": metric,
        "standing": Standing(metric, metric.latest, timezone.localdate()),
        "findings": findings,
        "drawings": drawings_of(metric, findings, progress),
        "may_have_limits": metric.unit != Unit.YES_NO,
        "signals": findings.tell(signals),
        "earlier_signals": len(findings.signals) - len(signals),
        "owner": ownership.member if ownership else None,
        "progress": progress,
        "statuses": Status.choices,
        "figures": figures_of(metric, everything="all" in request.GET),
        "figure_count": len(findings.series.points),
    }


def drawings_of(metric: Metric, findings: Findings, progress: Progress):
    targets = [(target.holds_from, target.aim) for target in metric.targets.all()]
    done = [
        Done(number, action.done_on, action.what)
        for number, action in enumerate(progress.done_in_order, start=1)
    ]
    return draw(Subject(findings, targets, done))
