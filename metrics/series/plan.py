"""What entering a pasted series would do to each metric: figures, targets, and the verdicts they change."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from metrics.models import Measurement, Metric, Target
from metrics.rejudging import Foreseen


class Fate(models.TextChoices):
    """What becomes of one pasted figure."""

    NEW = "new", gettext_lazy("new")
    SAME = "same", gettext_lazy("there already")
    CORRECTION = "correction", gettext_lazy("would correct")
    EARLY = "early", gettext_lazy("before it is measured")


@dataclass(frozen=True)
class Problem:
    """A cell that cannot be taken, and why."""

    line: int
    heading: str
    why: str


@dataclass(frozen=True)
class Planned:
    """A figure that was read, and what would become of it."""

    line: int
    since: date
    figure: Measurement
    fate: Fate
    was: str = ""


@dataclass
class MetricPlan:
    """What entering the series would do to one metric, which may be a new one."""

    metric: Metric
    column: int
    figures: list[Planned] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    problem: str = ""

    @property
    def is_new(self) -> bool:
        return self.metric.pk is None

    def count(self, fate: Fate) -> int:
        return sum(each.fate == fate for each in self.figures)

    @property
    def new(self) -> int:
        return self.count(Fate.NEW)

    @property
    def same(self) -> int:
        return self.count(Fate.SAME)

    @property
    def early(self) -> int:
        return self.count(Fate.EARLY)

    @property
    def corrections(self) -> list[Planned]:
        return [each for each in self.figures if each.fate == Fate.CORRECTION]

    @cached_property
    def could_begin_on(self) -> date | None:
        """The beginning with which no figure would come before it."""
        return min((each.since for each in self.figures if each.fate == Fate.EARLY), default=None)

    @cached_property
    def steps(self) -> list[str]:
        """The targets that would be set, in words."""
        words = [
            (target.aim.write(self.metric.scale), date_format(target.holds_from)) for target in self.targets
        ]
        return [_("%(target)s from %(day)s") % {"target": aim, "day": day} for aim, day in words]

    @cached_property
    def changes(self) -> Foreseen:
        """The verdicts of figures that are there already which the targets would change."""
        if self.is_new or not self.targets:
            return Foreseen(self.metric, [])
        days = {target.holds_from for target in self.targets}
        kept = [target for target in self.metric.targets.all() if target.holds_from not in days]
        return Foreseen(self.metric, self.metric.verdicts_under([*kept, *self.targets]))

    def to_enter(self, *, correct: bool, earlier: bool) -> list[Measurement]:
        wanted = {Fate.NEW, *([Fate.CORRECTION] if correct else []), *([Fate.EARLY] if earlier else [])}
        return [each.figure for each in self.figures if each.fate in wanted]


@dataclass(frozen=True)
class Taken:
    """What was written."""

    metrics: list[Metric]
    entered: int
    corrected: int
    targets: int
    changed: int

    @property
    def in_words(self) -> str:
        entered = ngettext("%(n)d figure entered", "%(n)d figures entered", self.entered)
        others = (
            (self.corrected, ngettext("%(n)d corrected", "%(n)d corrected", self.corrected)),
            (self.targets, ngettext("%(n)d target set", "%(n)d targets set", self.targets)),
            (self.changed, ngettext("%(n)d verdict changed", "%(n)d verdicts changed", self.changed)),
        )
        said = [entered % {"n": self.entered}, *(told % {"n": count} for count, told in others if count)]
        return ", ".join(said) + "."
