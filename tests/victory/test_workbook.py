"""The state of the six steps: derived from what is there, with the one next thing to do."""

from datetime import date

import pytest

from tests import factories

PAGE = "/o/enfield/"


def page_of(response) -> str:
    return response.content.decode()


def state(client, step: str):
    workbook = client.get(PAGE).context["workbook"]
    return next(state for state in workbook.steps if state.step == step)


def gaps(client, step: str) -> list[str]:
    return [gap.text for gap in state(client, step).gaps]


def call(page: str) -> str:
    """What the page says is the next thing to do."""
    return page.split('<p class="what">')[1].split("</section>")[0]


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_page_asks_the_database_the_same_number_of_times(manager, scoped, django_assert_num_queries, rows):
    customers = factories.many(factories.CustomerFactory, rows, organization=scoped)
    needs = factories.many(factories.NeedFactory, rows, organization=scoped, customer=customers)
    deliverables = factories.many(factories.DeliverableFactory, rows, organization=scoped)
    linked = {"organization": scoped, "deliverable": deliverables}
    factories.many(factories.TranslationFactory, rows, need=needs, **linked)
    factories.many(factories.MetricFactory, rows, **linked)

    with django_assert_num_queries(6):
        manager.get(PAGE)


def test_empty_workbook_begins_with_the_focus_statement(manager, scoped):
    page = page_of(manager.get(PAGE))

    assert "There is no view of perfection yet." in call(page)
    assert 'href="/o/enfield/focus/#id_view_of_perfection"' in call(page)
    assert page.count("not begun") >= 6


def test_next_thing_to_do_leads_a_viewer_to_the_page_of_the_step(viewer, scoped):
    page = page_of(viewer.get(PAGE))

    assert "There is no view of perfection yet." in call(page)
    assert 'class="button" href="/o/enfield/focus/"' in call(page)
    assert viewer.get("/o/enfield/focus/").text.count('#id_view_of_perfection"') == 0


def test_focus_is_complete_with_an_adopted_statement_and_rights(manager, scoped):
    factories.FocusStatementFactory(organization=scoped, revision=1, adopted_on=date(2026, 1, 5))
    assert (state(manager, "focus").status, gaps(manager, "focus")) == (
        "part", ["The Customer Bill of Rights is empty."],
    )  # fmt: skip

    factories.CustomerRightFactory(organization=scoped)

    assert state(manager, "focus").status == "done"
    assert "No customers are listed yet." in call(page_of(manager.get(PAGE)))


def test_focus_names_a_draft_that_waits(manager, scoped):
    factories.FocusStatementFactory(organization=scoped, revision=1)
    factories.CustomerRightFactory(organization=scoped)
    assert gaps(manager, "focus") == ["The customer focus statement is not adopted."]

    factories.FocusStatementFactory(organization=factories.OrganizationFactory(), adopted_on=date(2026, 1, 5))
    assert gaps(manager, "focus") == ["The customer focus statement is not adopted."]


def test_focus_names_a_new_draft_after_an_adopted_one(manager, scoped):
    factories.FocusStatementFactory(organization=scoped, revision=1, adopted_on=date(2026, 1, 5))
    factories.FocusStatementFactory(organization=scoped, revision=2)
    factories.CustomerRightFactory(organization=scoped)

    assert gaps(manager, "focus") == ["A new draft waits to be adopted."]


def test_drivers_step_names_each_gap_and_is_complete_without(manager, scoped):
    customer = factories.CustomerFactory(organization=scoped, name="Residents")
    deliverable = factories.DeliverableFactory(organization=scoped, name="Answers")
    criterion = factories.CriterionFactory(organization=scoped)

    assert gaps(manager, "drivers") == [
        "Residents is in no customer group.",
        "Residents is not scored on every criterion.",
        "No customer driver is chosen.",
        "Answers is a deliverable nobody depends on.",
    ]

    factories.ScoreFactory(organization=scoped, customer=customer, criterion=criterion)
    factories.DeliveryFactory(organization=scoped, customer=customer, deliverable=deliverable)
    factories.DriverChoiceFactory(organization=scoped, customer=customer)
    customer.group = factories.CustomerGroupFactory(organization=scoped)
    customer.save()
    assert gaps(manager, "drivers") == ["The drivers are not put into words yet."]

    factories.DriverStatementFactory(organization=scoped)
    assert state(manager, "drivers").status == "done"


def test_needs_step_names_a_driver_without_needs_and_a_need_without_deliverable(manager, scoped):
    customer = factories.CustomerFactory(organization=scoped, name="Residents")
    factories.DriverChoiceFactory(organization=scoped, customer=customer)
    assert gaps(manager, "needs") == ["Residents is a driver without needs."]

    need = factories.NeedFactory(organization=scoped, customer=customer, text="A short wait")
    assert gaps(manager, "needs") == ["A short wait is a need no deliverable answers."]

    factories.TranslationFactory(organization=scoped, need=need)
    assert (state(manager, "needs").status, gaps(manager, "needs")) == ("done", [])


def test_gap_shows_markup_in_a_name_as_text(manager, scoped):
    factories.CustomerFactory(organization=scoped, name="<b>{0}</b>")

    assert "&lt;b&gt;{0}&lt;/b&gt;</a> is in no customer group." in page_of(
        manager.get("/o/enfield/drivers/")
    )


@pytest.mark.parametrize("page", ["focus/", "drivers/", "needs/"])
def test_stepper_marks_the_step_that_is_shown(viewer, scoped, page):
    shown = page_of(viewer.get(PAGE + page))

    assert shown.count('aria-current="step"') == 1
    assert f'href="/o/enfield/{page}" aria-current="step"' in shown


def test_stepper_marks_the_step_of_a_row_on_a_page_of_its_own(manager, scoped):
    customer = factories.CustomerFactory(organization=scoped)

    assert 'href="/o/enfield/drivers/" aria-current="step"' in page_of(
        manager.get(f"/o/enfield/drivers/customers/{customer.pk}/edit/")
    )


def test_page_after_a_refused_post_refreshes_itself_from_an_address_that_can_be_read(manager, scoped):
    page = page_of(manager.post("/o/enfield/focus/save/", {"statement": "x" * 10_001}))

    assert 'hx-get="/o/enfield/focus/" hx-trigger="workbook-changed from:body"' in page
