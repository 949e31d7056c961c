"""What the server says about its pages, and what a page makes the browser load."""

import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.http import HttpResponse

from tests import factories
from tests.routes import ROUTES
from tests.rows import address_of
from victory.models import Organization, User
from victory.tenancy import Role

pytestmark = pytest.mark.protects("csp")

FIRST_LOAD = 60_000
LOADED = re.compile(r'<(?:script|img|link)\b[^>]*?\b(?:src|href)="([^"]+)"')
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)")
LINKED = re.compile(r'\b(?:src|href|action|formaction|hx-\w+|srcset|data)="([^"]+)"')


def directives(response) -> dict[str, str]:
    policy = response.headers["Content-Security-Policy"]
    return dict(directive.strip().split(" ", 1) for directive in policy.split(";"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/o/enfield/", 200),
        ("/o/enfield/drivers/", 200),
        ("/organizations/", 200),
        ("/admin/", 200),
        ("/admin/victory/organization/add/", 200),
        ("/accounts/login/", 302),
        ("/o/nowhere/", 404),
        ("/o/enfield/focus/rights/", 405),
    ],
)
def test_policy_allows_nothing_inline(path, status, client, organization):
    user = factories.UserFactory(is_staff=True, is_superuser=True)
    factories.MemberFactory(organization=organization, user=user, role=Role.ADMIN)
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == status
    assert_strict(response)


def test_policy_of_the_sign_in_page_is_as_strict(client, db):
    assert_strict(client.get("/accounts/login/"))


def assert_strict(response):
    policy = directives(response)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert not {"unsafe-inline", "unsafe-eval", "http:", "https:", "data:", "*"} & set(
        re.split(r"[' ;]+", response.headers["Content-Security-Policy"])
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.fixture
def pages(db, client, settings) -> dict[str, HttpResponse]:
    """Every page of the demo workbook that can be opened, by the name of its route."""
    settings.DEBUG = True  # which the demo asks for
    call_command("demo", verbosity=0)
    settings.DEBUG = False
    client.force_login(User.objects.get())
    organization = Organization.objects.get(slug="enfield")
    answers = {route.name: client.get(address_of(route, organization)) for route in ROUTES}
    assert {answer.status_code for answer in answers.values()} <= {200, 204, 302, 405}
    return {
        name: answer
        for name, answer in answers.items()
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
    }


def test_pages_load_little_and_only_from_here(pages):
    assert {"workbook", "focus", "drivers", "needs", "customers-edit", "notes"} <= pages.keys()
    for name, page in pages.items():
        assert not [url for url in LINKED.findall(page.text) if urlsplit(url).netloc], name
        assert not INLINE.search(page.text), name
        assets = [url for url in LOADED.findall(page.text) if url.startswith("/static/")]
        assert len(assets) >= 4, name
        weight = len(gzip.compress(page.content)) + sum(compressed(url) for url in assets)
        assert weight < FIRST_LOAD, f"{name} weighs {weight:,} bytes"


@cache
def compressed(url: str) -> int:
    return len(gzip.compress(Path(finders.find(url.removeprefix("/static/"))).read_bytes()))


def test_stylesheet_and_scripts_name_no_other_site():
    for name in ("css/victory.css", "js/victory.js"):
        text = Path(finders.find(name)).read_text()
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import|https?://(?!www\.w3\.org/)", text)
