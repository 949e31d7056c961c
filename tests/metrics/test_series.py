"""Pasting a series: months down, metrics and their targets across."""

import re
import time
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db.models import F
from django.utils import timezone

from metrics.models import Measurement, Metric, Target, Verdict
from metrics.series.pasted import metric_name
from tests.factories import (
    DeliverableFactory,
    MeasurementFactory,
    MetricFactory,
    OrganizationFactory,
    TargetFactory,
)
from victory.tenancy import organization_scope

PAGE = "/o/enfield/performance/paste/"
LANDGATE = """\
Month\tServed at the counter within 10 minutes: our result\tOur target\tTelephone answered within 60 seconds: our result\tOur target
July 2018\t68%\t90%\t63%\t85%
August 2018\t78%\t90%\t76%\t85%
September 2018\t67%\t90%\t83%\t85%
October 2018\t59%\t90%\t81%\t85%
November 2018\t51%\t90%\t53%\t85%
December 2018\t53%\t90%\t56%\t85%
January 2019\t63%\t90%\t91%\t85%
February 2019\t71%\t90%\t65%\t85%
March 2019\t71%\t90%\t71%\t85%
April 2019\t67%\t90%\t70%\t85%
May 2019\t72%\t90%\t71%\t85%
June 2019\t66%\t90%\t64%\t85%
July 2019\t76%\t90%\t69%\t85%
August 2019\t64%\t90%\t64%\t85%
"""  # noqa: E501
COUNTER, TELEPHONE = "Served at the counter within 10 minutes", "Telephone answered within 60 seconds"


@pytest.fixture
def deliverable(scoped):
    return DeliverableFactory(organization=scoped, name="Customer service charter")


@pytest.fixture
def counter(scoped, deliverable):
    return MetricFactory(organization=scoped, deliverable=deliverable, measured_by=COUNTER)


@pytest.fixture
def telephone(scoped, deliverable):
    return MetricFactory(organization=scoped, deliverable=deliverable, measured_by=TELEPHONE)


def text_of(response):
    return unescape(response.content.decode())


def preview(client, text, page=PAGE, **chosen):
    return client.post(page, {"text": text} | chosen)


def as_shown(response) -> dict:
    """What the preview's own fields would post."""
    text = text_of(response)
    hidden = dict(re.findall(r'<input type="hidden" name="(columns|shown)" value="(\w+)"', text))
    selects = re.findall(r'<select id="\S+" name="(\S+)">(.*?)</select>', text)
    chosen = {name: re.findall(r'value="([^"]*)" selected', options) for name, options in selects}
    return hidden | {name: values[0] if values else "" for name, values in chosen.items()}


def take(client, text, page=PAGE, **fields):
    shown = as_shown(preview(client, text, page))
    return client.post(page, {"text": text, "take": "1"} | shown | fields)


def figures(metric):
    return list(Measurement.objects.filter(metric=metric).order_by("date").values_list("date", "value"))


# The published table, as it stands


def test_published_series_becomes_two_metrics_with_their_targets(manager, deliverable):
    text = text_of(preview(manager, LANDGATE))
    assert "Enter 28 new figures" in text and "at least 90\xa0% from July 1, 2018" in text
    assert not Metric.objects.exists()
    response = take(manager, LANDGATE)
    assert response.url == "/o/enfield/performance/"
    counter, telephone = Metric.objects.order_by("position")
    assert (counter.measured_by, telephone.measured_by) == (COUNTER, TELEPHONE)
    assert (counter.unit, counter.frequency, counter.begins_on) == ("percent", "monthly", date(2018, 7, 1))
    assert [str(each) for each in Target.objects.order_by("pk")] == ["at least 90\xa0%", "at least 85\xa0%"]
    assert figures(counter)[0] == (date(2018, 7, 31), 68)
    assert figures(telephone)[-1] == (date(2019, 8, 31), 64)
    met = Measurement.objects.filter(verdict=Verdict.MET)
    assert [(each.metric, each.date) for each in met] == [(telephone, date(2019, 1, 31))]
    assert counter.latest.date == date(2019, 8, 31) and counter.verdict == Verdict.NOT_MET
    assert "28 figures entered, 2 targets set." in text_of(manager.get(response.url))


def test_published_series_finds_the_metrics_that_are_there(manager, counter, telephone):
    TargetFactory(organization=counter.organization, metric=counter, holds_from=date(2018, 1, 1))
    response = take(manager, LANDGATE)
    assert response.status_code == 302
    assert Metric.objects.count() == 2
    assert len(figures(counter)) == len(figures(telephone)) == 14
    assert [str(each) for each in telephone.targets.all()] == ["at least 85\xa0%"]
    assert counter.targets.count() == 1  # the column says what is in force already


def test_series_pasted_twice_enters_nothing_twice(manager, counter, telephone):
    take(manager, LANDGATE)
    text = text_of(preview(manager, LANDGATE))
    assert "there already" in text and 'name="take"' not in text
    assert Measurement.objects.count() == 28


def test_every_figure_has_its_history_and_who_entered_it(contributor, counter, telephone):
    take(contributor, LANDGATE)
    assert Measurement.history.count() == 28
    assert {each.by.user for each in Measurement.objects.all()} == {contributor.user}
    assert set(Measurement.history.values_list("history_user", flat=True)) == {contributor.user.pk}


# What the columns are


def test_contributor_enters_figures_and_neither_targets_nor_metrics(contributor, deliverable, counter):
    text = text_of(preview(contributor, LANDGATE))
    assert "target of column" not in text and "a new metric" not in text
    take(contributor, LANDGATE)
    assert len(figures(counter)) == 14
    assert not Target.objects.exists() and Metric.objects.count() == 1
    asked = {"column-2": "target-1", "column-3": "new", "deliverable": deliverable.pk}
    take(contributor, LANDGATE.replace("68%", "69%"), **asked)
    assert not Target.objects.exists() and Metric.objects.count() == 1


def test_series_without_headings_goes_to_the_metric_one_came_from(contributor, counter, telephone):
    page = f"{PAGE}?metric={telephone.pk}"
    response = take(contributor, "2019-07-31\t69 %\n31.08.2019\t64 %\n", page)
    assert response.url == f"/o/enfield/metrics/{telephone.pk}/#measurements"
    assert figures(telephone) == [(date(2019, 7, 31), 69), (date(2019, 8, 31), 64)]


def test_column_can_be_chosen_and_left_out(contributor, counter, telephone):
    chosen = {"columns": "5", "column-1": f"metric-{telephone.pk}", "column-3": ""}
    shown = as_shown(preview(contributor, LANDGATE, **chosen))
    contributor.post(PAGE, {"text": LANDGATE, "take": "1"} | shown)
    assert figures(telephone)[0] == (date(2018, 7, 31), 68) and not figures(counter)


def test_two_columns_for_one_metric_are_refused(contributor, counter):
    key = f"metric-{counter.pk}"
    text = text_of(preview(contributor, LANDGATE, **{"columns": "5", "column-1": key, "column-3": key}))
    assert "Another column is taken for this metric already." in text and 'name="take"' not in text


def test_new_metric_needs_its_deliverable(manager, scoped, deliverable):
    other = DeliverableFactory(organization=scoped)
    text = text_of(preview(manager, LANDGATE))
    assert "Choose the deliverable that the new metric belongs to." in text and 'name="take"' not in text
    shown = as_shown(preview(manager, LANDGATE)) | {"deliverable": other.pk}
    shown = as_shown(preview(manager, LANDGATE, **shown))
    manager.post(PAGE, {"text": LANDGATE, "take": "1"} | shown)
    assert {metric.deliverable for metric in Metric.objects.all()} == {other}


def test_metric_of_another_organization_is_not_offered_nor_taken(manager, counter):
    foreign = MetricFactory(organization=OrganizationFactory(), measured_by=TELEPHONE)
    assert TELEPHONE not in text_of(manager.get(f"{PAGE}?metric={foreign.pk}"))
    chosen = {"columns": "5", "column-1": f"metric-{counter.pk}", "column-3": f"metric-{foreign.pk}"}
    shown = as_shown(preview(manager, LANDGATE, **chosen))
    assert shown["column-3"] == ""
    manager.post(PAGE, {"text": LANDGATE, "take": "1"} | shown | {"column-3": f"metric-{foreign.pk}"})
    with organization_scope(foreign.organization):
        assert not Measurement.objects.exists()


def test_targets_are_set_where_their_column_changes(manager, counter):
    block = (
        f"Quarter\t{COUNTER}\tTarget\n"
        "Q1 2019\t70%\t80%\nQ2 2019\t70%\t80%\nQ3 2019\t70%\t\nQ4 2019\t70%\tat least 60%\n"
    )
    take(manager, block, reason="as published")
    steps = [(str(each), each.holds_from, each.reason) for each in counter.targets.order_by("holds_from")]
    assert steps == [
        ("at least 80\xa0%", date(2019, 1, 1), "as published"),
        ("at least 60\xa0%", date(2019, 10, 1), "as published"),
    ]
    verdicts = Measurement.objects.order_by("date").values_list("verdict", flat=True)
    assert list(verdicts) == ["not-met", "not-met", "not-met", "met"]


def test_bare_figure_of_a_target_column_keeps_the_direction_of_the_one_before(manager, counter):
    text = f"Month\t{COUNTER}\tTarget\nMay 2019\t8%\tat most 10%\nJune 2019\t9%\t10%\nJuly 2019\t9%\t12%\n"
    take(manager, text)
    targets = Target.objects.order_by("holds_from")
    assert [str(each).replace("\xa0", " ") for each in targets] == ["at most 10 %", "at most 12 %"]


def test_corrected_target_keeps_its_reason_until_another_is_typed(manager, scoped, counter):
    begun = {"holds_from": date(2018, 7, 1), "low": Decimal(80), "reason": "agreed in May"}
    TargetFactory(organization=scoped, metric=counter, **begun)
    take(manager, LANDGATE)
    target = counter.targets.get()
    assert (str(target), target.reason) == ("at least 90\xa0%", "agreed in May")
    take(manager, LANDGATE.replace("90%", "95%"), reason="as published")
    assert counter.targets.get().reason == "as published"


# What cannot be taken, and what is asked


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("soon\t68%", "“soon” is no day, month, quarter or year."),
        ("2019-02-30\t68%", "“2019-02-30”: there is no such date."),
        ("2999-01\t68%", "This day is still to come."),
        ("0218-07\t68%", "Days before Jan. 1, 1900 are not taken. Is a digit of the year missing?"),
        ("July 2018\t68%", "July 31, 2018 stands in line 2 already."),
        ("August 2018\tn/a", "“n/a” is not a percentage."),
        ("August 2018\t3 min", "is a duration, but this is measured in percent"),
    ],
)
def test_cell_that_cannot_be_taken_is_named_and_stays_to_be_mended(contributor, counter, line, why):
    block = f"Month\t{COUNTER}\nJuly 2018\t68%\n{line}\n"
    text = text_of(preview(contributor, block))
    assert why in text and "1 cell cannot be taken" in text and "Line 3" in text
    left = text_of(take(contributor, block))
    assert figures(counter) == [(date(2018, 7, 31), 68)]
    [kept] = re.findall(r'class="cells"[^>]*>(.*?)</textarea>', left, re.DOTALL)
    assert kept.split("\n")[1:] == [f"Month\t{COUNTER}\r", f"{line}\r", ""]


def test_new_metric_with_a_cell_to_be_mended_is_made_once(manager, deliverable):
    block = f"Month\t{COUNTER}\nJuly 2018\t68%\nAugust 2018\tn/a\n"
    shown = as_shown(take(manager, block))
    mended = f"Month\t{COUNTER}\nAugust 2018\t78%\n"
    shown = as_shown(preview(manager, mended, **shown))
    manager.post(PAGE, {"text": mended, "take": "1"} | shown)
    assert figures(Metric.objects.get()) == [(date(2018, 7, 31), 68), (date(2018, 8, 31), 78)]


def test_correction_of_a_figure_that_is_there_is_asked_for(contributor, scoped, counter):
    MeasurementFactory(organization=scoped, metric=counter, date=date(2018, 7, 31), value=Decimal(58))
    text = text_of(preview(contributor, LANDGATE))
    assert "instead of 58\xa0%" in text and "Correct 1 figure that is there already" in text
    take(contributor, LANDGATE)
    assert figures(counter)[0] == (date(2018, 7, 31), 58) and len(figures(counter)) == 14
    response = take(contributor, LANDGATE, correct="on")
    assert "0 figures entered, 1 corrected." in text_of(contributor.get(response.url))
    corrected = Measurement.objects.get(metric=counter, date=date(2018, 7, 31))
    assert (corrected.value, corrected.by.user, corrected.version) == (68, contributor.user, 2)
    assert [row.value for row in corrected.history.order_by("history_id")] == [58, 68]


def test_month_under_way_pasted_again_next_week_moves_its_figure(contributor, counter, monkeypatch):
    block = f"Month\t{COUNTER}\nJune 2018\t66%\nJuly 2018\t68%\n"
    for day in (date(2018, 7, 9), date(2018, 7, 16)):
        monkeypatch.setattr(timezone, "localdate", lambda day=day, **zone: day)
        take(contributor, block)
    assert figures(counter) == [(date(2018, 6, 30), 66), (date(2018, 7, 9), 68)]
    block = block.replace("68%", "71%")
    assert "instead of 68\xa0% of July 9, 2018" in text_of(preview(contributor, block))
    take(contributor, block)
    assert figures(counter)[1:] == [(date(2018, 7, 9), 68)]
    take(contributor, block, correct="on")
    assert figures(counter)[1:] == [(date(2018, 7, 16), 71)]
    moved = Measurement.objects.get(date=date(2018, 7, 16))
    assert [row.date.day for row in moved.history.order_by("history_id")] == [9, 16]


def test_figure_is_found_by_one_line_only_and_first_by_that_of_its_day(contributor, scoped, counter):
    MeasurementFactory(organization=scoped, metric=counter, date=date(2018, 8, 9), value=Decimal(58))
    MeasurementFactory(organization=scoped, metric=counter, date=date(2018, 5, 9), value=Decimal(50))
    take(contributor, f"Day\t{COUNTER}\n2018-08-09\t59%\nAugust 2018\t60%\nQ3 2018\t61%\n", correct="on")
    assert figures(counter) == [
        (date(2018, 5, 9), 50),
        (date(2018, 8, 9), 59),
        (date(2018, 8, 31), 60),
        (date(2018, 9, 30), 61),
    ]


def test_figures_from_before_the_metric_ask_for_an_earlier_beginning(manager, counter):
    counter.begins_on = date(2019, 1, 1)
    counter.save()
    text = text_of(preview(manager, LANDGATE))
    assert "6 figures lie before Jan. 1, 2019, since when it is measured" in text
    assert f"{COUNTER}: July 1, 2018" in text
    take(manager, LANDGATE)
    assert len(figures(counter)) == 8
    take(manager, LANDGATE, earlier="on")
    assert len(figures(counter)) == 14
    counter.refresh_from_db()
    assert counter.begins_on == date(2018, 7, 1)


def test_contributor_does_not_let_a_metric_begin_earlier(contributor, counter):
    counter.begins_on = date(2019, 1, 1)
    counter.save()
    assert "A manager can let it begin earlier." in text_of(preview(contributor, LANDGATE))
    take(contributor, LANDGATE, earlier="on")
    assert len(figures(counter)) == 8


def test_targets_that_change_verdicts_are_told_and_need_a_reason(manager, scoped, counter):
    TargetFactory(organization=scoped, metric=counter, low=Decimal(50), holds_from=date(2018, 1, 1))
    MeasurementFactory(organization=scoped, metric=counter, date=date(2018, 7, 15), value=Decimal(60))
    text = text_of(preview(manager, LANDGATE))
    assert "Verdicts that would change:" in text and "July 15, 2018: 60\xa0%" in text
    text = text_of(take(manager, LANDGATE))
    assert "Say why these targets held: they change verdicts." in text
    assert Measurement.objects.count() == 1
    response = take(manager, LANDGATE, reason="as published")
    assert "1 verdict changed." in text_of(manager.get(response.url, follow=True))
    assert Measurement.objects.get(date=date(2018, 7, 15)).verdict == Verdict.NOT_MET


def test_what_was_shown_is_shown_again_where_it_has_changed_meanwhile(contributor, scoped, counter):
    shown = as_shown(preview(contributor, LANDGATE))
    MeasurementFactory(organization=scoped, metric=counter, date=date(2018, 7, 31), value=Decimal(58))
    response = contributor.post(PAGE, {"text": LANDGATE, "take": "1"} | shown)
    assert "Please look again" in text_of(response) and "instead of 58\xa0%" in text_of(response)
    assert Measurement.objects.count() == 1


def test_reason_that_is_too_long_is_refused_and_nothing_is_lost(manager, counter):
    text = text_of(take(manager, LANDGATE, reason="x" * 301))
    assert "at most 300 characters" in text and "x" * 301 in text
    assert not Measurement.objects.exists()


def test_series_with_a_column_that_is_not_settled_is_not_taken(manager, scoped, deliverable):
    DeliverableFactory(organization=scoped)
    assert "Choose the deliverable" in text_of(take(manager, LANDGATE))
    assert not Metric.objects.exists()


def test_blank_lines_before_the_heading_do_no_harm(contributor, counter):
    take(contributor, "\n\t\n" + LANDGATE)
    assert len(figures(counter)) == 14


@pytest.mark.parametrize("text", ["", "\n\n", "July 2018\n", "\t\n"])
def test_nothing_to_read_says_what_is_needed(contributor, text):
    assert "Paste at least one line" in text_of(preview(contributor, text))


def test_heading_alone_takes_nothing(manager, counter):
    text = text_of(preview(manager, LANDGATE.splitlines()[0]))
    assert 'name="take"' not in text


def test_more_lines_than_are_taken_at_once_are_refused(contributor):
    text = text_of(preview(contributor, "2019-01-01\t1\n" * 5_001))
    assert "At most 5000 lines can be pasted at once; these are 5001." in text


def test_viewer_pastes_nothing(viewer, counter):
    assert preview(viewer, LANDGATE).status_code == 403


# Ten years of days


def test_ten_years_of_daily_figures_are_entered_in_few_queries(
    manager, scoped, counter, django_assert_max_num_queries
):
    today = timezone.localdate()
    Metric.objects.update(begins_on=date(2000, 1, 1))
    TargetFactory(organization=scoped, metric=counter, holds_from=date(2000, 1, 1))
    days = [today - timedelta(days=number) for number in range(3_650)]
    block = f"Day\t{COUNTER}\n" + "".join(f"{day}\t{80 + day.day % 20}%\n" for day in days)
    shown = as_shown(preview(manager, block))
    begun = time.monotonic()
    with django_assert_max_num_queries(160):
        manager.post(PAGE, {"text": block, "take": "1"} | shown)
    print(f"{time.monotonic() - begun:.1f} s for 3,650 figures")
    assert Measurement.objects.count() == Measurement.history.count() == 3_650
    counter.refresh_from_db()
    assert counter.latest.date == today
    assert set(Measurement.objects.values_list("verdict", flat=True)) == {"met", "not-met"}


def test_page_takes_the_same_queries_for_any_number_of_lines(contributor, counter, django_assert_num_queries):
    for count in (1, 3, 300):
        block = f"Day\t{COUNTER}\n" + "".join(
            f"{date(2019, 1, 1) + timedelta(days=number)}\t88%\n" for number in range(count)
        )
        with django_assert_num_queries(7):
            preview(contributor, block)


def test_targets_that_change_with_every_line_are_set_in_bulk(
    manager, scoped, counter, django_assert_max_num_queries
):
    today = timezone.localdate()
    Metric.objects.update(begins_on=date(2000, 1, 1))
    days = [today - timedelta(days=number) for number in range(600)]
    block = f"Day\t{COUNTER}\tTarget\n" + "".join(
        f"{day}\t{80 + day.day % 20}%\t{80 + day.toordinal() % 17}%\n" for day in days
    )
    shown = as_shown(preview(manager, block))
    with django_assert_max_num_queries(70):
        manager.post(PAGE, {"text": block, "take": "1"} | shown)
    assert Target.objects.count() == Target.history.count() == 600
    assert Measurement.objects.filter(judged_by__holds_from=F("date")).count() == 600
    assert set(Target.objects.values_list("set_by__user", "version")) == {(manager.user.pk, 1)}


def test_target_that_is_there_is_corrected_in_bulk_with_its_history(manager, scoped, counter):
    TargetFactory(organization=scoped, metric=counter, low=Decimal(80), holds_from=date(2018, 7, 1))
    take(manager, LANDGATE, reason="as published")
    target = counter.targets.get()
    assert (target.low, target.reason, target.set_by.user) == (90, "as published", manager.user)
    assert [row.low for row in target.history.order_by("history_id")] == [80, 90]


def test_two_columns_for_the_targets_of_one_metric_are_refused(manager, counter):
    chosen = {"columns": "5", "column-1": f"metric-{counter.pk}"}
    chosen |= {"column-2": "target-1", "column-4": "target-1"}
    text = text_of(preview(manager, LANDGATE, **chosen))
    assert "Another column is taken for its targets already." in text and 'name="take"' not in text


# What is more than a person pastes


def test_heading_that_is_longer_than_a_name_is_refused_and_kept(manager, deliverable):
    block = "Month\t" + "(" * 12_000 + "\nJuly 2018\t68%\n"
    text = text_of(preview(manager, block))
    assert "A heading has at most 200 characters; that of column 2 has 12000." in text
    assert block.strip() in text.replace("\r", "")


@pytest.mark.parametrize("heading", ["(" * 40_000, "our " * 40_000 + "!"])
def test_name_of_a_metric_is_read_from_any_heading_in_no_time(heading):
    begun = time.process_time()
    assert metric_name(heading) == heading
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Answered: our result", "Answered"),
        ("Answered – (the actual figures)", "Answered"),
        ("Answered, our actual", "Answered"),
        ("Figures", "Figures"),
        ("Results of the survey", "Results of the survey"),
    ],
)
def test_name_of_a_metric_leaves_out_that_figures_follow(heading, name):
    assert metric_name(heading) == name


def test_more_columns_than_are_taken_at_once_are_refused_and_kept(manager, deliverable):
    block = "\t".join(["July 2018", *["68%"] * 50])
    text = text_of(preview(manager, block))
    assert "At most 50 columns can be pasted at once; these are 51." in text and block in text
    assert "What the columns are" in text_of(preview(manager, "\t".join(["July 2018", *["68%"] * 49])))


def test_more_figures_than_are_written_in_time_are_refused(manager, deliverable):
    block = "July 2018\t68%\t78%\t88%\n" * 3_334
    assert "At most 10000 figures can be pasted at once; these are 10002." in text_of(preview(manager, block))


def test_hundreds_of_lines_to_be_mended_stay_in_the_box(contributor, counter):
    block = f"Month\t{COUNTER}\nJuly 2018\t68%\n" + "soon\t70%\n" * 600
    assert text_of(take(contributor, block)).count("soon\t70%") == 600
    assert figures(counter) == [(date(2018, 7, 31), 68)]


# What the page posts that no preview has offered


def test_new_metric_that_was_entered_already_is_said_and_nothing_is_lost(manager, deliverable):
    posted = {"text": LANDGATE, "take": "1"} | as_shown(preview(manager, LANDGATE))
    assert manager.post(PAGE, posted).status_code == 302
    text = text_of(manager.post(PAGE, posted))
    assert "Please look again" in text and "This deliverable is measured by that already." in text
    assert "July 2018\t68%" in text and 'name="take"' not in text
    assert Metric.objects.count() == 2 and Measurement.objects.count() == 28


def test_new_metric_that_is_there_already_is_refused_whatever_its_capitals(manager, counter):
    block = LANDGATE.replace(COUNTER, COUNTER.upper())
    text = text_of(preview(manager, block, **{"columns": "5", "column-1": "new"}))
    assert "This deliverable is measured by that already. Choose that metric for the column." in text
    assert 'name="take"' not in text


def test_series_of_which_every_column_is_left_out_is_shown_again(manager, counter):
    shown = as_shown(preview(manager, LANDGATE, columns="5"))
    assert not any(shown[f"column-{number}"] for number in range(1, 5))
    text = text_of(manager.post(PAGE, {"text": LANDGATE, "take": "1"} | shown))
    assert "Please look again" in text and "No column is taken for a metric yet." in text


@pytest.mark.parametrize("character", ["\x00", "\x07"])
def test_character_that_cannot_be_shown_is_refused_in_a_name_and_a_reason(manager, deliverable, character):
    text = text_of(take(manager, LANDGATE, reason=f"as{character}published"))
    assert "Contains a character that cannot be shown" in text
    text = text_of(take(manager, LANDGATE.replace("Served", f"Ser{character}ved")))
    assert "Contains a character that cannot be shown" in text
    assert not Metric.objects.exists()
