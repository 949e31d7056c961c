"""The walk through the metrics that are not met: what a review is held with, one metric at a time."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actionplans.models import Action, ReviewLine
from actionplans.reviews.lines import line_of
from actionplans.reviews.pack import ActionState, state_of
from actionplans.sparkline import Sparkline
from actionplans.thread import Thread
from metrics.models import Metric, Verdict


@dataclass(frozen=True)
class Walk:
    """Where somebody is among the metrics, and which ones that are not met come before and after."""

    thread: Thread
    at: int | None = None

    @cached_property
    def missed(self) -> list[int]:
        """The keys of the metrics that are not met, in the order of the worksheets."""
        return [metric.pk for metric in self.thread.metrics.values() if metric.verdict == Verdict.NOT_MET]

    @cached_property
    def order(self) -> list[int]:
        return list(self.thread.metrics)

    @property
    def next(self) -> int | None:
        behind = self.order[self.order.index(self.at) + 1 :]
        return next((key for key in behind if key in self.missed), None)

    @property
    def previous(self) -> int | None:
        ahead = self.order[: self.order.index(self.at)]
        return next((key for key in reversed(ahead) if key in self.missed), None)

    @property
    def progress(self) -> str:
        """How far the walk has come; a metric beside the way has no place in it."""
        if self.at not in self.missed:
            return _("not one of the %(all)s that are not met") % {"all": len(self.missed)}
        return _("%(place)s of %(all)s") % {
            "place": self.missed.index(self.at) + 1, "all": len(self.missed),
        }  # fmt: skip

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Every metric, to go straight to it: those that are not met first."""
        metrics = sorted(self.thread.metrics.values(), key=lambda metric: Verdict(metric.verdict).urgency)
        return [(metric.pk, f"{Verdict(metric.verdict).label}: {metric.measured_by}") for metric in metrics]


@dataclass(frozen=True)
class Figure:
    """One of the last figures of a metric."""

    day: str
    figure: str
    verdict: Verdict


@dataclass(frozen=True)
class Stop:
    """One metric as it is looked at in a review."""

    metric: Metric
    line: ReviewLine
    recent: list[Figure]
    sparkline: Sparkline | None
    actions: list[ActionState]

    @classmethod
    def at(cls, metric: Metric, thread: Thread) -> "Stop":
        """The metric was read with `with_verdict` and `standing_on`."""
        actions = Action.objects.open().filter(metric=metric).select_related("metric", "who")
        return cls(
            metric=metric,
            line=line_of(metric, thread),
            recent=[
                Figure(
                    date_format(date.fromisoformat(day)), metric.scale.write(Decimal(value)), Verdict(verdict)
                )
                for day, value, verdict in metric.recent
            ],
            sparkline=Sparkline.of(metric, metric.target_on(thread.today)),
            actions=[
                replace(state_of(action, thread), metric="") for action in actions.order_by("due", "pk")
            ],
        )
