"""Mine: what waits for one person in all their organizations: figures, actions and reviews."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actionplans.metric_rows import write_rhythm
from actionplans.models import Action, Attendance
from actionplans.open_actions import OpenAction
from metrics.models import Metric
from metrics.quantities import Scale, Unit
from metrics.rhythm import Frequency, Freshness, Rhythm
from metrics.standing import DUE_FIRST
from victory.models import Member, Organization
from victory.tenancy import scope_of_person


@dataclass(frozen=True)
class OwnMetric:
    """A metric that the person owns; `enter_url` leads to its field, for those who may enter figures."""

    organization: Organization
    metric: str
    url: str
    enter_url: str
    last: str
    rhythm: Rhythm

    @property
    def freshness(self) -> Freshness:
        return self.rhythm.freshness

    @property
    def due(self) -> str:
        return write_rhythm(self.rhythm)

    @property
    def waits(self) -> bool:
        """Whether a figure is asked for: soon, by now, or because there has never been one."""
        return self.freshness != Freshness.CURRENT or not self.last

    @property
    def urgency(self) -> tuple[int, date]:
        """The stale ones first, and the longest due among them."""
        return DUE_FIRST.index(self.freshness), self.rhythm.due_on


@dataclass(frozen=True)
class OwnReview:
    """A review that is not closed, and that the person is to attend."""

    organization: Organization
    on: date
    url: str

    @property
    def day(self) -> str:
        return date_format(self.on)


@dataclass(frozen=True)
class Mine:
    """What waits for the person, the most urgent first."""

    metrics: list[OwnMetric]
    actions: list[OpenAction]
    reviews: list[OwnReview]

    @classmethod
    def read(cls, me: Mapping[int, Member]) -> "Mine":
        """Read in the scope of the person, `me` being their memberships by key."""
        return cls(own_metrics(me), own_actions(me), own_reviews(me))

    @property
    def to_measure(self) -> list[OwnMetric]:
        return sorted((metric for metric in self.metrics if metric.waits), key=lambda metric: metric.urgency)

    @property
    def late_actions(self) -> int:
        return sum(action.is_late for action in self.actions)

    @property
    def lead(self) -> str:
        """How much waits, in a sentence."""
        figures, late = len(self.to_measure), self.late_actions
        return _("%(figures)s; %(actions)s, %(late)d of them late.") % {
            "figures": ngettext("%(n)d figure to enter", "%(n)d figures to enter", figures) % {"n": figures},
            "actions": ngettext("%(n)d open action", "%(n)d open actions", len(self.actions))
            % {"n": len(self.actions)},
            "late": late,
        }

    @property
    def next_due(self) -> str:
        """The day of the next figure, where none is asked for now."""
        return date_format(min(metric.rhythm.due_on for metric in self.metrics)) if self.metrics else ""


def read_mine(user) -> Mine:
    """Read everything over all organizations of the person, in a fixed number of queries."""
    with scope_of_person(user) as memberships:
        return Mine.read({membership.pk: membership for membership in memberships})


def own_metrics(me: Mapping[int, Member]) -> list[OwnMetric]:
    """The metrics they own, `me` being their memberships by key."""
    figure = ("latest__date", "latest__value", "unit", "scale_top")
    rows = Metric.objects.filter(ownerships__member__in=me).values_list(
        "ownerships__member", "pk", "measured_by", "frequency", "begins_on", *figure, named=True
    )
    return [own_metric(row, me[row.ownerships__member]) for row in rows]


def own_metric(row, member: Member) -> OwnMetric:
    organization = member.organization
    measured_on = row.latest__date
    rhythm = Rhythm(Frequency(row.frequency), measured_on or row.begins_on, organization.today)
    field = f"{reverse('performance', args=[organization.slug])}#figure-{row.pk}"
    last = ""
    if measured_on:
        scale = Scale(Unit(row.unit), organization.currency, row.scale_top)
        figure = {"figure": scale.write(row.latest__value), "day": date_format(measured_on)}
        last = _("%(figure)s on %(day)s") % figure
    return OwnMetric(
        organization=organization,
        metric=row.measured_by,
        url=reverse("metric", args=[organization.slug, row.pk]),
        enter_url=field if member.may_record else "",
        last=last,
        rhythm=rhythm,
    )


def own_actions(me: Mapping[int, Member]) -> list[OpenAction]:
    """Their open actions by the day they are due, so that the late ones come first."""
    actions = Action.objects.open().filter(who__in=me).select_related("metric", "who").order_by("due", "pk")
    return [
        OpenAction.of(action, metric=action.metric.measured_by, member=me[action.who_id])
        for action in actions
    ]


def own_reviews(me: Mapping[int, Member]) -> list[OwnReview]:
    """The reviews that they are to attend and that are not closed, the next one first."""
    rows = Attendance.objects.filter(member__in=me, review__closed_at=None).order_by("review__on", "pk")
    return [
        OwnReview(
            me[member].organization,
            on,
            reverse("review", args=[me[member].organization.slug, review]),
        )
        for member, review, on in rows.values_list("member", "review", "review__on")
    ]
