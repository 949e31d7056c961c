"""The daily mail of what waits for somebody: who is due for it, the letter itself, and the way out of it.

What it says is known by the apps whose rows wait.
"""

import email.policy
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse

from victory.models import Mailing, User
from victory.tenancy import memberships_to_write_to

FROM_HOUR = 7
"""The hour of their morning from which on people are written to."""

_signer = signing.Signer(salt="victory.mails", sep=".")


def people_due(now: datetime) -> list[tuple[User, date]]:
    """Whoever is to be written to today and was not yet, each with the day it is where they are.

    An account has no zone of its own: where somebody is in several organizations, it is the zone of the
    first of them by name, and they get one mail for all of them.
    """
    memberships = memberships_to_write_to().filter(user__mailing__unsubscribed_at=None)
    rows = memberships.order_by("organization__name", "organization_id").values_list(
        "user_id", "organization__time_zone", "user__mailing__day"
    )
    zones, written = {}, {}
    for user, zone, day in rows:
        zones.setdefault(user, zone)
        written[user] = day
    there = {user: now.astimezone(ZoneInfo(zone)) for user, zone in zones.items()}
    due = {
        user: clock.date()
        for user, clock in there.items()
        if clock.hour >= FROM_HOUR and (written[user] is None or written[user] < clock.date())
    }
    return [(user, due[user.pk]) for user in User.objects.filter(pk__in=due).order_by("pk")]


class DailyMail(EmailMessage):
    """A letter to somebody who can end it by one click, also one in their mail program (RFC 8058)."""

    def __init__(self, *, user: User, day: date, subject: str, text: str):
        host = urlsplit(settings.SITE_URL).hostname
        headers = {
            "List-Unsubscribe": f"<{way_out(user)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            # Should it ever go out twice, mail programs see that it is the same one.
            "Message-ID": f"<what-is-due.{user.pk}.{day:%Y-%m-%d}@{host}>",
            "Auto-Submitted": "auto-generated",
        }
        super().__init__(" ".join(subject.split()), text, to=[user.email], headers=headers)

    def message(self, *, policy=email.policy.default):
        """With every header in one line: a long address that is folded no longer leads anywhere."""
        return super().message(policy=policy.clone(max_line_length=998))


def way_out(user: User) -> str:
    """The address under which somebody ends their mails. It needs no sign-in, and serves for nothing else."""
    return settings.SITE_URL + reverse("mails-off", args=[_signer.sign(user.pk)])


def who_holds(token: str) -> User | None:
    """Whose mails this token ends, or None where it is not one of ours."""
    try:
        return User.objects.filter(pk=_signer.unsign(token)).first()
    except signing.BadSignature:
        return None


def wants_mails(user: User) -> bool:
    mailing = Mailing.objects.filter(user=user).first()
    return mailing is None or mailing.wanted
