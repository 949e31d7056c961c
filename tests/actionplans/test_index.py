"""The customer index: what counts in it and for how much."""

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplans.index import customer_index, driver_weights, read_index
from actionplans.thread import Thread
from customers.ranking import Scoring
from customers.reads import ScoreTables
from tests import factories


def metric(pk, attainment, *, deliverable=1, need=None):
    attainment = None if attainment is None else Decimal(attainment)
    return SimpleNamespace(pk=pk, deliverable_id=deliverable, need_id=need, attainment=attainment)


def need(pk, customer, importance=3):
    return SimpleNamespace(pk=pk, customer_id=customer, importance=importance)


def index_of(metrics, needs, needs_of_deliverable=None, scores=None):
    by_key = {each.pk: each for each in needs}
    return customer_index(metrics, by_key, needs_of_deliverable or {}, scores or {1: Decimal(0)})


def test_index_weighs_attainment_by_score_of_the_driver_and_importance_of_the_need():
    needs = [need(1, customer=1, importance=5), need(2, customer=2, importance=2)]
    metrics = [metric(1, 100, need=1), metric(2, 40, need=2)]

    index = index_of(metrics, needs, scores={1: Decimal("8.5"), 2: Decimal(4)})

    assert index.exact == (Fraction(100) * Fraction("42.5") + 40 * 8) / Fraction("50.5")
    assert index.value == Decimal("90.4") and index.text == "90.4"


def test_index_counts_a_promise_that_is_more_than_kept_for_100():
    index = index_of([metric(1, 200, need=1), metric(2, 50, need=1)], [need(1, customer=1)])

    assert index.value == 75


def test_index_just_below_100_is_not_rounded_up():
    metrics = [metric(pk, 100, need=1) for pk in range(40)] + [metric(40, "99.9", need=1)]

    assert index_of(metrics, [need(1, customer=1)]).value == Decimal("99.9")


def test_metric_counts_for_the_need_it_names_alone():
    needs = [need(1, customer=1), need(2, customer=1)]

    index = index_of([metric(1, 60, need=1)], needs, {1: [1, 2]})

    assert [part.need for part in index.parts] == [1]


def test_metric_that_names_no_need_counts_for_each_that_its_deliverable_is_to_meet():
    needs = [need(1, customer=1), need(2, customer=2), need(3, customer=1)]

    index = index_of([metric(1, 60)], needs, {1: [1, 2], 2: [3]}, {1: Decimal(3), 2: Decimal(3)})

    assert {(part.driver, part.need) for part in index.parts} == {(1, 1), (2, 2)}


def test_metric_without_attainment_or_without_a_need_of_a_driver_does_not_count():
    needs = [need(1, customer=1), need(2, customer=7)]
    metrics = [metric(1, None, need=1), metric(2, 10, need=2), metric(3, 10), metric(4, 80, need=1)]

    assert index_of(metrics, needs).value == 80


def test_need_that_was_deleted_between_two_reads_is_left_aside():
    index = index_of([metric(1, 10, need=99), metric(2, 10)], [], {1: [98]})

    assert index.value is None and index.text == "–"


def test_driver_without_a_score_counts_as_the_others_on_average():
    assert driver_weights({1: Decimal(9), 2: Decimal(0), 3: Decimal(4)}) == {1: 9, 2: Fraction("6.5"), 3: 4}


def test_drivers_count_alike_where_none_has_a_score():
    assert driver_weights({1: Decimal(0), 2: Decimal(0)}) == {1: 1, 2: 1}


def test_driver_and_need_have_an_index_of_their_own():
    needs = [need(1, customer=1), need(2, customer=1), need(3, customer=2)]
    metrics = [metric(1, 100, need=1), metric(2, 50, need=2), metric(3, 20, need=3)]

    index = index_of(metrics, needs, scores={1: Decimal(2), 2: Decimal(1)})

    assert {driver: each.value for driver, each in index.by_driver.items()} == {1: 75, 2: 20}
    assert {need: each.value for need, each in index.by_need.items()} == {1: 100, 2: 50, 3: 20}
    assert index.by_driver[2].share(index) == 20
    assert index.by_driver[2].contribution(index) == 4


keys = st.integers(1, 4)
attainments = st.none() | st.decimals(0, 200, places=1)


@st.composite
def workbooks(draw):
    needs = [need(pk, draw(keys), draw(st.integers(1, 5))) for pk in range(1, draw(keys) + 1)]
    metrics = [
        metric(pk, draw(attainments), deliverable=draw(keys), need=draw(st.none() | keys))
        for pk in range(draw(st.integers(0, 8)))
    ]
    translations = draw(st.dictionaries(keys, st.lists(keys, unique=True)))
    scores = draw(st.dictionaries(keys, st.decimals(0, 1000, places=2)))
    return metrics, {each.pk: each for each in needs}, translations, scores


@given(workbooks())
def test_index_is_the_sum_of_its_contributions_and_100_only_where_all_is_met(workbook):
    index = customer_index(*workbook)
    if not index.parts:
        assert index.value is None
        return
    assert 0 <= index.value <= index.exact <= 100
    for parts in (index.by_driver, index.by_need):
        assert sum(each.contribution(index) for each in parts.values()) == index.exact
        assert sum(each.share(index) for each in parts.values()) == 100
    assert (index.value == 100) == all(part.attained >= 100 for part in index.parts)


def test_read_index_takes_the_scores_of_the_ranking(scoped):
    residents, traders = (
        factories.DriverChoiceFactory(organization=scoped, customer__name=name).customer for name in "RT"
    )
    for weight, scores in ((Decimal("2.5"), (8, 3)), (Decimal(1), (5, 9))):
        criterion = factories.CriterionFactory(organization=scoped, weight=weight)
        for customer, value in zip((residents, traders), scores, strict=True):
            factories.ScoreFactory(organization=scoped, customer=customer, criterion=criterion, value=value)
    factories.ScoreFactory(organization=scoped, criterion=criterion)

    ranked = {row.key: row.total for row in Scoring.of(ScoreTables()).ranked}

    assert Thread(scoped).driver_scores == {each.pk: ranked[each.pk] for each in (residents, traders)}


def measured_for_a_driver(organization, value=81):
    """A metric of a deliverable that meets the need of a driver, with its figure against 90 %."""
    metric = factories.MetricFactory(organization=organization)
    translation = factories.TranslationFactory(organization=organization, deliverable=metric.deliverable)
    factories.DriverChoiceFactory(organization=organization, customer=translation.need.customer)
    factories.TargetFactory(organization=organization, metric=metric)
    factories.MeasurementFactory(organization=organization, metric=metric, value=value)
    return metric


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_read_index_takes_the_same_queries_however_many_rows(scoped, django_assert_num_queries, rows):
    by = {"number": rows, "organization": scoped}
    drivers = factories.many(factories.CustomerFactory, **by)
    factories.many(factories.DriverChoiceFactory, customer=drivers, **by)
    needs = factories.many(factories.NeedFactory, customer=drivers, **by)
    deliverables = factories.many(factories.DeliverableFactory, **by)
    factories.many(factories.TranslationFactory, need=needs, deliverable=deliverables, **by)
    factories.many_measured(value=81, deliverable=deliverables, **by)

    with django_assert_num_queries(2):
        assert read_index(Thread(scoped)).value == 90
