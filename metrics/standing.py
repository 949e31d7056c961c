"""How metrics stand: by which figure, judged by which target; and the sheet of step E."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from metrics.attainment import Attained
from metrics.models import Deviation, Measurement, Metric, Target, Verdict, accepted_deviations
from metrics.quantities import Unit
from metrics.rhythm import Frequency, Freshness, Rhythm
from metrics.touched import know_deviations, read_touched
from victory.followed import Followed
from victory.models import Organization

DUE_FIRST = tuple(reversed(Freshness))


@dataclass(frozen=True)
class Standing:
    """How a metric stands on a day by one measurement, or without any, and why."""

    metric: Metric
    measurement: Measurement | None
    on: date = field(default_factory=timezone.localdate)

    @cached_property
    def deviation(self) -> Deviation | None:
        """What accepts on that day that the target is not met."""
        if self.measurement is None or self.measurement.verdict != Verdict.NOT_MET:
            return None
        return self.metric.deviation_on(self.on, self.measurement.value)

    @property
    def verdict(self) -> Verdict:
        if self.deviation:
            return Verdict.ACCEPTED
        return Verdict(self.measurement.verdict) if self.measurement else Verdict.NOT_MEASURED

    @cached_property
    def figure(self) -> str:
        return self.metric.scale.write(self.measurement.value) if self.measurement else ""

    @cached_property
    def day(self) -> str:
        return date_format(self.measurement.date) if self.measurement else ""

    @property
    def attained(self) -> Attained | None:
        """How much of the target of its day the figure attains; None where nothing is judged."""
        if self.measurement is None or self.measurement.judged_by is None:
            return None
        return Attained(self.measurement.value, self.measurement.judged_by.aim, self.metric.scale)

    @property
    def reason(self) -> str:
        """Which target the figure was held against and since when, who entered it, who accepts it why."""
        if self.measurement is None:
            return ""
        reason = judged_in_words(self.metric, self.measurement.judged_by)
        if self.measurement.by:
            reason = _("%(target)s, entered by %(who)s for %(date)s") % {
                "target": reason, "who": self.measurement.by, "date": self.day,
            }  # fmt: skip
        return f"{reason}; {self.deviation.in_words}" if self.deviation else reason


def judged_in_words(metric: Metric, target: Target | None) -> str:
    """By which target something is judged, and since when that holds; or why by none."""
    if target is not None:
        return _("%(target)s since %(date)s") % {
            "target": target.aim.write(metric.scale), "date": date_format(target.holds_from),
        }  # fmt: skip
    if metric.first_target is None:
        return _("no target is set")
    return _("the first target holds from %(date)s") % {"date": date_format(metric.first_target.holds_from)}


class Typed(NamedTuple):
    """What somebody typed for a figure that could not be saved, and why."""

    value: str
    note: str
    problems: tuple[str, ...]


class FigureLine(NamedTuple):
    """One line of the sheet of step E, on its day: flat, ready-made texts."""

    key: str
    """That of its metric. As a number, it would be put into the language each time that it is written."""
    name: str
    address: str
    deliverable: str
    last: str
    last_day: str
    target: str
    value: str
    was: str
    note: str
    was_note: str
    verdict: Verdict
    reason: str
    problems: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    freshness: Freshness
    due: str

    @classmethod
    def of(cls, metric: Metric, newest: Measurement | None, on: date, typed: Typed | None) -> "FigureLine":
        """`newest` is the metric's newest measurement up to that day, which may be of the day itself."""
        standing = Standing(metric, newest, on)
        today = newest if newest and newest.date == on else None
        was, was_note = (standing.figure, today.note) if today else ("", "")
        target = metric.target_on(on)
        rhythm = Rhythm(Frequency(metric.frequency), newest.date if newest else metric.begins_on, on)
        return cls(
            key=str(metric.pk),
            name=metric.measured_by,
            address=metric.get_absolute_url(),
            deliverable=str(metric.deliverable),
            last=standing.figure,
            last_day=standing.day,
            target=target.aim.write(metric.scale) if target else "",
            value=typed.value if typed else was,
            was=was,
            note=typed.note if typed else was_note,
            was_note=was_note,
            verdict=standing.verdict,
            reason=standing.reason,
            problems=typed.problems if typed else (),
            answers=answers_to(metric),
            freshness=rhythm.freshness,
            due=rhythm.in_words,
        )


def answers_to(metric: Metric) -> tuple[tuple[str, str], ...]:
    """What can be chosen where a person judges instead of measuring."""
    if metric.unit != Unit.YES_NO:
        return ()
    yes, no = metric.scale.write(1), metric.scale.write(0)
    return ("", _("not judged")), (yes, yes), (no, no)


def lines_on(on: date, metrics, typed: dict[int, Typed]) -> list[FigureLine]:
    """The metrics as they stood on that day, in a fixed number of queries."""
    newest = Measurement.objects.filter(metric=OuterRef("pk"), date__lte=on).order_by("-date")
    metrics = list(
        metrics.annotate(newest_key=Subquery(newest.values("pk")[:1]))
        .select_related("deliverable", "organization")
        .prefetch_related("targets", accepted_deviations())
    )
    keys = [metric.newest_key for metric in metrics if metric.newest_key]
    measurements = Measurement.objects.select_related("judged_by", "by").in_bulk(keys)
    return [
        FigureLine.of(metric, measurements.get(metric.newest_key), on, typed.get(metric.pk))
        for metric in metrics
    ]


def line_of(metric: Metric, newest: Measurement) -> FigureLine:
    """The line of a metric on the day of its newest figure, which has just been written."""
    if newest.verdict == Verdict.NOT_MET:
        know_deviations(metric, newest.date)
    return FigureLine.of(metric, newest, newest.date, None)


def lines_touched(organization: Organization, today: date, after: int | None) -> dict[int, FigureLine]:
    if after is None:
        metrics = list(Metric.objects.with_verdict().by_deliverable())
    else:
        metrics = read_touched(organization, today, after)
    lines = {metric.pk: FigureLine.of(metric, metric.latest, today, None) for metric in metrics}
    # Where the organization moved west, the newest figure may be of a day that is still to come.
    early = [metric.pk for metric in metrics if metric.latest and metric.latest.date > today]
    if early:
        lines |= {int(line.key): line for line in lines_on(today, Metric.objects.filter(pk__in=early), {})}
    return lines


FIGURE_LINES = Followed(lines_touched)
"""The sheet of step E as it stands today."""


def due_tally(lines: Iterable[FigureLine]) -> list[str]:
    """How many figures are stale, due and soon due, in words."""
    counts = Counter(line.freshness for line in lines)
    return [each.count_in_words(counts[each]) for each in DUE_FIRST[:-1] if counts[each]]
