"""The page of a metric over time: its chart, its signals, its limits, and what actions came to."""

import re
import time
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest

from actionplans.models import Status
from metrics.models import Baseline
from metrics.quantities import Direction, Unit
from tests.factories import (
    ActionFactory,
    BaselineFactory,
    MemberFactory,
    MetricFactory,
    OwnershipFactory,
    TargetFactory,
    a_series,
)
from victory.models import Deletion, Member

BASELINES = "/o/enfield/metrics/baselines/"
FIRST_DAY = date(2026, 1, 1)
STEADY = [60, 70, 64, 66, 58, 68] * 2
QUERIES = 16


@pytest.fixture
def metric(scoped):
    metric = MetricFactory(organization=scoped, measured_by="answered in time", begins_on=date(2010, 1, 1))
    TargetFactory(organization=scoped, metric=metric, low=Decimal(80), holds_from=date(2010, 1, 1))
    return metric


@pytest.fixture
def address(metric):
    return f"/o/enfield/metrics/{metric.pk}/"


def day(number):
    return FIRST_DAY + timedelta(days=number)


def text_of(response):
    return unescape(response.content.decode()).replace("\xa0", " ")


def section(response, name):
    return text_of(response).split(f'id="{name}"')[1].split("</section>")[0]


def drawings_in(response):
    return re.findall(r"<svg class=\"chart.*?</svg>", response.content.decode(), re.DOTALL)


def done(metric, after, **fields):
    return ActionFactory(
        organization=metric.organization, metric=metric, status=Status.DONE, done_on=day(after), **fields
    )


# --- Chart, signals and limits --------------------------------------------------------------------


def test_page_says_what_to_do_and_draws_figures_and_ranges(viewer, metric, address):
    a_series(metric, STEADY)
    response = viewer.get(address)
    assert "Not met, and stable: figures like these may fall on either side" in section(response, "standing")
    figures, ranges = drawings_in(response)
    for drawing in (figures, ranges):
        assert 'role="img"' in drawing and "<title id=" in drawing and "<desc id=" in drawing
    assert "12 figures, Jan. 1, 2026 to Jan. 12, 2026." in unescape(figures)


def test_step_larger_than_noise_is_ringed_and_explained(viewer, metric, address):
    a_series(metric, [60, 62] * 6)
    assert "A ring marks a step" not in section(viewer.get(address), "chart")
    a_series(metric, [80], first=day(12))
    assert "A ring marks a step" in section(viewer.get(address), "chart")


def test_page_without_figures_has_no_chart(viewer, address):
    response = viewer.get(address)
    assert drawings_in(response) == []
    assert "The chart begins with the first figure." in section(response, "chart")


def test_page_with_five_figures_says_that_it_is_too_early(viewer, metric, address):
    a_series(metric, STEADY[:5])
    response = viewer.get(address)
    assert "Too early to tell a change from noise: 1 more figure is needed." in section(response, "standing")
    assert "No limits yet: they take six figures." in section(response, "limits")


def test_newest_signals_are_told_and_the_others_are_one_click_away(viewer, metric, address):
    a_series(metric, [*STEADY * 2, *[99, 64] * 9])
    told = section(viewer.get(address), "signals")
    assert told.count("is above the upper limit") == 6
    assert told.index("Feb. 10, 2026") < told.index("Jan. 31, 2026")
    assert 'href="?signals=yes#signals">Show 3 earlier signals<' in told
    everything = viewer.get(address, {"signals": "yes"})
    assert section(everything, "signals").count("is above the upper limit") == 9
    assert "earlier signal" not in section(everything, "signals")
    assert 'href="?signals=yes&amp;all=yes#measurements"' in everything.text


def test_document_says_how_many_signals_it_does_not_list(viewer, metric, address):
    a_series(metric, [*STEADY * 2, *[99, 64] * 9])
    assert "3 earlier signals are not listed." in viewer.get(f"{address}print/").text


def test_metric_of_answers_has_points_and_no_limits(viewer, scoped):
    metric = MetricFactory(organization=scoped, unit=Unit.YES_NO)
    TargetFactory(organization=scoped, metric=metric, direction=Direction.JUDGED, low=None)
    a_series(metric, [1, 0, 1, 1, 0, 1, 1, 1])
    response = viewer.get(f"/o/enfield/metrics/{metric.pk}/")
    assert "Met. Yes in 6 of the last 8." in section(response, "standing")
    assert len(drawings_in(response)) == 1
    for name in ("signals", "limits", "baselines"):
        assert f'id="{name}"' not in text_of(response)


@pytest.mark.parametrize("count", [3, 3650])
def test_page_takes_the_same_queries_for_ten_years_of_daily_figures(
    viewer, metric, address, count, django_assert_num_queries
):
    a_series(metric, [60 + number * 7919 % 23 for number in range(count)], first=date(2016, 1, 1))
    for number in range(count // 100):
        done(metric, after=number - 3000)
    begun = time.process_time()
    with django_assert_num_queries(QUERIES):
        response = viewer.get(address)
    assert time.process_time() - begun < 1
    assert len(drawings_in(response)) == 2


def test_printed_page_has_the_same_drawings_and_no_stepper(viewer, metric, address):
    a_series(metric, [*STEADY, 99])
    done(metric, after=3)
    response, printed = viewer.get(address), viewer.get(f"{address}print/")
    assert drawings_in(printed) == drawings_in(response) != []
    assert 'id="stepper"' not in text_of(printed)
    for words in ("Met, and something has changed for the better", "99 % is above", "Owner: ", "April"):
        assert (words in text_of(printed)) == (words in text_of(response))


# --- Baselines ------------------------------------------------------------------------------------


def typed(metric, **fields):
    starts = {"starts_on": "2026-01-07", "ends_on": "", "reason": "A new desk"}
    return {"metric": metric.pk} | starts | fields


def test_limits_are_rebased_from_a_day_on(manager, metric, address):
    a_series(metric, [*STEADY, *[20, 24, 22, 28, 21, 25]])
    response = manager.post(BASELINES, typed(metric, starts_on="2026-01-13"))
    baseline = Baseline.objects.get()
    assert response.url == f"{address}#baselines-{baseline.pk}"
    assert (baseline.starts_on, baseline.reason, baseline.set_by.user) == (
        day(12),
        "A new desk",
        manager.user,
    )
    limits = section(manager.get(address), "limits")
    assert limits.index("figures from 11.1 % to 35.6 % are noise") < limits.index("from 45 % to 83.7 %")
    assert 'class="rebased"' in drawings_in(manager.get(address))[0]


def test_baseline_can_end_and_then_rests_on_its_days(manager, metric, address):
    a_series(metric, [*STEADY, *[20, 24, 22, 28, 21, 25]])
    manager.post(BASELINES, typed(metric, starts_on="2026-01-01", ends_on="2026-01-12"))
    assert "12 figures, Jan. 1, 2026 to Jan. 12, 2026" in section(manager.get(address), "limits")


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"ends_on": "2026-01-09"}, "Only 3 figures lie in these days, and limits take six."),
        (
            {"starts_on": "2025-12-31"},
            "The first figure is of Jan. 1, 2026: limits start on that day or later.",
        ),
        ({"starts_on": "2999-01-01"}, "This day is still to come."),
        ({"starts_on": "2026-01-20"}, "A baseline starts on this day already."),
        ({"starts_on": "2026-01-22"}, "rest on the figures up to Jan. 30, 2026. Start later."),
        ({"ends_on": "2026-01-20"}, "Other limits start on Jan. 20, 2026. End before that day."),
        ({"starts_on": "2026-02-30"}, "Enter a valid date."),
        ({"starts_on": "0218-01-01"}, "Is a digit of the year missing?"),
        ({"starts_on": ""}, "This field is required."),
        ({"reason": ""}, "This field is required."),
        ({"reason": "x" * 301}, "at most 300 characters"),
    ],
)
def test_baseline_that_cannot_be_taken_says_why_beside_the_field(manager, scoped, metric, fields, sentence):
    a_series(metric, STEADY * 4)
    BaselineFactory(organization=scoped, metric=metric, starts_on=day(19), ends_on=day(29))
    response = manager.post(BASELINES, typed(metric, **fields))
    assert response.status_code == 200
    [name] = fields
    assert sentence in text_of(response).split(f'name="{name}"')[1].split("<label")[0]
    assert Baseline.objects.count() == 1


def test_baseline_that_ends_before_it_starts_is_refused(manager, metric):
    a_series(metric, STEADY)
    text = text_of(manager.post(BASELINES, typed(metric, ends_on="2026-01-05")))
    assert "A baseline ends on the day it starts or later." in text
    assert not Baseline.objects.exists()


def test_baseline_before_any_figure_is_refused(manager, metric):
    assert "There are no figures yet" in text_of(manager.post(BASELINES, typed(metric)))


def test_baseline_can_be_edited_without_standing_in_its_own_way(manager, scoped, metric):
    a_series(metric, STEADY * 4)
    baseline = BaselineFactory(organization=scoped, metric=metric, starts_on=day(19), ends_on=day(29))
    edit = typed(metric, starts_on="2026-01-21", ends_on="2026-01-31", version=baseline.version)
    manager.post(f"{BASELINES}{baseline.pk}/edit/", edit)
    baseline.refresh_from_db()
    assert (baseline.starts_on, baseline.ends_on) == (day(20), day(30))


def test_deleted_baseline_can_be_put_back(manager, scoped, metric, address):
    a_series(metric, [*STEADY, *[20, 24, 22, 28, 21, 25]])
    baseline = BaselineFactory(organization=scoped, metric=metric, starts_on=day(12))
    manager.post(f"{BASELINES}{baseline.pk}/delete/")
    assert "Jan. 13, 2026" not in section(manager.get(address), "limits")
    manager.post(f"/o/enfield/undo/{Deletion.objects.get().pk}/", {"page": address})
    assert "Jan. 13, 2026" in section(manager.get(address), "limits")


def test_baseline_stays_with_its_metric(manager, scoped, metric):
    a_series(metric, STEADY * 2)
    baseline = BaselineFactory(organization=scoped, metric=metric, starts_on=day(6))
    elsewhere = MetricFactory(organization=scoped)
    manager.post(f"{BASELINES}{baseline.pk}/edit/", typed(elsewhere, version=baseline.version))
    assert Baseline.objects.get().metric == metric


def test_contributor_reads_baselines_and_does_not_change_them(contributor, metric, address):
    a_series(metric, STEADY)
    assert 'name="starts_on"' not in text_of(contributor.get(address))
    assert contributor.post(BASELINES, typed(metric)).status_code == 403


# --- Owner and actions ----------------------------------------------------------------------------


def test_page_names_owner_and_actions(viewer, scoped, metric, address):
    OwnershipFactory(
        organization=scoped, metric=metric, member=MemberFactory(organization=scoped, name="Priya")
    )
    ActionFactory(organization=scoped, metric=metric, what="Second desk", due=date(2020, 1, 1))
    ActionFactory(organization=scoped, metric=MetricFactory(organization=scoped), what="Somewhere else")
    actions = section(viewer.get(address), "actions")
    assert "Priya can take action" in actions
    assert "Second desk" in actions and "late" in actions
    assert "Somewhere else" not in actions


@pytest.mark.parametrize(
    "since, sentence, reopens",
    [
        ([99] * 4, "It helped.", False),
        ([20] * 4, "Worse since.", True),
        ([64, 66, 63, 65], "No lasting difference that can be told from noise.", True),
        ([64], "Too early: 3 more figures are needed.", False),
    ],
)
def test_action_that_did_not_help_can_be_reopened(manager, metric, address, since, sentence, reopens):
    a_series(metric, STEADY + since)
    action = done(metric, after=11, what="Second desk")
    response = manager.get(address)
    actions = section(response, "actions")
    assert sentence in actions
    assert ("Reopen Second desk" in actions) == reopens
    assert "1. Second desk (Jan. 12, 2026)" in unescape(drawings_in(response)[0])
    posted = {"status": "under-way", "version": action.version, "page": address}
    assert manager.post(f"/o/enfield/plan/actions/{action.pk}/status/", posted).url == address
    action.refresh_from_db()
    assert (action.status, action.done_on) == (Status.UNDER_WAY, None)


def test_contributor_reopens_own_actions_only(contributor, scoped, metric, address):
    a_series(metric, STEADY * 2)
    done(metric, after=11, what="Mine", who=Member.objects.get(user=contributor.user))
    done(metric, after=11, what="Theirs")
    actions = section(contributor.get(address), "actions")
    assert "Reopen Mine" in actions and "Theirs" in actions
    assert "Reopen Theirs" not in actions


def test_viewer_reopens_nothing(viewer, metric, address):
    a_series(metric, STEADY * 2)
    done(metric, after=11)
    assert "No lasting difference" in section(viewer.get(address), "actions")
    assert "Reopen" not in section(viewer.get(address), "actions")


def test_actions_done_are_numbered_by_their_days(viewer, metric, address):
    a_series(metric, STEADY * 2)
    done(metric, after=20, what="Later")
    done(metric, after=8, what="Sooner")
    ActionFactory(organization=metric.organization, metric=metric, what="Dropped", status=Status.DROPPED)
    actions = section(viewer.get(address), "actions")
    assert actions.index("Sooner") < actions.index("Later")
    assert "Dropped" not in actions
    figures = unescape(drawings_in(viewer.get(address))[0])
    assert "1. Sooner" in figures and "2. Later" in figures
