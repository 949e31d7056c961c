"""The worksheet tables of the second N: the metrics of a deliverable, and the targets of a metric."""

from dataclasses import replace
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import Deliverable
from customers.reads import MetricTables
from metrics.behaviour import BASELINE_FIGURES
from metrics.forms.metrics import MetricForm, PastedMetricForm
from metrics.forms.targets import BaselineForm, DeviationForm, PastedTargetForm, TargetForm
from metrics.models import Baseline, Deviation, Metric, Target, accepted_deviations
from metrics.standing import Standing
from metrics.touched import read_touched
from victory.followed import Followed, Framed
from victory.models import Member, Organization
from victory.prepared import known
from victory.wording import listed
from victory.worksheets import Column, Worksheet
from victory.worksheets.declared import Row


def for_whom(deliverable: Deliverable) -> str:
    """Who receives the deliverable, and how many needs it answers."""
    needs = list(deliverable.needs.all())
    names = {str(row): None for row in [*deliverable.customers.all(), *(need.customer for need in needs)]}
    told = [ngettext("%(count)d need", "%(count)d needs", len(needs)) % {"count": len(needs)}]
    if names:
        told.insert(0, _("for %(customers)s") % {"customers": listed(list(names))})
    return ", ".join(told)


def metrics_with_targets() -> QuerySet:
    return Metric.objects.select_related("deliverable", "organization", "latest").prefetch_related("targets")


def linked_name(metric: Metric) -> str:
    return format_html('<a href="{}">{}</a>', metric.get_absolute_url(), metric)


def target_in_words(metric: Metric) -> str:
    today = timezone.localdate()
    target = metric.target_to_show(today)
    if target is None:
        return ""
    words = target.aim.write(metric.scale)
    if target.holds_from <= today:
        return words
    return _("%(target)s from %(date)s") % {"target": words, "date": date_format(target.holds_from)}


def first_figure(metric: Metric) -> str:
    standing = Standing(metric, metric.latest)
    return f"{standing.figure} ({standing.verdict.label})" if metric.latest else ""


def until_and_by_whom(deviation: Deviation) -> str:
    words = {"day": date_format(deviation.holds_until), "who": deviation.accepted_by}
    if deviation.holds_until < timezone.localdate():
        words["day"] = _("%(day)s, which is over") % words
    return _("%(day)s, accepted by %(who)s") % words if deviation.accepted_by else words["day"]


def day_and_by_whom(day: date, set_by: Member | None) -> str:
    words = {"date": date_format(day), "who": set_by}
    return _("%(date)s, set by %(who)s") % words if set_by else words["date"]


def end_of_baseline(baseline: Baseline) -> str:
    if baseline.ends_on:
        return date_format(baseline.ends_on)
    return _("the first %(count)d figures") % {"count": BASELINE_FIGURES}


SATISFIED_WHEN = Column(
    "satisfied_when",
    gettext_lazy("My customers are satisfied when:"),
    aliases=("satisfied when", "customers are satisfied when"),
)
MEASURED_BY = Column(
    "measured_by",
    gettext_lazy("I measure this by:"),
    aliases=("indicator", "metric", "measure", "kpi", "customer metric"),
)
TARGET = Column("target", gettext_lazy("Target"), show=target_in_words, number=True, aliases=("goal", "aim"))
FREQUENCY = Column("frequency", gettext_lazy("How often"), aliases=("frequency",), repeats=True)
PERFORMANCE = Column(
    "performance",
    gettext_lazy("My current performance is:"),
    show=first_figure,
    aliases=("performance", "current performance", "result", "actual"),
)

PASTED_METRICS = Worksheet(
    name="metrics",
    step="metrics",
    title=gettext_lazy("Metrics"),
    form=PastedMetricForm,
    columns=(SATISFIED_WHEN, MEASURED_BY, TARGET, FREQUENCY, PERFORMANCE),
    rows=lambda: metrics_with_targets().prefetch_related(accepted_deviations()),
    about_sheet=for_whom,
    within="deliverable",
)

METRICS = replace(
    PASTED_METRICS,
    form=MetricForm,
    columns=(SATISFIED_WHEN, replace(MEASURED_BY, show=linked_name), TARGET, FREQUENCY),
    rows=metrics_with_targets,
    when_pasted=PASTED_METRICS,
)


def rows_touched(organization: Organization, today: date, after: int | None) -> dict[int, tuple[int, Row]]:
    metrics = list(METRICS.rows()) if after is None else read_touched(organization, today, after)
    rows = METRICS.rows_of(metrics, organization)
    return {metric.pk: (metric.deliverable_id, row) for metric, row in zip(metrics, rows, strict=True)}


METRIC_ROWS = Followed(rows_touched)
"""The rows of all sheets of metrics as they stand today, each with the key of its deliverable."""
MEASURED = Framed(
    lambda: MetricTables().deliverables_with_those_they_are_for(),
    size=lambda each: 1 + len(known(each, "customers")) + 2 * len(known(each, "needs")),
)
"""The deliverables in the order of their sheets of metrics, with all that these say of them."""

PASTED_TARGETS = Worksheet(
    name="targets",
    step="metrics",
    title=gettext_lazy("Targets"),
    about_sheet=lambda metric: _("a figure is judged by the target in force on its day"),
    form=PastedTargetForm,
    columns=(
        Column("target", gettext_lazy("Target"), show=str, aliases=("goal", "aim")),
        Column(
            "holds_from",
            gettext_lazy("Holds from"),
            show=lambda target: day_and_by_whom(target.holds_from, target.set_by),
            aliases=("since", "from"),
        ),
        Column("reason", gettext_lazy("Reason"), aliases=("why", "because")),
    ),
    rows=lambda: Target.objects.select_related("metric__organization", "set_by").order_by("holds_from"),
    within="metric",
    page_of_parent="metric",
    ordered_by_hand=False,
)

TARGETS = replace(PASTED_TARGETS, form=TargetForm, when_pasted=PASTED_TARGETS)

BASELINES = Worksheet(
    name="baselines",
    step="metrics",
    title=gettext_lazy("Limits start anew"),
    about_sheet=lambda metric: _("after a change that is meant to last, from a day on and for a reason"),
    form=BaselineForm,
    columns=(
        Column(
            "starts_on",
            gettext_lazy("From"),
            show=lambda baseline: day_and_by_whom(baseline.starts_on, baseline.set_by),
            aliases=("from", "since"),
        ),
        Column(
            "ends_on",
            gettext_lazy("Taken from the figures up to"),
            show=end_of_baseline,
            aliases=("to", "until", "up to"),
        ),
        Column("reason", gettext_lazy("Reason"), aliases=("why", "because")),
    ),
    rows=lambda: Baseline.objects.select_related("metric__organization", "set_by").order_by("starts_on"),
    within="metric",
    page_of_parent="metric",
    ordered_by_hand=False,
)

DEVIATIONS = Worksheet(
    name="deviations",
    step="metrics",
    title=gettext_lazy("Accepted deviations"),
    about_sheet=lambda metric: _("for these days a target that is not met needs nobody to act"),
    form=DeviationForm,
    columns=(
        Column(
            "holds_from",
            gettext_lazy("Accepted from"),
            show=lambda deviation: date_format(deviation.holds_from),
            aliases=("from",),
        ),
        Column("holds_until", gettext_lazy("Until"), show=until_and_by_whom, aliases=("to",)),
        Column(
            "accepted",
            gettext_lazy("Accepted figures"),
            show=lambda deviation: deviation.accepted_figures or _("any figure"),
        ),
        Column("reason", gettext_lazy("Reason"), aliases=("why", "because")),
    ),
    rows=lambda: Deviation.objects.select_related("metric__organization", "accepted_by"),
    within="metric",
    page_of_parent="metric",
    ordered_by_hand=False,
)
