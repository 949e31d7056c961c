"""A metric: how the organization knows that a customer is satisfied, and how that stands."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import batched

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Cast, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from customers.models import Deliverable, Need
from metrics.behaviour import BASELINE_FIGURES, RUN, Point, Segment, Series
from metrics.models.baseline import Baseline
from metrics.models.deviation import Deviation, accepted_deviations
from metrics.models.measurement import Dated, Judged, Measurement, taken_in
from metrics.models.target import Succession, Target, in_force
from metrics.models.verdict import Verdict
from metrics.quantities import Scale, Unit
from metrics.rhythm import Frequency, Rhythm
from victory.prepared import Prepared
from victory.rows import WorkbookRow
from victory.tenancy import organization_scope, scoped
from victory.trail import Shows, Verb, is_held, note_held

MOST_TOUCHED = 300
"""Lines in one statement: a database takes so many values at once."""

BEGINS_LATER = _("This day is still to come. A metric is measured since a day that has come.")


def first_of_january():
    """From when metrics and targets usually begin: the year that is under way."""
    return timezone.localdate().replace(month=1, day=1)


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

    def touched_after(self, number: int):
        """Those whose line was touched by a later write than that of this number."""
        return self.filter(touched_by__number__gt=number)

    def by_deliverable(self):
        """In the order of the sheets of step N: those of deliverables for customer drivers first."""
        serves_driver = Deliverable.objects.serving_drivers().filter(pk=models.OuterRef("deliverable"))
        return self.order_by(
            models.Exists(serves_driver).desc(), "deliverable__position", "deliverable", "position", "pk"
        )


def as_points(measurements: models.QuerySet) -> models.QuerySet:
    """What `metrics.behaviour` looks at."""
    return measurements.values_list("date", "value", "verdict")


NEWEST = Prepared(
    lambda _day, keys: Measurement.objects.filter(metric__in=keys).order_by("-date")[:RUN],
    '"metric_id" IN (',
)
LAST_BASELINE = Prepared(
    lambda _day, keys: Baseline.objects.filter(metric__in=keys).order_by("-starts_on")[:1], '"metric_id" IN ('
)
FIRST_POINTS = Prepared(
    lambda _day, keys: as_points(
        Measurement.objects.filter(metric__in=keys).order_by("date")[:BASELINE_FIGURES]
    ),
    '"metric_id" IN (',
)
"""What is read of a metric anew: its newest figures, its last baseline, what its limits rest on.

Whoever writes a figure has them at hand (see `metrics.touched.to_measure`). The target that judged the newest
one is looked up where another one than that was written.
"""


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

    newest: list[Measurement] | None = None
    """Its newest measurements, the newest first, where they were read as it was locked."""
    oldest: list[Dated | Measurement] | None = None
    """Its first ones, the oldest first, where they were read with these: limits rest on them."""
    last_baseline: list[Baseline] | None = None
    """The limits that were chosen for it last, if any were, where that was read with them."""
    has_deviations: bool | None = None
    """Whether any was ever accepted, where that was read with them."""
    _stays = False

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

    def save_unsettled(self, **kwargs):
        """Noting whether it stays where it is among the others: then it shows on its own line alone."""
        place = ("deliverable_id", "need_id", "position")
        self._stays = self.stays_in(place) or self._is_stored_in(place)
        super().save_unsettled(**kwargs)

    def _is_stored_in(self, place: tuple[str, ...]) -> bool:
        stored = Metric.objects.select_for_update(no_key=True).filter(pk=self.pk).values_list(*place).first()
        return stored == tuple(getattr(self, name) for name in place)

    def shows_as(self, verb):
        return Shows.ON_ONE_LINE if verb == Verb.CHANGED and self._stays else Shows.ANYWHERE

    @property
    def line(self):
        return Metric, self.pk

    def clean(self):
        super().clean()
        if self.organization_id and self.begins_on > self.organization.today:
            raise ValidationError({"begins_on": BEGINS_LATER})
        if self.stays_in(["unit"]):
            return
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
        return self.targets.exists() or self.measurements.exists() or self.deviations_with_figures.exists()

    @property
    def deviations_with_figures(self) -> models.QuerySet:
        """The deviations that accept only some figures, which are in its unit."""
        return self.deviations.exclude(low=None, high=None)

    def scale_changed_since(self, moment: datetime) -> bool:
        """Whether figures were written in another unit then."""
        then = Metric.history.filter(id=self.pk, history_date__lte=moment).first()
        now = Metric.objects.get(pk=self.pk)
        return then is not None and (then.unit, then.scale_top) != (now.unit, now.scale_top)

    def figures_on(self, moment: datetime) -> list[Measurement]:
        """Its measurements as they were written down at that time."""
        saved = Measurement.history.filter(metric=self, history_date__lte=moment)
        rows = saved.order_by("history_date", "history_id").values_list("id", "date", "value", "history_type")
        last = {key: (day, value, kind) for key, day, value, kind in rows}
        return [
            Measurement(pk=key, date=day, value=value)
            for key, (day, value, kind) in last.items()
            if kind != "-"
        ]

    @classmethod
    def touch(cls, keys: Iterable[int], number: int):
        """Leave the number of a write on the lines of these metrics. Written plainly: every save sends it."""
        with connection.cursor() as cursor:
            for some in batched(sorted(keys), MOST_TOUCHED):
                places = ", ".join(["(%s, %s)"] * len(some))
                cursor.execute(
                    f"INSERT INTO metrics_touch (metric_id, number) VALUES {places}"
                    " ON CONFLICT (metric_id) DO UPDATE SET number = excluded.number",
                    [value for key in some for value in (key, number)],
                )

    def lock(self):
        """Let nobody else write its targets and figures until the transaction ends."""
        if not is_held((Metric, self.pk)):
            Metric.objects.select_for_update(no_key=True).filter(pk=self.pk).values("pk").first()
            note_held((Metric, self.pk))
            self.forget_what_was_read()  # others may have written some until now

    def move_on(self):
        """Let the row be noticed as changed where it is open: something that stands in it is another."""
        Metric.objects.filter(pk=self.pk).update(version=F("version") + 1)

    def judged_under(self, targets: Iterable[Target]) -> Iterator[Judged]:
        """Every measurement, the oldest first, as these targets judge it."""
        succession = Succession(targets)
        for measurement in self.measurements.order_by("date"):
            target = succession.on(measurement.date)
            yield Judged(measurement, target, measurement.verdict_by(target))

    def verdicts_under(self, targets: Iterable[Target]) -> list[Judged]:
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

    @classmethod
    def derive_anew(cls):
        for metric in cls.objects.all():
            metric.judge_again()

    def read_series(self) -> Series:
        """All its figures in the order of their days, with the baselines of their limits."""
        # As texts: of SQLite's numbers and days, thousands take three times as long.
        days, figures = (Cast(name, models.TextField()) for name in ("date", "value"))
        rows = self.measurements.order_by("date").values_list(days, figures, "verdict")
        points = [Point(date.fromisoformat(day), Decimal(figure), verdict) for day, figure, verdict in rows]
        return Series(points, Unit(self.unit), list(self.baselines.all()))

    def forget_what_was_read(self):
        """Take nothing for known that hangs on the metric."""
        self.newest = self.oldest = self.last_baseline = self.has_deviations = None

    def _newest_now(self) -> list[Measurement]:
        with organization_scope(self.organization):  # superusers work in all of them
            return NEWEST.rows(None, [self.pk])

    def measurement_on(self, day) -> Measurement | None:
        """The figure of a day, which is at hand where it is one of the newest that were read."""
        at_hand = self.newest or ()
        if self.newest is None or (len(at_hand) == RUN and day < at_hand[-1].date):
            at_hand = self.measurements.filter(date=day).order_by()
        found = next((each for each in at_hand if each.date == day), None)
        if found is not None:
            found.metric = self
        return found

    def take_latest(self):
        """Repeat on the metric what its newest measurements say."""
        self.forget_what_was_read()
        self._take_newest(self._newest_now())

    def take_up(self, written: Measurement):
        """Repeat what its newest measurements say, one of which was just written or deleted."""
        if self.newest is None or written.pk is None:
            return self.take_latest()
        value = Measurement._meta.get_field("value").as_read(written.value)
        newest = taken_in(written, self.newest, RUN, newest_first=True)
        if newest is None or value is None:  # the database may keep it otherwise than it was given
            return self.take_latest()
        written.value, self.newest = value, newest
        if self.oldest is not None:
            self.oldest = taken_in(written, self.oldest, BASELINE_FIGURES, newest_first=False)
        self._take_newest(newest)

    def _take_newest(self, newest: list[Measurement]):
        with organization_scope(self.organization):
            self.signal = self._signal_among(newest)
        self.take(newest[: self.RECENT])

    def _signal_among(self, newest: list[Measurement]) -> str:
        """The signal that the newest figure is part of, for which its whole history need not be read.

        No rule looks back further than a run is long; the limits rest on the first figures of the segment.
        """
        at_hand = self.last_baseline
        baseline = next(iter(LAST_BASELINE.rows(None, [self.pk]) if at_hand is None else at_hand), None)
        if baseline is not None:
            in_segment = as_points(self.measurements.filter(date__gte=baseline.starts_on).order_by("date"))
            resting = (
                in_segment.filter(date__lte=baseline.ends_on)
                if baseline.ends_on
                else in_segment[:BASELINE_FIGURES]
            )
        elif self.oldest is None:
            resting = FIRST_POINTS.rows(None, [self.pk])
        else:
            resting = [(each.date, each.value, each.verdict) for each in self.oldest]
        points = {Point(*row) for row in resting} | {
            Point(each.date, each.value, each.verdict)
            for each in newest
            if baseline is None or each.date >= baseline.starts_on
        }
        return self.signal_among(points, baseline)

    def signal_among(self, points: Iterable[Point], baseline: Baseline | None = None) -> str:
        """The signal that the newest of these points is part of, as it is kept on the metric."""
        signal = Segment(tuple(sorted(points)), Unit(self.unit), baseline).signal_now
        return signal.code if signal else ""

    def take(self, newest: Iterable[Measurement]):
        """Repeat what these measurements say, which are the last ones, the newest first."""
        self.repeat(newest)
        self.store(self.derived)

    def repeat(self, newest: Iterable[Measurement]):
        """As `take`, but leave it to the caller to write it down, who does so for many at once."""
        newest = list(newest)
        self.latest = newest[0] if newest else None
        self.verdict = self.latest.verdict if self.latest else Verdict.NOT_MEASURED
        self.attainment = self.latest.attainment if self.latest else None
        self.recent = [[str(each.date), str(each.value), each.verdict] for each in reversed(newest)]


class Touch(models.Model):
    """Which write touched the line of a metric last, where one did: its number in `victory.models.Revision`.

    In a table of its own, whose rows are written by those alone who hold the revision: on the metric, they
    would wait for somebody who holds that, and who waits for the revision. It is found by its metric alone,
    and so is the one table below organizations that does not begin with them.
    """

    metric = models.OneToOneField(
        Metric,
        models.DO_NOTHING,  # it says nothing about the metric: not what is kept of a deleted one either
        primary_key=True,
        related_name="touched_by",
        db_constraint=False,
    )
    number = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("last touch of a metric")
        verbose_name_plural = _("last touches of metrics")

    def __str__(self):
        return str(self.number)

    @classmethod
    def forget_gone(cls):
        """Throw away what is kept of metrics that are gone, of which no organization's scope tells."""
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM metrics_touch WHERE NOT EXISTS"
                " (SELECT 1 FROM metrics_metric WHERE metrics_metric.id = metrics_touch.metric_id)"
            )
