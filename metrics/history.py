"""A metric in time, on its own page: what is accepted for a while, and every figure with its corrections."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from metrics.forms.figures import MeasurementForm
from metrics.models import Measurement, Metric, Verdict
from metrics.quantities import Scale
from metrics.standing import judged_in_words
from metrics.worksheets import DEVIATIONS
from victory.models import Member

FIRST_FIGURES = 12
"""A year of months, or a quarter of weeks: what is before that is in the chart, and one click away."""


class FigureRow(NamedTuple):
    """One figure as the page of its metric lists it: all that its row says."""

    scale: Scale
    date: date
    value: Decimal
    verdict: Verdict
    judged: str
    by: str
    note: str
    corrections: tuple[str, ...]
    address: str

    @property
    def day(self) -> str:
        return date_format(self.date)

    @property
    def figure(self) -> str:
        return self.scale.write(self.value)


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
    # Read flat, each target put in words once and the address made once: dear for ten years of daily figures.
    figures = metric.measurements.values_list(
        "pk", "date", "value", "verdict", "judged_by", "by__name", "note", named=True
    )
    figures = list(figures if everything else figures[:FIRST_FIGURES])
    corrections = corrections_of(metric, [each.pk for each in figures])
    used = {each.judged_by for each in figures}
    judged = {
        target.pk: judged_in_words(metric, target) for target in metric.targets.all() if target.pk in used
    }
    judged[None] = judged_in_words(metric, None)
    address = reverse("figure", args=[metric.organization.slug, 0])
    scale, rows = metric.scale, []
    for each in figures:
        missed = each.verdict == Verdict.NOT_MET
        deviation = metric.deviation_on(each.date, each.value) if missed else None
        words = judged.get(each.judged_by, "")  # a target that came in while the page was read
        rows.append(
            FigureRow(
                scale=scale,
                date=each.date,
                value=each.value,
                verdict=Verdict.ACCEPTED if deviation else Verdict(each.verdict),
                judged=f"{words}; {deviation.in_words}" if deviation else words,
                by=each.by__name or "",
                note=each.note,
                corrections=tuple(corrections.get(each.pk, ())),
                address=address.replace("/0/", f"/{each.pk}/"),
            )
        )
    return rows


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
