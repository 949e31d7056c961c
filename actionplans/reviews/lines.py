"""How every metric stands: the lines of a review, before they are frozen with it."""

from django.utils.translation import gettext as _

from actionplans.metric_rows import explain, write_target
from actionplans.models import Review, ReviewLine
from actionplans.thread import Thread
from metrics.models import Metric

STOOD = (
    *("position", "metric", "deliverable", "performance", "measured_on", "target"),
    *("verdict", "attainment", "reason", "owner"),
)
"""The fields of a line that say how its metric stood."""


def lines_now(thread: Thread) -> list[ReviewLine]:
    """How each metric stands today, not met first. Not saved, and of no review."""
    metrics = Metric.objects.with_verdict().not_met_first(thread.today)
    return [line_of(metric, thread) for metric in metrics if metric.pk in thread.metrics]


def line_of(metric: Metric, thread: Thread) -> ReviewLine:
    """How one metric stands; it was read with `with_verdict` and `standing_on`."""
    in_force = metric.target_on(thread.today)
    deviation = metric.deviation_on(thread.today, metric.latest.value) if metric.latest else None
    return ReviewLine(
        organization=thread.organization,
        metric_key=metric.pk,
        metric=metric.measured_by,
        deliverable=metric.deliverable.name,
        performance=metric.scale.write(metric.latest.value) if metric.latest else "",
        measured_on=metric.latest.date if metric.latest else None,
        target=write_target(metric, in_force),
        verdict=metric.stands,
        attainment=metric.attainment,
        reason=explain(metric, in_force, deviation),
        owner=thread.metrics[metric.pk].owner or "",
    )


def lines_of(review: Review, lines: list[ReviewLine]) -> list[ReviewLine]:
    """The lines as those of this review, in their order, with what was noted in it so far.

    A metric that was deleted after something was noted on it keeps its line, and the note.
    """
    noted = {line.metric_key: line for line in review.lines.exclude(note="")}
    for line in lines:
        if line.metric_key in noted:
            line.note = noted.pop(line.metric_key).note
    for line in noted.values():
        line.reason = _("this metric was deleted before the review was closed")
    lines = [*lines, *noted.values()]
    for position, line in enumerate(lines, start=1):
        line.review, line.position = review, position
    return lines
