"""How often something may be tried, declared in one table and asked before the password is hashed.

A try is counted in the database, where all processes see it, in one statement: however many come at the
same moment, no more than the limit get through. It counts for the network address it came from and for
the account it is about, whether there is such an account or not. So that nobody can lock somebody else
out, a browser from which an account was signed in to before has a count of its own for that account
(OWASP: “Slow Down Online Guessing Attacks with Device Cookies”), and a password that is reset by mail
begins a new count.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from allauth.account.internal.stagekit import unstash_login
from allauth.account.signals import password_reset, user_logged_in
from django.conf import settings
from django.core import signing
from django.db import connection, models, transaction
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import ngettext

from victory.models import Tries
from victory.trail import address_of

SWEEPS = 0.01
"""In which share of all tries the counts that have ended are removed."""


@dataclass(frozen=True)
class Limit:
    """So many tries in so much time, from the first of them on."""

    tries: int
    within: timedelta


@dataclass(frozen=True)
class Limits:
    """What holds for one route.

    Where `whose` names an account, `by_account` holds for it. A route that `gives_back` counts only tries
    that fail: one that is answered by a redirect succeeded. Where `form_says_so`, the form of the page says
    when to try again and keeps what was typed (see `victory.forms.accounts.Limited`); elsewhere there is
    nothing to keep, and a page of its own says it.
    """

    by_address: Limit
    by_account: Limit | None = None
    whose: Callable | None = None
    gives_back: bool = False
    form_says_so: bool = False


@dataclass(frozen=True)
class Refusal:
    """Too many tries: when the next one is taken."""

    until: datetime

    @property
    def seconds(self) -> int:
        return max(1, math.ceil((self.until - timezone.now()).total_seconds()))

    @property
    def sentence(self) -> str:
        minutes = math.ceil(self.seconds / 60)
        return ngettext(
            "Too many tries. Try again in %(minutes)d minute.",
            "Too many tries. Try again in %(minutes)d minutes.",
            minutes,
        ) % {"minutes": minutes}


def typed(field: str) -> Callable:
    """The account is the one whose e-mail was typed."""
    return lambda request: request.POST.get(field, "").strip().lower()


def signed_in(request) -> str:
    return request.user.email if request.user.is_authenticated else ""


def half_signed_in(request) -> str:
    """The account whose password was right, while the second factor is still asked for."""
    login = unstash_login(request, peek=True)
    return login.user.email if login and login.user else ""


def to_be_confirmed(request) -> str:
    return request.session.get("account_email_verification_code", {}).get("email", "")


A_WHILE, AN_HOUR = timedelta(minutes=15), timedelta(hours=1)
GUESSES = {"by_address": Limit(40, A_WHILE), "by_account": Limit(10, A_WHILE), "gives_back": True}
MAILS = {"by_address": Limit(30, AN_HOUR), "by_account": Limit(5, AN_HOUR)}

LIMITS = {
    "account_login": Limits(**GUESSES, whose=typed("login"), form_says_so=True),
    "mfa_authenticate": Limits(**GUESSES, whose=half_signed_in),
    "mfa_login_webauthn": Limits(Limit(40, A_WHILE)),
    "account_reauthenticate": Limits(**GUESSES, whose=signed_in),
    "mfa_reauthenticate": Limits(**GUESSES, whose=signed_in),
    "mfa_reauthenticate_webauthn": Limits(**GUESSES, whose=signed_in),
    "account_change_password": Limits(**GUESSES, whose=signed_in),
    "account_reset_password": Limits(**MAILS, whose=typed("email"), form_says_so=True),
    "account_reset_password_from_key": Limits(Limit(40, A_WHILE)),
    "account_signup": Limits(**MAILS, whose=typed("email"), form_says_so=True),
    "socialaccount_signup": Limits(Limit(30, AN_HOUR)),
    "account_email": Limits(**MAILS, whose=signed_in),
    "account_email_verification_sent": Limits(
        by_address=Limit(60, AN_HOUR), by_account=Limit(15, AN_HOUR), whose=to_be_confirmed
    ),
    "invitation-accept": Limits(Limit(40, A_WHILE)),
    "organization-new": Limits(Limit(60, AN_HOUR), by_account=Limit(10, AN_HOUR), whose=signed_in),
    "organization-restore": Limits(Limit(60, AN_HOUR), by_account=Limit(20, AN_HOUR), whose=signed_in),
}
LETTERS = Limit(15, AN_HOUR)
"""How many letters may go to one e-mail address, whoever makes us write them."""
WITHOUT_A_SIGN_IN = Limit(30, AN_HOUR)
"""How many texts one network may leave with us to be kept while nobody is signed in."""


def digest(*parts: str) -> str:
    """The key under which something is counted: it tells nobody whose account or address it is."""
    return salted_hmac("victory.limits", "\0".join(parts), algorithm="sha256").hexdigest()


def network_of(request) -> str:
    """Where a request comes from; of the newer addresses a household has very many, all of one network."""
    address = ip_address(address_of(request) or "0.0.0.0")
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ip_network(f"{address}/64", strict=False) if address.version == 6 else address)


@transaction.atomic
def take(key: str, limit: Limit) -> bool:
    """Count one more try, or say that there are too many already. One statement: nobody comes in between.

    In a transaction it waits for its turn like all that is saved (see `victory.sqlite`).
    """
    now = timezone.now()
    time = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO victory_tries ("key", "count", ends_at) VALUES (%s, 1, %s)'
            ' ON CONFLICT ("key") DO UPDATE SET'
            ' "count" = CASE WHEN victory_tries.ends_at <= %s THEN 1 ELSE victory_tries."count" + 1 END,'
            " ends_at = CASE WHEN victory_tries.ends_at <= %s"
            " THEN excluded.ends_at ELSE victory_tries.ends_at END"
            ' WHERE victory_tries.ends_at <= %s OR victory_tries."count" < %s RETURNING "count"',
            [key, time(now + limit.within), time(now), time(now), time(now), limit.tries],
        )
        return bool(cursor.fetchall())


def may_write_to(email: str) -> bool:
    """Whether one more letter may go to this address; it counts as sent."""
    return take(digest("letter", email.strip().lower()), LETTERS)


def may_keep(request) -> bool:
    """Whether one more text is kept for somebody from there who is not signed in."""
    return take(digest("kept", network_of(request)), WITHOUT_A_SIGN_IN)


@transaction.atomic
def give_back(keys: list[str]):
    """The tries were none: they succeeded."""
    Tries.objects.filter(key__in=keys, count__gt=0).update(count=models.F("count") - 1)


def sweep():
    """Now and then, remove the counts that have ended."""
    if random.random() < SWEEPS:
        Tries.objects.outdated().delete()


def counts_of(request, route: str) -> list[tuple[str, Limit]]:
    """Under which keys a try of this request is counted, each with its limit."""
    limits = LIMITS[route]
    account = limits.whose(request) if limits.whose else ""
    if account and (device := known_device(request, account)):
        return [(digest(route, "device", account, device), limits.by_account)]
    counts = [(digest(route, "address", network_of(request)), limits.by_address)]
    if account:
        counts.append((digest(route, "account", account), limits.by_account))
    return counts


def device_cookie(account: str) -> str:
    """The name of the cookie by which a browser is known to have signed in to the account."""
    return f"device-{digest('device', account)[:16]}"


def known_device(request, account: str) -> str:
    """Which of the browsers that signed in to the account this one is, or nothing."""
    try:
        return request.get_signed_cookie(
            device_cookie(account), "", salt=account, max_age=DEVICE_AGE.total_seconds()
        )
    except signing.BadSignature:
        return ""


DEVICE_AGE = timedelta(days=180)


def remember_device(response, account: str):
    response.set_signed_cookie(
        device_cookie(account),
        get_random_string(22),
        salt=account,
        max_age=DEVICE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


class LimitsMiddleware:
    """Counts the tries at what is limited, before the view does any of it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.refusal, request.tries_taken, request.signed_in_as = None, [], ""
        response = self.get_response(request)
        if request.refusal and response.status_code == 200:
            response.status_code = 429
        if request.refusal:
            response.headers["Retry-After"] = str(request.refusal.seconds)
        elif request.tries_taken and response.status_code == 302:
            give_back(request.tries_taken)
        account = request.signed_in_as
        if account and not known_device(request, account):
            remember_device(response, account)
        return response

    def process_view(self, request, view, args, kwargs):
        route = request.resolver_match.url_name
        if request.method in ("GET", "HEAD", "OPTIONS") or route not in LIMITS:
            return None
        sweep()
        taken = []
        for key, limit in counts_of(request, route):
            if not take(key, limit):
                request.refusal = Refusal(Tries.objects.get(key=key).ends_at)
                break
            taken.append(key)
        if request.refusal is None:
            request.tries_taken = taken if LIMITS[route].gives_back else []
        elif not LIMITS[route].form_says_so:
            return render(request, "limited.html", {"refusal": request.refusal}, status=429)
        return None


def note_sign_in(request, user, **kwargs):
    """From now on this browser is known to be the person's."""
    request.signed_in_as = user.email


def begin_anew(user, **kwargs):
    """Whoever gets the person's mail may try again: others have been trying in their name."""
    routes = ("account_login", "account_reauthenticate")
    Tries.objects.filter(key__in=[digest(route, "account", user.email) for route in routes]).delete()


user_logged_in.connect(note_sign_in)
password_reset.connect(begin_anew)
