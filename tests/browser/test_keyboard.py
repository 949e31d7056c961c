"""The main job by keyboard alone, and the things a keyboard is used for in a spreadsheet."""

from playwright.sync_api import expect

from customers.models import Customer
from tests import factories
from victory.tenancy import organization_scope

NAME_OF = "it => it.getAttribute('aria-label') || it.labels?.[0]?.innerText || it.innerText"


def tab_to(page, label: str, most: int = 60):
    """Press Tab until the element of this name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        name = page.evaluate(f"({NAME_OF})(document.activeElement)")
        if name and name.strip().startswith(label):
            return
    raise AssertionError(f"“{label}” was not reached with {most} tabs")


def test_rows_are_typed_one_after_another(page, enter, go, organization):
    enter()
    go("drivers/")
    page.locator("#criteria-add-name").focus()
    for name in ("Income", "Mission"):
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name=f"Edit {name}")).to_be_visible()
        expect(page.locator("#criteria-add-name")).to_be_focused()


def test_escape_leaves_a_row_as_it_was(page, enter, go, organization):
    factories.CriterionFactory(organization=organization, name="Income")
    enter()
    go("drivers/")
    tab_to(page, "Edit Income")
    page.keyboard.press("Enter")
    expect(page.locator("#criteria tbody.entry:not(.add) input").first).to_be_focused()
    page.keyboard.type("Something else")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Edit Income")).to_be_visible()


def test_refused_score_has_the_focus_again_and_moves_no_column(page, enter, go, organization):
    factories.CriterionFactory(organization=organization, name="Income")
    for name in ("Residents", "Visitors"):
        factories.CustomerFactory(organization=organization, name=name)
    enter()
    go("drivers/")
    cell = page.get_by_label("Residents: Income")
    place = cell.bounding_box()["x"]
    cell.focus()
    page.keyboard.type("11")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Income: “11” is not on the scale")).to_be_visible()
    expect(cell).to_be_focused()
    expect(cell).to_have_attribute("aria-invalid", "true")
    assert cell.bounding_box()["x"] == place

    page.keyboard.type("9")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is not on the scale")).to_have_count(0)
    expect(cell).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Visitors: Income")).to_be_focused()


def test_saved_row_has_the_focus_after_its_button(page, enter, go, organization):
    factories.CriterionFactory(organization=organization, name="Income")
    enter()
    go("drivers/")
    for name, press in (
        ("Budget", lambda button: button.press("Enter")),
        ("Turnover", lambda button: button.click()),
    ):
        page.locator("#criteria tbody:not(.entry)").get_by_role("link").press("Enter")
        page.locator("#criteria tbody.entry:not(.add) input").first.fill(name)
        with page.expect_response("**/drivers/"):  # what else is on the page is renewed
            press(page.locator("#criteria").get_by_role("button", name="Save"))
        expect(page.get_by_role("link", name=f"Edit {name}")).to_be_focused()


def test_scores_are_typed_down_the_column(page, enter, go, organization):
    criterion = factories.CriterionFactory(organization=organization, name="Income")
    for name in ("Residents", "Visitors"):
        factories.CustomerFactory(organization=organization, name=name)
    enter()
    go("drivers/")
    page.get_by_label("Residents: Income").focus()
    for score in ("9", "4"):
        page.keyboard.type(score)
        page.keyboard.press("Enter")
    expect(page.locator("#ranking")).to_contain_text("Firm")
    with organization_scope(organization):
        scores = dict(Customer.objects.values_list("name", "scores__value"))
    assert scores == {"Residents": 9, "Visitors": 4}
    assert criterion.weight == 1


def test_leaving_a_figure_is_said_to_save_it_only_where_it_does(browser, enter, live_server, organization):
    factories.MetricFactory(organization=organization)
    for scripted in (True, False):
        context = browser.new_context(java_script_enabled=scripted)
        enter(context=context)
        page = context.new_page()
        page.goto(f"{live_server.url}/o/enfield/performance/")
        expect(page.get_by_text("leaving a changed field saves it")).to_be_visible(visible=scripted)
        expect(page.get_by_text("saved with the button beside it")).to_be_visible(visible=not scripted)
        context.close()


def test_a_deleted_row_comes_back_by_keyboard(page, enter, go, organization):
    factories.CriterionFactory(organization=organization, name="Income")
    enter()
    go("drivers/")
    page.get_by_role("link", name="Edit Income").press("Enter")
    expect(page.locator("#criteria tbody.entry:not(.add) input").first).to_be_focused()
    page.get_by_role("button", name="Delete").press("Enter")
    expect(page.get_by_text("Deleted “Income”.")).to_be_visible()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("“Income” is back.")).to_be_visible()


def test_scores_typed_faster_than_they_are_saved_are_all_kept(page, enter, go, organization):
    for name in ("Income", "Mission", "Trust"):
        factories.CriterionFactory(organization=organization, name=name)
    factories.CustomerFactory(organization=organization, name="Residents")
    enter()
    go("drivers/")
    page.get_by_label("Residents: Income").focus()
    for score in ("4", "2", "6"):
        page.keyboard.type(score)
        page.keyboard.press("Tab")
        page.wait_for_timeout(200)
    expect(page.locator("#ranking")).to_contain_text("12")
    with organization_scope(organization):
        assert sorted(Customer.objects.values_list("scores__value", flat=True)) == [2, 4, 6]


def test_score_typed_the_moment_its_grid_was_renewed_is_saved_like_any_other(page, enter, go, organization):
    for name in ("Income", "Mission"):
        factories.CriterionFactory(organization=organization, name=name)
    factories.CustomerFactory(organization=organization, name="Residents")
    enter()
    go("drivers/")
    # A mutation is told right after the script that made it: sooner than any hand could type.
    page.evaluate("""() => new MutationObserver((_, observer) => {
      const cell = document.querySelector("[data-cell][aria-label='Residents: Mission']");
      if (window.cellOfBefore === cell) return;
      observer.disconnect();
      cell.value = "3";
      cell.dispatchEvent(new Event("change", { bubbles: true }));
    }).observe(document.body, { childList: true, subtree: true })""")
    page.evaluate(
        "window.cellOfBefore = document.querySelector(\"[data-cell][aria-label='Residents: Mission']\")"
    )
    page.get_by_label("Residents: Income").fill("4")
    page.keyboard.press("Tab")
    expect(page.locator("#ranking")).to_contain_text("7")
    assert page.evaluate("window.cellOfBefore !== undefined"), (
        "the page was sent and read anew as if without scripts"
    )
    with organization_scope(organization):
        assert sorted(Customer.objects.values_list("scores__value", flat=True)) == [3, 4]


def test_reordering_is_left_again_by_its_link(page, enter, go, organization):
    for name in ("Income", "Mission"):
        factories.CriterionFactory(organization=organization, name=name)
    enter()
    go("drivers/")
    page.get_by_role("link", name="Reorder Criteria for Success").click()
    page.get_by_role("button", name="Move Income down").click()
    expect(page.locator("#criteria tbody").first).to_contain_text("Mission")
    page.get_by_role("link", name="Done reordering Criteria for Success").click()
    expect(page.get_by_role("link", name="Edit Income")).to_be_visible()
