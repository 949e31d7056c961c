"""The second N: how each promise is measured and what it should reach; step E: what it did reach."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers.models import Deliverable, Need
from metrics.attainment import attainment
from metrics.behaviour import BASELINE_FIGURES, FEWEST_FIGURES, RUN, Point, Segment, Series
from metrics.quantities import Aim, Direction, Scale, Unit
from metrics.rhythm import Frequency, Rhythm
from victory.models import Member
from victory.tenancy import WorkbookRow, scoped

STILL_TO_COME = _("This day is still to come. A figure is entered on its day or later.")

BEGINS_LATER = _("This day is still to come. A metric is measured since a day that has come.")


def first_of_january():
    """From when metrics and targets usually begin: the year that is under way."""
    return timezone.localdate().replace(month=1, day=1)


class Verdict(models.TextChoices):
    """What a metric's newest measurement says. Not measured is a state of its own, never a zero.

    Accepted is said on a day, and never stored: the target is not met, but a deviation from it has been
    accepted for the time being (see `Deviation`). When that ends, not met returns by itself.
    """

    MET = "met", _("Met")
    NOT_MET = "not-met", _("Not met")
    ACCEPTED = "accepted", _("Accepted")
    NOT_MEASURED = "not-measured", _("Not measured")
    NO_TARGET = "no-target", _("No target")

    @property
    def urgency(self) -> int:
        """The lower, the more it needs somebody: not met, then without a verdict, then met."""
        return {Verdict.NOT_MET: 0, Verdict.MET: 2}.get(self, 1)

    def count_in_words(self, count: int) -> str:
        """How many metrics stand under this verdict."""
        sentence = {
            Verdict.MET: ngettext("%(count)d met", "%(count)d met", count),
            Verdict.NOT_MET: ngettext("%(count)d not met", "%(count)d not met", count),
            Verdict.ACCEPTED: ngettext("%(count)d accepted", "%(count)d accepted", count),
            Verdict.NO_TARGET: ngettext("%(count)d no target", "%(count)d no target", count),
            Verdict.NOT_MEASURED: ngettext("%(count)d not measured", "%(count)d not measured", count),
        }[self]
        return sentence % {"count": count}


class Figure(models.DecimalField):
    """A figure in the unit of its metric: percent, a number, money, seconds, points, or 1 for yes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **(kwargs | {"max_digits": 18, "decimal_places": 6}))


def accepted_deviations() -> models.Prefetch:
    """The deviations of metrics with who accepted them, read with the metrics."""
    return models.Prefetch("deviations", Deviation.objects.select_related("accepted_by"))


class MetricQuerySet(models.QuerySet):
    def standing_on(self, day):
        """Each with how it `stands` on that day: its verdict, or that a deviation from it is accepted."""
        accepted = Deviation.objects.filter(
            Q(low=None) | Q(low__lte=models.OuterRef("latest__value")),
            Q(high=None) | Q(high__gte=models.OuterRef("latest__value")),
            metric=models.OuterRef("pk"),
            holds_from__lte=day,
            holds_until__gte=day,
        )
        missed_with_consent = Q(models.Exists(accepted), verdict=Verdict.NOT_MET)
        return self.annotate(
            stands=models.Case(
                models.When(missed_with_consent, then=models.Value(Verdict.ACCEPTED.value)),
                default=F("verdict"),
                output_field=models.CharField(),
            )
        )

    def not_met_first(self, day):
        """By the urgency of how they stand on that day, and in the order of the worksheets within it."""
        urgency = models.Case(*(models.When(stands=each, then=each.urgency) for each in Verdict))
        return self.standing_on(day).order_by(
            urgency, "deliverable__position", "deliverable_id", "position", "pk"
        )

    def with_verdict(self):
        """Each metric with what explains its verdict: the newest measurement and who judged it by what."""
        return self.select_related(
            "deliverable", "latest__judged_by", "latest__by", "organization"
        ).prefetch_related("targets", accepted_deviations())

    def by_deliverable(self):
        """In the order of the sheets of step N: those of deliverables for customer drivers first."""
        serves_driver = Deliverable.objects.serving_drivers().filter(pk=models.OuterRef("deliverable"))
        return self.order_by(
            models.Exists(serves_driver).desc(), "deliverable__position", "deliverable", "position", "pk"
        )


class Metric(WorkbookRow):
    """How the organization knows that a customer is satisfied with a deliverable.

    What the measurements say is repeated here, so that a dashboard never reads history: `latest` and
    `verdict`, the `attainment` of the target, the last six figures as `recent` (day, figure and verdict,
    the newest last), and the `signal` that the newest figure is part of (see `metrics.behaviour`).
    """

    RECENT = 6
    derived = ("latest", "verdict", "attainment", "recent", "signal")

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
    begins_on = models.DateField(
        _("measured since"),
        default=first_of_january,
        help_text=_("A figure from before this day is refused as a slip."),
    )
    source = models.CharField(_("source of the figure"), max_length=200, blank=True)
    latest = models.ForeignKey(
        "Measurement", models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("newest")
    )
    verdict = models.CharField(
        _("met / not met"), max_length=15, choices=Verdict, default=Verdict.NOT_MEASURED, editable=False
    )
    attainment = models.DecimalField(
        _("attainment of target"), max_digits=4, decimal_places=1, null=True, editable=False
    )
    recent = models.JSONField(default=list, editable=False)
    signal = models.CharField(max_length=20, blank=True, editable=False)

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
        if self.organization_id and self.begins_on > self.organization.today:
            raise ValidationError({"begins_on": BEGINS_LATER})
        stored = Metric.objects.filter(pk=self.pk).first()
        if not stored or stored.unit == self.unit:
            return
        if self.measurements.exists() or self.deviations_with_figures.exists():
            raise ValidationError(
                {"unit": _("Figures are in this unit already, so it stays. Add a new metric instead.")}
            )

    def get_absolute_url(self):
        return reverse("metric", args=[self.organization.slug, self.pk])

    @property
    def scale(self) -> Scale:
        """How its figures are read and written."""
        return Scale(Unit(self.unit), currency=self.organization.currency, top=self.scale_top)

    def rhythm(self, today) -> Rhythm:
        """When its next figure is due."""
        return Rhythm(Frequency(self.frequency), self.latest.date if self.latest else self.begins_on, today)

    def deviation_on(self, day, value):
        """The deviation that accepts such a figure on that day, or None."""
        return next((each for each in self.deviations.all() if each.accepts(value, on=day)), None)

    def target_on(self, date):
        """The target in force on that date, or None before the first one."""
        return in_force(self.targets.all(), date)

    @property
    def first_target(self):
        """The one that holds earliest, or None; figures from before it are not judged."""
        return min(self.targets.all(), key=lambda target: target.holds_from, default=None)

    def target_to_show(self, date):
        """The target in force on that date, or else the first one to come."""
        return self.target_on(date) or self.first_target

    @property
    def not_measured_yet(self) -> str:
        """The sentence for a figure from before the metric existed."""
        return _("This metric is measured since %(date)s. Give it an earlier beginning first.") % {
            "date": date_format(self.begins_on)
        }

    @property
    def has_figures(self) -> bool:
        """Whether something is written in its unit, which then has to stay as it is."""
        written = (self.targets, self.measurements, self.deviations_with_figures)
        return any(rows.exists() for rows in written)

    @property
    def deviations_with_figures(self) -> models.QuerySet:
        """The deviations that accept only some figures, which are in its unit."""
        return self.deviations.exclude(low=None, high=None)

    def scale_changed_since(self, moment: datetime) -> bool:
        """Whether figures were written in another unit then."""
        then = Metric.history.filter(id=self.pk, history_date__lte=moment).first()
        now = Metric.objects.get(pk=self.pk)
        return then is not None and (then.unit, then.scale_top) != (now.unit, now.scale_top)

    def figures_on(self, moment: datetime) -> list["Measurement"]:
        """Its measurements as they were written down at that time."""
        saved = Measurement.history.filter(metric=self, history_date__lte=moment)
        rows = saved.order_by("history_date", "history_id").values_list("id", "date", "value", "history_type")
        last = {key: (day, value, kind) for key, day, value, kind in rows}
        return [
            Measurement(pk=key, date=day, value=value)
            for key, (day, value, kind) in last.items()
            if kind != "-"
        ]

    def lock(self):
        """Let nobody else write its targets and figures until the transaction ends."""
        Metric.objects.select_for_update(no_key=True).filter(pk=self.pk).values("pk").first()

    def judged_under(self, targets: Iterable["Target"]) -> Iterator["Judged"]:
        """Every measurement, the oldest first, as these targets judge it."""
        succession = Succession(targets)
        for measurement in self.measurements.order_by("date"):
            target = succession.on(measurement.date)
            yield Judged(measurement, target, measurement.verdict_by(target))

    def verdicts_under(self, targets: Iterable["Target"]) -> list["Judged"]:
        """The measurements whose verdict would be another one if these were the metric's targets."""
        return [each for each in self.judged_under(targets) if each.verdict != each.measurement.verdict]

    def judge_again(self) -> int:
        """Judge every measurement by the target of its date, and say how many verdicts changed."""
        count, changed = 0, []
        for measurement, target, verdict in self.judged_under(Target.objects.filter(metric=self)):
            if (measurement.verdict, measurement.judged_by_id) != (verdict, target and target.pk):
                count += measurement.verdict != verdict
                measurement.judge(target)
                changed.append(measurement)
        Measurement.objects.bulk_update(changed, ["verdict", "judged_by"], batch_size=500)
        self.take_latest()
        return count

    def read_series(self) -> Series:
        """All its figures in the order of their days, with the baselines of their limits."""
        rows = self.measurements.order_by("date").values_list("date", "value", "verdict")
        return Series([Point(*row) for row in rows], Unit(self.unit), list(self.baselines.all()))

    def take_latest(self):
        """Repeat on the metric what its newest measurements say."""
        newest = list(self.measurements.select_related("judged_by").order_by("-date")[:RUN])
        self.signal = self._signal_among(newest)
        self.take(newest[: self.RECENT])

    def _signal_among(self, newest: list["Measurement"]) -> str:
        """The signal that the newest figure is part of, for which its whole history need not be read.

        No rule looks back further than a run is long; the limits rest on the first figures of the segment.
        """
        baseline = self.baselines.order_by("-starts_on").first()
        in_segment = self.measurements.filter(date__gte=baseline.starts_on) if baseline else self.measurements
        if baseline and baseline.ends_on:
            resting = in_segment.filter(date__lte=baseline.ends_on)
        else:
            resting = in_segment.order_by("date")[:BASELINE_FIGURES]
        points = {Point(*row) for row in resting.values_list("date", "value", "verdict")} | {
            Point(each.date, each.value, each.verdict)
            for each in newest
            if baseline is None or each.date >= baseline.starts_on
        }
        signal = Segment(tuple(sorted(points)), Unit(self.unit), baseline).signal_now
        return signal.code if signal else ""

    def take(self, newest: Iterable["Measurement"]):
        """Repeat what these measurements say, which are the last ones, the newest first."""
        newest = list(newest)
        self.latest = newest[0] if newest else None
        self.verdict = self.latest.verdict if self.latest else Verdict.NOT_MEASURED
        self.attainment = self.latest.attainment if self.latest else None
        self.recent = [[str(each.date), str(each.value), each.verdict] for each in reversed(newest)]
        Metric.objects.filter(pk=self.pk).update(**{name: getattr(self, name) for name in self.derived})


class Judged(NamedTuple):
    """A measurement as a target judges it, whatever it is judged as now."""

    measurement: "Measurement"
    target: "Target | None"
    verdict: Verdict


def in_force(targets: Iterable["Target"], day: date) -> "Target | None":
    """Which of the targets of a metric holds on that day: the last that has begun, if any has."""
    begun = (target for target in targets if target.holds_from <= day)
    return max(begun, key=lambda target: target.holds_from, default=None)


class Succession:
    """The targets of a metric, each in force until the next takes over: as `in_force`, for many days."""

    _begin = attrgetter("holds_from")

    def __init__(self, targets: Iterable["Target"]):
        self._targets = sorted(targets, key=self._begin)

    def on(self, day: date) -> "Target | None":
        """The target that holds on that day, or None before the first one."""
        begun = bisect_right(self._targets, day, key=self._begin)
        return self._targets[begun - 1] if begun else None

    def add(self, target: "Target"):
        """Let it take over on the day it holds from, on which no other one begins."""
        insort(self._targets, target, key=self._begin)


class RowOfMetric(WorkbookRow):
    """What hangs on a metric: only those who have locked the metric write it.

    `in_its_unit` says whether it holds figures, which mean nothing in another unit.
    """

    in_its_unit = True

    class Meta:
        abstract = True

    def lock_first(self):
        self.metric.lock()

    def in_words(self, name):
        value = getattr(self, name)
        is_figure = isinstance(self._meta.get_field(name), Figure)
        return self.metric.scale.write(value) if is_figure and value is not None else ""

    def check_return(self, deleted_at):
        """Figures come back into the unit that they were written in, and into no other."""
        self.clean()
        if self.in_its_unit and self.metric.scale_changed_since(deleted_at):
            raise ValidationError(
                _("It was written in the unit that the metric had then. Write it anew in the one of now.")
            )


class Target(RowOfMetric):
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

    def check_return(self, deleted_at):
        """It gives back the verdicts that its deletion took away, and changes no other unasked."""
        super().check_return(deleted_at)
        changes = {
            (figure.pk, figure.date, figure.value, figure.verdict, verdict)
            for figure, _target, verdict in self.metric.verdicts_under([*self.metric.targets.all(), self])
        }
        if changes and not changes <= self._taken_away(deleted_at):
            raise ValidationError(self._asked_elsewhere)

    def _taken_away(self, deleted_at: datetime) -> set[tuple]:
        """What became of each figure of that time by the deletion: verdict without it, and with it."""
        then = Target.history.as_of(deleted_at).filter(metric=self.metric)
        left = [target for target in then if target.pk != self.pk]
        return {
            (
                figure.pk,
                figure.date,
                figure.value,
                figure.verdict_by(in_force(left, figure.date)),
                figure.verdict_by(in_force([*left, self], figure.date)),
            )
            for figure in self.metric.figures_on(deleted_at)
        }

    @property
    def _asked_elsewhere(self) -> str:
        """The sentence for a target that cannot come back unasked, with the way out."""
        return format_html(
            gettext("It would change verdicts given since. Set it on {}, which shows them and asks."),
            format_html('<a href="{}">{}</a>', self.metric.get_absolute_url(), gettext("the metric’s page")),
        )

    def settle(self):
        """Judge anew, and let the metric's row be noticed as changed: its target stands in it."""
        self.verdicts_changed = self.metric.judge_again()
        Metric.objects.filter(pk=self.metric_id).update(version=F("version") + 1)


class Deviation(RowOfMetric):
    """A target that is not met is accepted for some days, with a reason: until then nobody has to act.

    `low` and `high` are the figures that are still accepted; without them any figure is.
    """

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="deviations", verbose_name=_("metric"))
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


class Baseline(RowOfMetric):
    """From a day on, the natural process limits of a metric are taken from these figures, and why.

    Without `ends_on` they are the first figures from `starts_on` on (see `metrics.behaviour`). The limits
    hold until the next baseline starts.
    """

    in_its_unit = False

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="baselines", verbose_name=_("metric"))
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


class Measurement(RowOfMetric):
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
        if target is None:
            return Verdict.NO_TARGET
        return Verdict.MET if target.aim.holds(self.value) else Verdict.NOT_MET

    def judge(self, target: Target | None):
        """Keep what the target says of the figure."""
        self.judged_by, self.verdict = target, self.verdict_by(target)

    def prepare(self):
        """Judged by the target of now: it may have changed while the measurement was deleted."""
        super().prepare()
        self.judge(self.metric.targets.filter(holds_from__lte=self.date).order_by("-holds_from").first())

    def settle(self):
        self.metric.take_latest()
