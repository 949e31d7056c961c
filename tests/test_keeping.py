"""Pages that are kept never show what does not stand any more, nor what is meant for somebody else."""

import gzip
import re
from contextlib import suppress
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from actionplans.dashboard import read_dashboard
from tests import factories
from tests.remembered import forget_everything
from victory import keeping
from victory.models import Member, Organization
from victory.rows import WorkbookRow
from victory.tenancy import Role, memberships_of
from victory.texts import TEXTS

PAGES = (
    *("", "focus/", "drivers/", "needs/", "metrics/", "performance/", "plan/"),
    *("dashboard/", "thread/", "index/", "actions/", "metrics/{metric}/"),
)


SHEETS = ("drivers/", "needs/", "metrics/", "performance/")
WORKBOOK_ROWS = [model for model in apps.get_models() if issubclass(model, WorkbookRow)]

KEPT = ("pages", "pieces")


def forget():
    """Keep nothing of any page, and remember nothing."""
    for name in KEPT:
        caches[name].clear()
    forget_everything()


@pytest.fixture(autouse=True)
def pages_are_kept(settings):
    """Pages are kept, as they are where nobody edits templates; in the Redis where there is one."""
    in_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    kept = {name: in_memory | {"LOCATION": f"{name} in tests"} for name in KEPT}
    if "shared" in settings.CACHES:
        kept["pages"] = settings.CACHES["shared"]
    settings.CACHES = settings.CACHES | kept
    forget()


@pytest.fixture
def workbook(scoped):
    """A customer with a need, and a metric that is not met."""
    need = factories.NeedFactory(organization=scoped)
    factories.DriverChoiceFactory(organization=scoped, customer=need.customer)
    metric = factories.MetricFactory(organization=scoped)
    factories.TranslationFactory(organization=scoped, need=need, deliverable=metric.deliverable)
    factories.TargetFactory(organization=scoped, metric=metric)
    factories.MeasurementFactory(organization=scoped, metric=metric, value=50)
    return metric


def address(page, metric):
    return f"/o/enfield/{page.format(metric=metric.pk)}"


def settled(client, address):
    """The page once the client has the secret for its forms."""
    client.get(address)
    return client.get(address)


def without_tokens(page: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1", page)


def anew(client, address) -> str:
    """The page as it is written where nothing is kept of it."""
    forget()
    return without_tokens(client.get(address).text)


@pytest.mark.parametrize("page", PAGES)
def test_unchanged_page_is_not_written_again(manager, workbook, page, django_assert_max_num_queries):
    first = settled(manager, address(page, workbook))

    with django_assert_max_num_queries(4):  # session, user, membership; the dashboard asks for units
        again = manager.get(address(page, workbook))

    assert again.text == first.text
    assert again["ETag"] == first["ETag"] and again["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("page", PAGES)
def test_browser_that_has_the_page_is_told_that_it_stands(manager, workbook, page):
    tag = settled(manager, address(page, workbook))["ETag"]

    for seen in (tag, f"W/{tag}", f'"another", {tag}'):
        answer = manager.get(address(page, workbook), headers={"If-None-Match": seen})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer["ETag"] == tag
    assert manager.get(address(page, workbook), headers={"If-None-Match": '"another"'}).status_code == 200


GZIP = {"Accept-Encoding": "gzip, deflate"}


def test_browser_that_takes_it_gets_the_page_compressed(manager, workbook):
    plain = settled(manager, "/o/enfield/dashboard/")

    packed = manager.get("/o/enfield/dashboard/", headers=GZIP)

    assert packed["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Content-Length"] == str(len(packed.content)) and len(packed.content) < len(plain.content)
    assert packed["ETag"] == f"W/{plain['ETag']}"
    assert "Accept-Encoding" in packed["Vary"] and "Accept-Encoding" in plain["Vary"]
    again = manager.get("/o/enfield/dashboard/", headers=GZIP | {"If-None-Match": packed["ETag"]})
    assert again.status_code == 304


def test_page_that_was_compressed_first_is_read_by_a_browser_that_takes_none(manager, workbook):
    manager.get("/o/enfield/dashboard/")
    packed = manager.get("/o/enfield/dashboard/", headers=GZIP)
    assert manager.get("/o/enfield/dashboard/").content == gzip.decompress(packed.content)


def test_length_of_a_kept_page_is_another_each_time(manager, workbook):
    """Nobody can tell from it how well the secrets in a page go with what they put there."""
    settled(manager, "/o/enfield/dashboard/")
    answers = [manager.get("/o/enfield/dashboard/", headers=GZIP) for _turn in range(20)]
    assert len({answer["Content-Length"] for answer in answers}) > 5
    assert len({gzip.decompress(answer.content) for answer in answers}) == 1


@pytest.mark.parametrize("page", PAGES)
def test_page_is_another_after_a_write(manager, workbook, page):
    before = settled(manager, address(page, workbook))

    workbook.measured_by = "letters answered within a week"
    workbook.save()

    after = manager.get(address(page, workbook), headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert without_tokens(after.text) == anew(manager, address(page, workbook))


def test_figure_typed_on_one_page_stands_on_the_others(manager, workbook):
    for page in PAGES:
        settled(manager, address(page, workbook))
    today = timezone.localdate()

    saved = manager.post(f"/o/enfield/performance/{workbook.pk}/", {"on": str(today), "value": "97"})
    assert saved.status_code == 302 and workbook.measurements.get(date=today).value == 97
    manager.get("/o/enfield/")  # whatever is said once has been said

    shown = {page: without_tokens(manager.get(address(page, workbook)).text) for page in PAGES}
    assert "97" in shown["dashboard/"] and "97" in shown["performance/"]
    assert shown == {page: anew(manager, address(page, workbook)) for page in PAGES}


@pytest.mark.parametrize("model", WORKBOOK_ROWS, ids=lambda model: model.__name__)
def test_sheets_show_what_became_of_any_row(manager, organization, workbook, model):
    def add_and_change():
        row = factories.a_row(model, organization)
        for field in factories.free_text_fields(model):
            setattr(row, field.name, "another")
        row.save()

    manager.get("/o/enfield/")
    for happens in (add_and_change, lambda: model.objects.last().delete()):
        for page in SHEETS:
            manager.get(f"/o/enfield/{page}")

        with suppress(ValidationError, ProtectedError, IntegrityError), transaction.atomic():
            happens()

        shown = {page: without_tokens(manager.get(f"/o/enfield/{page}").text) for page in SHEETS}
        assert shown == {page: anew(manager, f"/o/enfield/{page}") for page in SHEETS}


@pytest.mark.parametrize("page", SHEETS)
def test_sheet_asks_little_after_a_figure(manager, workbook, page, django_assert_max_num_queries):
    settled(manager, f"/o/enfield/{page}")
    factories.MeasurementFactory(
        organization=workbook.organization, metric=workbook, value=51, date=timezone.localdate()
    )

    with django_assert_max_num_queries(10):
        shown = manager.get(f"/o/enfield/{page}")

    assert without_tokens(shown.text) == anew(manager, f"/o/enfield/{page}")


def test_deviation_that_is_accepted_stands_on_the_sheet_of_figures(manager, organization, workbook):
    today = timezone.localdate()
    settled(manager, "/o/enfield/performance/")
    factories.DeviationFactory(
        organization=organization, metric=workbook, holds_from=today, holds_until=today, reason="Bridge works"
    )

    shown = without_tokens(manager.get("/o/enfield/performance/").text)

    assert "Bridge works" in shown
    assert shown == anew(manager, "/o/enfield/performance/")


def test_rows_that_can_be_chosen_are_those_of_now(manager, organization, workbook):
    """Also in the row to be added, which is kept as long as they are the same."""
    settled(manager, "/o/enfield/drivers/")
    group = factories.CustomerGroupFactory(organization=organization, name="Neighbours")
    customer = factories.CustomerFactory(organization=organization, name="Residents", group=group)
    names = {group: "People next door", customer: "Tenants"}
    for row, name in names.items():
        page = manager.get("/o/enfield/drivers/").text
        assert f'<option value="{row.pk}">{row.name}</option>' in page
        row.name = name
        row.save()
    page = without_tokens(manager.get("/o/enfield/drivers/").text)
    for row, name in names.items():
        assert f'<option value="{row.pk}">{name}</option>' in page
    assert page == anew(manager, "/o/enfield/drivers/")


@pytest.mark.parametrize("page", SHEETS)
def test_other_words_in_the_address_keep_no_sheet_anew(workbook, manager, page):
    manager.get(f"/o/enfield/{page}")
    manager.get(f"/o/enfield/{page}?from=mail")
    kept = letters_kept()
    for number in range(3):
        assert manager.get(f"/o/enfield/{page}?from=mail-{number}").status_code == 200
    assert letters_kept() == kept


def letters_kept() -> int:
    return TEXTS._kept.taken


def test_figure_of_today_stands_on_the_sheet_after_the_organization_moved_west(scoped, sign_in):
    """Somewhere else it is the day before: the newest figure is then one of tomorrow."""
    client = sign_in(Role.ADMIN)
    zones = ("Pacific/Pago_Pago", "Pacific/Kiritimati")  # where it is never the same day
    west, east = (timezone.localdate(timezone=ZoneInfo(zone)) for zone in zones)
    scoped.time_zone = zones[1]
    scoped.save()
    metric = factories.MetricFactory(organization=scoped, begins_on=west)
    for day, value in ((west, "91"), (east, "95")):
        figure = {"on": day.isoformat(), "value": value, "was": "", "note": "", "was_note": ""}
        client.post(f"/o/enfield/performance/{metric.pk}/", figure)
    assert metric.measurements.count() == 2

    scoped.time_zone = zones[0]
    scoped.save()

    assert re.search(r'name="was" value="91', client.get("/o/enfield/performance/").text)


def test_no_role_gets_the_page_of_another(organization, workbook, sign_in):
    client = sign_in(Role.MANAGER)
    managed = settled(client, "/o/enfield/plan/").text
    Member.objects.filter(user=client.user).update(role=Role.VIEWER)

    seen = client.get("/o/enfield/plan/").text

    assert 'name="what"' in managed
    assert 'name="what"' not in seen


def test_no_member_gets_the_page_of_another(workbook, sign_in):
    one, other = sign_in(Role.MANAGER), sign_in(Role.MANAGER)
    first = settled(one, "/o/enfield/dashboard/")

    second = other.get("/o/enfield/dashboard/", headers={"If-None-Match": first["ETag"]})

    assert second.status_code == 200
    assert str(other.user) in second.text and str(one.user) not in second.text


def test_outsider_gets_nothing_that_is_kept(workbook, sign_in):
    tag = settled(sign_in(Role.MANAGER), "/o/enfield/dashboard/")["ETag"]
    outsider = sign_in(None)
    assert outsider.get("/o/enfield/dashboard/", headers={"If-None-Match": tag}).status_code == 404


def test_signed_out_browser_is_not_told_that_its_page_stands(workbook, manager):
    tag = settled(manager, "/o/enfield/dashboard/")["ETag"]
    manager.logout()
    assert manager.get("/o/enfield/dashboard/", headers={"If-None-Match": tag}).status_code == 302


def test_member_who_was_deactivated_gets_nothing_that_is_kept(workbook, sign_in):
    client = sign_in(Role.MANAGER)
    tag = settled(client, "/o/enfield/dashboard/")["ETag"]
    Member.objects.filter(user=client.user).update(active=False)
    assert client.get("/o/enfield/dashboard/", headers={"If-None-Match": tag}).status_code == 404


def test_page_is_another_in_another_language(workbook, manager):
    american = settled(manager, address("metrics/{metric}/", workbook)).text
    british = manager.get(address("metrics/{metric}/", workbook), headers={"Accept-Language": "en-gb"}).text
    assert 'lang="en"' in american and 'lang="en-gb"' in british


def test_page_is_another_on_another_day(workbook, manager, monkeypatch):
    tag = settled(manager, "/o/enfield/dashboard/")["ETag"]
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(Organization, "today", tomorrow)
    assert manager.get("/o/enfield/dashboard/", headers={"If-None-Match": tag}).status_code == 200


def test_page_is_another_with_another_version_of_a_package(workbook, manager, monkeypatch):
    """It may bring templates and static files of its own, which pages name."""
    tag = settled(manager, address("dashboard/", workbook))["ETag"]
    installed = [SimpleNamespace(name="django-htmx", version="1.99")]
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "distributions", lambda: installed)
        patch.setattr(keeping, "release", cache(keeping.release.__wrapped__))
        answer = manager.get(address("dashboard/", workbook), headers={"If-None-Match": tag})
    assert answer.status_code == 200


def test_page_with_something_to_say_is_not_kept(workbook, manager):
    settled(manager, "/o/enfield/plan/")
    manager.post(f"/o/enfield/plan/owners/{workbook.pk}/", {"owner": "Somebody New"})

    said = manager.get("/o/enfield/plan/")

    assert "ETag" not in said
    assert 'class="notice info' in said.text
    assert 'class="notice info' not in manager.get("/o/enfield/plan/").text


def test_page_of_a_changed_organization_is_another(organization, workbook, manager):
    tag = settled(manager, "/o/enfield/dashboard/")["ETag"]
    organization.name = "Enfield Town"
    organization.save()
    after = manager.get("/o/enfield/dashboard/", headers={"If-None-Match": tag})
    assert "Enfield Town" in after.text


def test_page_that_names_another_unit_is_another_once_that_is_renamed(organization, workbook, manager):
    unit = factories.OrganizationFactory(parent=organization)
    tag = settled(manager, "/o/enfield/drivers/")["ETag"]
    unit.name = "Front desk"
    unit.save()
    assert manager.get("/o/enfield/drivers/", headers={"If-None-Match": tag}).status_code == 200


def test_dashboard_leads_to_the_portfolio_as_soon_as_there_is_a_unit(organization, workbook, sign_in):
    client = sign_in(Role.MANAGER)
    assert "/portfolio/" not in settled(client, "/o/enfield/dashboard/").text
    unit = factories.OrganizationFactory(parent=organization)
    factories.MemberFactory(organization=unit, user=client.user)
    assert "/portfolio/" in client.get("/o/enfield/dashboard/").text
    memberships_of(client.user).filter(organization=unit).update(active=False)
    assert "/portfolio/" not in client.get("/o/enfield/dashboard/").text


def test_forms_of_a_kept_page_are_taken(workbook, sign_in):
    client = sign_in(Role.MANAGER)
    client.handler.enforce_csrf_checks = True
    page = settled(client, "/o/enfield/plan/").text
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]
    answer = client.post(
        f"/o/enfield/plan/owners/{workbook.pk}/", {"owner": "Kim", "csrfmiddlewaretoken": token}
    )
    assert answer.status_code == 302


def test_only_these_pages_are_kept(workbook, manager):
    """A page that says more than its own workbook must not be among them."""
    for page in ("people/", "activity/", "portfolio/", "promised/", "chain/", "deleted/", "notes/"):
        assert "ETag" not in settled(manager, f"/o/enfield/{page}"), page
    for page in PAGES:
        assert resolve(address(page, workbook)).func.needs_role == Role.VIEWER


def test_row_made_before_midnight_is_not_kept_for_the_next_day(manager, scoped, workbook, monkeypatch):
    days = [timezone.localdate() - timedelta(days=1), timezone.localdate()]
    factories.TargetFactory(organization=scoped, metric=workbook, holds_from=days[1], low=99)
    monkeypatch.setattr("victory.models.organizations.today_in", lambda zone: days[0])
    manager.get("/o/enfield/")

    def read_until_midnight(*args):
        dashboard = read_dashboard(*args)
        assert dashboard.screen
        days.pop(0)
        return dashboard

    monkeypatch.setattr("actionplans.views.dashboard.read_dashboard", read_until_midnight)
    assert "99\xa0%" not in manager.get("/o/enfield/dashboard/").text
    monkeypatch.setattr("actionplans.views.dashboard.read_dashboard", read_dashboard)
    assert "99\xa0%" in manager.get("/o/enfield/dashboard/").text


def test_visitors_without_a_cookie_leave_nothing_that_is_kept(client, db):
    client.get("/accounts/login/")
    kept = len(caches["pieces"]._cache)
    for _turn in range(3):
        assert Client().get("/accounts/login/").status_code == 200
    assert len(caches["pieces"]._cache) == kept


def test_day_is_shown_to_nobody_as_somebody_else_spelled_it(workbook, manager):
    page = "/o/enfield/performance/"
    for spelled in ("01/05/2026", "2026-01-05"):
        assert 'value="2026-01-05"' in manager.get(page, {"on": spelled}).text
    assert 'value="2026-01-32"' in manager.get(page, {"on": "2026-01-32"}).text
    assert f'value="{timezone.localdate()}"' in manager.get(page).text
