"""Two browsers on one row, on one grid and on one review: nothing that either typed is lost."""

import pytest
from playwright.sync_api import expect

from actionplans.models import ReviewLine
from customers.models import Score
from metrics.models import Measurement
from tests import factories
from victory.models import CustomerRight
from victory.tenancy import organization_scope

pytestmark = pytest.mark.protects("overwrites")


@pytest.fixture
def pages(page, browser, enter, live_server):
    """Two managers, each in a browser of their own, on the same page."""
    context = browser.new_context()

    def pages(path):
        enter()
        enter(context=context)
        both = page, context.new_page()
        for each in both:
            each.goto(f"{live_server.url}/o/enfield/{path}")
            each.wait_for_load_state("networkidle")
        return both

    yield pages
    context.close()


def edit_right(page, text):
    row = page.locator(".entry:not(.add)")
    row.locator("input:not([type=hidden])").fill(text)
    row.get_by_role("button", name="Save", exact=True).click()


def test_two_on_one_row(pages, organization, accessible):
    factories.CustomerRightFactory(organization=organization, text="A prompt answer")
    mine, theirs = pages("focus/")
    for each in (mine, theirs):
        each.get_by_role("link", name="Edit A prompt answer").click()
    edit_right(theirs, "A prompt reply")
    expect(theirs.get_by_role("cell", name="A prompt reply", exact=True)).to_be_visible()

    edit_right(mine, "A prompt and full answer")

    expect(mine.locator(".theirs .stored")).to_have_text("Now stored: A prompt reply")
    expect(mine.locator(".theirs ins")).to_have_text(" reply")
    expect(mine.locator(".theirs del")).to_have_text(" and full answer")
    accessible()
    take = mine.get_by_role("button", name="Take theirs")
    take.focus()
    take.press("Enter")
    expect(mine.get_by_role("cell", name="A prompt reply", exact=True)).to_be_visible()
    mine.reload()
    expect(mine.locator(".offered")).to_have_count(0)
    mine.get_by_role("link", name="Edit A prompt reply").click()
    edit_right(mine, "A prompt and full reply")
    expect(mine.get_by_role("cell", name="A prompt and full reply", exact=True)).to_be_visible()
    with organization_scope(organization):
        assert CustomerRight.objects.get().text == "A prompt and full reply"


def test_two_on_one_grid(pages, organization):
    customer = factories.CustomerFactory(organization=organization, name="Residents")
    income = factories.CriterionFactory(organization=organization, name="Income")
    factories.CriterionFactory(organization=organization, name="Mission")
    factories.ScoreFactory(organization=organization, customer=customer, criterion=income, value=1)
    mine, theirs = pages("drivers/")

    theirs.get_by_label("Residents: Income").fill("8")
    with theirs.expect_response("**/drivers/scores/**"):
        theirs.get_by_label("Residents: Income").press("Enter")
    theirs.get_by_label("Residents: Mission").fill("5")
    with theirs.expect_response("**/drivers/scores/**"):
        theirs.get_by_label("Residents: Mission").press("Enter")
    mine.get_by_label("Residents: Income").fill("9")
    mine.get_by_label("Residents: Income").press("Enter")

    expect(mine.get_by_text("entered 8 meanwhile. Enter yours again to replace it")).to_be_visible()
    expect(mine.get_by_label("Residents: Income")).to_have_value("9")
    with organization_scope(organization):
        assert set(Score.objects.values_list("value", flat=True)) == {8, 5}

    with mine.expect_response("**/drivers/scores/**"):
        mine.get_by_label("Residents: Income").press("Enter")
    with organization_scope(organization):
        assert set(Score.objects.values_list("value", flat=True)) == {9, 5}


def test_two_on_one_figure(pages, organization):
    metric = factories.TargetFactory(organization=organization).metric
    mine, theirs = pages("performance/")

    theirs.get_by_label(metric.measured_by, exact=True).fill("8")
    theirs.get_by_label(f"Note on {metric}").fill("strike week")
    with theirs.expect_response("**/performance/**"):
        theirs.get_by_label(f"Note on {metric}").press("Enter")
    cell = mine.get_by_label(metric.measured_by, exact=True)
    cell.fill("9")
    cell.press("Tab")
    expect(mine.get_by_text("“strike week” meanwhile. Enter yours again to replace it")).to_be_visible()

    sent = []
    mine.on("request", lambda request: sent.append(request.method))
    cell.focus()
    cell.press("Tab")  # going through it replaces nothing
    cell.press("Control+a")
    mine.keyboard.type("9")
    cell.press("Tab")
    expect(mine.get_by_text("meanwhile. Enter yours again to replace it")).to_have_count(0)
    assert sent.count("POST") == 1
    with organization_scope(organization):
        assert Measurement.objects.get().value == 9


def test_two_on_one_review(pages, organization):
    review = factories.ReviewFactory(organization=organization)
    metric = factories.TargetFactory(organization=organization).metric
    mine, theirs = pages(f"reviews/{review.pk}/hold/{metric.pk}/")

    theirs.get_by_role("textbox", name="Note or decision").fill("Look at Mondays.")
    expect(theirs.get_by_text("Saved at")).to_be_visible()
    mine.get_by_role("textbox", name="Note or decision").fill("Look at Fridays.")

    expect(mine.locator(".theirs .stored")).to_have_text("Now stored: Look at Mondays.")
    expect(mine.get_by_role("textbox", name="Note or decision")).to_have_value("Look at Fridays.")
    with organization_scope(organization):
        assert ReviewLine.objects.get().note == "Look at Mondays."

    mine.get_by_role("button", name="Next").click()  # the decision to keep mine
    mine.wait_for_url("**/close/")
    with organization_scope(organization):
        line = ReviewLine.objects.get()
        assert line.note == "Look at Fridays."
        assert [each.note for each in line.history.all()] == ["Look at Fridays.", "Look at Mondays."]
