"""Step R: who can act on a metric, and who does what by when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from metrics.models import Metric
from victory.models import Member
from victory.tenancy import WorkbookRow, scoped


class Ownership(WorkbookRow):
    """The person who can take action to make improvements on a metric."""

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


class Action(WorkbookRow):
    """Who does what by when, to bring a metric to its target."""

    metric = models.ForeignKey(
        Metric, models.CASCADE, related_name="actions", verbose_name=_("customer metric")
    )
    what = models.CharField(_("action"), max_length=300)
    who = models.ForeignKey(Member, models.RESTRICT, related_name="actions", verbose_name=_("who"))
    due = models.DateField(_("when"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    done_on = models.DateField(_("done on"), null=True, editable=False)

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

    def is_late(self, today) -> bool:
        """Whether it is open although its day has passed; on that day it is not late yet."""
        return self.is_open and self.due < today

    def may_be_updated_by(self, member: Member) -> bool:
        """Whether they may say how far it has come: managers of any action, contributors of their own."""
        return member.may_edit or (member.may_record and self.who_id == member.pk)

    def save(self, **kwargs):
        if self.status != Status.DONE:
            self.done_on = None
        elif self.done_on is None:
            self.done_on = self.organization.today
        super().save(**kwargs)
