"""That a target is not met can be accepted for some days."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from metrics.models.base import Figure, RowOfMetric
from metrics.quantities import Aim, Direction
from victory.models import Member


class Deviation(RowOfMetric):
    """A target that is not met is accepted for some days, with a reason: until then nobody has to act.

    `low` and `high` are the figures that are still accepted; without them any figure is.
    """

    metric = models.ForeignKey("Metric", models.CASCADE, related_name="deviations", verbose_name=_("metric"))
    holds_from = models.DateField(_("accepted from"))
    holds_until = models.DateField(_("until"))
    low = Figure(_("at least"), null=True, blank=True)
    high = Figure(_("at most"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    accepted_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("accepted by")
    )

    class Meta:
        ordering = ["-holds_from"]
        verbose_name = _("accepted deviation")
        verbose_name_plural = _("accepted deviations")
        indexes = [models.Index(fields=["organization", "metric"], name="deviation_of_metric")]
        constraints = [
            models.CheckConstraint(
                condition=Q(holds_until__gte=F("holds_from")), name="deviation_ends_after_it_begins",
                violation_error_message=_("A deviation ends on the day it begins or later."),
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(high__gte=F("low")),
                name="deviation_range_is_not_upside_down",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.reason

    @property
    def in_its_unit(self) -> bool:
        return self.low is not None or self.high is not None

    @property
    def accepted_figures(self) -> str:
        """The figures that are still accepted, as people write them; empty where any is."""
        if not self.in_its_unit:
            return ""
        both = self.low is not None and self.high is not None
        one = Direction.AT_MOST if self.low is None else Direction.AT_LEAST
        return Aim(Direction.BETWEEN if both else one, self.low, self.high).write(self.metric.scale)

    @property
    def in_words(self) -> str:
        """Until when it is accepted, by whom and why."""
        words = {"day": date_format(self.holds_until), "who": self.accepted_by, "reason": self.reason}
        if self.accepted_by:
            return _("accepted until %(day)s by %(who)s: %(reason)s") % words
        return _("accepted until %(day)s: %(reason)s") % words

    def settle(self):
        self.metric.has_deviations = None

    def validate_constraints(self, exclude=None):
        """No two deviations of a metric are accepted for the same day; also when one is put back."""
        super().validate_constraints(exclude=exclude)
        if not (self.metric_id and self.holds_from and self.holds_until):
            return
        self.metric.lock()
        others = Deviation.objects.filter(metric=self.metric).exclude(pk=self.pk)
        other = others.filter(holds_from__lte=self.holds_until, holds_until__gte=self.holds_from).first()
        if other:
            raise ValidationError(
                {
                    "holds_from": _("From %(first)s to %(last)s another is accepted already: %(reason)s")
                    % {
                        "first": date_format(other.holds_from),
                        "last": date_format(other.holds_until),
                        "reason": other.reason,
                    }
                }
            )

    def accepts(self, value: Decimal, *, on) -> bool:
        """Whether this figure is accepted on that day, the first and the last day included."""
        return (
            self.holds_from <= on <= self.holds_until
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
        )


def accepted_deviations() -> models.Prefetch:
    """The deviations of metrics with who accepted them, read with the metrics."""
    return models.Prefetch("deviations", Deviation.objects.select_related("accepted_by"))
