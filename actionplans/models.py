"""Step R: who can act on a metric, and who does what by when."""

from datetime import date, timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from metrics.models import Metric, Verdict
from victory.models import Member
from victory.rows import WorkbookRow
from victory.tenancy import scoped
from victory.trail import Shows, note_left

FURTHEST = timedelta(days=50 * 365)
FAR_AWAY = _("This day is more than 50 years away. Look at the year.")


def is_far_away(day: date) -> bool:
    """Whether a day is too far off for a plan: then its year is wrong."""
    return abs(day - timezone.localdate()) > FURTHEST


class ReviewQuerySet(models.QuerySet):
    def closed(self):
        """Those that are closed, the latest first."""
        return self.exclude(closed_at=None).order_by("-on", "-pk")

    def planned(self):
        """Those still to be held or closed, the next one first."""
        return self.filter(closed_at=None).order_by("on", "pk")


class Ownership(WorkbookRow):
    """The person who can take action to make improvements on a metric."""

    shows = Shows.ON_ONE_LINE
    shows_on = "metric"

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="ownerships", verbose_name=_("metric"))
    member = models.ForeignKey(Member, models.CASCADE, related_name="ownerships", verbose_name=_("owner"))

    class Meta(WorkbookRow.Meta):
        verbose_name = _("ownership")
        verbose_name_plural = _("ownerships")
        constraints = [
            models.UniqueConstraint(fields=["organization", "metric"], name="ownership_one_a_metric")
        ]

    def __str__(self):
        return f"{self.metric}: {self.member}"

    def prepare(self):
        if self.pk:
            for metric_id in Ownership.objects.filter(pk=self.pk).values_list("metric_id", flat=True):
                note_left(self, (Metric, metric_id))


class Review(WorkbookRow):
    """A meeting on a day: who was there, what was found and decided, and when to meet next.

    It is prepared, held, and then closed. What stood on that day is frozen with it: `frozen` holds what
    the minutes say beside the metrics, whose lines are `ReviewLine`s. A closed review never changes again
    and cannot be deleted.
    """

    LIMIT = 10_000

    on = models.DateField(_("date"))
    findings = models.TextField(_("findings"), blank=True, max_length=LIMIT)
    decisions = models.TextField(_("decisions"), blank=True, max_length=LIMIT)
    next_on = models.DateField(_("next review on"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    frozen = models.JSONField(null=True, editable=False)

    unspoken = ("frozen",)
    names_in = ("frozen",)

    objects = scoped(ReviewQuerySet)

    class Meta:
        ordering = ["-on", "-pk"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "on"], name="review_once_a_day",
                violation_error_message=_("There is a review on this day already."),
            )
        ]  # fmt: skip

    def __str__(self):
        return str(_("review of %(date)s")) % {"date": date_format(self.on)}

    def get_absolute_url(self):
        return reverse("review", args=[self.organization.slug, self.pk])

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @classmethod
    def take_in(cls, values, new_key):
        from actionplans.reviews.frozen import exchange_keys

        if (values["frozen"] is None) != (values["closed_at"] is None):
            raise ValidationError(_("a review is closed exactly when something is frozen with it"))
        if values["frozen"] is not None:
            action_key = partial(new_key, "actionplans.action")
            values["frozen"] = exchange_keys(values["frozen"], action_key)

    @classmethod
    def renamed(cls, values, replace):
        from actionplans.reviews.frozen import exchange_names

        return {"frozen": values["frozen"] and exchange_names(values["frozen"], replace)}

    def prepare(self):
        refuse_closed(Review.objects.filter(pk=self.pk))

    def clean(self):
        super().clean()
        for name in ("on", "next_on"):
            day = getattr(self, name)
            if day and is_far_away(day):
                raise ValidationError({name: FAR_AWAY})
        if self.on and self.next_on and self.next_on <= self.on:
            sentence = _("The next review comes after this one. It is set for %(day)s.")
            raise ValidationError({"next_on": sentence % {"day": date_format(self.next_on)}})


def refuse_closed(reviews: models.QuerySet):
    """Raise ValidationError where one of these reviews is closed, and lock them until the end."""
    if any(review.is_closed for review in reviews.select_for_update()):
        raise ValidationError(_("This review is closed: what stood then can no longer change."))


class Attendance(WorkbookRow):
    """Somebody takes part in a review. They can leave the organization, but not be deleted from it."""

    shows = Shows.NOWHERE_ELSE

    review = models.ForeignKey(Review, models.CASCADE, related_name="attendances")
    member = models.ForeignKey(Member, models.RESTRICT, related_name="attendances", verbose_name=_("who"))

    class Meta(WorkbookRow.Meta):
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(fields=["organization", "review", "member"], name="attendance_once")
        ]

    def __str__(self):
        return str(self.member)

    def prepare(self):
        refuse_closed(Review.objects.filter(pk=self.review_id))


class ReviewLine(WorkbookRow):
    """One metric in a review: what was noted on it, and, once the review is closed, how it stood.

    How it stood is kept as texts, so that it stays as it was whatever becomes of the metric. `metric_key`
    is the metric's key, by which two reviews are compared; it points nowhere once the metric is deleted.
    """

    unspoken = ("metric_key",)

    review = models.ForeignKey(Review, models.CASCADE, related_name="lines")
    metric_key = models.BigIntegerField(editable=False)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    metric = models.CharField(_("customer metric"), max_length=200, editable=False)
    deliverable = models.CharField(_("deliverable"), max_length=160, editable=False)
    performance = models.CharField(_("performance"), max_length=100, editable=False)
    measured_on = models.DateField(_("measured on"), null=True, editable=False)
    target = models.CharField(_("target"), max_length=200, editable=False)
    verdict = models.CharField(
        _("met / not met"), max_length=15, choices=Verdict, default=Verdict.NOT_MEASURED, editable=False
    )
    attainment = models.DecimalField(
        _("attainment of target"), max_digits=4, decimal_places=1, null=True, editable=False
    )
    reason = models.TextField(_("reason"), editable=False)
    owner = models.CharField(_("owner"), max_length=120, editable=False)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("line of a review")
        verbose_name_plural = _("lines of reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "review", "metric_key"], name="review_line_once_a_metric"
            )
        ]

    def __str__(self):
        return self.metric

    names_in = ("owner", "reason")

    @classmethod
    def take_in(cls, values, new_key):
        values["metric_key"] = new_key("metrics.metric", values["metric_key"])

    @property
    def stood(self) -> Verdict:
        """The verdict that is kept, with its words."""
        return Verdict(self.verdict)

    def prepare(self):
        refuse_closed(Review.objects.filter(pk=self.review_id))


class Status(models.TextChoices):
    """How far an action has come."""

    PLANNED = "planned", _("planned")
    UNDER_WAY = "under-way", _("under way")
    BLOCKED = "blocked", _("blocked")
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")


OPEN = (Status.PLANNED, Status.UNDER_WAY, Status.BLOCKED)


class ActionQuerySet(models.QuerySet):
    def open(self):
        """Those that are not done or dropped."""
        return self.filter(status__in=OPEN)

    def most_urgent_first(self):
        """Those still open by the day they are due, then those that are over."""
        over = models.Case(models.When(status__in=OPEN, then=0), default=1)
        return self.order_by(over, "due", "pk")


def may_update_actions_of(who: int, member: Member) -> bool:
    """Whether they may say how far actions of `who` have come: managers of all, contributors of their own."""
    return member.may_edit or (member.may_record and who == member.pk)


class Action(WorkbookRow):
    """Who does what by when, to bring a metric to its target.

    `moves` counts how often its day was put off, and `first_due` is the day that was promised first. The
    two questions are those that one distributor puts every action to; None is not answered yet.
    """

    derived = ("moves", "first_due")
    shows = Shows.ON_ONE_LINE
    shows_on = "metric"

    metric = models.ForeignKey(
        Metric, models.CASCADE, related_name="actions", verbose_name=_("customer metric")
    )
    what = models.CharField(_("action"), max_length=300)
    who = models.ForeignKey(Member, models.RESTRICT, related_name="actions", verbose_name=_("who"))
    due = models.DateField(_("when"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    done_on = models.DateField(_("done on"), null=True, editable=False)
    key_to_success = models.BooleanField(
        _("Would our customer call it a key to their success?"), null=True, blank=True
    )
    earns_loyalty = models.BooleanField(_("Does it earn their loyalty?"), null=True, blank=True)
    moves = models.PositiveSmallIntegerField(default=0, editable=False)
    first_due = models.DateField(null=True, editable=False)
    decided_in = models.ForeignKey(
        Review, models.SET_NULL, null=True, editable=False, related_name="actions",
        verbose_name=_("decided in"),
    )  # fmt: skip

    objects = scoped(ActionQuerySet)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        indexes = [models.Index(fields=["organization", "status", "due"], name="action_by_status_and_day")]

    def __str__(self):
        return self.what

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it: neither done nor dropped."""
        return self.status in OPEN

    def get_absolute_url(self):
        return reverse("action", args=[self.organization.slug, self.pk])

    @property
    def answers(self) -> tuple[bool | None, bool | None]:
        """Whether it is a key to the customer's success, and whether it earns their loyalty."""
        return self.key_to_success, self.earns_loyalty

    def is_late(self, today) -> bool:
        """Whether it is open although its day has passed; on that day it is not late yet."""
        return self.is_open and self.due < today

    def may_be_updated_by(self, member: Member) -> bool:
        """Whether they may say how far it has come."""
        return may_update_actions_of(self.who_id, member)

    def prepare(self):
        """Count a day that is put off; one that is brought forward is no broken promise."""
        stored = Action.objects.filter(pk=self.pk)
        before = stored.values_list("due", "first_due", "moves", "metric_id").first()
        if before is None:
            self.first_due = self.first_due or self.due
        else:
            due, first_due, moves, metric_id = before
            if metric_id != self.metric_id:
                note_left(self, (Metric, metric_id))
            self.first_due, self.moves = first_due or due, moves + (self.due > due)

    def save(self, **kwargs):
        if self.status != Status.DONE:
            self.done_on = None
        elif self.done_on is None:
            self.done_on = self.organization.today
        super().save(**kwargs)
