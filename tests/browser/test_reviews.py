"""A review prepared, held by keyboard and closed; the next one shows the differences."""

from datetime import date

import pytest
from playwright.sync_api import expect

from actionplans.models import Action, Review
from metrics.models import Metric
from tests import factories
from victory.tenancy import organization_scope


def missed(organization, name):
    metric = factories.MetricFactory(organization=organization, measured_by=name)
    factories.TargetFactory(organization=organization, metric=metric)
    for month in range(1, 5):
        factories.MeasurementFactory(
            organization=organization, metric=metric, date=date(2026, month, 28), value=60 - month
        )
    return Metric.objects.get(pk=metric.pk)


@pytest.fixture
def metrics(organization):
    """Three metrics, two of them not met."""
    with organization_scope(organization):
        answered, wait = missed(organization, "calls answered"), missed(organization, "mail answered")
        met = missed(organization, "doors opened")
        factories.MeasurementFactory(organization=organization, metric=met, date=date(2026, 5, 1), value=99)
    return answered, wait, met


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def prepare(page, go, day, who):
    go("reviews/")
    page.get_by_label("Date").fill(day)
    page.get_by_label("Who takes part").fill(who)
    page.get_by_label("Who takes part").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Review of")


def test_review_is_prepared_held_by_keyboard_and_closed_and_the_next_one_shows_the_differences(
    page, enter, go, organization, metrics
):
    enter()
    prepare(page, go, "2026-06-01", "Ana Costa; Tom Okafor")
    expect(page.get_by_text("The first review")).to_be_visible()

    # Held, without a mouse
    page.get_by_role("link", name="Hold it").press("Enter")
    expect(page.get_by_role("heading", name="calls answered")).to_be_visible()
    expect(page.get_by_text("1 of 2")).to_be_visible()
    press(page, "d")
    expect(page.get_by_label("Note or decision")).to_be_focused()
    page.keyboard.type("Not enough people on Mondays, as n says.")
    press(page, "Escape", "a")
    page.keyboard.type("Second desk on Mondays")
    press(page, "Tab")
    page.keyboard.type("Ana Costa")
    press(page, "Tab")
    page.keyboard.type("07012026")
    press(page, "Enter")
    decided = page.get_by_role("link", name="Second desk on Mondays")
    expect(decided).to_be_visible()
    press(page, "Tab")
    expect(decided).to_be_focused()
    expect(page.get_by_label("Note or decision")).to_have_value("Not enough people on Mondays, as n says.")
    press(page, "n")
    expect(page.get_by_role("heading", name="mail answered")).to_be_visible()
    expect(page.get_by_text("2 of 2")).to_be_visible()
    press(page, "o")
    page.keyboard.type("Tom Okafor")
    press(page, "Enter")
    expect(page.get_by_role("combobox", name="Who can take action")).to_have_value("Tom Okafor")
    press(page, "ArrowLeft")
    expect(page.get_by_role("heading", name="calls answered")).to_be_visible()
    press(page, "ArrowRight")
    expect(page.get_by_role("heading", name="mail answered")).to_be_visible()
    press(page, "n")

    # Closed
    expect(page.get_by_role("heading", name="Findings, decisions")).to_be_visible()
    page.get_by_label("Findings").fill("Mondays are too thin.")
    page.get_by_label("Decisions").fill("A second desk.")
    page.get_by_label("Next review on").fill("2026-09-01")
    page.get_by_role("button", name="Close the review for good").press("Enter")
    expect(page.get_by_text("can no longer change")).to_be_visible()
    expect(page.get_by_text("Not enough people on Mondays")).to_be_visible()
    with organization_scope(organization):
        review = Review.objects.get()
        assert review.is_closed and review.lines.count() == 3
        assert Action.objects.get().decided_in == review

    # The next one
    answered, _wait, met = metrics
    for metric, value in ((answered, 95), (met, 20)):
        factories.MeasurementFactory(
            organization=organization, metric=metric, date=date(2026, 8, 1), value=value
        )
    go("reviews/")
    expect(page.get_by_label("Date")).to_have_value("2026-09-01")
    prepare(page, go, "2026-09-01", "Ana Costa")
    flips = page.get_by_role("region", name="Changed verdicts")
    expect(flips.get_by_role("row", name="calls answered")).to_contain_text("Met")
    expect(flips.get_by_role("row", name="doors opened")).to_contain_text("Not met")
    expect(flips.get_by_text("mail answered")).to_have_count(0)
    promised = page.get_by_role("region", name="Decided last time", exact=True)
    expect(promised.get_by_text("Second desk on Mondays")).to_be_visible()
    expect(page.get_by_text("Mondays are too thin.")).to_be_visible()


def test_keys_can_be_switched_off_and_stay_off(page, enter, go, organization, metrics):
    with organization_scope(organization):
        review = factories.ReviewFactory(organization=organization, on=date(2026, 6, 1))
    enter()
    go(f"reviews/{review.pk}/hold/{metrics[0].pk}/")
    page.get_by_label("Keys").uncheck()
    for _ in range(2):
        press(page, "n", "d")
        expect(page.get_by_role("heading", name="calls answered")).to_be_visible()
        expect(page.get_by_label("Note or decision")).not_to_be_focused()
        page.reload()
    page.get_by_label("Keys").check()
    press(page, "n")
    expect(page.get_by_role("heading", name="mail answered")).to_be_visible()


def test_review_is_held_and_closed_without_javascript(browser, live_server, enter, organization, metrics):
    context = browser.new_context(java_script_enabled=False)
    enter(context=context)
    page = context.new_page()
    page.goto(f"{live_server.url}/o/enfield/reviews/")
    page.get_by_label("Date").fill("2026-06-01")
    page.get_by_role("button", name="Prepare").click()
    page.get_by_role("link", name="Hold it").click()
    page.get_by_label("Note or decision").fill("Mondays.")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Close the review for good").click()
    expect(page.get_by_text("can no longer change").first).to_be_visible()
    expect(page.get_by_role("cell", name="Mondays.")).to_be_visible()
    page.get_by_role("link", name="Minutes to print").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Review of June 1, 2026")
    context.close()


def test_note_typed_on_the_way_to_the_next_metric_is_not_lost(page, enter, go, organization, metrics):
    with organization_scope(organization):
        review = factories.ReviewFactory(organization=organization, on=date(2026, 6, 1))
    enter()
    go(f"reviews/{review.pk}/hold/{metrics[0].pk}/")
    press(page, "d")
    page.keyboard.type("Mondays.")
    press(page, "Escape", "n")
    expect(page.get_by_role("heading", name="mail answered")).to_be_visible()
    with organization_scope(organization):
        assert review.lines.get().note == "Mondays."


def test_action_that_is_not_decided_yet_is_not_left_behind_unsaid(page, enter, go, organization, metrics):
    with organization_scope(organization):
        review = factories.ReviewFactory(organization=organization, on=date(2026, 6, 1))
    enter()
    go(f"reviews/{review.pk}/hold/{metrics[0].pk}/")
    press(page, "a")
    page.keyboard.type("Second desk on Mondays")
    press(page, "Escape", "n")
    expect(page.get_by_text("The action is not decided yet.")).to_be_visible()
    expect(page.get_by_label("Action", exact=True)).to_be_focused()
    expect(page.get_by_label("Action", exact=True)).to_have_value("Second desk on Mondays")
    press(page, "Escape", "n")
    expect(page.get_by_role("heading", name="mail answered")).to_be_visible()
