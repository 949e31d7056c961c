"""What a metric should reach, and which of its targets holds on a day."""

from bisect import bisect_right, insort
from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from metrics.models.base import Figure, RowOfMetric
from metrics.quantities import Aim, Direction
from victory.models import Member


class Target(RowOfMetric):
    """What a metric should reach, from a date on until a later target takes over."""

    metric = models.ForeignKey("Metric", models.CASCADE, related_name="targets", verbose_name=_("metric"))
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
        self.metric.move_on()


def in_force(targets: Iterable[Target], day: date) -> Target | None:
    """Which of the targets of a metric holds on that day: the last that has begun, if any has."""
    begun = (target for target in targets if target.holds_from <= day)
    return max(begun, key=lambda target: target.holds_from, default=None)


class Succession:
    """The targets of a metric, each in force until the next takes over: as `in_force`, for many days."""

    _begin = attrgetter("holds_from")

    def __init__(self, targets: Iterable[Target]):
        self._targets = sorted(targets, key=self._begin)

    def on(self, day: date) -> Target | None:
        """The target that holds on that day, or None before the first one."""
        begun = bisect_right(self._targets, day, key=self._begin)
        return self._targets[begun - 1] if begun else None

    def add(self, target: Target):
        """Let it take over on the day it holds from, on which no other one begins."""
        insort(self._targets, target, key=self._begin)
