"""Where somebody is signed in: one session for each browser, which can be ended from another one."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext as _

# The first that is found names it: most browsers also call themselves by the names further down.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """A browser in which the person is signed in, as far as it says what it is."""

    key: int
    name: str
    address: str
    since: datetime
    here: bool


def name_of(user_agent: str) -> str:
    """What a browser calls itself, in two words."""
    browser, system = (
        next((name for pattern, name in known if re.search(pattern, user_agent)), "")
        for known in (BROWSERS, SYSTEMS)
    )
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A device that does not say what it is")


def sessions_of(user):
    """The person's sessions that still hold."""
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    return UserSession.objects.filter(user=user, session_key__in=alive.values("session_key"))


def devices_of(request) -> list[Device]:
    """Where the person is signed in, this device first and then the newest sign-in."""
    devices = [
        Device(
            key=session.pk,
            name=name_of(session.user_agent),
            address=session.ip,
            since=session.created_at,
            here=session.session_key == request.session.session_key,
        )
        for session in sessions_of(request.user).order_by("-created_at")
    ]
    return sorted(devices, key=lambda device: not device.here)


def sign_out(sessions):
    """End these sessions: their browsers are asked to sign in again."""
    get_adapter().end_sessions(sessions)


def sign_out_others(request, user) -> int:
    """End all of the person's sessions but this one, and say how many there were."""
    others = list(UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key))
    sign_out(others)
    return len(others)


def on_new_password(request, user, **kwargs):
    """Sessions that began with the old one no longer hold: let none of them be left, or listed."""
    sign_out_others(request, user)


def listen():
    """Let a new password end the other sessions from now on."""
    for signal in (password_changed, password_set, password_reset):
        signal.connect(on_new_password)
