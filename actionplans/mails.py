"""Mailing people what waits for them, once a day, by `manage.py tick`."""

import smtplib
from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from actionplans.digest import read_digest
from victory.jobs import Job
from victory.mails import DailyMail, people_due
from victory.models import Mailing, User


def mail_what_is_due() -> Iterator[str]:
    """Write to everybody whose morning it is and who was not written to yet.

    A letter that cannot be sent does not keep the others; a server that is not there does. That is believed
    at the second letter in a row: some servers hang up at a single one that they do not like.
    """
    due = people_due(timezone.now())
    if due and not settings.SITE_URL:
        raise ImproperlyConfigured(
            "Set SITE_URL to where people find this server, such as https://quality.example.org:"
            " the mails lead there."
        )
    if due and not settings.EMAIL_URL:
        raise ImproperlyConfigured(
            f"Set EMAIL_URL to {settings.A_MAIL_SERVER}: without it, mails reach nobody."
        )
    sent, failed, unheard = 0, [], 0
    for user, day in due:
        try:
            if mail_to(user, day):
                sent, unheard = sent + 1, 0
        except Exception as error:
            error.add_note(f"user {user.pk}")
            failed.append(error)
            unheard = unheard + 1 if is_no_server(error) else 0
            if unheard == 2:
                break
    if sent:
        yield f"Mailed what is due: {sent}."
    if failed:
        raise ExceptionGroup("mails that did not go out, to be tried again", failed)


def mail_to(user: User, day: date) -> bool:
    """Write to somebody for that day, if nobody else does and something waits; say whether a mail went out.

    An exception tells that it did not: then the day is given back.
    """
    mailing = Mailing.of(user)
    if not mailing.claim(day):
        return False
    now = timezone.now()
    try:
        digest = read_digest(user, since=mailing.told_until)
        if digest.sections:
            DailyMail(user=user, day=day, subject=digest.subject, text=digest.text).send()
    except Exception:
        mailing.give_back(day)
        raise
    mailing.went_out(now)
    return bool(digest.sections)


def is_no_server(error: Exception) -> bool:
    """Whether the server was not heard to refuse this mail: it is not there, or hung up."""
    refused = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)
    return isinstance(error, OSError) and not isinstance(error, refused)


JOBS = (Job("mail what is due", mail_what_is_due),)
