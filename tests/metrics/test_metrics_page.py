"""Step N, normalize metrics: a sheet for each deliverable, with targets as people type them."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from metrics.models import Measurement, Metric, Target, Verdict
from metrics.quantities import Direction
from tests.factories import (
    CustomerFactory,
    DeliverableFactory,
    DeliveryFactory,
    DeviationFactory,
    DriverChoiceFactory,
    MeasurementFactory,
    MetricFactory,
    NeedFactory,
    OrganizationFactory,
    TargetFactory,
    TranslationFactory,
    many,
)

PAGE = "/o/enfield/metrics/"
ROWS = f"{PAGE}metrics/"
ENFIELD = """\
Indicator\tPerformance (1 April 2018 to 31 March 2019)\tTarget
Complaints closed within 10 working days\t59%\t92%
Telephone contact centre - answer rate\t84%\t88%
Telephone contact centre telephones - average wait time\t4 minutes 22 seconds\t3 minutes
Telephone Council Tax and benefits - answer rate\t93%\t88%
Telephone Council Tax and benefits - average wait time\t51 seconds\t3 minutes
Percentage of calls answered within 5 minutes\t83%\t97%
Customer satisfaction with webchat\t81%\t80%
Freedom of Information requests answered within 20 working days\t73%\t100%
Members enquiries - answered within 8 working days\t76%\t95%
Satisfaction with leisure centre users\t77%\t77%
"""
NEW_YEAR = date(timezone.localdate().year, 1, 1)
QUERIES = 8


@pytest.fixture
def telephone(scoped):
    return DeliverableFactory(organization=scoped, name="Answering the telephone")


@pytest.fixture
def answered(telephone):
    """A metric aiming at 88 % since New Year."""
    metric = MetricFactory(
        organization=telephone.organization, deliverable=telephone, measured_by="share of calls answered"
    )
    TargetFactory(organization=telephone.organization, metric=metric, low=Decimal(88), holds_from=NEW_YEAR)
    metric.refresh_from_db()
    return metric


def typed(deliverable, **fields):
    return {"deliverable": deliverable.pk, "measured_by": "average wait", "frequency": "monthly"} | fields


def edited(metric, **fields):
    """What the browser posts for a row that was opened and not touched, but for the given fields."""
    posted = {
        "version": metric.version,
        "satisfied_when": metric.satisfied_when,
        "measured_by": metric.measured_by,
        "target": "at least 88 %",
        "frequency": metric.frequency,
        "deliverable": metric.deliverable_id,
        "unit": metric.unit,
        "holds_from": NEW_YEAR.isoformat(),
        "source": "",
    }
    return posted | fields


def aims():
    return [(str(target), target.holds_from) for target in Target.objects.order_by("holds_from")]


def text_of(response):
    return unescape(response.content.decode())


# The page


def test_metrics_page_has_the_printed_labels_and_says_for_whom(manager, telephone):
    for name in ("Residents", "Council Tax payers"):
        customer = CustomerFactory(organization=telephone.organization, name=name)
        DeliveryFactory(organization=telephone.organization, deliverable=telephone, customer=customer)
    need = NeedFactory(organization=telephone.organization, customer=customer)
    TranslationFactory(organization=telephone.organization, need=need, deliverable=telephone)
    page = text_of(manager.get(PAGE))
    for words in (
        "My customers are satisfied when:",
        "I measure this by:",
        "for Residents and Council Tax payers, 1 need",
    ):
        assert words in page


def test_metrics_page_shows_the_deliverables_of_drivers_first(manager, scoped):
    DeliverableFactory(organization=scoped, name="Annual report")
    by_need = DeliverableFactory(organization=scoped, name="Webchat")
    need = NeedFactory(organization=scoped)
    TranslationFactory(organization=scoped, need=need, deliverable=by_need)
    DriverChoiceFactory(organization=scoped, customer=need.customer)
    page = text_of(manager.get(PAGE))
    assert page.index("Webchat</h2>") < page.index("Annual report</h2>")


def test_metrics_page_without_deliverables_leads_to_them(manager):
    assert 'href="/o/enfield/drivers/#deliverables"' in text_of(manager.get(PAGE))


@pytest.mark.parametrize("count", [1, 3, 300])
def test_metrics_page_takes_the_same_queries_for_any_number_of_rows(
    manager, scoped, count, django_assert_num_queries
):
    by = {"number": count, "organization": scoped}
    deliverables, customers = many(DeliverableFactory, **by), many(CustomerFactory, **by)
    many(DeliveryFactory, deliverable=deliverables, customer=customers, **by)
    needs = many(NeedFactory, customer=many(CustomerFactory, **by), **by)
    many(TranslationFactory, need=needs, deliverable=deliverables, **by)
    many(TargetFactory, metric=many(MetricFactory, deliverable=deliverables, **by), **by)
    with django_assert_num_queries(QUERIES):
        page = manager.get(PAGE)
    assert text_of(page).count("at least 90") >= count


# Typing a metric


@pytest.mark.parametrize(
    "text, unit, written",
    [
        ("92 %", "percent", "at least 92\xa0%"),
        ("4 min 22 s", "duration", "at most 4\xa0min 22\xa0s"),
        ("between 2 and 5", "number", "between 2 and 5"),
        ("4.2 of 5", "rating", "at least 4.2\xa0of\xa05"),
        ("yes", "yes-no", "yes"),
    ],
)
def test_new_metric_takes_its_unit_from_the_target(manager, telephone, text, unit, written):
    response = manager.post(ROWS, typed(telephone, target=text))
    metric = Metric.objects.get()
    assert response.url == f"{PAGE}#metrics-{metric.pk}"
    assert (metric.unit, aims()) == (unit, [(written, NEW_YEAR)])
    assert metric.targets.get().set_by.user == manager.user


def test_new_metric_answers_htmx_with_its_row_and_the_next_open_one(manager_htmx, telephone):
    response = manager_htmx.post(ROWS, typed(telephone, target="at most 3 min"))
    assert "at most 3\xa0min" in text_of(response)
    assert f'id="metrics-in-{telephone.pk}-add"' in text_of(response)
    assert response["HX-Trigger"] == "workbook-changed"


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"target": "soon"}, "“soon” is not a target."),
        ({"target": "under 3 min"}, "equal to the target is met"),
        ({"target": "3 min", "unit": "percent"}, "“3 min” is a duration, but this is measured in percent."),
        ({"target": "$ 5"}, "money is counted in EUR here"),
        ({"target": "4 of 123456"}, "A rating scale goes to 9,999.99 at most"),
        ({"target": "9" * 101}, "at most 100 characters"),
        ({"target": "92 %", "holds_from": "2026-02-30"}, "Enter a valid date."),
        ({"target": "92 %", "holds_from": "0218-01-01"}, "Is a digit of the year missing?"),
        ({"begins_on": "0218-01-01"}, "Is a digit of the year missing?"),
        ({"measured_by": ""}, "This field is required."),
        ({"measured_by": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_new_metric_that_cannot_be_read_says_so_and_keeps_what_was_typed(
    manager_htmx, telephone, fields, sentence
):
    response = manager_htmx.post(ROWS, typed(telephone, satisfied_when="<b>quick</b>") | fields)
    assert response.status_code == 200
    assert sentence in text_of(response)
    assert 'value="&lt;b&gt;quick&lt;/b&gt;"' in response.content.decode()
    assert not Metric.objects.exists() and not Target.objects.exists()


def test_new_metric_on_another_organizations_deliverable_is_refused(manager, scoped):
    foreign = DeliverableFactory(organization=OrganizationFactory())
    response = manager.post(ROWS, typed(foreign, target="92 %"))
    assert response.status_code == 200
    assert not Metric.objects.exists()


def test_viewer_does_not_write_metrics(viewer, telephone):
    assert viewer.post(ROWS, typed(telephone)).status_code == 403


# Editing a metric


def test_edited_row_shows_the_target_of_today_and_the_needs_of_its_deliverable_first(manager, answered):
    TargetFactory(
        organization=answered.organization, metric=answered, low=95, holds_from=NEW_YEAR.replace(year=3000)
    )
    NeedFactory(organization=answered.organization, text="Other need")
    meant = NeedFactory(organization=answered.organization, text="Short wait")
    TranslationFactory(organization=answered.organization, need=meant, deliverable=answered.deliverable)
    NeedFactory(organization=OrganizationFactory(), text="Foreign need")
    page = text_of(manager.get(f"{ROWS}{answered.pk}/edit/"))
    assert 'value="at least 88\xa0%"' in page and f'value="{NEW_YEAR.isoformat()}"' in page
    assert page.index("Short wait") < page.index("Other need")
    assert "Foreign need" not in page


def test_edited_row_that_is_not_touched_writes_no_target(manager, answered):
    manager.post(f"{ROWS}{answered.pk}/edit/", edited(answered, source="telephone system"))
    assert Metric.objects.get().source == "telephone system"
    assert Target.objects.get().history.count() == 1


def test_edited_target_of_the_same_date_is_corrected(manager, answered):
    manager.post(f"{ROWS}{answered.pk}/edit/", edited(answered, target="90"))
    assert aims() == [("at least 90\xa0%", NEW_YEAR)]


def test_edited_target_of_another_date_is_added(manager, answered):
    later = NEW_YEAR + timedelta(days=7)
    manager.post(f"{ROWS}{answered.pk}/edit/", edited(answered, target="90 %", holds_from=later.isoformat()))
    assert aims() == [("at least 88\xa0%", NEW_YEAR), ("at least 90\xa0%", later)]


def test_emptied_target_is_refused_and_leads_to_where_targets_are_deleted(manager, answered):
    page = text_of(manager.post(f"{ROWS}{answered.pk}/edit/", edited(answered, target="")))
    assert f'<a href="{PAGE}{answered.pk}/">' in page
    assert Target.objects.count() == 1


def test_unit_changes_while_only_the_typed_target_is_written_in_it(manager, answered):
    manager.post(f"{ROWS}{answered.pk}/edit/", edited(answered, target="3 min", unit=""))
    assert Metric.objects.get().unit == "duration"
    assert aims() == [("at most 3\xa0min", NEW_YEAR)]


def test_unit_of_a_measured_metric_stays(manager, answered):
    MeasurementFactory(organization=answered.organization, metric=answered)
    page = text_of(manager.post(f"{ROWS}{answered.pk}/edit/", edited(answered, target="3 min", unit="")))
    assert "1 figure is in percent already, so the unit stays." in page
    assert Metric.objects.get().unit == "percent"


def test_unit_of_a_metric_with_other_targets_stays(manager, answered):
    TargetFactory(organization=answered.organization, metric=answered, holds_from=date(2020, 1, 1))
    answered.refresh_from_db()
    page = text_of(manager.post(f"{ROWS}{answered.pk}/edit/", edited(answered, target="3 min", unit="")))
    assert "Other targets are written in percent." in page


def test_target_that_somebody_else_changed_is_not_overwritten_unseen(manager, answered):
    target = answered.targets.get()
    target.low = Decimal(95)
    target.save()
    page = text_of(manager.post(f"{ROWS}{answered.pk}/edit/", edited(answered, source="new")))
    assert "at least 95\xa0%" in page and "Somebody else changed this" in page
    assert aims() == [("at least 95\xa0%", NEW_YEAR)]


def test_metric_without_target_gets_one_in_any_unit(manager, telephone):
    metric = MetricFactory(organization=telephone.organization, deliverable=telephone)
    page = text_of(manager.get(f"{ROWS}{metric.pk}/edit/"))
    assert '<option value="" selected>as the target says</option>' in page
    manager.post(f"{ROWS}{metric.pk}/edit/", edited(metric, target="3 min", unit=""))
    assert Metric.objects.get().unit == "duration"


# Pasting


def paste(client, deliverable, text, **fields):
    data = {"text": text, "take": "1"} | fields
    return client.post(f"{ROWS}paste/?deliverable={deliverable.pk}", data)


def test_published_indicators_paste_as_they_stand(manager, telephone):
    response = paste(manager, telephone, ENFIELD)
    assert response.url == PAGE
    verdicts = list(Metric.objects.values_list("verdict", flat=True))
    assert len(verdicts) == 10
    assert (verdicts.count(Verdict.MET), verdicts.count(Verdict.NOT_MET)) == (4, 6)
    wait = Measurement.objects.get(metric__measured_by__startswith="Telephone contact centre telephones")
    assert (wait.value, wait.judged_by.direction, wait.judged_by.high) == (262, Direction.AT_MOST, 180)
    assert set(Measurement.objects.values_list("date", flat=True)) == {timezone.localdate()}


def test_preview_of_a_paste_shows_figure_and_verdict_and_keeps_nothing(manager, telephone):
    response = manager.post(f"{ROWS}paste/?deliverable={telephone.pk}", {"text": ENFIELD})
    assert "4\xa0min 22\xa0s (Not met)" in text_of(response)
    assert not Metric.objects.exists()


def test_pasted_metric_without_target_takes_its_unit_from_the_figure(manager, telephone):
    paste(manager, telephone, "Indicator\tResult\nwait\t51 seconds\n")
    metric = Metric.objects.get()
    assert (metric.unit, metric.verdict, metric.latest.value) == ("duration", Verdict.NO_TARGET, 51)


@pytest.mark.parametrize(
    "line, sentence",
    [
        ("wait\tsoon\t3 min\t2026-02-01", "“soon” is not a duration."),
        ("wait\t51 %\t3 min\t2026-02-01", "is a percentage, but this is measured as a duration"),
        ("wait\t51 s\t3 min\t2026-02-30", "There is no such date."),
        ("wait\t51 s\t3 min\t2999-01-01", "This day is still to come."),
        ("wait\t51 s\t3 min\t2019-03-31", "The target holds from"),
    ],
)
def test_pasted_line_that_cannot_be_taken_says_why(manager, telephone, line, sentence):
    response = paste(manager, telephone, f"Indicator\tPerformance\tTarget\tMeasured on\n{line}\n")
    assert sentence in text_of(response)
    assert not Metric.objects.exists() and not Measurement.objects.exists()


def test_only_pasting_asks_for_a_first_figure(manager, answered):
    assert 'name="performance"' not in text_of(manager.get(PAGE))
    assert 'name="performance"' not in text_of(manager.get(f"{ROWS}{answered.pk}/edit/"))


def test_beginning_that_is_still_to_come_is_refused_beside_its_field(manager, answered):
    fields = edited(answered, begins_on="9999-12-31")
    text = text_of(manager.post(f"{ROWS}{answered.pk}/edit/", fields))
    assert "A metric is measured since a day that has come." in text.split('name="begins_on"')[1]
    assert Metric.objects.get().begins_on == answered.begins_on


@pytest.mark.parametrize("page", ["performance/", "dashboard/", "portfolio/", "metrics/{}/"])
def test_metric_that_begins_at_the_end_of_the_calendar_takes_no_page_down(viewer, answered, page):
    Metric.objects.update(begins_on=date.max)
    assert viewer.get(f"/o/enfield/{page.format(answered.pk)}").status_code == 200


def test_unit_stays_where_a_deviation_accepts_figures_in_it(manager, answered):
    DeviationFactory(organization=answered.organization, metric=answered, low=Decimal(80))
    fields = edited(answered, target="at most 3 min", unit="duration")
    text = text_of(manager.post(f"{ROWS}{answered.pk}/edit/", fields))
    assert "Accepted figures are written in" in text.split('name="unit"')[1]
    assert Metric.objects.get().unit == "percent"


def test_unit_changes_where_a_deviation_accepts_any_figure(manager, answered):
    DeviationFactory(organization=answered.organization, metric=answered)
    manager.post(f"{ROWS}{answered.pk}/edit/", edited(answered, target="at most 3 min", unit="duration"))
    assert Metric.objects.get().unit == "duration"


def test_metric_keeps_the_unit_of_accepted_figures_wherever_it_is_edited(answered):
    DeviationFactory(organization=answered.organization, metric=answered, high=Decimal(80))
    answered.unit = "duration"
    with pytest.raises(ValidationError, match="Figures are in this unit already"):
        answered.clean()
