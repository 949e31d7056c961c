"""What actions came to that were done: those that a review should take up again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Q

from actionplans.models import Action
from metrics.behaviour import MOST_BEFORE, Effect, Point, Series
from metrics.findings import Findings
from metrics.models import Measurement, Metric
from metrics.quantities import Unit
from metrics.rhythm import Frequency


class CameTo(NamedTuple):
    """What an action came to; the words change with every figure, the effect does not."""

    effect: Effect
    in_words: str


def without_effect(actions: Sequence[Action]) -> dict[int, CameTo]:
    """By the key of an action that was done, what its figures say, where they invite to reopen it.

    Of each metric only so many figures are read as the comparison needs, even where some are missing.
    """
    if not actions:
        return {}
    earliest = min(action.done_on for action in actions)
    needed = Q()
    for frequency in Frequency:
        first = earliest - timedelta(days=2 * MOST_BEFORE * frequency.most_days)
        needed |= Q(metric__frequency=frequency, date__gte=first)
    figures = Measurement.objects.filter(needed, metric__in={action.metric_id for action in actions})
    points = defaultdict(list)
    for metric, *point in figures.order_by("date").values_list("metric_id", "date", "value", "verdict"):
        points[metric].append(Point(*point))
    metrics = Metric.objects.select_related("organization", "latest__judged_by").prefetch_related("baselines")
    found = {}
    for metric in metrics.filter(pk__in=points):
        series = Series(points[metric.pk], Unit(metric.unit), list(metric.baselines.all()))
        findings = Findings.of(metric, series)
        for action in actions:
            if action.metric_id == metric.pk:
                comparison = series.compare(action.done_on, findings.aim)
                if comparison.invites_to_reopen:
                    found[action.pk] = CameTo(comparison.effect, findings.effect_in_words(comparison))
    return found
