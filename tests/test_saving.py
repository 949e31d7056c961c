"""What is saved in a plain statement is what Django would have saved, and is as safe."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Need
from metrics.models import Metric
from tests import factories
from tests.forms import form_to
from victory.tenancy import organization_scope
from victory.trail import all_or_nothing


def statements(write) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        write()
    return [query["sql"] for query in captured.captured_queries]


def test_row_is_saved_in_one_plain_statement(scoped):
    """Django names the table in the condition: another one that no longer asks us is noticed here."""
    need = factories.NeedFactory(organization=scoped)
    [update] = [sql for sql in statements(need.save) if sql.startswith('UPDATE "customers_need"')]
    assert ' WHERE "id" = ' in update
    past = [sql for sql in statements(need.save) if sql.startswith('INSERT INTO "customers_historicalneed"')]
    assert len(past) == 1


def test_values_come_back_as_they_were_saved(scoped):
    metric = factories.MetricFactory(
        organization=scoped, scale_top=Decimal("5.50"), recent=[["2026-01-31", "3", "met"]], need=None
    )
    metric.source = "100 % “of” 'all' \\ and %s"
    metric.save()
    stored = Metric.objects.get()
    kept = ("scale_top", "recent", "need_id", "source", "begins_on", "version")
    assert [getattr(stored, name) for name in kept] == [getattr(metric, name) for name in kept]
    assert Metric.history.first().source == metric.source


def test_what_the_database_works_out_is_saved_too(scoped):
    metric = factories.MetricFactory(organization=scoped)
    metric.position = F("position") + 7
    metric.save()
    assert Metric.objects.get().position == 7


def test_row_that_is_gone_is_not_said_to_be_saved(scoped):
    need = factories.NeedFactory(organization=scoped)
    Need.objects.all().delete()
    with pytest.raises(Need.NotUpdated):
        need.save(update_fields=["text"])


def test_row_that_stays_as_it_is_need_not_be_asked_about(scoped):
    """What is unique is looked up only where it may not be any longer."""
    key = factories.NeedFactory(organization=scoped, text="Books").pk
    factories.NeedFactory(organization=scoped, customer=Need.objects.get().customer, text="Music")
    with all_or_nothing():
        need = Need.locked(key)
        need.importance = 1
        assert statements(need.validate_constraints) == []
        need.text = "music"
        with pytest.raises(ValidationError, match="on the list already"):
            need.validate_constraints()


def test_row_is_asked_about_again_once_it_was_saved(scoped):
    key = factories.NeedFactory(organization=scoped, text="Books").pk
    with all_or_nothing():
        need = Need.locked(key)
        need.save()
        assert statements(need.validate_constraints) != []


def test_stored_fields_are_all_that_is_written(scoped):
    metric = factories.MetricFactory(organization=scoped, recent=[])
    entries = Metric.history.count()
    metric.recent, metric.source = [["2026-01-31", "3", "met"]], "not stored"
    metric.store(["recent"])
    stored = Metric.objects.get()
    assert (stored.recent, stored.source, stored.version) == (metric.recent, "", metric.version)
    assert Metric.history.count() == entries


# Through a page


@pytest.fixture
def rows(organization):
    """A row of each table that is edited all day, with others that it is linked to."""
    with organization_scope(organization):
        translation = factories.TranslationFactory(organization=organization)
        customer = translation.need.customer
        customer.deliverables.add(translation.deliverable, through_defaults={"organization": organization})
        target = factories.TargetFactory(organization=organization)
        factories.a_series(target.metric, range(50, 90))
        target.metric.take_latest()
        return {
            "needs/needs": (translation.need_id, "text"),
            "drivers/customers": (customer.pk, "name"),
            "metrics/metrics": (target.metric_id, "satisfied_when"),
            "performance": (target.metric_id, "value"),
        }


def asked_to_save(manager, sheet: str, key: int, field: str, text: str, was: str):
    """What posts another text from the form that the sheet hands out now."""
    htmx = {"HX-Request": "true"}
    if sheet == "performance":
        address, fields = f"/o/enfield/{sheet}/{key}/", {"on": timezone.localdate(), "was": was}
    else:
        address = f"/o/enfield/{sheet}/{key}/edit/"
        fields = form_to(address, manager.get(address, headers=htmx).text)

    def save():
        answer = manager.post(address, fields | {field: text}, headers=htmx)
        assert answer.headers.get("HX-Trigger") == "workbook-changed", answer.text

    return save


@pytest.mark.parametrize("sheet", ["needs/needs", "drivers/customers", "metrics/metrics", "performance"])
def test_saving_sends_at_most_ten_statements(manager, rows, sheet):
    """On PostgreSQL one more, which locks the row."""
    key, field = rows[sheet]
    asked_to_save(manager, sheet, key, field, "40", was="")()
    sent = statements(asked_to_save(manager, sheet, key, field, "41", was="40 %"))
    sent = [sql for sql in sent if not sql.startswith(("SAVEPOINT", "RELEASE")) and "FOR UPDATE" not in sql]
    assert len(sent) <= 10, sent
