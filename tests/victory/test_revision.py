"""The revision of a workbook, by which a page on a wall notices that something changed."""

import pytest
from django.db import transaction
from django.db.models import F

from metrics.models import Touch
from tests import factories
from victory import undo
from victory.models import Organization, State
from victory.tenancy import organization_scope
from victory.trail import all_or_nothing


@pytest.fixture
def enfield(db):
    organization = factories.OrganizationFactory()
    with organization_scope(organization):
        yield organization


def state_of(organization) -> State:
    return Organization.objects.get(pk=organization.pk).state


def revision_of(organization) -> int:
    return state_of(organization).number


def test_revision_moves_on_with_every_change(enfield):
    before = revision_of(enfield)
    customer = factories.CustomerFactory(organization=enfield)
    member = factories.MemberFactory(organization=enfield)
    assert revision_of(enfield) == before + 2
    deletion = undo.delete(customer, by=member)
    assert revision_of(enfield) == before + 3
    undo.put_back(deletion)
    assert revision_of(enfield) == before + 4


def test_revision_moves_on_once_for_all_rows_of_a_transaction(enfield):
    before = revision_of(enfield)
    with all_or_nothing():
        for _ in range(3):
            factories.CustomerFactory(organization=enfield)
    assert revision_of(enfield) == before + 1


def test_revision_moves_on_in_the_transaction_of_the_change(enfield):
    before = revision_of(enfield)
    with transaction.atomic():
        factories.CustomerFactory(organization=enfield)
        assert revision_of(enfield) == before + 1
        transaction.set_rollback(True)
    assert revision_of(enfield) == before


def test_revision_stays_where_the_change_was_only_looked_at(enfield):
    before = revision_of(enfield)
    with all_or_nothing() as write:
        factories.CustomerFactory(organization=enfield)
        write.take_back()
    assert revision_of(enfield) == before


def test_revision_of_another_organization_stays(enfield):
    before = revision_of(enfield)
    factories.CustomerFactory()
    assert revision_of(enfield) == before


def test_change_of_an_organization_shows_in_all_of_its_house(enfield):
    unit = factories.OrganizationFactory(parent=enfield)
    before = state_of(enfield)
    unit.name = "Front desk"
    unit.save()
    assert state_of(enfield).frame > before.frame


@pytest.fixture
def metric(enfield):
    return factories.MetricFactory(organization=enfield)


@pytest.fixture
def other_metric(enfield, metric):
    return factories.MetricFactory(organization=enfield, deliverable=metric.deliverable)


@pytest.fixture
def member(metric):
    return factories.MemberFactory(organization=metric.organization)


def touched(metric) -> int:
    return Touch.objects.filter(metric=metric).values_list("number", flat=True).first() or 0


LINES = {
    factories.MeasurementFactory: None,
    factories.TargetFactory: None,
    factories.ActionFactory: "who",
    factories.OwnershipFactory: "member",
}


@pytest.mark.parametrize("kind", LINES)
def test_what_shows_on_one_line_touches_that_metric_alone(enfield, metric, other_metric, member, kind):
    before = state_of(enfield)

    kind(organization=enfield, metric=metric, **({LINES[kind]: member} if LINES[kind] else {}))

    after = state_of(enfield)
    assert after.frame == before.frame
    assert touched(metric) == after.number == before.number + 1
    assert touched(other_metric) < after.number


def test_action_that_moves_to_another_metric_touches_both(enfield, metric, other_metric, member):
    action = factories.ActionFactory(organization=enfield, metric=metric, who=member)
    action.metric = other_metric
    action.save()

    assert touched(metric) == touched(other_metric) == state_of(enfield).number


def test_text_of_a_metric_touches_its_line_alone(enfield, metric, other_metric):
    before = state_of(enfield)
    metric.measured_by = "letters answered within a week"
    metric.save()
    after = state_of(enfield)
    assert after.frame == before.frame
    assert touched(metric) == after.number > touched(other_metric)


def to_another_deliverable(metric):
    metric.deliverable = factories.DeliverableFactory(organization=metric.organization)


def to_another_need(metric):
    metric.need = factories.NeedFactory(organization=metric.organization)


def to_another_position(metric):
    metric.position += 1


@pytest.mark.parametrize("move", [to_another_deliverable, to_another_need, to_another_position])
def test_metric_that_stands_elsewhere_moves_the_frame_on(enfield, metric, move):
    move(metric)
    before = state_of(enfield)
    metric.save()
    assert state_of(enfield).frame > before.frame


def test_metric_that_is_added_or_deleted_moves_the_frame_on(enfield, metric):
    before = state_of(enfield)
    added = factories.MetricFactory(organization=enfield, deliverable=metric.deliverable)
    between = state_of(enfield)
    added.delete()
    assert before.frame < between.frame < state_of(enfield).frame


def test_what_may_show_anywhere_moves_the_frame_on(enfield, metric):
    before = state_of(enfield)
    metric.deliverable.save()
    assert state_of(enfield).frame > before.frame


def test_note_shows_nowhere_else(enfield):
    before = state_of(enfield)
    factories.NoteFactory(organization=enfield)
    assert state_of(enfield).frame == before.frame
    assert state_of(enfield).number == before.number + 1


def test_write_of_an_earlier_release_moves_the_frame_on(enfield):
    before = state_of(enfield)
    Organization.objects.filter(pk=enfield.pk).update(revision=F("revision") + 1)
    assert state_of(enfield).frame > before.frame
