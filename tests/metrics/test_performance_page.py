"""Step E, evaluate organizational performance: the figures of one day, typed down a column."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.utils import timezone

from metrics.models import Measurement, Metric, Verdict
from metrics.quantities import Direction
from tests.factories import (
    DeliverableFactory,
    DriverChoiceFactory,
    MeasurementFactory,
    MemberFactory,
    MetricFactory,
    NeedFactory,
    OrganizationFactory,
    TargetFactory,
    TranslationFactory,
    many_measured,
)
from victory import undo
from victory.models import Deletion
from victory.tenancy import Role, organization_scope

PAGE = "/o/enfield/performance/"
DAY = date(2026, 3, 31)
QUERIES = 8


@pytest.fixture
def metric(scoped):
    metric = MetricFactory(organization=scoped, measured_by="share of calls answered")
    TargetFactory(organization=scoped, metric=metric, low=Decimal(92), holds_from=date(2026, 1, 1))
    return metric


@pytest.fixture
def contributor_htmx(sign_in):
    return sign_in(Role.CONTRIBUTOR, hx_request="true")


def measured(metric, value, day=DAY, **fields):
    return MeasurementFactory(
        organization=metric.organization, metric=metric, value=Decimal(value), date=day, **fields
    )


def save(client, metric, value, was="", on=DAY, **fields):
    return client.post(f"{PAGE}{metric.pk}/", {"on": on, "value": value, "was": was} | fields)


def text_of(response):
    return unescape(response.content.decode())


# The page


def test_performance_page_has_the_printed_labels_and_groups_by_deliverable(viewer, scoped, metric):
    need = NeedFactory(organization=scoped)
    driving = DeliverableFactory(organization=scoped, name="Webchat")
    TranslationFactory(organization=scoped, need=need, deliverable=driving)
    DriverChoiceFactory(organization=scoped, customer=need.customer)
    MetricFactory(organization=scoped, deliverable=driving, measured_by="satisfaction with webchat")
    page = text_of(viewer.get(PAGE))
    for label in ("Customer Metric", "My current performance is:", "Met/Not Met"):
        assert label in page
    assert page.index("satisfaction with webchat</a>") < page.index("share of calls answered</a>")


def test_performance_page_shows_the_figures_of_today_unless_asked(contributor, metric):
    measured(metric, 61, day=timezone.localdate())
    measured(metric, 59)
    assert 'value="61\xa0%"' in text_of(contributor.get(PAGE))
    page = text_of(contributor.get(f"{PAGE}?on=2026-03-31"))
    assert 'value="59\xa0%"' in page and "61\xa0%" not in page


def test_performance_page_says_by_which_target_and_by_whom(viewer, scoped, metric):
    measured(metric, 59, by=MemberFactory(organization=scoped, name="Robin"))
    page = text_of(viewer.get(PAGE))
    assert "at least 92\xa0% since Jan. 1, 2026, entered by Robin for March 31, 2026" in page
    assert 'id="tally">1 not met<' in page


def test_metric_without_figure_is_not_measured_and_never_zero(contributor, metric):
    page = text_of(contributor.get(PAGE))
    assert 'id="tally">1 not measured<' in page
    assert f'id="figure-{metric.pk}" name="value" value=""' in page


@pytest.mark.parametrize(
    "on, sentence",
    [
        ("2026-02-30", "“2026-02-30”: There is no such date."),
        ("yesterday", "“yesterday”: There is no such date."),
        ("2999-01-01", "“2999-01-01”: This day is still to come."),
        ("", "This field is required."),
    ],
)
def test_day_that_cannot_be_shown_is_named_and_today_is_shown(contributor, metric, on, sentence):
    measured(metric, 61, day=timezone.localdate())
    page = text_of(contributor.get(PAGE, {"on": on}))
    assert sentence in page
    assert 'value="61\xa0%"' in page


def test_viewer_reads_the_figures_and_has_no_field(viewer, metric):
    measured(metric, 59)
    page = text_of(viewer.get(PAGE))
    assert f'<tr role="row" id="figure-{metric.pk}">' in page
    assert 'name="value"' not in page
    assert save(viewer, metric, "60 %").status_code == 403


@pytest.mark.parametrize("count", [1, 3, 300])
def test_performance_page_takes_the_same_queries_for_any_number_of_rows(
    viewer, scoped, count, django_assert_num_queries
):
    member = MemberFactory(organization=scoped)
    deliverable = DeliverableFactory(organization=scoped)
    many_measured(count, scoped, deliverable=deliverable)
    Measurement.objects.update(by=member)
    with django_assert_num_queries(QUERIES):
        page = viewer.get(PAGE)
    assert f'id="tally">{count} met<' in text_of(page)


# Recording


def test_figure_without_htmx_is_saved_and_leads_back_to_its_field(contributor, metric):
    response = save(contributor, metric, "59%", note="strike week")
    assert response.url == f"{PAGE}?on=2026-03-31#figure-{metric.pk}"
    stored = Measurement.objects.get()
    assert (stored.value, stored.date, stored.note) == (59, DAY, "strike week")
    assert (stored.by.user, stored.verdict) == (contributor.user, Verdict.NOT_MET)


def test_figure_with_htmx_answers_with_what_changed(contributor_htmx, metric):
    response = save(contributor_htmx, metric, "95")
    page = text_of(response)
    assert response["HX-Trigger"] == "workbook-changed"
    assert "at least 92\xa0% since Jan. 1, 2026" in page and 'class="verdict met"' in page
    assert f'id="was-{metric.pk}" name="was" value="95\xa0%" hx-swap-oob="true"' in page
    assert f'<div id="last-{metric.pk}" hx-swap-oob="true">95\xa0%' in page


def test_figure_of_a_day_before_any_target_is_saved_and_says_when_the_first_holds(contributor_htmx, metric):
    page = text_of(save(contributor_htmx, metric, "95 %", on=date(2025, 12, 31)))
    assert "No target" in page and "the first target holds from Jan. 1, 2026" in page
    assert Measurement.objects.get().verdict == Verdict.NO_TARGET


def test_older_figure_leaves_the_newest_one_standing(contributor, metric):
    newest = measured(metric, 95)
    save(contributor, metric, "50 %", on=DAY - timedelta(days=30))
    stored = Metric.objects.get()
    assert (stored.latest, stored.verdict) == (newest, Verdict.MET)


def test_answer_of_yes_or_no_is_chosen(contributor, scoped):
    judged = MetricFactory(organization=scoped, unit="yes-no")
    TargetFactory(
        organization=scoped, metric=judged, direction=Direction.JUDGED, low=None, holds_from=date(2026, 1, 1)
    )
    assert '<option value="" selected>not judged</option>' in text_of(contributor.get(PAGE))
    save(contributor, judged, "no")
    assert Metric.objects.get().verdict == Verdict.NOT_MET
    assert '<option value="no" selected>no</option>' in text_of(contributor.get(f"{PAGE}?on=2026-03-31"))


def test_emptied_figure_is_taken_away_and_can_be_put_back_by_the_same_person(contributor, metric):
    figure = measured(metric, 59, note="strike week")
    save(contributor, metric, "", was="59 %", was_note="strike week")
    assert not Measurement.objects.exists()
    assert Metric.objects.get().verdict == Verdict.NOT_MEASURED
    undo_address = f"/o/enfield/undo/{Deletion.objects.get().pk}/"
    assert f'formaction="{undo_address}"' in text_of(contributor.get(PAGE))
    contributor.post(undo_address)
    assert Measurement.objects.get() == figure
    assert Metric.objects.get().verdict == Verdict.NOT_MET


def test_deletion_of_somebody_else_is_not_undone_by_a_contributor(contributor, metric, scoped):
    deletion = undo.delete(measured(metric, 59), by=MemberFactory(organization=scoped))
    assert contributor.post(f"/o/enfield/undo/{deletion.pk}/").status_code == 404
    assert not Measurement.objects.exists()


def test_figure_that_was_not_touched_is_not_saved_again(contributor, metric):
    measured(metric, 59)
    save(contributor, metric, "59 %", was="59 %")
    assert Measurement.objects.get().history.count() == 1


def test_figure_somebody_else_entered_meanwhile_is_said_before_it_is_replaced(
    contributor_htmx, metric, scoped
):
    measured(metric, 61, by=MemberFactory(organization=scoped, name="Robin"))
    page = text_of(save(contributor_htmx, metric, "59 %", was=""))
    assert "Robin entered 61\xa0% meanwhile." in page
    assert f'id="was-{metric.pk}" name="was" value="61\xa0%"' in page
    assert Measurement.objects.get().value == 61
    save(contributor_htmx, metric, "59 %", was="61\xa0%")
    assert Measurement.objects.get().value == 59


def test_figure_somebody_else_took_away_meanwhile_is_said(contributor_htmx, metric):
    page = text_of(save(contributor_htmx, metric, "60 %", was="59 %"))
    assert "Somebody else took this figure away meanwhile." in page
    assert not Measurement.objects.exists()


def test_note_somebody_else_wrote_meanwhile_is_not_lost(contributor_htmx, metric):
    measured(metric, 59, note="strike week")
    page = text_of(save(contributor_htmx, metric, "60 %", was="59 %"))
    assert "59\xa0% “strike week” meanwhile" in page
    assert Measurement.objects.get().note == "strike week"


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"value": "five"}, "“five” is not a percentage."),
        ({"value": "3 min"}, "is a duration, but this is measured in percent"),
        ({"value": "59", "on": "2026-02-30"}, "There is no such date."),
        ({"value": "59", "on": "2999-01-01"}, "This day is still to come."),
        ({"value": "59", "on": "0218-01-01"}, "Is a digit of the year missing?"),
        ({"value": "59", "note": "x" * 301}, "at most 300 characters"),
        ({"value": "59", "note": "a\x07b"}, "a character that cannot be shown"),
        ({"value": "", "note": "strike week"}, "Enter the figure that the note is about."),
        ({"value": "<script>alert(1)</script>"}, "is not a percentage"),
    ],
)
def test_figure_that_cannot_be_taken_keeps_what_was_typed(
    contributor, contributor_htmx, metric, fields, sentence
):
    posted = {"on": DAY, "value": "59", "was": "", "note": "typed note"} | fields
    whole = contributor.post(f"{PAGE}{metric.pk}/", posted)
    assert whole.status_code == 200
    assert sentence in text_of(whole)
    assert f'value="{posted["value"]}"' in text_of(whole) and f'value="{posted["note"]}"' in text_of(whole)
    assert "<script>alert" not in whole.content.decode()
    part = contributor_htmx.post(f"{PAGE}{metric.pk}/", posted)
    assert part.status_code == 200 and sentence in text_of(part)
    assert not Measurement.objects.exists()


def test_guide_shows_how_far_satisfaction_can_go(viewer, scoped):
    levels = text_of(viewer.get(PAGE)).partition('class="levels"')[2].partition("</ol>")[0]
    assert re.findall("<b>(.+?)</b>", levels) == ["Satisfied", "Pleased", "Wowed", "Delighted", "Fanatic"]


def test_figure_of_a_metric_deleted_meanwhile_is_said_with_what_was_typed(contributor, metric, scoped):
    address = f"{PAGE}{metric.pk}/"
    undo.delete(metric, by=MemberFactory(organization=scoped))
    response = contributor.post(address, {"on": DAY, "value": "59 %", "was": ""}, follow=True)
    assert "You had typed: 59 %" in text_of(response)
    response = contributor.post(address, {"on": DAY, "value": " ", "was": ""}, follow=True)
    assert "deleted by somebody else" in text_of(response) and "You had typed" not in text_of(response)


def test_figure_of_another_organizations_metric_is_not_touched(contributor, scoped):
    foreign = MetricFactory(organization=OrganizationFactory())
    response = save(contributor, foreign, "59 %")
    assert response.status_code == 404
    assert foreign.measured_by not in text_of(contributor.get(PAGE))
    with organization_scope(foreign.organization):
        assert not Measurement.objects.exists()


# What is due


@pytest.fixture
def three_rhythms(scoped, metric):
    """In the order of their sheet: a yearly metric that is current, a monthly that is stale, a weekly due."""
    deliverable = metric.deliverable
    for frequency, day in (("yearly", date(2026, 3, 1)), ("monthly", date(2026, 1, 5)), ("weekly", DAY)):
        each = MetricFactory(
            organization=scoped, deliverable=deliverable, measured_by=frequency, frequency=frequency
        )
        measured(each, 95, day=day)
    metric.delete()


ON = date(2026, 4, 9)


def test_each_line_says_when_its_figure_is_due(viewer, three_rhythms):
    text = text_of(viewer.get(PAGE, {"on": ON}))
    assert "due on March 1, 2027" in text
    assert "stale: due since" in text
    assert "due since April 7, 2026" in text
    assert "1 stale · 1 due<" in text


def test_due_ones_come_first_where_the_address_asks_for_it(viewer, three_rhythms):
    for asked, order in (
        ({}, ["yearly", "monthly", "weekly"]),
        ({"order": "due"}, ["monthly", "weekly", "yearly"]),
    ):
        text = text_of(viewer.get(PAGE, {"on": ON} | asked))
        assert sorted(order, key=lambda name: text.index(f">{name}</a>")) == order


def test_figure_saved_where_the_due_come_first_leads_back_there(contributor, three_rhythms):
    weekly = Metric.objects.get(measured_by="weekly")
    posted = {"on": ON, "value": "96 %", "was": ""}
    response = contributor.post(f"{PAGE}{weekly.pk}/?order=due", posted)
    assert response.url == f"{PAGE}?on=2026-04-09&order=due#figure-{weekly.pk}"


def test_saved_figure_is_no_longer_due(contributor_htmx, three_rhythms):
    weekly = Metric.objects.get(measured_by="weekly")
    text = text_of(save(contributor_htmx, weekly, "96 %", on=ON))
    assert f'id="due-{weekly.pk}" class="rhythm current" hx-swap-oob="true">due on April 16, 2026<' in text


def test_step_in_which_figures_are_due_is_not_called_complete(viewer, scoped):
    MeasurementFactory(organization=scoped)
    page = viewer.get(PAGE).text
    assert "1 stale" in page
    assert "Nothing: each metric has a figure." in page
    assert "This step is complete" not in page
