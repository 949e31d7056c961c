"""A manager fills all six steps of an empty organization through the pages, with published figures.

The figures are those that Enfield Council published on its page "Customer service commitment" for
1 April 2018 to 31 March 2019, pasted as they stand. By hand they come to 4 met and 6 not met.
"""

import re

from playwright.sync_api import Page, expect

PUBLISHED = """\
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


class Workbook:
    """The pages as a manager uses them."""

    def __init__(self, page: Page):
        self.page = page

    def next_step(self, name: str):
        self.page.get_by_role("link", name=f"Next: {name}").click()

    def add(self, sheet: str, **cells: str):
        """Type a new row into the open row of a sheet, and press Enter in its last field."""
        table = self.page.get_by_role("region", name=sheet, exact=True)
        rows = table.locator("tbody:not(.add)")
        before = rows.count()
        for label, text in cells.items():
            field = table.locator(".add").get_by_label(label.replace("_", " "))
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=text)
            else:
                field.fill(text)
        field.press("Enter")
        expect(rows).to_have_count(before + 1)

    def start_with_what_is_offered(self, sheet: str):
        table = self.page.get_by_role("region", name=sheet, exact=True)
        table.get_by_role("button", name="Take these to start with").click()

    def enter(self, cell: str, text: str):
        """Type into a cell of a grid and go on with Enter, which saves it."""
        field = self.page.get_by_label(cell, exact=True)
        field.fill(text)
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            field.press("Enter")


def test_a_manager_fills_the_workbook_and_finds_4_met_and_6_not_met(page, enter, go):
    enter()
    go()
    workbook = Workbook(page)
    expect(page.get_by_text("There is no view of perfection yet.")).to_be_visible()
    page.get_by_role("link", name="Go on with: Focus statement").click()

    write_the_focus_statement(page, workbook)
    choose_the_drivers(page, workbook)
    name_the_needs(page, workbook)
    paste_the_published_metrics(page, workbook)
    look_at_the_verdicts(page, workbook)
    plan_the_actions(page, workbook)
    find_it_all_on_the_dashboard(page)


def write_the_focus_statement(page: Page, workbook: Workbook):
    page.get_by_label("View of perfection").fill("Nobody waits, and every promise is kept.")
    page.get_by_label("Customer focus statement").fill("We answer before you have to ask twice.")
    page.get_by_role("button", name="Adopt this text").click()
    expect(page.get_by_text("Revision 1 is in force.")).to_be_visible()
    workbook.start_with_what_is_offered("Customer Bill of Rights")
    expect(page.get_by_text("Nothing. This step is complete.")).to_be_visible()
    workbook.next_step("Customer drivers")


def choose_the_drivers(page: Page, workbook: Workbook):
    workbook.start_with_what_is_offered("Customer groups")
    workbook.add(
        "Outputs and deliverables", **{"Output/Deliverable(s)": "Telephone answers", "Customers": "Residents"}
    )
    workbook.add(
        "Outputs and deliverables",
        **{"Output/Deliverable(s)": "Complaint answers", "Customers": "Residents; Elected members"},
    )
    page.reload()
    for customer, group in (("Residents", "End-user"), ("Elected members", "Internal")):
        customers = page.get_by_role("region", name="Customers", exact=True)
        customers.get_by_role("link", name=f"Edit {customer}").click()
        customers.locator(".entry:not(.add)").get_by_label("Customer Group").select_option(label=group)
        customers.get_by_role("button", name="Save").click()
        expect(customers.locator(".entry:not(.add)")).to_have_count(0)
    workbook.add("Criteria for Success", Criteria_for_Success="Mission impact", Weight="5")
    workbook.add("Criteria for Success", Criteria_for_Success="Profitability", Weight="2")
    for cell, score in (
        ("Residents: Mission impact", "9"),
        ("Residents: Profitability", "6"),
        ("Elected members: Mission impact", "5"),
        ("Elected members: Profitability", "3"),
    ):
        workbook.enter(cell, score)
    expect(page.get_by_text("Firm: even if every weight moved by a tenth")).not_to_have_count(0)
    workbook.add(
        "My customer driver(s) are:", Customer_driver="Residents", Because="Most of what we do is for them."
    )
    page.get_by_label("My customer driver(s) are").last.fill(
        "Residents drive us: they have nobody else to turn to."
    )
    expect(page.get_by_text("Saved at")).to_be_visible()
    expect(page.get_by_text("Nothing. This step is complete.")).to_be_visible()
    workbook.next_step("Needs & expectations")


def name_the_needs(page: Page, workbook: Workbook):
    meets = "I meet customer needs and expectations by:"
    depends = "They depend on me for:"
    workbook.add(
        "Residents",
        **{
            depends: "somebody answers",
            "Importance": "5 decisive",
            "Aspect of satisfaction": "Time, speed, responsiveness",
            meets: "Telephone answers",
        },
    )
    workbook.add(
        "Elected members",
        **{depends: "a complaint is closed", "Importance": "4 high", meets: "Complaint answers"},
    )
    workbook.enter("a complaint is closed: Telephone answers", "1")
    expect(page.get_by_text("Nothing. This step is complete.")).to_be_visible()
    workbook.next_step("Metrics")


def paste_the_published_metrics(page: Page, workbook: Workbook):
    workbook.add(
        "Complaint answers",
        **{
            "My customers are satisfied when:": "somebody cares",
            "I measure this by:": "a person answers",
            "Target": "yes",
        },
    )
    page.get_by_role("link", name="Paste rows into Telephone answers").click()
    page.get_by_label("The copied cells").fill(PUBLISHED)
    page.get_by_role("button", name="Read the cells").click()
    expect(page.get_by_text("at most 3\xa0min")).to_have_count(2)
    page.get_by_role("button", name="Take 10 rows").click()
    expect(page.get_by_text("10 rows taken.")).to_be_visible()
    workbook.next_step("Performance")


def look_at_the_verdicts(page: Page, workbook: Workbook):
    for metric, figure in (
        ("Complaints closed within 10 working days", "59 %"),
        ("Telephone contact centre telephones - average wait time", "4 min 22 s"),
    ):
        expect(page.get_by_label(metric, exact=True)).to_have_value(re.compile(figure.replace(" ", r"\s")))
    page.get_by_label("a person answers", exact=True).select_option(label="yes")
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 met · 6 not met")).to_be_visible()
    page.get_by_label("a person answers", exact=True).select_option(index=0)
    page.keyboard.press("Enter")
    expect(page.get_by_text("4 met · 6 not met")).to_be_visible()
    workbook.next_step("Action plan")


def plan_the_actions(page: Page, workbook: Workbook):
    missed = page.locator("#owners tbody").get_by_role("row").filter(has_text="Not met")
    expect(missed).to_have_count(6)
    first = missed.first.get_by_role("combobox")
    first.fill("Complaints lead")
    first.press("Enter")
    expect(page.get_by_text("Complaints lead is new here")).to_be_visible()
    workbook.add(
        "Action Plan",
        **{
            "Customer Metric": "Not met: Complaints closed within 10 working days (Telephone answers)",
            "Action": "Second desk on Mondays",
            "Who": "Complaints lead",
            "Status": "under way",
            "When": "2030-12-12",
        },
    )
    expect(page.get_by_text("Complaints closed within 10 working days has no owner")).to_have_count(0)
    expect(missed.first.get_by_text("no action is planned")).to_have_count(0)


def find_it_all_on_the_dashboard(page: Page):
    page.get_by_role("link", name="Next: see how you stand").click()
    expect(page.get_by_text("4 met, 6 not met, 1 not measured")).to_be_visible()
    first = page.locator("#metrics tbody").get_by_role("row").first
    expect(first).to_contain_text("Complaints closed within 10 working days")
    expect(first).to_contain_text("Second desk on Mondays")
    page.get_by_role("link", name="Thread", exact=True).click()
    page.get_by_role("link", name="Second desk on Mondays").click()
    for link in ("Residents", "somebody answers", "Telephone answers"):
        expect(page.get_by_role("link", name=link, exact=True).first).to_be_visible()
    expect(page.get_by_role("link", name="Complaint answers", exact=True)).to_have_count(0)
