"""The real pages in Debian's Chromium, signed in, with axe at hand."""

import os
import shutil

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from tests import factories
from victory.tenancy import Role

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# What is found wrong is told in full; of what is right, not every place is gathered and sent here.
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}

# A machine that does other things at the same time is slow, not wrong.
expect.set_options(timeout=15_000)

# Playwright's synchronous interface runs an event loop, in which Django refuses to query otherwise.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items):
    """Mark the tests of this folder; without a Chromium they are skipped, unless that is forbidden."""
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and not os.environ.get("REQUIRE_BROWSER"):
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": quiet}


@pytest.fixture(autouse=True)
def development(settings):
    """Over plain HTTP, as the live server speaks it."""
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


@pytest.fixture
def organization(transactional_db):
    return factories.OrganizationFactory(name="Enfield", slug="enfield", currency="GBP")


@pytest.fixture(autouse=True)
def complaints(request, browser):
    """What the browser complained about on any page: script errors, refused resources, foreign addresses.

    A test fails at its end where there was something, unless it says `@pytest.mark.provokes("part of it")`.
    That a newer refresh of the page took the place of an older one is no complaint, though htmx logs it.
    """
    heard = []
    replaced = ("htmx:sendAbort", "htmx:afterRequest", "htmx:abort")
    provoked = [text for marker in request.node.iter_markers("provokes") for text in marker.args]

    def hear(complaint: str):
        if not complaint.startswith(replaced) and not any(text in complaint for text in provoked):
            heard.append(complaint)

    def listen(context):
        context.on("console", lambda message: hear(message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: hear(str(error.error)))

    browser.on("context", listen)
    yield heard
    browser.remove_listener("context", listen)
    assert not heard


@pytest.fixture
def enter(page, live_server, organization):
    """Sign a member of the organization in, in the given role, on the page or on a context of their own."""

    def enter(role=Role.MANAGER, context=None):
        user = factories.UserFactory()
        factories.MemberFactory(organization=organization, user=user, role=role, name=user.name)
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        (context or page.context).add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        return user

    return enter


@pytest.fixture
def go(page, live_server):
    """Open a page of the organization by the last part of its address."""

    def go(path=""):
        page.goto(f"{live_server.url}/o/enfield/{path}")
        page.wait_for_load_state("networkidle")

    return go


@pytest.fixture
def accessible(page):
    """Run axe on the page as it stands, in both colour schemes."""

    def accessible():
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            results = AxeResults(page.evaluate("options => axe.run(options)", AXE_OPTIONS))
            assert results.violations_count == 0, f"{page.url} ({scheme})\n{results.generate_report()}"

    return accessible
