"""Pages that are kept as long as nothing on them can be another.

Whoever looks at an unchanged page again gets it as it was written, or, where their browser still has it, just
the word that it stands. What a page is kept under says everything that it depends on: the state of the
workbook, the day, the person with their role, the language, the address, and the release.
"""

import gzip
import hashlib
import re
import secrets
from collections.abc import Callable
from functools import cache, wraps
from importlib.metadata import distributions

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.crypto import get_random_string
from django.utils.functional import SimpleLazyObject
from django.utils.http import parse_etags

from victory.kept import KEY as TYPED
from victory.texts import frame_of

A_DAY = 60 * 60 * 24
LARGEST = 500_000
"""Bytes; a page that is larger is rather written again than kept."""
ACCEPTS_GZIP = re.compile(r"\bgzip\b")
LEVEL = 6
HEAD, NAMED = 10, 8
"""How long the head of what gzip compressed is, and the flag in its fourth byte that says a name follows."""
LONGEST_NAME = GZipMiddleware.max_random_bytes


def kept(also: Callable[[HttpRequest], object] = lambda request: None) -> Callable:
    """Keep the page of a view that shows nothing but what moves the state of its organization's workbook.

    That is every row of the organization and its history, and of others what `note_organization` is told of;
    no time but the day, and nothing that is so for this once. What it depends on besides is said by `also`.
    """

    def keep(view):
        @wraps(view)
        def answer(request, *args, **kwargs):
            kept_as = key_of(request, also)
            if kept_as is None:
                return view(request, *args, **kwargs)
            if kept_as in known_to_browser(request):
                return marked(HttpResponseNotModified(), kept_as)
            pages = caches["pages"]
            if page := pages.get(kept_as):
                return marked(sent(HttpResponse(), page, request), kept_as)
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or response.cookies or len(response.content) > LARGEST:
                return response
            page = gzip.compress(response.content, LEVEL, mtime=0)
            pages.set(kept_as, page, A_DAY)
            return marked(sent(response, page, request), kept_as)

        return answer

    return keep


def known_to_browser(request) -> list[str]:
    """What the pages that the browser has of this address are kept under."""
    tags = parse_etags(request.headers.get("If-None-Match", ""))
    return [tag.removeprefix("W/").strip('"') for tag in tags]


def sent(response: HttpResponse, page: bytes, request) -> HttpResponse:
    """The response with a page that was kept compressed, as the browser takes it."""
    patch_vary_headers(response, ["Accept-Encoding"])
    if ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", "")):
        response.content = named_at_random(page)
        response["Content-Encoding"] = "gzip"
    else:
        response.content = gzip.decompress(page)
    return response


def named_at_random(page: bytes) -> bytes:
    """The compressed page with a name of random length in its head, as `GZipMiddleware` gives to all others.

    How long an answer is then tells nobody how well its secrets go with what they put into it (BREACH).
    """
    name = b"a" * secrets.randbelow(LONGEST_NAME)
    return page[:3] + bytes([NAMED]) + page[4:HEAD] + name + b"\0" + page[HEAD:]


def marked(response: HttpResponse, kept_as: str) -> HttpResponse:
    """The browser may keep the page for this person, and asks each time whether it stands.

    Compressed, the page is the same for who reads it, but not byte by byte: its mark says so.
    """
    response["ETag"] = f'W/"{kept_as}"' if response.has_header("Content-Encoding") else f'"{kept_as}"'
    response["Cache-Control"] = "private, no-cache"
    return response


def key_of(request, also: Callable[[HttpRequest], object]) -> str | None:
    """What the page is kept under, or None where it says something that is for this once.

    The token against forged forms is a part of the page: it is as old as the session's secret.
    """
    once = request.session.get(TYPED) or len(get_messages(request))
    if request.method != "GET" or once or not request.META.get("CSRF_COOKIE"):
        return None
    depends_on = (
        *(also(request), person_key(request), request.get_full_path()),
        *(str(request.organization.state), request.today),
        *(request.headers.get(name, "") for name in ("HX-Request", "HX-Target", "HX-Boosted")),
    )
    return hashlib.blake2b(repr(depends_on).encode(), digest_size=20).hexdigest()


OWN_APPS = ("victory", "customers", "metrics", "actionplans")


def keys(request) -> dict:
    """Context for every page: what the pieces of pages are kept under."""
    return {
        "language": translation.get_language(),
        "release": release(),
        "brings_secret": bool(request.META.get("CSRF_COOKIE")),
        "person": SimpleLazyObject(lambda: person_key(request)),
        "frame": SimpleLazyObject(lambda: frame_of(request) or get_random_string(20)),
        "state_shown": SimpleLazyObject(lambda: state_shown(request)),
    }


def state_shown(request) -> str:
    """What a page that is open remembers of the workbook, to ask whether that is still what stands."""
    return f"{request.organization.state}-{request.today}"


def person_key(request) -> str:
    """For whom a page is, and which: what is the same under the same key at the top of pages.

    Before there is a secret for the forms, each page has one of its own.
    """
    secret = request.META.get("CSRF_COOKIE") or get_random_string(20)
    organization, member, user = request.organization, request.member, request.user
    return repr(
        (
            *(release(), secret, translation.get_language(), request.path),
            *(organization and (organization.pk, str(organization)), member and (member.pk, member.role)),
            *(user.pk, str(user), user.is_staff),
        )
    )


@cache
def release() -> str:
    """What the application is made of, and with which packages: pages of another release are not shown."""
    packages = sorted(f"{package.name} {package.version}" for package in distributions())
    made_of = hashlib.blake2b(repr(packages).encode(), digest_size=8)
    for folder in (settings.BASE_DIR / name for name in ("templates", "static", "locale", *OWN_APPS)):
        for file in sorted(folder.rglob("*.*")):
            if file.suffix in (".py", ".html", ".txt", ".css", ".js", ".svg", ".mo"):
                made_of.update(file.read_bytes())
    return made_of.hexdigest()
