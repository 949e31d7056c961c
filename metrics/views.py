"""The pages of the second N (normalize metrics) and of step E (evaluate performance)."""

import re
from collections import defaultdict
from datetime import date
from functools import cached_property
from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.forms.figures import DayForm, FigureForm, MeasurementForm, SeriesForm
from metrics.history import blank_figure, corrections_of
from metrics.models import Measurement, Metric, Target
from metrics.rejudging import foresee_without
from metrics.series import PastedSeries, read_series
from metrics.split import Split
from metrics.standing import DUE_FIRST, FIGURE_LINES, FigureLine, Typed, due_tally, line_of, lines_on
from metrics.touched import read_to_measure
from metrics.worksheets import MEASURED, METRIC_ROWS, METRICS
from victory import undo
from victory.keeping import kept
from victory.notices import notices_beside
from victory.once import again_if_taken
from victory.pasting import Block, TooMuch
from victory.spreadsheets import Unreadable, download
from victory.tenancy import Role, needs
from victory.texts import TEXTS, page_key
from victory.trail import all_or_nothing
from victory.worksheets.declared import Row, Sheet
from victory.worksheets.paste import as_text, text_of_file
from victory.worksheets.views import changed, delete, gone, offer_undo


@needs(Role.VIEWER)
@require_GET
@kept()
def metrics(request):
    """One sheet for each deliverable, those that customer drivers depend on first."""
    return render(request, "metrics/metrics.html", {"page": MetricsPage(request)})


class MetricsPage:
    """What stands on the page of the second N, read where it is not kept."""

    def __init__(self, request):
        self.request = request

    @property
    def written(self) -> SafeString:
        """Its sheets as HTML."""
        key = page_key(self.request, *self.rows.values())
        return TEXTS.of(key, "metrics/metrics.html#sheets", page=self, request=self.request)

    @cached_property
    def rows(self) -> dict[int, tuple[int, Row]]:
        """All that changes there while only single lines of the workbook do."""
        return METRIC_ROWS.of(self.request)

    @cached_property
    def sheets(self) -> list[Sheet]:
        rows = defaultdict(list)
        for deliverable, row in self.rows.values():
            rows[deliverable].append(row)
        deliverables = MEASURED.of(self.request)
        return METRICS.sheets_of(self.request, ((each, rows[each.pk]) for each in deliverables))


@needs(Role.VIEWER)
@require_GET
@kept()
def performance(request):
    day = DayForm(request.GET if "on" in request.GET else None, initial={"on": timezone.localdate()})
    if not day.is_valid():
        return performance_page(request, timezone.localdate(), day)
    on = day.cleaned_data["on"]
    return performance_page(request, on, DayForm(initial={"on": on}))


def performance_page(request, on: date, day: DayForm, typed: dict[int, Typed] | None = None):
    """The sheet of step E for one day; `typed` holds, by metric, a figure that could not be saved."""
    if typed or on != timezone.localdate():
        lines = lines_on(on, Metric.objects.by_deliverable(), typed or {})
    else:
        lines = list(FIGURE_LINES.of(request).values())
    due_first = request.GET.get("order") == "due"
    page = {
        "day": day,
        "on": on,
        "due_first": due_first,
        "groups": by_freshness(lines) if due_first else by_deliverable(lines),
        "split": Split.of(line.verdict for line in lines),
        "due_tally": due_tally(lines),
    }
    return render(request, "metrics/performance.html", page)


def by_deliverable(lines: list[FigureLine]) -> list[dict]:
    groups = groupby(lines, lambda line: line.deliverable)
    return [{"name": deliverable, "lines": list(members)} for deliverable, members in groups]


def by_freshness(lines: list[FigureLine]) -> list[dict]:
    """Those that are waited for longest come first."""
    groups = ({"name": f.label, "lines": [line for line in lines if line.freshness == f]} for f in DUE_FIRST)
    return [group for group in groups if group["lines"]]


@needs(Role.CONTRIBUTOR)
@require_POST
@again_if_taken
@all_or_nothing()
def save_figure(request, pk):
    """Keep one figure of the sheet of step E, or take it away where its field was emptied."""
    metric = Metric.locked(pk, read_to_measure)
    if metric is None:
        return gone(request, Metric, pk, "performance", typed=[request.POST.get("value", "")])
    form = FigureForm(request.POST, metric=metric, by=request.member)
    if form.is_valid() and (deletion := form.save()):
        offer_undo(request, deletion)
    on = form.cleaned_data.get("on", timezone.localdate())
    typed = {pk: as_typed(form)} if form.errors else {}
    if not request.htmx:
        if typed:
            return performance_page(request, on, DayForm(initial={"on": on}), typed)
        page = reverse("performance", args=[request.organization.slug])
        order = "&order=due" if request.GET.get("order") == "due" else ""
        return redirect(f"{page}?on={on.isoformat()}{order}#figure-{pk}")
    if form.recorded:
        line = line_of(metric, form.recorded)
    else:
        [line] = lines_on(on, Metric.objects.filter(pk=pk), typed)
    recorded = TEXTS.of(None, "metrics/performance.html#recorded", line=line, out_of_band=True)
    return changed(HttpResponse(recorded + notices_beside(request)))


def as_typed(form: FigureForm) -> Typed:
    problems = tuple(sentence for sentences in form.errors.values() for sentence in sentences)
    return Typed(form.data.get("value", ""), form.data.get("note", ""), problems)


@needs(Role.MANAGER)
@require_POST
@all_or_nothing()
def delete_target(request, worksheet, pk):
    """Take a target away; where that changes verdicts, it says which and asks before."""
    target = Target.objects.select_related("metric__organization").filter(pk=pk).first()
    foreseen = foresee_without(target) if target else None
    if not foreseen or not foreseen.changes or request.POST.get("agreed") == foreseen.fingerprint:
        return delete(request, worksheet, pk)
    page = {
        "target": target,
        "foreseen": foreseen,
        "back": f"{target.metric.get_absolute_url()}#targets-{pk}",
        "row": f"{worksheet.address(request.organization)}{pk}/",
    }
    name = "metrics/delete_target.html"
    return render(request, f"{name}#question" if request.htmx else name, page)


@needs(Role.CONTRIBUTOR)
@require_POST
def enter_figure(request, pk):
    """Enter what a metric was on any day, from its own page."""
    form = keep_new_figure(request, pk)
    if form is None:
        return gone(request, Metric, pk, "performance", typed=[request.POST.get("figure", "")])
    if not form.is_valid():
        if not request.htmx:
            return figure_page(request, form)
        typed = {"figure_form": form, "metric": form.metric}
        return render(request, "metrics/measurements.html#enter", typed)
    if not request.htmx:
        return back_to_figures(form.metric)
    fresh = {"figure_form": blank_figure(form.metric, request.member), "metric": form.metric}
    return changed(render(request, "metrics/measurements.html#entered", fresh))


@again_if_taken
@all_or_nothing()
def keep_new_figure(request, pk) -> MeasurementForm | None:
    metric = Metric.objects.select_for_update().filter(pk=pk).first()
    if metric is None:
        return None
    form = blank_figure(metric, request.member, request.POST)
    if form.is_valid():
        form.save()
        say_entered(request, form)
    return form


def say_entered(request, form: MeasurementForm):
    figure = form.instance
    words = {
        "figure": figure.written,
        "day": date_format(figure.date),
        "verdict": figure.get_verdict_display(),
    }
    messages.success(request, _("%(figure)s for %(day)s: %(verdict)s.") % words)


@needs(Role.CONTRIBUTOR)
@require_http_methods(["GET", "POST"])
def figure(request, pk):
    """Correct a figure; what it was stays in its history."""
    if request.method == "POST":
        return save_corrected(request, pk)
    measurement = Measurement.objects.select_related("metric").filter(pk=pk).first()
    if measurement is None:
        return gone(request, Measurement, pk, "performance")
    return figure_page(request, MeasurementForm(instance=measurement, by=request.member))


@again_if_taken
@all_or_nothing()
def save_corrected(request, pk):
    measurement = Measurement.locked(pk)
    if measurement is None:
        return gone(request, Measurement, pk, "performance", typed=[request.POST.get("figure", "")])
    form = MeasurementForm(request.POST, instance=measurement, by=request.member)
    if not form.is_valid():
        return figure_page(request, form)
    form.save()
    say_entered(request, form)
    return back_to_figures(measurement.metric)


@needs(Role.CONTRIBUTOR)
@require_POST
@all_or_nothing()
def delete_figure(request, pk):
    """Take a figure away, and offer to put it back."""
    measurement = Measurement.locked(pk)
    if measurement is None:
        return gone(request, Measurement, pk, "performance")
    offer_undo(request, undo.delete(measurement, by=request.member))
    return back_to_figures(measurement.metric)


def figure_page(request, form: MeasurementForm):
    """One figure on a page of its own: to be corrected, or entered where it was refused."""
    corrections = corrections_of(form.metric, [form.instance.pk]) if form.instance.pk else {}
    page = {
        "form": form,
        "metric": form.metric,
        "corrections": corrections.get(form.instance.pk, []),
        "action": request.path,
    }
    return render(request, "metrics/figure.html", page)


def back_to_figures(metric: Metric):
    return redirect(figures_address(metric))


def figures_address(metric: Metric) -> str:
    return f"{metric.get_absolute_url()}#measurements"


@needs(Role.VIEWER)
@require_GET
def download_figures(request, pk):
    """All figures of a metric for a spreadsheet, in the form in which a series is pasted."""
    metric = get_object_or_404(Metric.objects.select_related("organization"), pk=pk)
    heading = [_("Date"), str(metric), _("Verdict"), _("Entered by"), _("Note")]
    figures = metric.measurements.select_related("by").order_by("date")
    rows = (
        [
            figure.date.isoformat(),
            metric.scale.write(figure.value),
            figure.get_verdict_display(),
            str(figure.by or ""),
            figure.note,
        ]
        for figure in figures
    )
    return download(f"{request.organization.slug}-figures-{pk}", [heading, *rows])


@needs(Role.CONTRIBUTOR)
@require_http_methods(["GET", "POST"])
def paste_series(request):
    """Enter a series that was copied from a spreadsheet, with a preview before anything is kept."""
    metric = preselected(request)
    back = figures_address(metric) if metric else reverse("performance", args=[request.organization.slug])
    page = {"text": request.POST.get("text", ""), "metric": metric, "back": back}
    if request.method == "GET":
        return render(request, "metrics/series.html", page)
    try:
        page["text"] = text_of_file(request) or page["text"]
        block = read_series(page["text"])
    except Unreadable as error:
        return render(request, "metrics/series.html", page | {"file_error": str(error)})
    except TooMuch as error:
        return render(request, "metrics/series.html", page | {"error": str(error)})
    if not block.lines or block.width < 2:
        problem = _("Paste at least one line: a day or a month in its first cell, and a figure beside it.")
        return render(request, "metrics/series.html", page | {"error": problem})
    if "take" in request.POST:
        return take_series(request, block, page)
    return preview_series(request, PastedSeries(block, request.POST, request.member, metric), page)


def preselected(request) -> Metric | None:
    """The metric on whose page the person was."""
    key = re.fullmatch(r"[0-9]{1,18}", request.GET.get("metric", ""))
    return Metric.objects.filter(pk=key[0]).first() if key else None


def lock_chosen_metrics(request):
    """Let nobody else write the metrics that columns were taken for until the transaction ends."""
    found = (re.fullmatch(r"metric-([0-9]{1,18})", value) for value in request.POST.values())
    chosen = Metric.objects.filter(pk__in=[key[1] for key in found if key]).order_by("pk")
    list(chosen.select_for_update(no_key=True).values("pk"))


def preview_series(request, series: PastedSeries, page: dict, problem: str = ""):
    return render(request, "metrics/series.html", page | {"series": series, "problem": problem})


@again_if_taken
@all_or_nothing()
def take_series(request, block: Block, page: dict):
    """Write what was shown; what could not be read stays in the box to be mended."""
    lock_chosen_metrics(request)
    series = PastedSeries(block, request.POST, request.member, page["metric"])
    decided = SeriesForm(request.POST, why_needed=bool(series.verdicts))
    if series.fingerprint != request.POST.get("shown") or not series.can_be_taken:
        return preview_series(request, series, page, _("Please look again: this is what would happen now."))
    if not decided.is_valid():
        return preview_series(request, series, page, " ".join(decided.errors["reason"]))
    taken = series.take(**decided.cleaned_data)
    messages.success(request, taken.in_words)
    if not series.problems:
        return redirect(page["back"] if len(taken.metrics) > 1 else figures_address(taken.metrics[0]))
    left = series.left
    again = PastedSeries(left, series.chosen_from_now_on, request.member, page["metric"])
    return preview_series(request, again, page | {"text": as_text(left.lines)})
