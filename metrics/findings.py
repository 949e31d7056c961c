"""What the behaviour of a metric says, in words that a team can act on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from metrics.behaviour import (
    Comparison,
    Effect,
    Point,
    Reach,
    Rule,
    Segment,
    Series,
    Side,
    Signal,
    share_of_yes,
)
from metrics.models import Metric, Verdict
from metrics.quantities import MAX_DECIMALS, Aim, Scale, Unit

_MINUTE, _HOUR, _DAY = Decimal(60), Decimal(3600), Decimal(86400)


@dataclass(frozen=True)
class Precision:
    """How figures are written that were calculated from others: no finer than those allow."""

    scale: Scale
    decimals: int
    """One more than the figures have, as long as that is not far finer than they differ."""
    _written: dict[Decimal, str] = field(default_factory=dict, init=False, compare=False)
    """The same means and limits are told again and again."""

    @classmethod
    def of(cls, points: Sequence[Point], scale: Scale) -> "Precision":
        values = [point.value for point in points]
        spread = max(values) - min(values) if values else 0
        finest = max(0, 2 - spread.adjusted()) if spread else MAX_DECIMALS
        return cls(scale, min(finest, 1 + decimals_of(values, at_most=finest - 1)))

    def write(self, value: Decimal) -> str:
        if value not in self._written:
            self._written[value] = self.scale.write(self._rounded(value))
        return self._written[value]

    def _rounded(self, value: Decimal) -> Decimal:
        if self.scale.unit == Unit.MONEY:
            return round(value, 2)
        if self.scale.unit == Unit.DURATION and abs(value) >= _MINUTE:
            step = 1 if abs(value) < _HOUR else _MINUTE if abs(value) < _DAY else _HOUR
            return round(value / step) * Decimal(step)
        return round(value, self.decimals)


def decimals_of(values: Sequence[Decimal], at_most: int) -> int:
    """How many decimals these figures were written with, as far as it matters; beyond them are zeros."""
    for decimals in range(at_most, 0, -1):
        coarser = Decimal(10) ** (1 - decimals)
        if any(value % coarser for value in values):
            return decimals
    return 0


def ends_of(scale: Scale, points: Sequence[Point]) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most that a figure can be, where there is such a thing.

    A percentage is a share of something unless a figure has shown otherwise.
    """
    if scale.unit == Unit.DURATION:
        return Decimal(0), None
    if scale.unit == Unit.RATING:
        return Decimal(0), scale.top
    if scale.unit == Unit.PERCENT:
        values = [point.value for point in points]
        is_share = not values or (min(values) >= 0 and max(values) <= 100)
        return (Decimal(0), Decimal(100)) if is_share else (None, None)
    return None, None


@dataclass(frozen=True)
class SignalLine:
    """One signal as the page tells it."""

    sentence: str
    turn: str
    """For the better, for the worse, or nothing where the target does not say."""


@dataclass(frozen=True)
class SegmentLine:
    """The limits of one segment as the page tells them."""

    since: str
    sentence: str
    rests_on: str


# What to do about a metric, by its verdict and by how its figures behave.
_STABLE, _BETTER, _WORSE, _CHANGED = "stable", "better", "worse", "changed"
_CONCLUSIONS = {
    (Verdict.MET, Reach.ALWAYS): gettext_lazy(
        "Met, and stable: it will stay met for as long as nothing changes."
    ),
    (Verdict.MET, Reach.SOMETIMES): gettext_lazy(
        "Met, by noise: figures like these may fall on either side of the target."
        " Only changing the process will help."
    ),
    (Verdict.MET, _BETTER): gettext_lazy(
        "Met, and something has changed for the better: find out what, and keep it."
    ),
    (Verdict.MET, _WORSE): gettext_lazy(
        "Met, but something has changed for the worse: find out what, before the target is missed."
    ),
    (Verdict.MET, _CHANGED): gettext_lazy("Met, and something has changed: find out what."),
    (Verdict.NOT_MET, Reach.NEVER): gettext_lazy(
        "Not met, and stable: only changing the process will help."
    ),
    (Verdict.NOT_MET, Reach.SOMETIMES): gettext_lazy(
        "Not met, and stable: figures like these may fall on either side of the target."
        " Only changing the process will help."
    ),
    (Verdict.NOT_MET, _BETTER): gettext_lazy(
        "Not met, but something has changed for the better: find out what, and build on it."
    ),
    (Verdict.NOT_MET, _WORSE): gettext_lazy(
        "Not met, and something has changed for the worse: find out what."
    ),
    (Verdict.NOT_MET, _CHANGED): gettext_lazy("Not met, and something has changed: find out what."),
    (Verdict.NO_TARGET, _STABLE): gettext_lazy("Stable, and without a target to hold it against."),
    (Verdict.NO_TARGET, _CHANGED): gettext_lazy(
        "Something has changed: find out what. There is no target to say whether for the better."
    ),
}  # fmt: skip

_EFFECTS = {
    Effect.HELPED: gettext_lazy("It helped."),
    Effect.WORSE: gettext_lazy("Worse since."),
    Effect.NO_DIFFERENCE: gettext_lazy("No lasting difference that can be told from noise."),
    Effect.UNCLEAR: gettext_lazy("Something changed, but the target does not say whether for the better."),
}


@dataclass(frozen=True)
class Findings:
    """How the figures of a metric behave, and what follows from it and from the verdict."""

    series: Series
    scale: Scale
    verdict: Verdict
    aim: Aim | None
    """The target that the newest figure was judged by."""

    @classmethod
    def of(cls, metric: Metric, series: Series) -> "Findings":
        judged_by = metric.latest.judged_by if metric.latest else None
        return cls(series, metric.scale, Verdict(metric.verdict), judged_by.aim if judged_by else None)

    @cached_property
    def precision(self) -> Precision:
        return Precision.of(self.series.points, self.scale)

    @cached_property
    def ends(self) -> tuple[Decimal | None, Decimal | None]:
        return ends_of(self.scale, self.series.points)

    @property
    def conclusion(self) -> str:
        """What to do, in a sentence."""
        if self.verdict == Verdict.NOT_MEASURED:
            return _("Not measured yet.")
        if self.scale.unit == Unit.YES_NO:
            return f"{self.verdict.label}. {self._answers_in_words}"
        if not self.series.now.limits:
            return f"{self.verdict.label}. {self._too_early}"
        # A figure that comes in while the page is read may not fit the verdict that was read before it.
        changed = _CONCLUSIONS[self.verdict, _CHANGED]
        return str(_CONCLUSIONS.get((self.verdict, self._behaviour), changed))

    @property
    def about(self) -> str:
        """The chart of the figures in a few sentences, for whoever does not see it."""
        newest = self.segments[0].sentence if self.scale.unit != Unit.YES_NO else ""
        return " ".join(filter(None, [f"{days_in_words(self.series.points)}.", self.conclusion, newest]))

    @property
    def _behaviour(self) -> str:
        signal = self.series.now.signal_now
        if signal:
            return {True: _BETTER, False: _WORSE, None: _CHANGED}[signal.is_for_the_better(self.aim)]
        return self.series.now.limits.reach(self.aim) if self.aim else _STABLE

    @property
    def _too_early(self) -> str:
        missing = self.series.now.missing
        sentence = ngettext(
            "Too early to tell a change from noise: %(count)d more figure is needed.",
            "Too early to tell a change from noise: %(count)d more figures are needed.",
            missing,
        )
        return sentence % {"count": missing}

    @property
    def _answers_in_words(self) -> str:
        points = self.series.points[-12:]
        yes = sum(point.value == 1 for point in points)
        counts = {"yes": yes, "count": len(points)}
        return (
            _("Yes in %(yes)d of the last %(count)d. A yes or a no has no limits to tell noise by.") % counts
        )

    @cached_property
    def signals(self) -> list[Signal]:
        """All signals, the newest first."""
        return [signal for segment in self.series.segments for signal in segment.signals][::-1]

    def tell(self, signals: Iterable[Signal]) -> list[SignalLine]:
        return [SignalLine(self.signal_in_words(signal), self.turn_of(signal)) for signal in signals]

    def turn_of(self, signal: Signal) -> str:
        return {True: _("for the better"), False: _("for the worse"), None: ""}[
            signal.is_for_the_better(self.aim)
        ]

    def signal_in_words(self, signal: Signal) -> str:
        """Which figures make the signal, and by which rule."""
        high = signal.side == Side.HIGH
        limits = signal.limits
        words = {
            "count": len(signal.points),
            "first": date_format(signal.first.date),
            "last": date_format(signal.last.date),
            "figure": self.scale.write(signal.first.value),
            "mean": self.precision.write(limits.mean),
            "limit": self.precision.write(limits.upper if high else limits.lower),
        }
        return self._signal_sentence(signal, high) % words

    @staticmethod
    def _signal_sentence(signal: Signal, high: bool) -> str:
        if signal.rule == Rule.OUTSIDE and len(signal.points) == 1:
            if high:
                return _("%(first)s: %(figure)s is above the upper limit of %(limit)s.")
            return _("%(first)s: %(figure)s is below the lower limit of %(limit)s.")
        if signal.rule == Rule.OUTSIDE:
            if high:
                return _("%(first)s to %(last)s: %(count)d in a row are above the upper limit of %(limit)s.")
            return _("%(first)s to %(last)s: %(count)d in a row are below the lower limit of %(limit)s.")
        if signal.rule == Rule.RUN:
            if high:
                return _("%(first)s to %(last)s: %(count)d in a row are above the mean of %(mean)s.")
            return _("%(first)s to %(last)s: %(count)d in a row are below the mean of %(mean)s.")
        if high:
            return _(
                "%(first)s to %(last)s: %(count)d are nearer to the upper limit of %(limit)s"
                " than to the mean of %(mean)s."
            )
        return _(
            "%(first)s to %(last)s: %(count)d are nearer to the lower limit of %(limit)s"
            " than to the mean of %(mean)s."
        )

    @cached_property
    def segments(self) -> list[SegmentLine]:
        """The limits of each segment, the newest first."""
        return [self._segment_in_words(segment) for segment in self.series.segments[::-1]]

    def _segment_in_words(self, segment: Segment) -> SegmentLine:
        starts_on = segment.baseline.starts_on if segment.baseline else None
        first = starts_on or (segment.points[0].date if segment.points else None)
        return SegmentLine(
            since=date_format(first) if first else "",
            sentence=self._limits_in_words(segment),
            rests_on=days_in_words(segment.limits_rest_on),
        )

    def _limits_in_words(self, segment: Segment) -> str:
        limits = segment.limits
        if limits is None:
            return _("No limits yet: they take six figures.")
        least, most = self.ends
        words = {
            "mean": self.precision.write(limits.mean),
            "lower": self.precision.write(limits.lower),
            "upper": self.precision.write(limits.upper),
            "range": self.precision.write(limits.upper_range),
        }
        no_lower = least is not None and limits.lower < least
        no_upper = most is not None and limits.upper > most
        if no_lower and no_upper:
            sentence = _("Mean %(mean)s; every figure there can be lies within the limits.")
        elif no_lower:
            sentence = _("Mean %(mean)s; figures up to %(upper)s are noise, and steps up to %(range)s.")
        elif no_upper:
            sentence = _("Mean %(mean)s; figures from %(lower)s on are noise, and steps up to %(range)s.")
        else:
            sentence = _(
                "Mean %(mean)s; figures from %(lower)s to %(upper)s are noise, and steps up to %(range)s."
            )
        return sentence % words

    def effect_in_words(self, comparison: Comparison) -> str:
        """What an action came to."""
        if comparison.effect == Effect.NOT_COMPARABLE:
            count = len(comparison.before.points)
            sentence = ngettext(
                "Cannot be told: only %(count)d figure stands before it, and limits take six.",
                "Cannot be told: only %(count)d figures stand before it, and limits take six.",
                count,
            )
            return sentence % {"count": count}
        if comparison.effect == Effect.TOO_EARLY:
            sentence = ngettext(
                "Too early: %(count)d more figure is needed.",
                "Too early: %(count)d more figures are needed.",
                comparison.missing_since,
            )
            return sentence % {"count": comparison.missing_since}
        if comparison.before.limits is None:
            return self._shares_in_words(comparison)
        return f"{_EFFECTS[comparison.effect]} {self._means_in_words(comparison)}"

    @staticmethod
    def _shares_in_words(comparison: Comparison) -> str:
        before, since = comparison.before.points, comparison.since
        return _(
            "Yes in %(before)d %% before and in %(since)d %% since."
            " A yes or a no has no limits, so whether that is noise is yours to judge."
        ) % {"before": 100 * share_of_yes(before), "since": 100 * share_of_yes(since)}

    def _means_in_words(self, comparison: Comparison) -> str:
        before, since = comparison.before.points, comparison.since
        mean_since = sum(point.value for point in since) / len(since)
        return _("Mean of the %(before)d before: %(was)s, of the %(since)d since: %(is)s.") % {
            "before": len(before), "was": self.precision.write(comparison.before.limits.mean),
            "since": len(since), "is": self.precision.write(mean_since),
        }  # fmt: skip


def days_in_words(points: Sequence[Point]) -> str:
    """How many figures, from which day to which."""
    if not points:
        return ""
    days = {"first": date_format(points[0].date), "last": date_format(points[-1].date)}
    counted = ngettext("%(count)d figure", "%(count)d figures", len(points)) % {"count": len(points)}
    return _("%(counted)s, %(first)s to %(last)s") % ({"counted": counted} | days)
