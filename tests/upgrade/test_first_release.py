"""A database that the first release filled, taken through every migration since.

`first_release.jsonl` holds its rows, table by table; `fill_first_release.py` says what is in them and how
they were written down.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django_scopes import scopes_disabled

from actionplans.models import Action
from metrics.models import Metric
from tests.databases import an_empty_database
from tests.routes import ROUTES
from victory import undo
from victory.models import CustomerRight, Deletion, Member, Organization, User
from victory.tenancy import organization_scope

ROWS = Path(__file__).with_name("first_release.jsonl")
OURS = {"victory", "customers", "metrics", "actionplans"}
CHANGED = {("metrics.metric", "begins_on")}
"""Columns that migrations were to change. What came later is not in the rows of the first release."""


@dataclass
class Table:
    """What one table of the first release held, each row by its columns."""

    columns: list[str]
    rows: list[dict] = field(default_factory=list)

    def take(self, model, line: list):
        """Read one line, each value as the field of its column does."""
        fields = {field.attname: field for field in model._meta.concrete_fields}
        values = zip(self.columns, line, strict=True)
        self.rows.append({name: fields[name].to_python(value) for name, value in values if name in fields})


def tables_of_the_first_release(registry) -> dict[str, Table]:
    """By the label of the model in this registry; columns that it does not know are left out."""
    found = {}
    for line in ROWS.read_text().splitlines():
        match json.loads(line):
            case {"table": label, "columns": columns}:
                model, table = registry.get_model(label), Table(columns)
                found[label] = table
            case values:
                table.take(model, values)
    return found


def migrations_of_the_first_release(executor) -> list[tuple[str, str]]:
    """The first of ours, and all that they or the other applications had."""
    others = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in OURS]
    return [*others, *((app, "0001_initial") for app in OURS)]


def build_the_first_release():
    """Its tables, and in them its rows."""
    executor = MigrationExecutor(connection)
    targets = migrations_of_the_first_release(executor)
    executor.migrate(targets)
    registry = executor.loader.project_state(targets).apps
    models = []
    with transaction.atomic():
        for label, table in tables_of_the_first_release(registry).items():
            model = registry.get_model(label)
            for field in model._meta.concrete_fields:
                field.auto_now_add = False  # the moments are those of the file
            model._base_manager.bulk_create(model(**row) for row in table.rows)
            models.append(model)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


@pytest.fixture(scope="module")
def upgraded(django_db_setup, django_db_blocker, tmp_path_factory):
    """Migrating takes ten seconds, so all look at one; what a test changes is taken back by `db` below."""
    folder = tmp_path_factory.mktemp("upgrade")
    with django_db_blocker.unblock(), an_empty_database("first_release", folder):
        build_the_first_release()
        call_command("migrate", verbosity=0)
        yield


@pytest.fixture
def clinic(upgraded, db):
    with organization_scope(Organization.objects.get(slug="clinic")) as organization:
        yield organization


def metrics() -> dict[str, Metric]:
    return {metric.measured_by: metric for metric in Metric.objects.all()}


def test_every_row_of_the_first_release_is_there_as_it_was(upgraded, db):
    tables = tables_of_the_first_release(apps)
    assert len(tables) > 30 and {label.partition(".")[0] for label in tables} == OURS
    with scopes_disabled():
        for label, table in tables.items():
            model = apps.get_model(label)
            key = model._meta.pk.attname
            stored = {row[key]: row for row in model._base_manager.values()}
            assert len(stored) == len(table.rows), label
            for row in table.rows:
                kept = {name for name in row if (label, name) not in CHANGED}
                assert {name: stored[row[key]][name] for name in kept} == {name: row[name] for name in kept}


def test_verdicts_are_what_they_were(upgraded, db):
    with scopes_disabled():
        verdicts = Counter(Metric.objects.values_list("organization__slug", "verdict"))
    assert verdicts == {
        ("enfield", "met"): 4,
        ("enfield", "not-met"): 6,
        ("clinic", "met"): 1,
        ("clinic", "not-met"): 1,
        ("clinic", "not-measured"): 1,
    }


def test_metrics_repeat_what_their_figures_say(clinic):
    waiting = metrics()["Share seen within an hour"]
    assert waiting.begins_on == date(2025, 1, 15)  # its first figure, before its first target
    assert waiting.attainment == Decimal("30.7")
    assert waiting.signal == "outside-low"
    assert [day for day, _figure, _verdict in waiting.recent][-1] == "2026-01-10"
    assert len(waiting.recent) == 6
    judged, unmeasured = metrics()["Is the door open on Sundays?"], metrics()["Not measured yet"]
    assert (judged.attainment, judged.signal) == (100, "")
    assert (unmeasured.attainment, unmeasured.recent) == (None, [])


def test_judging_every_figure_anew_changes_nothing(upgraded, db):
    """What migrations filled in is what the application itself would say today."""
    with scopes_disabled():
        before = list(Metric.objects.order_by("pk").values())
        changed = [metric.judge_again() for metric in Metric.objects.all()]
        assert list(Metric.objects.order_by("pk").values()) == before
    assert not any(changed)


def test_actions_were_promised_for_the_day_they_are_due(upgraded, db):
    with scopes_disabled():
        actions = Action.objects.all()
        assert actions and all((each.first_due, each.moves) == (each.due, 0) for each in actions)


def test_histories_say_which_member_wrote(clinic):
    *_, edited = CustomerRight.objects.get().history.order_by("history_id")
    assert edited.history_member == Member.objects.get(name="Élodie Berg")


def test_sign_ins_are_confirmed(upgraded, db):
    known = EmailAddress.objects.filter(verified=True, primary=True).values_list("email", flat=True)
    assert set(known) == set(User.objects.values_list("email", flat=True))


def test_what_was_deleted_can_be_put_back(clinic):
    metric = undo.put_back(Deletion.objects.get())
    assert metric.measured_by == "Letters answered within a week"
    assert [figure.verdict for figure in metric.measurements.order_by("date")] == ["met", "not-met"]


@pytest.mark.parametrize(
    ("slug", "email"), [("enfield", "demo@example.org"), ("clinic", "elodie.berg@example.org")]
)
def test_every_page_answers(slug, email, upgraded, db):
    client = Client()
    client.force_login(User.objects.get(email=email))
    for route in ROUTES:
        if not route.arguments:
            assert client.get(route.address(slug)).status_code in (200, 204, 302, 405), route
    assert client.get("/mine/").status_code == 200


def test_pages_say_what_stood_there(upgraded, db):
    client = Client()
    client.force_login(User.objects.get(email="elodie.berg@example.org"))
    with scopes_disabled():
        waiting = Metric.objects.get(measured_by="Share seen within an hour")
    said = {
        "focus/": "An answer on the same day, by whichever way",
        "dashboard/": "Share seen within an hour",
        f"metrics/{waiting.pk}/": "20\N{NO-BREAK SPACE}%",
        "deleted/": "Letters answered within a week",
    }
    for page, text in said.items():
        assert text in client.get(f"/o/clinic/{page}").text, page
