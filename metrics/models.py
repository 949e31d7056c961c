"""The second N: how each promise is measured and what it should reach; step E: what it did reach."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from customers.models import Deliverable, Need
from metrics.quantities import Aim, Direction, Scale, Unit
from victory.models import Member
from victory.tenancy import WorkbookRow, scoped

STILL_TO_COME = _("This day is still to come. A figure is entered on its day or later.")


class Verdict(models.TextChoices):
    """What a metric's newest measurement says. Not measured is a state of its own, never a zero."""

    MET = "met", _("Met")
    NOT_MET = "not-met", _("Not met")
    NO_TARGET = "no-target", _("No target")
    NOT_MEASURED = "not-measured", _("Not measured")

    @property
    def urgency(self) -> int:
        """The lower, the more it needs somebody: not met, then without a verdict, then met."""
        return {Verdict.NOT_MET: 0, Verdict.MET: 2}.get(self, 1)

    def count_in_words(self, count: int) -> str:
        """How many metrics stand under this verdict."""
        sentence = {
            Verdict.MET: ngettext("%(count)d met", "%(count)d met", count),
            Verdict.NOT_MET: ngettext("%(count)d not met", "%(count)d not met", count),
            Verdict.NO_TARGET: ngettext("%(count)d no target", "%(count)d no target", count),
            Verdict.NOT_MEASURED: ngettext("%(count)d not measured", "%(count)d not measured", count),
        }[self]
        return sentence % {"count": count}


class Figure(models.DecimalField):
    """A figure in the unit of its metric: percent, a number, money, seconds, points, or 1 for yes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **(kwargs | {"max_digits": 18, "decimal_places": 6}))


class MetricQuerySet(models.QuerySet):
    def not_met_first(self):
        """By the urgency of their verdict, and in the order of the worksheets within it."""
        urgency = models.Case(*(models.When(verdict=each, then=each.urgency) for each in Verdict))
        return self.order_by(urgency, "deliverable__position", "deliverable_id", "position", "pk")

    def with_verdict(self):
        """Each metric with what explains its verdict: the newest measurement and who judged it by what."""
        return self.select_related(
            "deliverable", "latest__judged_by", "latest__by", "organization"
        ).prefetch_related("targets")

    def by_deliverable(self):
        """In the order of the sheets of step N: those of deliverables for customer drivers first."""
        serves_driver = Deliverable.objects.serving_drivers().filter(pk=models.OuterRef("deliverable"))
        return self.order_by(
            models.Exists(serves_driver).desc(), "deliverable__position", "deliverable", "position", "pk"
        )


class Metric(WorkbookRow):
    """How the organization knows that a customer is satisfied with a deliverable.

    `latest` and `verdict` repeat the newest measurement, so that a dashboard never reads history.
    """

    derived = ("latest", "verdict")

    class Frequency(models.TextChoices):
        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")
        QUARTERLY = "quarterly", _("quarterly")
        YEARLY = "yearly", _("yearly")

    deliverable = models.ForeignKey(
        Deliverable, models.CASCADE, related_name="metrics", verbose_name=_("deliverable")
    )
    need = models.ForeignKey(
        Need,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="metrics",
        verbose_name=_("need it answers"),
    )
    satisfied_when = models.CharField(_("my customers are satisfied when"), max_length=300, blank=True)
    measured_by = models.CharField(_("I measure this by"), max_length=200)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit, default=Unit.PERCENT)
    scale_top = models.DecimalField(
        _("top of the scale"), max_digits=6, decimal_places=2, null=True, blank=True, editable=False
    )
    frequency = models.CharField(_("how often"), max_length=10, choices=Frequency, default=Frequency.MONTHLY)
    source = models.CharField(_("source of the figure"), max_length=200, blank=True)
    latest = models.ForeignKey(
        "Measurement", models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("newest")
    )
    verdict = models.CharField(
        _("met / not met"), max_length=15, choices=Verdict, default=Verdict.NOT_MEASURED, editable=False
    )

    objects = scoped(MetricQuerySet)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("metric")
        verbose_name_plural = _("metrics")
        indexes = [models.Index(fields=["organization", "verdict"], name="metric_by_verdict")]
        constraints = [
            models.UniqueConstraint(
                "organization", "deliverable", Lower("measured_by"), name="metric_once",
                violation_error_message=_("This deliverable is measured by that already."),
            )
        ]  # fmt: skip

    def __str__(self):
        return self.measured_by

    def clean(self):
        super().clean()
        stored = Metric.objects.filter(pk=self.pk).first()
        if stored and stored.unit != self.unit and self.measurements.exists():
            raise ValidationError(
                {"unit": _("Figures are in this unit already, so it stays. Add a new metric instead.")}
            )

    def get_absolute_url(self):
        return reverse("metric", args=[self.organization.slug, self.pk])

    @property
    def scale(self) -> Scale:
        """How its figures are read and written."""
        return Scale(Unit(self.unit), currency=self.organization.currency, top=self.scale_top)

    def target_on(self, date):
        """The target in force on that date, or None before the first one."""
        in_force = [target for target in self.targets.all() if target.holds_from <= date]
        return max(in_force, key=lambda target: target.holds_from, default=None)

    @property
    def first_target(self):
        """The one that holds earliest, or None; figures from before it are not judged."""
        return min(self.targets.all(), key=lambda target: target.holds_from, default=None)

    def target_to_show(self, date):
        """The target in force on that date, or else the first one to come."""
        return self.target_on(date) or self.first_target

    @property
    def has_figures(self) -> bool:
        """Whether something is written in its unit, which then has to stay as it is."""
        return self.targets.exists() or self.measurements.exists()

    def lock(self):
        """Let nobody else write its targets and figures until the transaction ends."""
        Metric.objects.select_for_update(no_key=True).filter(pk=self.pk).values("pk").first()

    def judge_again(self) -> int:
        """Judge every measurement by the target of its date, and say how many verdicts changed."""
        targets = list(Target.objects.filter(metric=self).order_by("-holds_from"))
        changed = []
        for measurement in self.measurements.all():
            target = next((target for target in targets if target.holds_from <= measurement.date), None)
            before = (measurement.verdict, measurement.judged_by_id)
            measurement.judge(target)
            if before != (measurement.verdict, measurement.judged_by_id):
                changed.append((before[0], measurement))
        Measurement.objects.bulk_update(
            [measurement for _before, measurement in changed], ["verdict", "judged_by"], batch_size=500
        )
        self.take_latest()
        return sum(before != measurement.verdict for before, measurement in changed)

    def take_latest(self):
        """Repeat the newest measurement on the metric."""
        self.take(self.measurements.order_by("-date").first())

    def take(self, newest: "Measurement | None"):
        """Repeat this measurement, which is the newest."""
        self.latest, self.verdict = newest, newest.verdict if newest else Verdict.NOT_MEASURED
        Metric.objects.filter(pk=self.pk).update(latest=self.latest, verdict=self.verdict)


class Target(WorkbookRow):
    """What a metric should reach, from a date on until a later target takes over."""

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="targets", verbose_name=_("metric"))
    direction = models.CharField(_("direction"), max_length=10, choices=Direction)
    low = Figure(_("at least"), null=True, blank=True)
    high = Figure(_("at most"), null=True, blank=True)
    holds_from = models.DateField(_("holds from"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    set_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("set by")
    )

    class Meta:
        ordering = ["-holds_from"]
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "metric", "holds_from"], name="target_once_a_day",
                violation_error_message=_("A target holds from this date already. Edit that one."),
            ),
            models.CheckConstraint(
                condition=Q(direction="at-least", low__isnull=False, high=None)
                | Q(direction="at-most", low=None, high__isnull=False)
                | Q(direction="between", low__isnull=False, high__gte=models.F("low"))
                | Q(direction="judged", low=None, high=None),
                name="target_has_the_bounds_of_its_direction",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.aim.write(self.metric.scale)

    @property
    def aim(self) -> Aim:
        return Aim(Direction(self.direction), self.low, self.high)

    @aim.setter
    def aim(self, aim: Aim):
        self.direction, self.low, self.high = aim.direction, aim.low, aim.high

    def prepare(self):
        self.metric.lock()

    def settle(self):
        """Judge anew, and let the metric's row be noticed as changed: its target stands in it."""
        self.verdicts_changed = self.metric.judge_again()
        Metric.objects.filter(pk=self.metric_id).update(version=F("version") + 1)


class Measurement(WorkbookRow):
    """What a metric was on a date, judged by the target in force on that date.

    One per metric and date: entering that date again corrects it, and the history keeps what stood.
    """

    derived = ("verdict", "judged_by")

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="measurements", verbose_name=_("metric"))
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
            models.UniqueConstraint(fields=["organization", "metric", "date"], name="measurement_once_a_day")
        ]

    def __str__(self):
        return f"{self.metric}, {self.date}: {self.written}"

    @cached_property
    def written(self) -> str:
        """The figure as people write it."""
        return self.metric.scale.write(self.value)

    def clean(self):
        super().clean()
        if self.organization_id and self.date and self.date > self.organization.today:
            raise ValidationError({"date": STILL_TO_COME})

    def judge(self, target: Target | None):
        """Say whether the figure meets the target; without one, that there is none."""
        self.judged_by = target
        if target is None:
            self.verdict = Verdict.NO_TARGET
        else:
            self.verdict = Verdict.MET if target.aim.holds(self.value) else Verdict.NOT_MET

    def prepare(self):
        """Judged by the target of now: it may have changed while the measurement was deleted."""
        self.metric.lock()
        self.judge(self.metric.targets.filter(holds_from__lte=self.date).order_by("-holds_from").first())

    def settle(self):
        self.metric.take_latest()
