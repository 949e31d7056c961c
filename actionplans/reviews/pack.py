"""What a review begins with: what has changed since the last one, and what was promised in it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from actionplans.days import write_moves
from actionplans.models import OPEN, Action, Review, ReviewLine, Status
from actionplans.reviews.effects import without_effect
from actionplans.thread import Thread
from customers.models import Need
from metrics.models import Metric, Target, Verdict
from metrics.quantities import Aim, Direction

REPEATED = 2
"""From how many moves of its day on an action is one that keeps being put off."""

YEAR = timedelta(days=366)
"""For how long after an action was done a review asks whether it helped."""

GONE = "-"
"""What the history calls a version that was deleted."""

SAID = ("direction", "low", "high", "holds_from", "reason")
"""The fields of a target that people read."""

# The rows of the pack are texts, so that they can be frozen as they are. `url` leads to what they speak of.


@dataclass(frozen=True)
class Flip:
    """A metric whose verdict is another one now."""

    metric: str
    was: str
    now: str
    performance: str
    target: str
    url: str = ""

    @property
    def verdict_then(self) -> Verdict:
        return Verdict(self.was)

    @property
    def verdict_now(self) -> Verdict:
        return Verdict(self.now)


@dataclass(frozen=True)
class TargetChange:
    """A target that was set, corrected or taken away."""

    metric: str
    was: str
    now: str
    holds_from: str
    reason: str
    by: str
    url: str = ""


@dataclass(frozen=True)
class NewNeed:
    """A need that was not written down yet."""

    text: str
    customer: str
    url: str = ""


@dataclass(frozen=True)
class ActionState:
    """How an action stands: its key stays the same in every review, by which it is found again."""

    key: int
    what: str
    metric: str
    who: str
    when: str
    status: str
    is_late: bool
    done_on: str = ""
    put_off: str = ""
    effect: str = ""
    effect_code: str = ""
    """The effect without the figures that its words hold."""
    url: str = ""


@dataclass(frozen=True)
class GapLine:
    """Something that is missing in the workbook."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Pack:
    """What changed since the last review that was closed, or since ever where there is none."""

    since: str = ""
    findings: str = ""
    decisions: str = ""
    promised: list[ActionState] = field(default_factory=list)
    flips: list[Flip] = field(default_factory=list)
    targets: list[TargetChange] = field(default_factory=list)
    needs: list[NewNeed] = field(default_factory=list)
    done: list[ActionState] = field(default_factory=list)
    late: list[ActionState] = field(default_factory=list)
    moved: list[ActionState] = field(default_factory=list)
    without_effect: list[ActionState] = field(default_factory=list)
    gaps: list[GapLine] = field(default_factory=list)

    @property
    def nothing_in(self) -> list[str]:
        """What there is nothing to say about."""
        return [str(words) for name, words in PARTS.items() if not getattr(self, name)]

    def freeze(self) -> dict:
        """The pack as texts, without where they lead: what they speak of will change."""
        frozen = asdict(self)
        for name in ROWS:
            frozen[name] = [row | {"url": ""} for row in frozen[name]]
        return frozen

    @classmethod
    def thaw(cls, frozen: dict) -> "Pack":
        """The pack as it was frozen, perhaps before some of its parts were thought of."""
        rows = {name: [kind(**row) for row in frozen.get(name, ())] for name, kind in ROWS.items()}
        return cls(**frozen | rows)


PARTS = {
    "flips": gettext_lazy("changed verdicts"),
    "promised": gettext_lazy("actions decided last time"),
    "done": gettext_lazy("actions done"),
    "late": gettext_lazy("late actions"),
    "moved": gettext_lazy("actions put off again and again"),
    "without_effect": gettext_lazy("actions done without effect"),
    "targets": gettext_lazy("changed targets"),
    "needs": gettext_lazy("new needs"),
    "gaps": gettext_lazy("gaps"),
}
ROWS = {
    "flips": Flip,
    "promised": ActionState,
    "done": ActionState,
    "late": ActionState,
    "moved": ActionState,
    "without_effect": ActionState,
    "targets": TargetChange,
    "needs": NewNeed,
    "gaps": GapLine,
}


def state_of(action: Action, thread: Thread) -> ActionState:
    """How one action stands; it was read with its metric and its person."""
    return ActionState(
        key=action.pk,
        what=action.what,
        metric=action.metric.measured_by,
        who=action.who.name,
        when=date_format(action.due),
        status=str(Status(action.status).label),
        is_late=action.is_late(thread.today),
        done_on=date_format(action.done_on) if action.done_on else "",
        put_off=write_moves(action),
        url=reverse("action", args=[thread.organization.slug, action.pk]),
    )


@dataclass
class Changes:
    """What happened between the last review that was closed and today, read once."""

    thread: Thread
    previous: Review | None
    lines: list[ReviewLine]

    @property
    def since(self) -> datetime:
        """From when on something counts as a change."""
        return self.previous.closed_at if self.previous else datetime.min.replace(tzinfo=UTC)

    @cached_property
    def actions(self) -> list[Action]:
        """Those that are open, were done since or within a year, or were decided last time, by their day."""
        first_day = min(self.first_day, self.year_ago)
        wanted = Q(status__in=OPEN) | Q(status=Status.DONE, done_on__gte=first_day)
        if self.previous:
            wanted |= Q(decided_in=self.previous)
        return list(Action.objects.filter(wanted).select_related("metric", "who").order_by("due", "pk"))

    @property
    def first_day(self) -> date:
        """The day of the last review: what was done on it may have been done after it."""
        return timezone.localdate(self.previous.closed_at) if self.previous else date.min

    def pack(self) -> Pack:
        today = self.thread.today
        return Pack(
            since=str(self.previous or ""),
            findings=self.previous.findings if self.previous else "",
            decisions=self.previous.decisions if self.previous else "",
            promised=self.states(each for each in self.actions if self.was_promised(each)),
            flips=self.flips(),
            targets=self.targets(),
            needs=self.needs(),
            done=self.states(each for each in self.actions if self.is_done_since(each)),
            late=self.states(each for each in self.actions if each.is_late(today)),
            moved=self.states(each for each in self.actions if each.is_open and each.moves >= REPEATED),
            without_effect=self.without_effect(),
            gaps=[GapLine(gap.text, gap.url) for gap in self.thread.gaps],
        )

    def was_promised(self, action: Action) -> bool:
        return self.previous is not None and action.decided_in_id == self.previous.pk

    def is_done_since(self, action: Action) -> bool:
        """Whether it was done since, and is not in the minutes of the last review already."""
        if action.status != Status.DONE or action.done_on < self.first_day:
            return False
        return action.pk not in self.known_done

    @cached_property
    def known_done(self) -> set[int]:
        return {row["key"] for row in self.previous.frozen["pack"]["done"]} if self.previous else set()

    def without_effect(self) -> list[ActionState]:
        """The actions of the last year that did not help, as far as no review has told the same of them."""
        done = [each for each in self.actions if each.status == Status.DONE and each.done_on >= self.year_ago]
        effects = without_effect(done)
        states = [
            replace(
                state_of(each, self.thread),
                effect=effects[each.pk].in_words,
                effect_code=str(effects[each.pk].effect),
            )
            for each in done
            if each.pk in effects
        ]
        return [state for state in states if self.effects_told.get(state.key) != told_by(asdict(state))]

    @property
    def year_ago(self) -> date:
        return self.thread.today - YEAR

    @cached_property
    def effects_told(self) -> dict[int, tuple[str, str]]:
        """By the key of an action what the reviews of the last year told of it, the latest of them."""
        reviews = Review.objects.closed().filter(closed_at__date__gte=self.year_ago).order_by("closed_at")
        packs = reviews.values_list("frozen__pack__without_effect", flat=True)
        return {row["key"]: told_by(row) for rows in packs for row in rows or ()}

    def states(self, actions: Iterable[Action]) -> list[ActionState]:
        return [state_of(action, self.thread) for action in actions]

    def flips(self) -> list[Flip]:
        """The metrics that stood otherwise in the last review; one that is new has not changed."""
        if self.previous is None:
            return []
        before = dict(self.previous.lines.values_list("metric_key", "verdict"))
        return [
            Flip(
                metric=line.metric,
                was=before[line.metric_key],
                now=line.verdict,
                performance=line.performance,
                target=line.target,
                url=self.url_of_metric(line.metric_key),
            )
            for line in self.lines
            if before.get(line.metric_key, line.verdict) != line.verdict
        ]

    def url_of_metric(self, key: int) -> str:
        return reverse("metric", args=[self.thread.organization.slug, key])

    def needs(self) -> list[NewNeed]:
        """The needs of today whose history began since."""
        written = Need.history.filter(organization=self.thread.organization).values("id")
        begun = written.annotate(begun=Min("history_date")).filter(begun__gt=self.since)
        new = set(begun.values_list("id", flat=True))
        page = self.thread.page("thread")
        return [
            NewNeed(need.text, self.thread.customers[need.customer_id].name, f"{page}?at={need.place}")
            for need in self.thread.needs.values()
            if need.pk in new and need.customer_id in self.thread.customers
        ]

    def targets(self) -> list[TargetChange]:
        """The targets that were written since, each against what stood before; by the day they hold from."""
        history = Target.history.filter(organization=self.thread.organization).order_by("history_id")
        written = history.filter(history_date__gt=self.since).select_related("set_by")
        newest = {version.id: version for version in written}
        earlier = history.filter(id__in=newest, history_date__lte=self.since)
        before = {version.id: version for version in earlier if version.history_type != GONE}
        keys = {version.metric_id for version in newest.values()}
        metrics = Metric.objects.select_related("organization").prefetch_related("targets").in_bulk(keys)
        return [
            self.target_change(version, before.get(version.id), metrics[version.metric_id])
            for version in sorted(newest.values(), key=lambda version: version.holds_from)
            if version.metric_id in metrics and is_another(version, before.get(version.id))
        ]

    def target_change(self, version, before, metric: Metric) -> TargetChange:
        """The newest version of a target against its version of then, or the target it took over from."""
        followed = before or metric.target_on(version.holds_from - timedelta(days=1))
        return TargetChange(
            metric=metric.measured_by,
            was=write_aim(followed, metric) if followed else "",
            now="" if version.history_type == GONE else write_aim(version, metric),
            holds_from=date_format(version.holds_from),
            reason=version.reason,
            by=version.set_by.name if version.set_by else "",
            url=self.url_of_metric(metric.pk),
        )


def told_by(row: dict) -> tuple[str, str]:
    """What a row told of an effect: the day, as an action may be done anew, and the effect."""
    return row["done_on"], row.get("effect_code", "")


def is_another(version, before) -> bool:
    """Whether a version of a target says something else than that of then, which may be missing."""
    if before is None or version.history_type == GONE:
        return (before is None) != (version.history_type == GONE)
    return any(getattr(version, name) != getattr(before, name) for name in SAID)


def write_aim(target, metric: Metric) -> str:
    """What a target, or a version of one, asks for."""
    return Aim(Direction(target.direction), target.low, target.high).write(metric.scale)
