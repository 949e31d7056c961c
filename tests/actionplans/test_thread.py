"""Every gap that the thread can have: named while it is there, gone once it is mended."""

from datetime import date

from actionplans.chain import Chain
from actionplans.dashboard import read_dashboard
from actionplans.lines import Written
from actionplans.memory import Remembered
from actionplans.models import Status
from actionplans.thread import Thread
from actionplans.views.plan import own_actions
from customers.scoring import deliverable_weights
from metrics.models import Measurement
from tests import factories
from victory.models import Step


def gaps(organization):
    return {(gap.text, gap.at) for gap in Thread(organization).gaps}


def measured(organization, value):
    """A metric with a target of 90 % and one figure."""
    metric = factories.MetricFactory(organization=organization, measured_by="calls answered")
    factories.TargetFactory(organization=organization, metric=metric)
    factories.MeasurementFactory(organization=organization, metric=metric, value=value)
    return metric


def test_driver_without_needs_is_a_gap_until_one_is_named(scoped):
    residents = factories.CustomerFactory(organization=scoped, name="Residents")
    gap = ("Residents is a driver without needs.", f"customer-{residents.pk}")
    assert gap not in gaps(scoped)

    factories.DriverChoiceFactory(organization=scoped, customer=residents)
    assert gap in gaps(scoped)

    factories.NeedFactory(organization=scoped, customer=residents)
    assert gap not in gaps(scoped)


def test_need_is_a_gap_until_a_deliverable_answers_it(scoped):
    need = factories.NeedFactory(organization=scoped, text="A short wait")
    gap = ("A short wait is a need no deliverable answers.", f"need-{need.pk}")
    assert gap in gaps(scoped)

    factories.TranslationFactory(organization=scoped, need=need)
    assert gap not in gaps(scoped)


def test_deliverable_for_a_driver_is_a_gap_until_it_has_a_metric(scoped):
    need = factories.NeedFactory(organization=scoped)
    helpline = factories.DeliverableFactory(organization=scoped, name="Helpline")
    factories.TranslationFactory(organization=scoped, need=need, deliverable=helpline)
    gap = ("Helpline is promised to a driver and has no metric.", f"deliverable-{helpline.pk}")
    assert gap not in gaps(scoped), "the customer is no driver yet"

    factories.DriverChoiceFactory(organization=scoped, customer=need.customer)
    assert gap in gaps(scoped)

    factories.MetricFactory(organization=scoped, deliverable=helpline)
    assert gap not in gaps(scoped)


def test_deliverable_nobody_depends_on_is_a_gap_until_somebody_receives_it(scoped):
    report = factories.DeliverableFactory(organization=scoped, name="Report")
    gap = ("Report is a deliverable nobody depends on.", f"deliverable-{report.pk}")
    assert gap in gaps(scoped)

    delivery = factories.DeliveryFactory(organization=scoped, deliverable=report)
    assert gap not in gaps(scoped)

    delivery.delete()
    factories.TranslationFactory(organization=scoped, deliverable=report)
    assert gap not in gaps(scoped), "a need it answers is somebody who depends on it"


def test_metric_without_a_target_is_a_gap_until_it_has_one(scoped):
    metric = factories.MetricFactory(organization=scoped, measured_by="calls answered")
    gap = ("calls answered has no target.", f"metric-{metric.pk}")
    assert gap in gaps(scoped)

    factories.TargetFactory(organization=scoped, metric=metric)
    assert gap not in gaps(scoped)


def test_metric_without_a_measurement_is_a_gap_until_it_has_one(scoped):
    metric = factories.MetricFactory(organization=scoped, measured_by="calls answered")
    gap = ("calls answered is not measured.", f"metric-{metric.pk}")
    assert gap in gaps(scoped)

    factories.MeasurementFactory(organization=scoped, metric=metric)
    assert gap not in gaps(scoped)


def test_metric_without_an_owner_is_a_gap_until_it_has_one(scoped):
    metric = factories.MetricFactory(organization=scoped, measured_by="calls answered")
    gap = ("calls answered has no owner.", f"metric-{metric.pk}")
    assert gap in gaps(scoped)

    factories.OwnershipFactory(organization=scoped, metric=metric)
    assert gap not in gaps(scoped)


def test_missed_metric_is_a_gap_until_an_action_is_open(scoped):
    metric = measured(scoped, value=50)
    gap = ("calls answered is not met, and no action is planned.", f"metric-{metric.pk}")
    assert gap in gaps(scoped)

    action = factories.ActionFactory(organization=scoped, metric=metric)
    assert gap not in gaps(scoped)

    action.status = Status.DONE
    action.save()
    assert gap in gaps(scoped)

    Measurement(organization=scoped, metric=metric, date=date(2026, 6, 30), value=95).save()
    assert gap not in gaps(scoped)


def test_met_metric_needs_no_action(scoped):
    measured(scoped, value=95)

    assert not any("no action" in text for text, _at in gaps(scoped))


def test_gaps_of_another_organization_stay_there(scoped):
    factories.NeedFactory(text="Theirs")

    assert not any("Theirs" in text for text, _at in gaps(scoped))


def test_thread_is_of_one_moment(scoped, django_assert_num_queries):
    translation = factories.TranslationFactory(organization=scoped)
    thread = Thread(scoped)
    with django_assert_num_queries(1):
        assert thread.deliverables_of_need and not thread.focus and not thread.actions
    translation.need.delete()

    assert list(thread.needs) == [translation.need_id]
    assert thread.customers_of_deliverable == {translation.deliverable_id: {translation.need.customer_id}}


def test_thread_that_two_read_at_once_is_that_of_the_first(scoped, monkeypatch):
    """Of a workbook that is remembered, while somebody else goes on writing."""
    need = factories.TranslationFactory(organization=scoped).need
    thread, read = Thread(scoped), Written.read

    def overtaken(today):
        late = read(today)
        monkeypatch.setattr(Written, "read", read)
        assert thread.deliverables_of_need
        need.delete()
        return late._replace(needs={})

    monkeypatch.setattr(Written, "read", overtaken)
    assert need.pk in thread.needs
    assert thread.customers_of_deliverable and not thread.gaps_by_step[Step.NEEDS]


def test_driver_chosen_after_the_thread_was_read_weighs_nothing_in_it(scoped):
    first = factories.DriverChoiceFactory(organization=scoped).customer
    thread = Thread(scoped)
    assert thread.drivers == {first.pk}
    later = factories.DriverChoiceFactory(organization=scoped).customer
    factories.ScoreFactory(organization=scoped, customer=later, value=5)

    assert thread.driver_scores == {first.pk: 0}


def test_metric_added_or_deleted_between_two_reads_is_left_out_of_the_dashboard(scoped):
    action = factories.ActionFactory(organization=scoped)
    thread = Thread(scoped)
    assert len(thread.metrics) == 1
    factories.MetricFactory(organization=scoped)

    rows = read_dashboard(Remembered(scoped.state, thread), {}).in_scope

    assert [row.pk for row in rows] == [action.metric_id]


def test_action_on_a_metric_that_was_not_read_is_left_out(scoped):
    nothing = Thread(scoped)
    assert nothing.metrics == {}
    action = factories.ActionFactory(organization=scoped)
    thread = nothing.following([], Thread(scoped).actions.values())

    assert own_actions(thread, action.who) == []
    assert Chain(thread, action_place := f"action-{action.pk}").places == {action_place}


def test_weights_leave_out_needs_and_deliverables_that_were_not_read():
    assert deliverable_weights({1: 5}, [(1, 7, 9), (2, 7, 9), (1, 8, 9)], [7])[7].absolute == 45
