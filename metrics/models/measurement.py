"""What a metric was on a day, and what its target of that day says of it."""

from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from metrics.attainment import attainment
from metrics.models.base import Figure, RowOfMetric
from metrics.models.target import Target
from metrics.models.verdict import Verdict
from victory.models import Member

STILL_TO_COME = _("This day is still to come. A figure is entered on its day or later.")


class Measurement(RowOfMetric):
    """What a metric was on a date, judged by the target in force on that date.

    One per metric and date: entering that date again corrects it, and the history keeps what stood.
    """

    derived = ("verdict", "judged_by")

    metric = models.ForeignKey(
        "Metric", models.CASCADE, related_name="measurements", verbose_name=_("metric")
    )
    date = models.DateField(_("date"))
    value = Figure(_("my current performance is"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        Member, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("entered by")
    )
    verdict = models.CharField(_("met / not met"), max_length=15, choices=Verdict, editable=False)
    judged_by = models.ForeignKey(
        Target, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("judged by")
    )

    class Meta:
        ordering = ["-date"]
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        indexes = [models.Index(fields=["organization", "metric", "-date"], name="measurement_newest_first")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "metric", "date"], name="measurement_once_a_day",
                violation_error_message=_("There is a figure for this day already."),
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.metric}, {self.date}: {self.written}"

    @cached_property
    def written(self) -> str:
        """The figure as people write it."""
        return self.metric.scale.write(self.value)

    @property
    def attainment(self) -> Decimal | None:
        """How much of the target of its day it attains, in percent; None without a target."""
        return attainment(self.value, self.judged_by.aim) if self.judged_by else None

    def clean(self):
        super().clean()
        if self.organization_id and self.date and self.date > self.organization.today:
            raise ValidationError({"date": STILL_TO_COME})
        if self.metric_id and self.date and self.date < self.metric.begins_on:
            raise ValidationError({"date": self.metric.not_measured_yet})

    def verdict_by(self, target: Target | None) -> Verdict:
        """Whether the figure meets the target; without one, that there is none."""
        return Verdict.of(self.value, target and target.aim)

    def judge(self, target: Target | None):
        """Keep what the target says of the figure."""
        self.judged_by, self.verdict = target, self.verdict_by(target)

    def prepare(self):
        """Judged by the target of now: it may have changed while the measurement was deleted."""
        super().prepare()
        if self.metric.as_locked is None:
            self.judge(self.metric.targets.filter(holds_from__lte=self.date).order_by("-holds_from").first())
        else:  # its targets were read with it, or are read now
            self.judge(self.metric.target_on(self.date))

    def settle(self):
        self.metric.take_up(self)


class Judged(NamedTuple):
    """A measurement as a target judges it, whatever it is judged as now."""

    measurement: Measurement
    target: Target | None
    verdict: Verdict


class Dated(NamedTuple):
    """As much of a measurement as the limits of its metric rest on."""

    id: int
    date: date
    value: Decimal
    verdict: Verdict


def taken_in[Figure: (Measurement, Dated)](
    written: Measurement | Dated, figures: list[Figure], most: int, *, newest_first: bool
) -> list[Figure | Measurement] | None:
    """The newest or the oldest figures of a metric, so many of them at most, after one was written.

    None where it was among them and stands behind all others now: one that is not at hand may come before it.
    Whether it moved there is not asked, since it may be the very one that the list holds.
    """
    others = [each for each in figures if each.id != written.id]
    if len(others) < len(figures) == most and (written.date < others[-1].date) == newest_first:
        return None
    return sorted([written, *others], key=attrgetter("date"), reverse=newest_first)[:most]
