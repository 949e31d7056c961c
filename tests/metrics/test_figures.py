"""The figures of a metric on its own page: entered for any day, corrected, replaced and taken away."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from simple_history.utils import bulk_update_with_history

from metrics.history import FIRST_FIGURES
from metrics.models import Measurement, Metric, Target, Verdict
from metrics.quantities import Direction
from tests.factories import MeasurementFactory, MemberFactory, MetricFactory, TargetFactory, many
from victory.tenancy import Role

TODAY = timezone.localdate()


@pytest.fixture
def metric(scoped):
    metric = MetricFactory(organization=scoped, begins_on=date(2026, 1, 1))
    TargetFactory(organization=scoped, metric=metric)
    return metric


@pytest.fixture
def address(metric):
    return f"/o/enfield/metrics/{metric.pk}/"


@pytest.fixture
def march(scoped, metric):
    return MeasurementFactory(
        organization=scoped,
        metric=metric,
        date=date(2026, 3, 31),
        value=Decimal(58),
        by=MemberFactory(organization=scoped, name="Robin"),
    )


@pytest.fixture
def contributor_htmx(sign_in):
    return sign_in(Role.CONTRIBUTOR, hx_request="true")


def enter(client, address, figure="61 %", day="2026-03-31", **fields):
    return client.post(f"{address}figures/", {"date": day, "figure": figure, "note": ""} | fields)


def correct(client, measurement, figure="61 %", day="2026-03-31", **fields):
    posted = {"date": day, "figure": figure, "note": "", "version": measurement.version}
    return client.post(f"/o/enfield/metrics/figures/{measurement.pk}/", posted | fields)


def text_of(response):
    return unescape(response.content.decode())


def offered(response) -> str:
    return re.search(r'name="replaces" value="([\d.]+)"', text_of(response))[1]


# Entering


def test_figure_is_entered_for_any_day(contributor, metric, address):
    response = enter(contributor, address, note="recounted")
    assert response.url == f"{address}#measurements"
    stored = Measurement.objects.get()
    assert (stored.date, stored.value, stored.note) == (date(2026, 3, 31), 61, "recounted")
    assert (stored.by.user, stored.verdict) == (contributor.user, Verdict.NOT_MET)
    assert Metric.objects.get().latest == stored
    assert "61\xa0% for March 31, 2026: Not met." in text_of(contributor.get(address))


def test_figure_entered_with_htmx_answers_with_a_blank_form_and_lets_the_page_refresh(
    contributor_htmx, address
):
    response = enter(contributor_htmx, address)
    text = text_of(response)
    assert response["HX-Trigger"] == "workbook-changed"
    assert 'id="enter-figure"' in text and "61 %" not in text and "61\xa0% for March 31" in text
    assert f'value="{TODAY.isoformat()}"' in text


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"day": (TODAY + timedelta(days=1)).isoformat()}, "This day is still to come."),
        ({"day": "2026-02-30"}, "There is no such date."),
        ({"day": "0218-03-31"}, "Is a digit of the year missing?"),
        ({"day": "2025-12-31"}, "This metric is measured since Jan. 1, 2026."),
        ({"figure": "3 min"}, "is a duration, but this is measured in percent"),
        ({"figure": "soon"}, "“soon” is not a percentage"),
        ({"figure": ""}, "This field is required."),
    ],
)
@pytest.mark.parametrize("client", ["contributor", "contributor_htmx"])
def test_figure_that_cannot_be_taken_says_why_and_loses_nothing(client, request, address, fields, sentence):
    response = enter(request.getfixturevalue(client), address, note="recounted", **fields)
    assert response.status_code == 200
    text = text_of(response)
    assert sentence in text and 'value="recounted"' in text
    assert not Measurement.objects.exists()


def test_figure_from_before_the_metric_leads_those_to_its_beginning_who_may_change_it(
    manager, contributor, metric, address
):
    edit = f'<a href="/o/enfield/metrics/metrics/{metric.pk}/edit/">'
    assert edit in text_of(enter(manager, address, day="2025-12-31"))
    assert edit not in text_of(enter(contributor, address, day="2025-12-31"))
    on_the_sheet = {"on": "2025-12-31", "value": "61 %", "was": ""}
    assert edit in text_of(manager.post(f"/o/enfield/performance/{metric.pk}/", on_the_sheet))


def test_judgement_is_chosen(contributor, scoped):
    metric = MetricFactory(organization=scoped, unit="yes-no", begins_on=date(2026, 1, 1))
    TargetFactory(organization=scoped, metric=metric, direction=Direction.JUDGED, low=None)
    address = f"/o/enfield/metrics/{metric.pk}/"
    assert '<option value="yes">yes</option>' in text_of(contributor.get(address))
    enter(contributor, address, figure="yes")
    assert Measurement.objects.get().verdict == Verdict.MET


def test_viewer_enters_nothing(viewer, metric, address, march):
    text = text_of(viewer.get(address))
    assert "enter-figure" not in text and "Correct" not in text
    assert enter(viewer, address).status_code == 403


# A day that has a figure already


@pytest.mark.parametrize("client", ["contributor", "contributor_htmx"])
def test_day_with_a_figure_says_which_and_offers_to_replace_it(client, request, address, march):
    client = request.getfixturevalue(client)
    response = enter(client, address)
    text = text_of(response)
    assert "March 31, 2026 has a figure already: 58\xa0%, entered by Robin." in text
    assert "Replace 58\xa0%" in text and 'value="61 %"' in text
    enter(client, address, replaces=offered(response))
    stored = Measurement.objects.get()
    assert (stored.pk, stored.value, stored.by.user) == (march.pk, 61, client.user)


def test_figure_that_was_changed_meanwhile_is_not_replaced_unseen(contributor, address, march):
    seen = offered(enter(contributor, address))
    march.value = Decimal(59)
    march.save()
    response = enter(contributor, address, replaces=seen)
    assert "Robin has changed it meanwhile: March 31, 2026 has 59\xa0% now." in text_of(response)
    assert Measurement.objects.get().value == 59
    enter(contributor, address, replaces=offered(response))
    assert Measurement.objects.get().value == 61


# Correcting


def test_corrected_figure_shows_what_it_was(contributor, viewer, address, march):
    assert correct(contributor, march).url == f"{address}#measurements"
    correction = f"corrected: was 58\xa0% until {date_format(TODAY)}, by {contributor.user}"
    assert correction in text_of(viewer.get(address))
    assert Measurement.objects.get().history.count() == 2


def test_figure_moved_to_another_day_shows_which_it_was_of(contributor, viewer, address, march):
    correct(contributor, march, figure="58 %", day="2026-04-30")
    assert "corrected: was 58\xa0% for March 31, 2026 until" in text_of(viewer.get(address))


def test_changed_note_is_no_correction_of_the_figure(contributor, viewer, address, march):
    correct(contributor, march, figure="58 %", note="counted twice")
    text = text_of(viewer.get(address))
    assert "counted twice" in text and "corrected:" not in text


def test_figure_is_not_moved_onto_another(contributor, scoped, metric, march):
    MeasurementFactory(organization=scoped, metric=metric, date=date(2026, 4, 30), value=Decimal(70))
    text = text_of(correct(contributor, march, day="2026-04-30"))
    assert "April 30, 2026 has a figure already: 70\xa0%" in text and "Replace" not in text
    assert Measurement.objects.get(pk=march.pk).date == date(2026, 3, 31)


def test_correction_over_somebody_elses_shows_both(contributor, march):
    seen = march.version
    march.value = Decimal(59)
    march.save()
    text = text_of(correct(contributor, march, version=seen))
    assert "Somebody else changed this while you were writing." in text
    assert "59\xa0%" in text and 'value="61 %"' in text
    assert Measurement.objects.get().value == 59


def test_figure_that_was_taken_away_meanwhile_says_so(contributor, march):
    pk = march.pk
    march.delete()
    march.pk = pk
    response = correct(contributor, march)
    assert response.status_code == 302
    text = text_of(contributor.get(response.url))
    assert "deleted by somebody else" in text and "You had typed: 61 %" in text


@pytest.mark.parametrize("count", [1, 3, 300])
def test_page_takes_the_same_queries_however_often_figures_were_corrected(
    contributor, scoped, metric, address, count, django_assert_num_queries
):
    days = [TODAY - timedelta(days=number) for number in range(count)]
    figures = many(
        MeasurementFactory, count, organization=scoped, metric=metric, date=days, value=Decimal(58)
    )
    Measurement.history.bulk_history_create(figures)
    for figure in figures:
        figure.value = Decimal(61)
    bulk_update_with_history(figures, Measurement, ["value"])
    metric.judge_again()
    with django_assert_num_queries(16):
        text = text_of(contributor.get(address))
    assert text.count("corrected: was 58\xa0%") == min(count, FIRST_FIGURES)


# Taking away


def test_figure_taken_away_can_be_put_back(contributor, metric, address, march):
    response = contributor.post(f"/o/enfield/metrics/figures/{march.pk}/delete/")
    assert response.url == f"{address}#measurements"
    assert Metric.objects.get().verdict == Verdict.NOT_MEASURED
    undo = text_of(contributor.get(address)).split('formaction="')[1].split('"')[0]
    contributor.post(undo, {"page": address})
    assert Metric.objects.get().latest == Measurement.objects.get() == march


def test_figure_put_back_is_judged_by_the_targets_of_now(contributor, metric, march):
    contributor.post(f"/o/enfield/metrics/figures/{march.pk}/delete/")
    target = Target.objects.get()
    target.low = Decimal(50)
    target.save()
    undo = text_of(contributor.get("/o/enfield/")).split('formaction="')[1].split('"')[0]
    contributor.post(undo, {"page": "/o/enfield/"})
    assert Measurement.objects.get().verdict == Verdict.MET
