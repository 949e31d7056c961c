"""From which figures the limits of a metric are taken."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from metrics.behaviour import FEWEST_FIGURES
from metrics.models.base import RowOfMetric
from victory.models import Member


class Baseline(RowOfMetric):
    """From a day on, the natural process limits of a metric are taken from these figures, and why.

    Without `ends_on` they are the first figures from `starts_on` on (see `metrics.behaviour`). The limits
    hold until the next baseline starts.
    """

    in_its_unit = False

    metric = models.ForeignKey("Metric", models.CASCADE, related_name="baselines", verbose_name=_("metric"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("taken from the figures up to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    set_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("set by")
    )

    class Meta:
        ordering = ["starts_on"]
        verbose_name = _("baseline")
        verbose_name_plural = _("baselines")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "metric", "starts_on"], name="baseline_once_a_day",
                violation_error_message=_("A baseline starts on this day already. Edit that one."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="baseline_ends_after_it_starts",
                violation_error_message=_("A baseline ends on the day it starts or later."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.reason

    def clean(self):
        """Limits rest on figures that are there, or, where their days have not all passed, are to come."""
        super().clean()
        if not (self.organization_id and self.metric_id and self.starts_on):
            return
        today = self.organization.today
        days = self.metric.measurements.order_by("date").values_list("date", flat=True)
        first = days.first()
        if self.starts_on > today:
            self._refuse_start(_("This day is still to come. Limits start on a day that has come."))
        if first is None:
            self._refuse_start(_("There are no figures yet that limits could rest on."))
        if self.starts_on < first:
            sentence = _("The first figure is of %(date)s: limits start on that day or later.")
            self._refuse_start(sentence % {"date": date_format(first)})
        if self.ends_on and self.starts_on <= self.ends_on <= today:
            self._check_count(days.filter(date__range=(self.starts_on, self.ends_on)).count())

    def _refuse_start(self, sentence: str):
        raise ValidationError({"starts_on": sentence})

    def _check_count(self, count: int):
        """Days that have passed bring no more figures, so there have to be enough of them."""
        if count < FEWEST_FIGURES:
            sentence = ngettext(
                "Only %(count)d figure lies in these days, and limits take six.",
                "Only %(count)d figures lie in these days, and limits take six.",
                count,
            )
            raise ValidationError({"ends_on": sentence % {"count": count}})

    def validate_constraints(self, exclude=None):
        """The figures of one baseline end before the next one starts; also when one is put back."""
        super().validate_constraints(exclude=exclude)
        if not (self.metric_id and self.starts_on):
            return
        self.metric.lock()
        others = Baseline.objects.filter(metric=self.metric).exclude(pk=self.pk)
        reaching = others.filter(starts_on__lt=self.starts_on, ends_on__gte=self.starts_on).first()
        if reaching:
            words = {"start": date_format(reaching.starts_on), "end": date_format(reaching.ends_on)}
            sentence = _("The limits from %(start)s rest on the figures up to %(end)s. Start later.")
            raise ValidationError({"starts_on": sentence % words})
        following = others.filter(starts_on__gt=self.starts_on).first()
        if self.ends_on and following and self.ends_on >= following.starts_on:
            sentence = _("Other limits start on %(date)s. End before that day.")
            raise ValidationError({"ends_on": sentence % {"date": date_format(following.starts_on)}})

    def settle(self):
        self.metric.take_latest()
