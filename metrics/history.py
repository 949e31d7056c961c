"""A metric in time, on its own page: what is accepted for a while, and every figure with its corrections."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from metrics.forms.figures import MeasurementForm
from metrics.models import Measurement, Metric, Verdict
from metrics.standing import Standing, judged_in_words
from metrics.worksheets import DEVIATIONS
from victory.models import Member

FIRST_FIGURES = 12
"""A year of months, or a quarter of weeks: what is before that is in the chart, and one click away."""


@dataclass(frozen=True)
class FigureRow:
    """One figure as the page of its metric lists it: flat, ready-made texts."""

    day: str
    figure: str
    verdict: Verdict
    judged: str
    by: str
    note: str
    corrections: list[str]
    address: str


def in_time(request, metric: Metric) -> dict:
    """What the page of a metric can change in time: accepted deviations, and the next figure."""
    return {
        "deviations": DEVIATIONS.sheet(request, metric, metric.deviations.all()),
        "due": metric.rhythm(timezone.localdate()),
        "figure_form": blank_figure(metric, request.member),
    }


def figures_of(metric: Metric, *, everything: bool) -> list[FigureRow]:
    """Each figure as it stood on its own day, with what it was before it was corrected, the newest first.

    All of them, or as many as are read at a glance.
    """
    measurements = metric.measurements.select_related("judged_by", "by")
    measurements = list(measurements if everything else measurements[:FIRST_FIGURES])
    corrections = corrections_of(metric, [each.pk for each in measurements])
    # The address is made once, and each target put in words once: dear for ten years of daily figures.
    targets = {each.judged_by_id: each.judged_by for each in measurements}
    judged = {key: judged_in_words(metric, target) for key, target in targets.items()}
    address = reverse("figure", args=[metric.organization.slug, 0])
    return [
        FigureRow(
            day=date_format(each.date),
            figure=metric.scale.write(each.value),
            verdict=(standing := Standing(metric, each, each.date)).verdict,
            judged=judged_on_its_day(judged[each.judged_by_id], standing),
            by=str(each.by or ""),
            note=each.note,
            corrections=corrections.get(each.pk, []),
            address=address.replace("/0/", f"/{each.pk}/"),
        )
        for each in measurements
    ]


def judged_on_its_day(judged: str, standing: Standing) -> str:
    return f"{judged}; {standing.deviation.in_words}" if standing.deviation else judged


def corrections_of(metric: Metric, keys: list[int]) -> dict[int, list[str]]:
    """By figure, what it was before and until when, and who corrected it, the first correction first."""
    saved = (
        Measurement.history.filter(organization=metric.organization, id__in=keys)
        .order_by("id", "history_date", "history_id")
        .values_list("id", "date", "value", "history_date", "by__name", named=True)
    )
    found = defaultdict(list)
    for before, after in pairwise(saved):
        if before.id == after.id and (before.date, before.value) != (after.date, after.value):
            found[after.id].append(correction_in_words(metric, before, after))
    return found


def correction_in_words(metric: Metric, before, after) -> str:
    words = {
        "figure": metric.scale.write(before.value),
        "day": date_format(before.date),
        "until": date_format(timezone.localdate(after.history_date)),
        "who": after.by__name or _("somebody"),
    }
    if before.date != after.date:
        return _("corrected: was %(figure)s for %(day)s until %(until)s, by %(who)s") % words
    return _("corrected: was %(figure)s until %(until)s, by %(who)s") % words


def blank_figure(metric: Metric, member: Member, data=None) -> MeasurementForm:
    """The form in which a figure of the metric is entered for any day."""
    return MeasurementForm(data, instance=Measurement(metric=metric), by=member, auto_id="entered-%s")
