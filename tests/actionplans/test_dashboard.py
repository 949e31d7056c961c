import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from actionplans.index import read_index
from actionplans.models import Review
from actionplans.thread import Thread
from metrics.models import Measurement, Metric, Verdict
from tests import factories
from victory.models import Member

DASHBOARD = "/o/enfield/dashboard/"


def metric_with(organization, verdict, **fields):
    metric = factories.MetricFactory(organization=organization, **fields)
    if verdict in (Verdict.MET, Verdict.NOT_MET, Verdict.ACCEPTED):
        factories.TargetFactory(organization=organization, metric=metric, holds_from=date(2025, 1, 1))
    if verdict != Verdict.NOT_MEASURED:
        value = 95 if verdict == Verdict.MET else 50
        factories.MeasurementFactory(organization=organization, metric=metric, value=value)
    if verdict == Verdict.ACCEPTED:
        today = timezone.localdate()
        factories.DeviationFactory(
            organization=organization, metric=metric, holds_from=today, holds_until=today
        )
    return metric


@pytest.fixture
def one_of_each(scoped):
    return {verdict: metric_with(scoped, verdict, measured_by=f"it is {verdict}") for verdict in Verdict}


def table(client, **filters):
    """The names of the metrics in the table, from the top."""
    page = client.get(DASHBOARD, filters).text.partition('id="metrics"')[2]
    return re.findall(r"/metrics/\d+/\">([^<]+)</a>", page)


def row(client, metric, **filters):
    page = client.get(DASHBOARD, filters).text
    return page.partition(f'id="metric-{metric.pk}"')[2].partition("</tr>")[0]


def met(client, **filters):
    return re.search(r"<strong>([^<]+)</strong>", client.get(DASHBOARD, filters).text)[1]


def tile(client, key, **filters):
    """The number on a tile, and the words below it."""
    page = client.get(DASHBOARD, filters).text
    return re.search(rf'id="tile-{key}"[^>]*><strong>([^<]+)</strong> ([^<]+)</a>', page).groups()


def review_with(organization, *lines, on=date(2026, 8, 20)):
    """A closed review in which these metrics stood under these verdicts."""
    review = factories.ReviewFactory(organization=organization, on=on)
    for metric, verdict in lines:
        factories.ReviewLineFactory(
            organization=organization, review=review, metric_key=metric.pk, verdict=verdict
        )
    Review.objects.filter(pk=review.pk).update(closed_at=timezone.now())
    return review


def test_dashboard_stands_not_met_first_and_met_last(viewer, one_of_each):
    assert table(viewer) == [
        *("it is not-met", "it is accepted", "it is not-measured", "it is no-target", "it is met")
    ]


def test_dashboard_counts_by_verdict_in_words_and_as_a_bar(viewer, one_of_each):
    page = viewer.get(DASHBOARD).text

    assert met(viewer) == "1 of 5 met"
    for verdict in Verdict:
        assert f'<a href="{DASHBOARD}?verdict={verdict}">{verdict.count_in_words(1)}</a>' in page
    assert '<rect class="not-met" x="20.0" width="20.0"' in page


def test_dashboard_leads_with_the_day(viewer, one_of_each):
    today = date_format(timezone.localdate())

    assert f"{today}. 1 of 5 customer metrics met." in viewer.get(DASHBOARD).text


def test_dashboard_counts_what_needs_somebody(scoped, viewer):
    owned = metric_with(scoped, Verdict.NOT_MET)
    factories.OwnershipFactory(organization=scoped, metric=owned)
    yesterday = timezone.localdate() - timedelta(days=1)
    for days in (0, 5):
        factories.ActionFactory(organization=scoped, metric=owned, due=yesterday - timedelta(days=days))
    factories.ActionFactory(organization=scoped, metric=owned, due=yesterday, status="done")
    metric_with(scoped, Verdict.NOT_MET)
    metric_with(scoped, Verdict.MET)

    assert met(viewer) == "1 of 3 met"
    assert tile(viewer, "late") == ("2", "actions late")
    assert tile(viewer, "no-owner") == ("1", "not met without an owner")
    assert tile(viewer, "no-action") == ("1", "not met without an action")


def test_dashboard_explains_a_verdict_by_target_day_and_person(scoped, viewer):
    metric = metric_with(scoped, Verdict.NOT_MET)
    robin = factories.MemberFactory(organization=scoped, name="Robin")
    factories.MeasurementFactory(
        organization=scoped, metric=metric, date=date(2026, 2, 28), value=Decimal("59.5"), by=robin
    )

    html = row(viewer, metric)

    assert "59.5\xa0%" in html and "≥\xa090\xa0%" in html and "Not met" in html
    assert "figure of Feb. 28, 2026, entered by Robin; target since Jan. 1, 2025" in html


def test_dashboard_names_a_target_that_came_after_the_figure(scoped, viewer):
    metric = metric_with(scoped, Verdict.MET)
    factories.TargetFactory(organization=scoped, metric=metric, low=99, holds_from=date(2026, 3, 1))

    html = row(viewer, metric)

    assert "≥\xa090\xa0%" in html and "Met" in html
    assert "≥\xa099\xa0% from March 1, 2026 on" in html


def test_dashboard_says_not_measured_instead_of_a_figure(viewer, one_of_each):
    html = row(viewer, one_of_each[Verdict.NOT_MEASURED])

    assert "–" in html and "Not measured" in html and "figure of" not in html


def test_dashboard_shows_the_most_urgent_open_action_and_that_it_is_late(scoped, viewer):
    metric = metric_with(scoped, Verdict.NOT_MET)
    factories.ActionFactory(organization=scoped, metric=metric, what="Later", due=date(2099, 1, 1))
    factories.ActionFactory(organization=scoped, metric=metric, what="Sooner", due=date(2024, 12, 3))
    factories.ActionFactory(
        organization=scoped, metric=metric, what="Over", due=date(2024, 1, 1), status="done"
    )

    html = row(viewer, metric)

    assert "Sooner" in html and "Later" not in html and "Over" not in html
    assert 'Dec. 3, 2024, <span class="late">late</span>' in html


def test_dashboard_says_how_many_more_actions_are_late(scoped, viewer):
    metric, other = metric_with(scoped, Verdict.NOT_MET), metric_with(scoped, Verdict.NOT_MET)
    for day in (1, 2, 3):
        factories.ActionFactory(organization=scoped, metric=metric, due=date(2024, 12, day))
    factories.ActionFactory(organization=scoped, metric=other, due=date(2024, 12, 1))

    assert "2 more are late" in row(viewer, metric)
    assert "more" not in row(viewer, other)


def test_dashboard_draws_the_last_six_figures_and_says_them(scoped, viewer):
    metric = metric_with(scoped, Verdict.NOT_MEASURED)
    factories.TargetFactory(organization=scoped, metric=metric)
    for month in range(1, 9):
        factories.MeasurementFactory(
            organization=scoped, metric=metric, date=date(2026, month, 1), value=50 + month
        )

    html = row(viewer, metric)

    assert "<title>53, 54, 55, 56, 57, 58\xa0%; March 1, 2026 to Aug. 1, 2026</title>" in html
    assert '<svg class="not-met"' in html and html.count("<path d=") == 3


def test_dashboard_draws_the_trend_with_its_figures_as_a_table(scoped, viewer, one_of_each):
    page = viewer.get(DASHBOARD).text
    chart = page.partition('<figure class="trend">')[2].partition("</figure>")[0]

    assert "<title>Share of metrics met, month by month</title>" in chart
    assert f"→ {date_format(timezone.localdate())}: 33 %, 1 of 3</desc>" in chart
    assert chart.count("<tr>") == 1 + 13


def test_dashboard_without_a_judged_figure_draws_no_trend(scoped, viewer):
    metric_with(scoped, Verdict.NO_TARGET)

    assert 'class="trend"' not in viewer.get(DASHBOARD).text


def test_dashboard_offers_the_status_to_whoever_may_change_it(scoped, contributor, manager):
    me = Member.objects.get(user=contributor.user)
    mine, theirs = (metric_with(scoped, Verdict.NOT_MET) for _ in range(2))
    factories.ActionFactory(organization=scoped, metric=mine, who=me)
    factories.ActionFactory(organization=scoped, metric=theirs)

    assert "/status/" in row(contributor, mine)
    assert "/status/" not in row(contributor, theirs)
    assert "/status/" in row(manager, theirs)


def test_dashboard_status_changed_there_comes_back_with_its_filters(scoped, manager):
    action = factories.ActionFactory(organization=scoped)
    before = f"{DASHBOARD}?verdict=not-measured"

    answer = manager.post(
        f"/o/enfield/plan/actions/{action.pk}/status/",
        {"status": "done", "version": action.version, "page": before},
    )

    assert answer.url == before


@pytest.mark.parametrize("verdict", list(Verdict))
def test_dashboard_filter_by_verdict_shortens_the_table_alone(viewer, one_of_each, verdict):
    assert table(viewer, verdict=verdict) == [f"it is {verdict}"]
    assert met(viewer, verdict=verdict) == "1 of 5 met"


def test_dashboard_filter_by_driver_through_needs_and_deliveries(scoped, viewer):
    residents, others = (factories.CustomerFactory(organization=scoped, name=n) for n in ("R", "O"))
    for customer in (residents, others):
        factories.DriverChoiceFactory(organization=scoped, customer=customer)
    by_need, by_delivery, of_others = (
        metric_with(scoped, Verdict.MET, measured_by=name) for name in ("by need", "by delivery", "of others")
    )
    need = factories.NeedFactory(organization=scoped, customer=residents)
    factories.TranslationFactory(organization=scoped, need=need, deliverable=by_need.deliverable)
    factories.DeliveryFactory(organization=scoped, customer=residents, deliverable=by_delivery.deliverable)
    factories.DeliveryFactory(organization=scoped, customer=others, deliverable=of_others.deliverable)

    assert table(viewer, driver=residents.pk) == ["by need", "by delivery"]


def test_dashboard_filter_by_deliverable(scoped, viewer):
    one, _other = (metric_with(scoped, Verdict.MET) for _ in range(2))

    assert table(viewer, deliverable=one.deliverable_id) == [one.measured_by]
    assert met(viewer, deliverable=one.deliverable_id) == "1 of 1 met"


def test_dashboard_filter_by_owner_and_by_nobody(scoped, viewer):
    owned, free = (metric_with(scoped, Verdict.MET) for _ in range(2))
    ana = factories.OwnershipFactory(organization=scoped, metric=owned).member

    assert table(viewer, owner=ana.pk) == [owned.measured_by]
    assert table(viewer, owner="nobody") == [free.measured_by]


def test_dashboard_filters_are_said_with_a_way_to_clear_them(viewer, one_of_each):
    page = viewer.get(DASHBOARD, {"verdict": "met", "owner": "nobody"}).text

    assert "Owner: nobody; Met / Not met: Met" in page
    assert f'<a href="{DASHBOARD}">Show all metrics</a>' in page
    assert 'id="filtered"' not in viewer.get(DASHBOARD).text


@pytest.mark.parametrize("value", ["", "999999", "x", "<b>"])
def test_dashboard_filter_that_names_nothing_is_left_aside(viewer, one_of_each, value):
    for name in ("driver", "customer", "aspect", "deliverable", "owner", "verdict", "only", "by"):
        assert len(table(viewer, **{name: value})) == 5


def test_dashboard_without_a_fitting_metric_says_so(scoped, viewer, one_of_each):
    factories.OwnershipFactory(organization=scoped, metric=one_of_each[Verdict.MET])
    owner = one_of_each[Verdict.MET].ownerships.get().member_id

    page = viewer.get(DASHBOARD, {"owner": owner, "verdict": "not-met"}).text

    assert "No metric fits these filters." in page


def test_dashboard_without_metrics_leads_to_the_next_step(viewer):
    page = viewer.get(DASHBOARD).text

    assert "Nothing is measured yet" in page
    assert '<a class="button" href="/o/enfield/focus/">' in page


def test_dashboard_of_another_organization_stays_there(viewer, one_of_each):
    factories.MetricFactory(measured_by="theirs")

    assert "theirs" not in viewer.get(DASHBOARD).text


def test_dashboard_is_held_against_the_last_closed_review(scoped, viewer):
    better, worse, same, new = (
        metric_with(scoped, verdict) for verdict in (Verdict.MET, Verdict.NOT_MET, Verdict.MET, Verdict.MET)
    )
    review_with(scoped, (better, Verdict.MET), (worse, Verdict.MET), (same, Verdict.MET), on=date(2026, 5, 2))
    review_with(scoped, (better, Verdict.NOT_MET), (worse, Verdict.MET), (same, Verdict.MET))
    draft = factories.ReviewFactory(organization=scoped, on=date(2026, 11, 1))
    factories.ReviewLineFactory(organization=scoped, review=draft, metric_key=same.pk)

    assert "3 of 4 customer metrics met; one more than at the review of Aug. 20, 2026." in (
        viewer.get(DASHBOARD).text
    )
    assert "was “Not met” on Aug. 20, 2026" in row(viewer, better)
    assert "was “Met” on Aug. 20, 2026" in row(viewer, worse)
    assert "was “" not in row(viewer, same) + row(viewer, new)
    assert tile(viewer, "changed") == ("2", "changed since the last review")
    assert table(viewer, only="changed") == [worse.measured_by, better.measured_by]


def test_dashboard_compares_only_the_metrics_it_is_about(scoped, viewer):
    now_met, then_met = metric_with(scoped, Verdict.MET), metric_with(scoped, Verdict.NOT_MET)
    review_with(scoped, (now_met, Verdict.NOT_MET), (then_met, Verdict.MET))

    def lead(**filters):
        return viewer.get(DASHBOARD, filters).text

    assert "1 of 2 customer metrics met; as many as at the review" in lead()
    assert "1 of 1 customer metrics met; one more than" in lead(deliverable=now_met.deliverable_id)
    assert "0 of 1 customer metrics met; one fewer than" in lead(deliverable=then_met.deliverable_id)


def test_dashboard_without_a_closed_review_compares_nothing(scoped, viewer):
    metric_with(scoped, Verdict.MET)

    assert "customer metrics met.</p>" in viewer.get(DASHBOARD).text
    assert tile(viewer, "changed") == ("0", "changed since the last review")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("outside-low", "signal: below its lower limit"),
        ("run-high", "signal: eight or more in a row above the mean"),
        ("near-low", "signal: three of four near the lower limit"),
    ],
)
def test_dashboard_says_a_signal_in_words_and_lists_it(scoped, viewer, code, words):
    loud, _quiet = metric_with(scoped, Verdict.MET), metric_with(scoped, Verdict.MET)
    Metric.objects.filter(pk=loud.pk).update(signal=code)

    assert words in row(viewer, loud)
    assert tile(viewer, "signal") == ("1", "signal")
    assert table(viewer, only="signal") == [loud.measured_by]


@pytest.mark.parametrize(
    ("days_ago", "words", "is_due"),
    [
        (5, "", False),
        (27, "due soon, on", False),
        (40, ">due since", True),
        (90, "stale: due since", True),
    ],
)
def test_dashboard_says_when_a_figure_is_due(scoped, viewer, days_ago, words, is_due):
    metric = factories.MetricFactory(organization=scoped)
    day = timezone.localdate() - timedelta(days=days_ago)
    factories.MeasurementFactory(organization=scoped, metric=metric, date=day)

    html = row(viewer, metric)

    assert (words or metric.measured_by) in html and ("due" in html) == bool(words)
    assert tile(viewer, "due")[0] == str(int(is_due))
    assert table(viewer, only="due") == [metric.measured_by] * is_due


def test_dashboard_shows_the_customer_index_and_that_of_a_driver(scoped, viewer):
    drivers = [factories.CustomerFactory(organization=scoped, name=name) for name in ("Ann", "Bob")]
    for customer, verdict in zip(drivers, (Verdict.MET, Verdict.NOT_MET), strict=True):
        factories.DriverChoiceFactory(organization=scoped, customer=customer)
        metric = metric_with(scoped, verdict)
        need = factories.NeedFactory(organization=scoped, customer=customer)
        factories.TranslationFactory(organization=scoped, need=need, deliverable=metric.deliverable)

    whole = read_index(Thread(scoped)).text
    assert tile(viewer, "index") == (whole, "customer index, attainment of target weighted by driver")
    assert tile(viewer, "index", driver=drivers[0].pk) == ("100", "customer index for Ann")
    assert whole not in ("–", "100")
    assert '<a class="sheet figure" id="tile-index" href="/o/enfield/index/">' in viewer.get(DASHBOARD).text


def test_dashboard_lists_what_each_tile_counts(scoped, viewer):
    missed = metric_with(scoped, Verdict.NOT_MET)
    factories.OwnershipFactory(organization=scoped, metric=missed)
    late = metric_with(scoped, Verdict.NOT_MET)
    factories.ActionFactory(organization=scoped, metric=late, due=date(2024, 1, 1))
    metric_with(scoped, Verdict.MET)

    assert table(viewer, only="no-action") == [missed.measured_by]
    assert table(viewer, only="no-owner") == [late.measured_by]
    assert table(viewer, only="late") == [late.measured_by]


def test_dashboard_tile_keeps_what_the_view_is_about_and_says_that_it_is_shown(scoped, viewer):
    metric = metric_with(scoped, Verdict.NOT_MET)
    scope = f"deliverable={metric.deliverable_id}"

    page = viewer.get(f"{DASHBOARD}?{scope}&by=owner&verdict=met").text
    assert f'id="tile-late" href="{DASHBOARD}?{scope}&amp;only=late&amp;by=owner">' in page
    page = viewer.get(f"{DASHBOARD}?only=late").text
    assert f'id="tile-late" href="{DASHBOARD}?only=late" aria-current="true">' in page


def test_dashboard_says_until_when_and_why_a_miss_is_accepted(one_of_each, viewer):
    html = row(viewer, one_of_each[Verdict.ACCEPTED])

    assert f"accepted until {date_format(timezone.localdate())}: The new telephone system" in html


def test_dashboard_names_the_customers_of_each_promise_the_drivers_first(scoped, viewer):
    metric = metric_with(scoped, Verdict.MET)
    first, driver = (factories.CustomerFactory(organization=scoped, name=name) for name in ("Ann", "Zoe"))
    factories.DriverChoiceFactory(organization=scoped, customer=driver)
    for customer in (first, driver):
        factories.DeliveryFactory(organization=scoped, customer=customer, deliverable=metric.deliverable)

    assert f"{metric.deliverable} for Zoe and Ann" in row(viewer, metric)


def test_objection_of_a_unit_marks_the_metrics_of_what_it_objects_to(scoped, viewer):
    metric, other = metric_with(scoped, Verdict.MET), metric_with(scoped, Verdict.MET)
    for each, agrees in ((metric, False), (other, True)):
        billing = factories.CustomerFactory(
            organization=scoped, name=f"Billing {agrees}", unit=factories.OrganizationFactory()
        )
        delivery = factories.DeliveryFactory(
            organization=scoped, deliverable=each.deliverable, customer=billing
        )
        factories.AnswerFactory(organization=scoped, delivery=delivery, agrees=agrees, sentence="Too late.")

    assert '#given">Billing False objects: Too late.</a>' in row(viewer, metric)
    assert "objects" not in row(viewer, other)


def test_dashboard_lists_the_gaps_by_step(scoped, viewer, manager):
    metric = metric_with(scoped, Verdict.NOT_MET)

    def gaps(client):
        return client.get(DASHBOARD).text.partition('id="gaps"')[2]

    link = f'<a href="/o/enfield/plan/#owner-{metric.pk}">{metric}</a> has no owner.'
    assert link in gaps(manager)
    assert f"{metric} has no owner." in gaps(viewer)


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_dashboard_takes_the_same_queries_however_many_rows(scoped, manager, django_assert_num_queries, rows):
    review_with(scoped)
    by = {"number": rows, "organization": scoped}
    deliverables = factories.many(factories.DeliverableFactory, **by)
    metrics = factories.many_measured(value=50, deliverable=deliverables, **by)
    members = factories.many(factories.MemberFactory, **by)
    factories.many(factories.OwnershipFactory, metric=metrics, member=members, **by)
    factories.many(factories.ActionFactory, metric=metrics, who=members, **by)

    with django_assert_num_queries(9):
        manager.get(DASHBOARD)
    with django_assert_num_queries(4):  # what is remembered is not read again
        manager.get(DASHBOARD)


@pytest.mark.parametrize("years", [0, 1, 10])
def test_dashboard_takes_the_same_queries_however_long_the_history(
    scoped, manager, django_assert_num_queries, years
):
    review_with(scoped)
    metric = metric_with(scoped, Verdict.NOT_MET)
    factories.TranslationFactory(organization=scoped, deliverable=metric.deliverable)
    Measurement.objects.bulk_create(
        Measurement(organization=scoped, metric=metric, value=1, verdict="met", date=date(2016 + year, 5, 1))
        for year in range(years)
    )

    with django_assert_num_queries(9):
        manager.get(DASHBOARD)


def test_dashboard_leads_to_the_portfolio_only_above_units_of_the_persons_own(scoped, viewer):
    unit = factories.OrganizationFactory(parent=scoped)
    assert "portfolio" not in viewer.get(DASHBOARD).text

    factories.MemberFactory(organization=unit, user=viewer.user)

    assert 'href="/o/enfield/portfolio/"' in viewer.get(DASHBOARD).text


def test_form_for_a_status_leads_back_to_the_row_in_which_it_was_opened(scoped, manager):
    action = factories.ActionFactory(organization=scoped)
    opened_on = {"hx-request": "true", "hx-current-url": f"http://testserver{DASHBOARD}?by=driver#lead"}
    form = manager.get(f"/o/enfield/plan/actions/{action.pk}/status/form/", headers=opened_on).text
    assert f'name="page" value="{DASHBOARD}?by=driver#metric-{action.metric_id}"' in form
