"""Statements that are put together once are those of whoever asks, and say what stands."""

from datetime import timedelta

import pytest
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django_scopes import scopes_disabled
from django_scopes.exceptions import ScopeError

from customers.models import Need
from metrics.models import Deviation, Metric, Target, accepted_deviations
from tests import factories
from victory.models import Organization
from victory.prepared import Prepared, PreparedRow, know, known
from victory.tenancy import organization_scope

TODAY = timezone.localdate()


@pytest.fixture
def prepared():
    return Prepared(
        lambda today, keys: Target.objects.filter(metric__in=keys).order_by("pk"), '"metric_id" IN ('
    )


@pytest.fixture
def targets(scoped):
    return [factories.TargetFactory(organization=scoped) for _ in range(3)]


def test_rows_are_those_that_the_values_name(prepared, targets):
    keys = [target.metric_id for target in targets]
    assert prepared.rows(TODAY, keys[:1]) == targets[:1]
    assert prepared.rows(TODAY, keys[2:]) == targets[2:]
    assert prepared.rows(TODAY, keys[:2]) == targets[:2]
    assert prepared.rows(TODAY, [keys[1], keys[1], keys[1]]) == [targets[1]]


def test_rows_are_as_they_are_now(prepared, targets):
    key = targets[0].metric_id
    prepared.rows(TODAY, [key])
    targets[0].low = 12
    targets[0].save()
    assert [target.low for target in prepared.rows(TODAY, [key])] == [12]
    targets[0].delete()
    assert prepared.rows(TODAY, [key]) == []


def test_day_is_that_of_whoever_asks(scoped):
    until = factories.DeviationFactory(organization=scoped, holds_from=TODAY, holds_until=TODAY)
    prepared = Prepared(
        lambda today, keys: Deviation.objects.filter(holds_until__gte=today, metric__in=keys),
        '"metric_id" IN (',
    )
    assert prepared.rows(TODAY, [until.metric_id]) == [until]
    assert prepared.rows(TODAY + timedelta(days=1), [until.metric_id]) == []


def test_nobody_gets_the_rows_of_another_organization(prepared, targets):
    key = targets[0].metric_id
    assert prepared.rows(TODAY, [key])
    other = factories.OrganizationFactory()
    with organization_scope(other):
        its = factories.TargetFactory(organization=other)
        assert prepared.rows(TODAY, [key]) == []
        assert prepared.rows(TODAY, [its.metric_id]) == [its]
    assert prepared.rows(TODAY, [its.metric_id]) == []


def test_nothing_is_read_outside_the_scope_of_one_organization(prepared, targets):
    key = targets[0].metric_id
    prepared.rows(TODAY, [key])
    with scopes_disabled(), pytest.raises(ScopeError):
        prepared.rows(TODAY, [key])


def test_read_whose_values_cannot_be_told_apart_is_refused(scoped):
    prepared = Prepared(lambda today, keys: Target.objects.filter(pk__in=keys), '"metric_id" IN (')
    with pytest.raises(ValueError):
        prepared.rows(TODAY, [1])


@pytest.mark.parametrize("room", [(1, 2), (1,)])
def test_rows_of_keys_are_theirs_however_many_there_are(prepared, targets, monkeypatch, room):
    monkeypatch.setattr("victory.prepared.ROOM", room)
    keys = [target.metric_id for target in targets]
    for count in range(4):
        assert prepared.rows_of(TODAY, keys[:count]) == targets[:count]


def test_rows_of_one_organization_are_read_wherever_the_statement_names_it(scoped):
    """The metrics of the organization, and within each the targets of the organization again."""

    def with_a_target(today, values):
        return Metric.objects.filter(Exists(Target.objects.filter(metric=OuterRef("pk"))))

    prepared = Prepared(with_a_target, "")
    mine = factories.TargetFactory(organization=scoped).metric
    assert prepared.rows(TODAY) == [mine]
    other = factories.OrganizationFactory()
    with organization_scope(other):
        factories.MetricFactory(organization=other)
        its = factories.TargetFactory(organization=other).metric
        assert prepared.rows(TODAY) == [its]
    assert prepared.rows(TODAY) == [mine]


def test_read_that_names_no_organization_is_refused(scoped):
    with pytest.raises(ValueError):
        Prepared(lambda today, values: Organization.objects.all(), "").rows(TODAY)


def test_row_that_was_read_beside_others_knows_them(scoped, targets, django_assert_num_queries):
    metric = targets[0].metric
    assert list(known(metric, "targets")) == targets[:1]
    know(metric, "targets", targets)
    with django_assert_num_queries(0):
        assert known(metric, "targets") == metric.targets.all() == targets


def test_rows_read_along_for_one_organization_alone_are_refused(scoped):
    """Their statement is put together by whoever asks first."""
    prepared = Prepared(
        lambda _day, keys: Metric.objects.filter(pk__in=keys).prefetch_related(accepted_deviations()),
        '"id" IN (',
    )
    with pytest.raises(ValueError, match="read along"):
        prepared.row(1)


@pytest.fixture
def prepared_need():
    return PreparedRow(
        lambda keys: Need.objects.filter(pk__in=keys), '"id" IN (', [Need._meta.get_field("deliverables")]
    )


def test_row_is_read_with_what_its_relations_lead_to(scoped, prepared_need, django_assert_num_queries):
    first, second = (factories.TranslationFactory(organization=scoped) for _ in range(2))
    other = factories.TranslationFactory(organization=scoped, need=second.need)
    assert list(prepared_need(first.need_id).deliverables.all()) == [first.deliverable]
    with django_assert_num_queries(1):
        need = prepared_need(second.need_id)
        assert list(need.deliverables.all()) == [second.deliverable, other.deliverable]
    assert list(need.deliverables.filter(pk=other.deliverable_id)) == [other.deliverable]
    other.delete()
    assert list(prepared_need(need.pk).deliverables.all()) == [second.deliverable]


def test_what_is_read_along_leads_back_to_the_row(scoped, targets, django_assert_num_queries):
    read = PreparedRow(
        lambda keys: Metric.objects.filter(pk__in=keys), '"id" IN (', [Metric._meta.get_field("targets")]
    )
    with django_assert_num_queries(1):
        metric = read(targets[0].metric_id)
        [target] = metric.targets.all()
        assert target == targets[0] and target.metric is metric


def test_what_is_read_along_stands_in_its_order(scoped, prepared_need):
    need = factories.NeedFactory(organization=scoped)
    made = [factories.TranslationFactory(organization=scoped, need=need).deliverable for _ in range(3)]
    for place, deliverable in enumerate(reversed(made)):
        deliverable.position = place
        deliverable.save()
    assert prepared_need(need.pk).deliverables.all() == made[::-1]


def test_what_else_is_asked_of_a_relation_is_asked_for_that_row_alone(scoped, targets):
    read = PreparedRow(
        lambda keys: Metric.objects.filter(pk__in=keys), '"id" IN (', [Metric._meta.get_field("targets")]
    )
    first, second = targets[:2]
    later = factories.TargetFactory(
        organization=scoped, metric=first.metric, holds_from=first.holds_from + timedelta(days=9)
    )

    def fresh():
        return read(first.metric_id).targets

    assert list(fresh().exclude(pk=first.pk)) == [later]
    assert not fresh().filter(pk=second.pk).exists()
    assert set(fresh().reverse()) == {first, later}
    assert fresh().order_by("holds_from").last() == later
    assert (fresh().count(), fresh().exists()) == (2, True)


def test_nothing_is_read_along_of_another_organization(scoped, prepared_need):
    need = factories.TranslationFactory(organization=scoped).need
    assert prepared_need(need.pk).deliverables.count() == 1
    with organization_scope(factories.OrganizationFactory()):
        assert prepared_need(need.pk) is None


def test_statement_that_was_sent_can_be_sent_beside_itself(prepared, targets):
    """Whoever still holds the rows of one is not given those of the next."""
    first = prepared.rows(TODAY, [targets[0].metric_id])
    second = prepared.rows(TODAY, [targets[1].metric_id])
    assert (first, second) == (targets[:1], targets[1:2])
    assert prepared.rows(TODAY, [targets[0].metric_id]) == first
