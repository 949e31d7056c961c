"""The page of the customer index."""

import re
from decimal import Decimal

import pytest

from metrics.quantities import Direction, Unit
from tests import factories

INDEX = "/o/enfield/index/"


def metric_for(organization, customer, *, value=None, importance=3, need=None, **fields):
    """A metric that answers a new need of the customer; with a value, it is judged against 90 %."""
    need = need or factories.NeedFactory(organization=organization, customer=customer, importance=importance)
    metric = factories.MetricFactory(organization=organization, need=need, **fields)
    if value is not None:
        factories.TargetFactory(organization=organization, metric=metric)
        factories.MeasurementFactory(organization=organization, metric=metric, value=value)
    return metric


def driver(organization, name, score=None):
    customer = factories.CustomerFactory(organization=organization, name=name)
    factories.DriverChoiceFactory(organization=organization, customer=customer)
    if score is not None:
        factories.ScoreFactory(organization=organization, customer=customer, value=score)
    return customer


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def page(client):
    return text(client.get(INDEX).text.partition("<main")[2].partition("</main>")[0])


def sheet(client, customer):
    return text(client.get(INDEX).text.partition(f'id="driver-{customer.pk}"')[2].partition("</section>")[0])


def test_index_page_opens_the_number_down_to_each_metric(scoped, viewer):
    residents, traders = driver(scoped, "Residents", 9), driver(scoped, "Traders", 3)
    metric = metric_for(scoped, residents, value=45, importance=5, measured_by="calls answered")
    metric_for(scoped, traders, value=99, importance=5, measured_by="bills right")

    found = page(viewer)

    assert "Customer index How much" in found and " 62.5 100 means" in found
    assert "Residents 9 75.0 % 50 37.50 Traders 3 25.0 % 100 25.00 All drivers 100.0 % 62.50" in found
    opened = sheet(viewer, residents)
    assert "own index 50, score 9" in opened and "importance 5, own index 50" in opened
    assert "calls answered 50 % 100 × 45 ÷ 90 45.0 75.0 % 37.50" in opened
    assert f'href="/o/enfield/metrics/{metric.pk}/"' in viewer.get(INDEX).text


def test_index_page_says_that_a_promise_more_than_kept_counts_for_100(scoped, viewer):
    residents = driver(scoped, "Residents")
    metric_for(scoped, residents, value=99)

    assert "110 % 100 × 99 ÷ 90; counts for 100" in sheet(viewer, residents)
    assert "Attainment counts for 100 at most" in page(viewer)


def test_index_page_says_what_a_driver_without_a_score_counts_as(scoped, viewer):
    metric_for(scoped, driver(scoped, "Residents", 8), value=95)
    metric_for(scoped, driver(scoped, "Traders"), value=95)

    assert "Traders none, counts as 8.0 50.0 %" in page(viewer)


def test_index_page_names_what_is_left_out_and_why(scoped, viewer):
    residents = driver(scoped, "Residents")
    others = factories.CustomerFactory(organization=scoped)
    metric_for(scoped, residents, value=90, measured_by="counted")
    metric_for(scoped, residents, measured_by="unmeasured")
    untargeted = metric_for(scoped, residents, measured_by="untargeted")
    factories.MeasurementFactory(organization=scoped, metric=untargeted)
    metric_for(scoped, others, value=90, measured_by="for others")
    factories.MetricFactory(organization=scoped, measured_by="for nobody")

    left_out = page(viewer).partition("Not in the index 4 ")[2]

    assert left_out.startswith(
        "unmeasured it is not measured untargeted no target held on the day of its figure"
    )
    assert "for others it answers no need of a customer driver" in left_out
    assert "for nobody it is not measured; it answers no need of a customer driver" in left_out
    assert "counted" not in left_out


def test_index_page_names_a_need_of_a_driver_that_nothing_answers(scoped, viewer):
    residents = driver(scoped, "Residents")
    metric_for(scoped, residents, value=90)
    factories.NeedFactory(organization=scoped, customer=residents, text="A short wait")

    opened = sheet(viewer, residents)

    assert "A short wait importance 3, own index – No metric that answers this need is judged." in opened
    assert "1 of 2 needs of drivers have a judged metric" in page(viewer)


def test_index_page_explains_attainment_by_a_metric_that_misses_its_target(scoped, viewer):
    residents = driver(scoped, "Residents")
    metric_for(scoped, residents, value=45, measured_by="missed")
    metric_for(scoped, residents, value=95, measured_by="kept")
    wait = factories.MetricFactory(organization=scoped, unit=Unit.DURATION, measured_by="wait")
    factories.TargetFactory(
        organization=scoped, metric=wait, direction=Direction.AT_MOST, low=None, high=Decimal(180)
    )
    factories.MeasurementFactory(organization=scoped, metric=wait, value=Decimal(240))

    rules = page(viewer).replace("\N{NO-BREAK SPACE}", " ")

    assert "at least More is better: 100 × figure ÷ target. missed: 100 × 45 ÷ 90 = 50 %" in rules
    assert "twice as good. wait: 100 × 3 min ÷ 4 min = 75 %" in rules
    assert "judged Yes is 100, no is 0." in rules


def test_index_page_without_drivers_leads_to_their_choice(viewer):
    html = viewer.get(INDEX).text

    assert "no customer driver is chosen" in html and 'href="/o/enfield/drivers/#choices"' in html


def test_index_page_without_a_judged_metric_says_what_each_lacks(scoped, viewer):
    metric_for(scoped, driver(scoped, "Residents"), measured_by="unmeasured")

    html = viewer.get(INDEX).text

    assert "is judged" in html and 'href="#left-out"' in html and "it is not measured" in html


def test_index_page_of_another_organization_stays_there(scoped, viewer):
    metric_for(scoped, driver(scoped, "Residents"), value=90)
    other = factories.OrganizationFactory()
    metric_for(other, driver(other, "Their driver"), value=10, measured_by="theirs")

    found = page(viewer)

    assert "theirs" not in found and "Their driver" not in found and "100 means" in found


def test_metric_page_shows_attainment_and_leads_to_the_index(scoped, viewer):
    metric = metric_for(scoped, driver(scoped, "Residents"), value=45)

    html = viewer.get(f"/o/enfield/metrics/{metric.pk}/").text

    assert "Attainment of target: 50 % = 100 × 45 ÷ 90 More is better" in text(html).replace("\xa0", " ")
    assert f'href="{INDEX}"' in html


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_index_page_takes_the_same_queries_however_many_rows(scoped, viewer, django_assert_num_queries, rows):
    residents = driver(scoped, "Residents", 5)
    by = {"number": rows, "organization": scoped}
    needs = factories.many(factories.NeedFactory, customer=residents, **by)
    deliverables = factories.many(factories.DeliverableFactory, **by)
    factories.many_measured(value=80, need=needs, deliverable=deliverables, **by)

    with django_assert_num_queries(6):
        viewer.get(INDEX)
