"""What a process remembers of workbooks is always what reading them anew would say."""

import contextlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils import timezone, translation

from actionplans import memory
from actionplans.dashboard import read_dashboard
from actionplans.index import read_index, total_index
from actionplans.memory import MEMORY, Memory, Remembered
from actionplans.models import Action, Status
from metrics.models import Measurement, Metric, Target, Verdict
from tests import factories
from victory.models import Organization
from victory.rows import WorkbookRow
from victory.tenancy import organization_scope

TODAY = timezone.localdate()
DASHBOARD = "/o/enfield/dashboard/"


@pytest.fixture
def metrics(scoped):
    """Three metrics of which one is met, one is missed, and one was never measured."""
    made = [factories.MetricFactory(organization=scoped) for _ in range(3)]
    for metric, value in zip(made, (95, 50), strict=False):
        factories.TargetFactory(organization=scoped, metric=metric)
        factories.MeasurementFactory(organization=scoped, metric=metric, value=value, date=date(2026, 1, 31))
    return made


@pytest.fixture
def member(scoped):
    return factories.MemberFactory(organization=scoped)


def as_stands(organization) -> Organization:
    """The organization as the next request reads it."""
    return Organization.objects.select_related("revised").get(pk=organization.pk)


def all_of(remembered: Remembered) -> dict:
    """All that pages take from it."""
    thread = remembered.thread
    dashboard = read_dashboard(remembered, {})
    return {
        "metrics": list(thread.metrics.items()),
        "actions": list(thread.actions.items()),
        "actions of metrics": thread.actions_of_metric,
        "gaps": thread.gaps_by_step,
        "filled": thread.filled,
        "rows": [row for row in dashboard.rows],
        "lead": dashboard.lead,
        "shares": dashboard.shares,
        "tiles": dashboard.tiles,
        "ways": [(each.name, each.options) for each in dashboard.filters],
        "trend": dashboard.trend,
    }


def look(organization) -> dict:
    with organization_scope(organization):
        return all_of(MEMORY.recall(as_stands(organization)))


def look_anew(organization) -> dict:
    with organization_scope(organization):
        return all_of(Remembered.read(as_stands(organization)))


def correct(metrics, member):
    figure = metrics[0].measurements.get()
    figure.value = Decimal(40)
    figure.save()


def change_owner(metrics, member):
    owned = metrics[1].ownerships.first()
    owned.member = factories.MemberFactory(organization=member.organization)
    owned.save()


def move_action(metrics, member):
    action = Action.objects.get()
    action.metric = metrics[2]
    action.save()


def finish_action(metrics, member):
    action = Action.objects.get()
    action.status = Status.DONE
    action.save()


def new_target(metrics, member):
    factories.TargetFactory(
        organization=member.organization, metric=metrics[0], low=99, holds_from=TODAY - timedelta(days=1)
    )


def rename(metrics, member):
    metrics[0].measured_by = "share of calls answered within a minute"
    metrics[0].save()


def rename_deliverable(metrics, member):
    metrics[0].deliverable.name = "Answers"
    metrics[0].deliverable.save()


def accept(metrics, member):
    factories.DeviationFactory(
        organization=member.organization, metric=metrics[1], holds_from=TODAY, holds_until=TODAY
    )


WRITES = {
    "figure": lambda metrics, member: factories.MeasurementFactory(
        organization=member.organization, metric=metrics[2], value=7
    ),
    "correction": correct,
    "figure deleted": lambda metrics, member: Measurement.objects.first().delete(),
    "target": new_target,
    "target deleted": lambda metrics, member: Target.objects.first().delete(),
    "deviation": accept,
    "action": lambda metrics, member: factories.ActionFactory(
        organization=member.organization, metric=metrics[1], who=member, due=date(2020, 1, 1)
    ),
    "action moved": move_action,
    "action done": finish_action,
    "action deleted": lambda metrics, member: Action.objects.get().delete(),
    "owner": lambda metrics, member: factories.OwnershipFactory(
        organization=member.organization, metric=metrics[0], member=member
    ),
    "other owner": change_owner,
    "owner taken away": lambda metrics, member: metrics[1].ownerships.get().delete(),
    "metric renamed": rename,
    "metric deleted": lambda metrics, member: metrics[1].delete(),
    "deliverable renamed": rename_deliverable,
    "metric added": lambda metrics, member: factories.MetricFactory(organization=member.organization),
}


@pytest.mark.parametrize("write", WRITES)
def test_after_any_write_what_is_remembered_is_what_stands(scoped, metrics, member, write):
    factories.ActionFactory(organization=scoped, metric=metrics[0], who=member)
    factories.OwnershipFactory(organization=scoped, metric=metrics[1], member=member)
    before = look(scoped)

    WRITES[write](metrics, member)

    after = look(scoped)
    assert after != before
    assert after == look_anew(scoped)


@pytest.mark.parametrize("room", [(1, 10), (1,)])
def test_several_lines_that_changed_are_what_stands(scoped, metrics, member, monkeypatch, room):
    monkeypatch.setattr("victory.prepared.ROOM", room)
    factories.ActionFactory(organization=scoped, metric=metrics[1], who=member, due=date(2020, 1, 1))
    before = look(scoped)

    correct(metrics, member)
    accept(metrics, member)
    factories.OwnershipFactory(organization=scoped, metric=metrics[2], member=member)

    after = look(scoped)
    assert after != before
    assert after == look_anew(scoped)


def test_rows_that_nobody_asked_for_between_writes_are_what_stands(scoped, metrics, member):
    """Other pages follow the lines and leave the rows for whoever looks at the dashboard next."""
    factories.ActionFactory(organization=scoped, metric=metrics[0], who=member)
    factories.OwnershipFactory(organization=scoped, metric=metrics[1], member=member)
    languages = ("en", "en-gb")
    for language in languages:
        with translation.override(language):
            before = look(scoped)

    for write in (correct, change_owner, finish_action, accept, new_target):
        write(metrics, member)
        assert MEMORY.recall(as_stands(scoped)).thread.metrics

    for language in languages:
        with translation.override(language):
            after = look(scoped)
            assert after != before
            assert after == look_anew(scoped)


def test_share_met_is_held_against_the_last_review(scoped, metrics, member):
    review = factories.ReviewFactory(organization=scoped)
    for metric, verdict in zip(metrics, (Verdict.MET, Verdict.NOT_MET), strict=False):
        factories.ReviewLineFactory(organization=scoped, review=review, metric_key=metric.pk, verdict=verdict)
    review.closed_at = timezone.now()
    review.save()
    look(scoped)

    correct(metrics, member)

    after = look(scoped)
    assert "one fewer" in after["lead"]
    assert after == look_anew(scoped)


def test_single_line_is_read_again_in_the_same_queries_however_many_there_are(
    scoped, metrics, django_assert_num_queries
):
    look(scoped)
    factories.MeasurementFactory(organization=scoped, metric=metrics[1], value=7, date=TODAY)
    stands = as_stands(scoped)
    with django_assert_num_queries(2):  # the metric with what is its, its actions
        all_of(MEMORY.recall(stands))


def test_unchanged_workbook_is_not_read_again(scoped, metrics, django_assert_num_queries):
    look(scoped)
    stands = as_stands(scoped)
    with django_assert_num_queries(0):
        all_of(MEMORY.recall(stands))


def test_everything_is_read_again_on_another_day(scoped, metrics, monkeypatch):
    look(scoped)
    remembered = MEMORY.recall(as_stands(scoped))
    tomorrow = remembered.thread.today + timedelta(days=1)
    monkeypatch.setattr(Organization, "today", tomorrow)
    assert MEMORY.recall(as_stands(scoped)).thread.today == tomorrow


def test_rows_are_in_the_language_of_whoever_looks(scoped, metrics):
    english = look(scoped)["rows"][0].reason
    with translation.override("en-gb"):
        british = look(scoped)["rows"][0].reason
    assert english != british
    assert look(scoped)["rows"][0].reason == english


def test_rows_in_each_language_follow_a_write(scoped, metrics):
    with translation.override("en-gb"):
        look(scoped)
    look(scoped)
    correct(metrics, None)
    look(scoped)
    with translation.override("en-gb"):
        assert look(scoped) == look_anew(scoped)


def test_workbook_takes_its_room_whatever_was_asked_of_it(scoped, metrics):
    memory = Memory(most_lines=5)
    assert memory.recall(as_stands(scoped)).thread.rights == 0
    assert memory.lines == 1 + len(metrics)


def test_workbooks_looked_at_the_longest_ago_are_forgotten_first(scoped, metrics):
    """How much one takes is known once it was looked at, not when it was remembered."""
    memory, others = Memory(most_lines=5), [factories.OrganizationFactory() for _ in range(2)]
    first = memory.recall(as_stands(scoped))
    assert first.thread.metrics and memory.lines == 4
    for other in others:
        with organization_scope(other):
            memory.recall(as_stands(other))
    assert memory.lines == 2
    assert memory.recall(as_stands(scoped)) is not first


def test_write_that_is_still_open_is_not_remembered(scoped, manager, metrics):
    """Somebody saves beside a mistake: the page that answers them is made of what they see alone."""
    look(scoped)
    manager.post("/o/enfield/plan/owners/0/", {"owner": "Nobody"})
    assert look(scoped) == look_anew(scoped)


def test_total_is_the_index_over_its_parts(scoped, metrics):
    customers = [factories.CustomerFactory(organization=scoped) for _ in range(3)]
    for place, (customer, metric) in enumerate(zip(customers, metrics, strict=True), start=1):
        factories.DriverChoiceFactory(organization=scoped, customer=customer)
        need = factories.NeedFactory(organization=scoped, customer=customer, importance=place)
        factories.TranslationFactory(organization=scoped, need=need, deliverable=metric.deliverable)
    criterion = factories.CriterionFactory(organization=scoped, weight=3)
    factories.ScoreFactory(organization=scoped, customer=customers[0], criterion=criterion, value=7)
    remembered = Remembered.read(as_stands(scoped))
    thread, measured = remembered.thread, list(remembered.rows.values())
    whole = read_index(thread)

    assert whole.exact is not None
    assert total_index(measured, thread).exact == whole.exact
    for customer in customers[:2]:
        assert total_index(measured, thread, customer.pk).exact == whole.by_driver[customer.pk].exact
    assert total_index(measured[:1], thread).exact == whole.over({measured[0].pk}).exact
    assert total_index([], thread).text == "–"


def test_dashboard_shows_a_screen_of_rows_and_leads_to_the_next(scoped, viewer):
    deliverable = factories.DeliverableFactory(organization=scoped)
    for _ in range(51):
        factories.MetricFactory(organization=scoped, deliverable=deliverable)
    page = viewer.get(DASHBOARD).text
    last = Metric.objects.order_by("position", "pk").last()

    assert page.count('<tr id="metric-') == 50
    assert f'href="{DASHBOARD}?rows=100#metric-{last.pk}"' in page
    assert "1 metric is not shown: show it" in page

    whole = viewer.get(DASHBOARD, {"rows": "100"}).text
    assert whole.count('<tr id="metric-') == 51
    assert 'id="more"' not in whole


@pytest.mark.parametrize("asked", ["", "0", "-5", "many", "9" * 9, "٣"])
def test_nonsense_about_rows_shows_the_first_screen(scoped, viewer, asked):
    factories.MetricFactory(organization=scoped)
    assert viewer.get(DASHBOARD, {"rows": asked}).status_code == 200


ROWS = [model for model in apps.get_models() if issubclass(model, WorkbookRow)]


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model._meta.label)
def test_no_kind_of_row_is_remembered_as_it_was(scoped, metrics, model):
    """Whatever is added, changed or deleted: what is remembered is what stands."""
    look(scoped)
    with organization_scope(scoped):
        row = factories.factory_of(model)(organization=scoped)
        assert look(scoped) == look_anew(scoped)
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField) and field.editable and not field.choices:
                setattr(row, field.name, "other")
        with contextlib.suppress(ValidationError):  # what is settled does not change
            row.save()
        assert look(scoped) == look_anew(scoped)
        with contextlib.suppress(ValidationError, models.RestrictedError):
            row.delete()
        assert look(scoped) == look_anew(scoped)


def test_text_of_a_row_is_no_newer_than_all_that_it_says(scoped, metrics, member):
    """Somebody plans an action while another one is about to look at the dashboard for the first time."""
    remembered = MEMORY.recall(as_stands(scoped))
    assert remembered.thread.metrics and not remembered.thread.actions
    factories.ActionFactory(organization=scoped, metric=metrics[1], who=member, what="Ask them")

    half_old = remembered.rows[metrics[1].pk]
    after = MEMORY.recall(as_stands(scoped)).rows[metrics[1].pk]

    assert half_old.action is None and after.action.what == "Ask them"
    assert half_old.touched < after.touched


def test_owner_who_moves_to_another_metric_leaves_the_first(scoped, metrics, member):
    owned = factories.OwnershipFactory(organization=scoped, metric=metrics[0], member=member)
    look(scoped)
    owned.metric = metrics[1]
    owned.save()
    assert look(scoped) == look_anew(scoped)


def test_counts_stand_where_two_threads_read_the_rows_at_once(transactional_db, monkeypatch):
    """A figure is entered between their readings: the tally is that of the rows that are remembered."""
    organization = factories.OrganizationFactory()
    with organization_scope(organization):
        metric = factories.MetricFactory(organization=organization)
        factories.TargetFactory(organization=organization, metric=metric)
        factories.MeasurementFactory(organization=organization, metric=metric, value=50)
    stands = as_stands(organization)
    really, readings = memory.read_metrics, iter(["first", "second"])

    def look():
        with organization_scope(organization):
            return MEMORY.recall(stands).tally

    def elsewhere(work):
        def then_close():
            try:
                work()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(then_close).result()

    def enter():
        with organization_scope(organization):
            factories.MeasurementFactory(organization=organization, metric=metric, value=99, date=TODAY)

    def read(today):
        if next(readings) == "second":
            elsewhere(enter)
            return really(today)
        rows = really(today)
        elsewhere(look)
        return rows

    monkeypatch.setattr(memory, "read_metrics", read)
    look()
    monkeypatch.setattr(memory, "read_metrics", really)

    with organization_scope(organization):
        assert +MEMORY.recall(as_stands(organization)).tally.verdicts == Counter({Verdict.MET: 1})
