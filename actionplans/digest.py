"""The daily mail of what waits for one person in all their organizations: what is new, due and late."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actionplans.mine import Mine, OwnMetric, OwnReview
from actionplans.models import Action
from actionplans.open_actions import OpenAction
from metrics.models import Deviation
from metrics.rhythm import Freshness
from victory.mails import way_out
from victory.models import Member, Organization, User
from victory.tenancy import scope_of_person

DAYS_AHEAD = 3
"""For how many days ahead actions are told of."""
DAYS_BEFORE_REVIEW = 2
"""For how many days ahead reviews are."""
MOST_LINES = 20
"""How many lines of one section the mail shows; the others are counted, and stand on the page."""
ASKED_FOR = (Freshness.DUE, Freshness.STALE)


@dataclass(frozen=True)
class Line:
    """One thing that waits, and the path of the page where it does."""

    text: str
    path: str


@dataclass(frozen=True)
class Section:
    """What waits for the same reason."""

    title: str
    lines: list[Line]

    @property
    def shown(self) -> list[Line]:
        return self.lines[:MOST_LINES]

    @property
    def more(self) -> str:
        """How many lines are left out, where some are."""
        count = len(self.lines) - MOST_LINES
        if count <= 0:
            return ""
        return ngettext("and %(count)d more", "and %(count)d more", count) % {"count": count}


@dataclass(frozen=True)
class Digest:
    """All that the mail of one person says; without a section there is no mail."""

    user: User
    sections: list[Section]

    @property
    def count(self) -> int:
        return sum(len(section.lines) for section in self.sections)

    @property
    def subject(self) -> str:
        sentence = ngettext("%(count)d thing waits for you", "%(count)d things wait for you", self.count)
        return sentence % {"count": self.count}

    @property
    def text(self) -> str:
        page = {
            "digest": self,
            "site": settings.SITE_URL,
            "mine": settings.SITE_URL + reverse("mine"),
            "way_out": way_out(self.user),
        }
        return render_to_string("actionplans/mail/digest.txt", page)


def read_digest(user: User, *, since: datetime) -> Digest:
    """Read what waits for the person, and what is new since then; in as many queries however much it is."""
    with scope_of_person(user) as memberships:
        me = {membership.pk: membership for membership in memberships}
        mine = Mine.read(me)
        givers = givers_of(mine.actions, me, user, since=since)
        new = [action for action in mine.actions if action.pk in givers]
        old = [action for action in mine.actions if action.pk not in givers]
        sections = [
            Section(_("New for you"), [action_line(action, giver=givers[action.pk]) for action in new]),
            Section(_("Late"), [action_line(action) for action in old if action.is_late]),
            Section(_("Due soon"), [action_line(action) for action in old if is_due_soon(action)]),
            Section(
                _("Figures to enter"),
                [figure_line(metric) for metric in mine.to_measure if metric.freshness in ASKED_FOR],
            ),
            Section(_("No longer accepted"), list(expired_lines(me, since=since))),
            Section(_("Reviews"), [review_line(review) for review in mine.reviews if is_near(review)]),
        ]
    return Digest(user, [section for section in sections if section.lines])


def givers_of(
    actions: list[OpenAction], me: Mapping[int, Member], user: User, *, since: datetime
) -> dict[int, Member | None]:
    """Of these actions, by key, those that somebody else gave to the person since then, and who did.

    None is somebody who is no member, such as an administrator of the installation.
    """
    own = [action.pk for action in actions]
    written = Action.history.filter(id__in=own, history_date__gt=since).values("id")
    states = Action.history.filter(id__in=written).order_by("id", "history_date", "history_id")
    whose, handed_over = {}, {}
    for state in states.only("id", "who_id", "history_date", "history_member_id", "history_user_id"):
        if whose.get(state.id) != state.who_id:
            whose[state.id], handed_over[state.id] = state.who_id, state
    givers = {
        key: state.history_member_id
        for key, state in handed_over.items()
        if state.history_date > since
        and state.history_member_id not in me
        and state.history_user_id != user.pk
    }
    members = Member.objects.in_bulk({key for key in givers.values() if key})
    return {key: members.get(giver) for key, giver in givers.items()}


def action_line(action: OpenAction, *, giver: Member | None = None) -> Line:
    sentence = _("%(what)s, late: due on %(day)s") if action.is_late else _("%(what)s, due on %(day)s")
    text = sentence % {"what": action.what, "day": date_format(action.due)}
    if giver:
        text = _("%(action)s, from %(name)s") % {"action": text, "name": giver}
    return line(action.organization, text, action.url)


def is_due_soon(action: OpenAction) -> bool:
    today = action.organization.today
    return today <= action.due <= today + timedelta(days=DAYS_AHEAD)


def figure_line(metric: OwnMetric) -> Line:
    words = {"metric": metric.metric, "due": metric.due}
    return line(metric.organization, _("%(metric)s, %(due)s") % words, metric.enter_url or metric.url)


def is_near(review: OwnReview) -> bool:
    today = review.organization.today
    return today <= review.on <= today + timedelta(days=DAYS_BEFORE_REVIEW)


def review_line(review: OwnReview) -> Line:
    return line(review.organization, _("review of %(date)s") % {"date": review.day}, review.url)


def expired_lines(me: Mapping[int, Member], *, since: datetime) -> Iterator[Line]:
    """What was accepted of the person's metrics and ended since then, unless another goes on from it."""
    earliest = since.date() - timedelta(days=1)  # wherever on earth that day is
    deviations = Deviation.objects.filter(metric__ownerships__member__in=me, holds_until__gte=earliest)
    rows = list(
        deviations.order_by("holds_until", "pk").values_list(
            "metric__ownerships__member",
            "metric",
            "metric__measured_by",
            "reason",
            "holds_from",
            "holds_until",
            named=True,
        )
    )
    for row in rows:
        organization = me[row.metric__ownerships__member].organization
        told_on, today = since.astimezone(ZoneInfo(organization.time_zone)).date(), organization.today
        goes_on = any(
            other.metric == row.metric and other.holds_from <= today <= other.holds_until for other in rows
        )
        if told_on <= row.holds_until < today and not goes_on:
            words = {
                "metric": row.metric__measured_by,
                "day": date_format(row.holds_until),
                "reason": row.reason,
            }
            sentence = _("%(metric)s, which was accepted until %(day)s: %(reason)s")
            yield line(
                organization, sentence % words, reverse("metric", args=[organization.slug, row.metric])
            )


def line(organization: Organization, text: str, path: str) -> Line:
    """What somebody typed keeps to its own line of the mail."""
    return Line(" ".join(f"{organization}: {text}".split()), path)
