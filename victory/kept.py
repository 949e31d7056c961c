"""What somebody typed and sent when their sign-in had ended: kept for them until they are back.

It is kept in their session, on the server, and sent again only by a button that they press themselves.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404
from django.urls import resolve
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from victory.tenancy import ORGANIZATION_PATH, memberships_open_to, organization_scope
from victory.worksheets.declared import Entry

KEY = "kept"
LAST = "last"
"""The cookie that says who was signed in last in this browser."""
AS_LONG_AS_A_SESSION = 8 * 7 * 24 * 3600
"""Seconds: several sessions, since a page may be left open for longer than one."""
MARK = re.compile(r"[a-z0-9]{1,20}")
MOST_CHARACTERS = 200_000
"""More than the longest texts of a page, and little enough for a session."""

REMEMBERED = {"version", "before", "told", "seen", "page", "shown", "agreed", "device"}
BUTTONS = {"take", "close", "go"}
"""What a page remembers, and what its buttons say."""


@dataclass(frozen=True)
class Kept:
    """What was sent: to which address, and each field with what it held."""

    address: str
    fields: list[tuple[str, str]]
    mark: str

    @property
    def as_typed(self) -> list[tuple[str, str]]:
        """The fields that a person filled in, by their names; a cell only where it was changed."""
        before = {name: text for name, text in self.fields if name.startswith("was")}
        return [
            (name, text)
            for name, text in self.fields
            if text.strip()
            and name not in REMEMBERED | BUTTONS | {KEY, *before}
            and text != before.get(f"was-{name.removeprefix('cell-')}")
        ]


def typed_in(request) -> Kept | None:
    """What somebody typed and posted to a page of an organization, if it is there and can be kept."""
    if request.method != "POST" or not ORGANIZATION_PATH.match(request.path_info):
        return None
    fields = [
        (name, text)
        for name, texts in request.POST.lists()
        for text in texts
        if name not in ("csrfmiddlewaretoken", KEY) and "password" not in name
    ]
    kept = Kept(request.get_full_path(), fields, get_random_string(12))
    too_long = sum(len(name) + len(text) for name, text in fields) > MOST_CHARACTERS
    return kept if kept.as_typed and not too_long else None


def keep(request, kept: Kept):
    """Keep it for whoever was signed in last in this browser, and for nobody who comes after them."""
    request.session[KEY] = {
        "address": kept.address,
        "fields": kept.fields,
        "mark": kept.mark,
        "whose": last_signed_in(request),
    }


def kept_for(request) -> Kept | None:
    """What is kept for the person whose session this is, while they are a member where it was meant for."""
    stored = request.session.get(KEY)
    if not stored or stored["whose"] not in ("", str(request.user.pk)):
        return None
    if member_addressed(request, stored["address"]) is None:
        return None
    return Kept(stored["address"], [tuple(field) for field in stored["fields"]], stored["mark"])


def last_signed_in(request) -> str:
    """The key of whoever was signed in last in this browser, or nothing."""
    return request.get_signed_cookie(LAST, "", salt=LAST)


def member_addressed(request, address: str):
    match = ORGANIZATION_PATH.match(address)
    return match and memberships_open_to(request.user).filter(organization__slug=match["slug"]).first()


def arrived(request):
    """Forget what is kept once it has been sent again."""
    stored = request.session.get(KEY)
    if stored and request.POST.get(KEY) == stored["mark"]:
        del request.session[KEY]


def in_words(request, kept: Kept) -> list[tuple[str, str]]:
    """Each field that was filled in with its label, and a choice by what it is called."""
    member = member_addressed(request, kept.address)
    with organization_scope(member.organization):
        form = form_of(kept, member)
        return [(label(form, name), form.in_words(name, text) if name in known(form) else text)
                for name, text in kept.as_typed]  # fmt: skip


def form_of(kept: Kept, member):
    """The form of the worksheet that it was typed into, or None on a page of another kind."""
    try:
        worksheet = resolve(kept.address.partition("?")[0]).kwargs.get("worksheet")
    except Http404:
        return None
    return Entry(worksheet, worksheet.form(by=member), kept.address).form if worksheet else None


def known(form) -> dict:
    return form.fields if form else {}


def label(form, name: str) -> str:
    if name in known(form):
        return str(form.fields[name].label)
    if name.startswith("cell-"):
        return _("Cell")
    return name.replace("_", " ").capitalize()


class SavedMiddleware:
    """Tells the browser that what was sent is written, so that it drops the copy on the device.

    A part of a page hears it with its answer; a page that was left by a plain form, by a cookie with the
    mark that the form was sent with.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        self.remember_who(request, response)
        if getattr(request, "wrote", False):
            response["X-Saved"] = "yes"
            mark = request.POST.get("device", "")
            if response.status_code == 302 and MARK.fullmatch(mark):
                response.set_cookie(
                    "saved", mark, max_age=300, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
                )
        return response

    def remember_who(self, request, response):
        """So that what they type is theirs alone when their sign-in has ended meanwhile."""
        if not request.user.is_authenticated or last_signed_in(request) == str(request.user.pk):
            return
        response.set_signed_cookie(
            LAST,
            str(request.user.pk),
            salt=LAST,
            max_age=AS_LONG_AS_A_SESSION,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
