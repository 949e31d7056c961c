"""What all tests share: an organization with a member in each role, and clients signed in as them."""

import gc
import io
import json
import logging
from collections.abc import Callable
from contextlib import contextmanager
from threading import local
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project_settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.db.models.sql.compiler import SQLCompiler
from django.template.base import Template
from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.test.signals import template_rendered
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from simple_history.models import HistoricalRecords

from tests import factories
from tests.remembered import forget_everything
from victory.logs import JsonLines
from victory.models import Organization, User
from victory.tenancy import Role, organization_scope

# A machine that does other things at the same time is slow, not wrong.
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("patient")


def pytest_collection_finish():
    """What was loaded until now stays: nobody has to look again and again whether it is still needed."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def own_redis(worker_id):
    """Each process that tests has a database of its own in the Redis, and so have the servers it starts."""
    if project_settings.CACHE_URL:
        number = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
        address = urlsplit(project_settings.CACHE_URL)._replace(path=f"/{number}").geturl()
        project_settings.CACHE_URL = address
        project_settings.CACHES["shared"]["LOCATION"] = [address]


@pytest.fixture(autouse=True)
def empty_redis():
    """What a test kept there is not taken back with its transaction."""
    yield
    if project_settings.CACHE_URL:
        caches["shared"].clear()


@pytest.fixture(autouse=True, scope="session")
def quick_passwords():
    """A real password hash is slow on purpose, and nearly every test makes users."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True, scope="session")
def only_pages_are_watched(django_test_environment):
    """`response.context` is what a view gave its page: to copy that for every widget, too, takes long."""

    def render(template, context):
        if context.template is template:
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(autouse=True, scope="session")
def rows_are_locked_in_transactions():
    """PostgreSQL refuses to lock a row outside of one, which a test does not show that is one itself."""
    put_together = SQLCompiler.as_sql
    around = local()  # how deep the test itself is in transactions, while a page is answered

    def get_response(self, request):
        around.depth = len(connection.savepoint_ids)
        try:
            return BaseHandler.get_response(self, request)  # as it is then: Sentry has its own
        finally:
            del around.depth

    def as_sql(self, *args, **kwargs):
        if self.query.select_for_update and hasattr(around, "depth"):
            deeper = len(connection.savepoint_ids) > around.depth
            assert deeper or (connection.in_atomic_block and not around.depth), "no transaction to lock it in"
        return put_together(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "get_response", get_response)
        patch.setattr(SQLCompiler, "as_sql", as_sql)
        yield


@pytest.fixture(autouse=True, scope="session")
def emptied_row_by_row():
    """TRUNCATE gives each table and index of PostgreSQL a new file, all of which takes half a second."""

    def delete(style, tables, **options):
        return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]

    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            patch.setattr(connection.ops, "sql_flush", delete)
        yield


@pytest.fixture(autouse=True)
def remember_nothing():
    """What a process remembers of workbooks would outlive them: the next test has others by the same keys."""
    forget_everything()


@pytest.fixture
def organization(db):
    """The organization under test. Use `scoped` as well to query its rows from the test itself."""
    return factories.OrganizationFactory(name="Enfield", slug="enfield", time_zone="Europe/London")


@pytest.fixture
def scoped(organization):
    """Run the test inside the organization's scope."""
    with organization_scope(organization):
        yield organization


@pytest.fixture
def sign_in(organization):
    """Sign somebody in who has the given role, or is no member at all (None)."""

    def sign_in(role: Role | None, **htmx) -> Client:
        user = factories.UserFactory()
        if role is not None:
            factories.MemberFactory(organization=organization, user=user, role=role, name=user.name)
        client = Client(headers=htmx)
        client.force_login(user)
        client.user = user
        return client

    return sign_in


class House:
    """An organization with somebody in each role and an outsider, made once for all tests of a module.

    A module that sweeps over many addresses says so by two fixtures of its own: an `organization` and a
    `sign_in` that are those of the `house`. What a test changes is taken back after it, by its own `db`.
    """

    def __init__(self):
        self.key = factories.OrganizationFactory(name="Enfield", slug="enfield", time_zone="Europe/London").pk
        self.sessions = {}
        for role in (None, *Role):
            user = factories.UserFactory()
            if role is not None:
                factories.MemberFactory(organization=self.organization, user=user, role=role, name=user.name)
            client = Client()
            client.force_login(user)
            self.sessions[role] = user.pk, client.cookies[project_settings.SESSION_COOKIE_NAME].value

    @property
    def organization(self) -> Organization:
        return Organization.objects.get(pk=self.key)

    def sign_in(self, role: Role | None, **htmx) -> Client:
        key, session = self.sessions[role]
        client = Client(headers=htmx)
        client.cookies[project_settings.SESSION_COOKIE_NAME] = session
        client.user = User.objects.get(pk=key)
        return client


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield House()
        transaction.set_rollback(True)


@pytest.fixture
def request_of(rf):
    """Do something as if it were answering a request of this member."""

    @contextmanager
    def request_of(member):
        request = rf.post("/")
        request.member, request.user = member, member.user or AnonymousUser()
        HistoricalRecords.context.request = request
        try:
            yield request
        finally:
            del HistoricalRecords.context.request

    return request_of


@pytest.fixture
def log_lines() -> Callable[[], list[dict]]:
    """What the log has said from now on, line by line, as `LOG_FORMAT=json` writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def manager(sign_in):
    return sign_in(Role.MANAGER)


@pytest.fixture
def manager_htmx(sign_in):
    """A manager whose requests come from htmx, as in a browser with JavaScript."""
    return sign_in(Role.MANAGER, hx_request="true")


@pytest.fixture
def contributor(sign_in):
    return sign_in(Role.CONTRIBUTOR)


@pytest.fixture
def viewer(sign_in):
    return sign_in(Role.VIEWER)


@pytest.fixture
def outsider(sign_in):
    return sign_in(None)
