"""What people are mailed by the clock, and whether they want it."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def a_day_ago() -> datetime:
    """From when on the first mail of somebody tells what is new."""
    return timezone.now() - timedelta(days=1)


class Mailing(models.Model):
    """The daily mail of what waits for one person: until when it told, and whether they want it.

    Whoever sends the mail of a `day` claims the day first, in one statement: of all who try, one gets it.
    A mail that did not go out gives the day back. A sender that is killed in between gives nothing back, as
    nobody knows then whether the mail went out: rather none on that day than two. Nothing is lost with it,
    because `told_until` moves on only with a mail that went out, and the next one tells all that came since.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.DB_CASCADE, related_name="mailing")
    day = models.DateField(_("day of the last mail"), null=True)
    told_until = models.DateTimeField(_("told until"), default=a_day_ago)
    unsubscribed_at = models.DateTimeField(_("unsubscribed"), null=True)

    class Meta:
        verbose_name = _("daily mail")
        verbose_name_plural = _("daily mails")

    def __str__(self):
        return str(self.user)

    @classmethod
    def of(cls, user) -> "Mailing":
        return cls.objects.get_or_create(user=user)[0]

    def claim(self, day: date) -> bool:
        """Take care of the mail of this day, or say that somebody else does, or that it is not wanted."""
        if self.day is not None and self.day >= day:
            return False
        as_read = Mailing.objects.filter(pk=self.pk, day=self.day, unsubscribed_at=None)
        return bool(as_read.update(day=day))

    def give_back(self, day: date):
        """The mail of this day did not go out: whoever comes next tries again."""
        Mailing.objects.filter(pk=self.pk, day=day).update(day=self.day)

    def went_out(self, moment: datetime):
        """All that came until this moment was told, or there was nothing to tell."""
        Mailing.objects.filter(pk=self.pk).update(told_until=moment)

    @property
    def wanted(self) -> bool:
        return self.unsubscribed_at is None

    def want(self, wanted: bool):
        """Let the mail come, or not. What came while it was not wanted is not told afterwards."""
        if wanted and not self.wanted:
            changes = {"unsubscribed_at": None, "told_until": timezone.now()}
        elif not wanted and self.wanted:
            changes = {"unsubscribed_at": timezone.now()}
        else:
            return
        Mailing.objects.filter(pk=self.pk).update(**changes)
