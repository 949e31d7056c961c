"""Typing a new row into a worksheet: with JavaScript as a piece of the table, without as a page."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from customers.models import Criterion, Customer, CustomerGroup, Deliverable, Need
from tests import factories
from victory.models import CustomerRight, Note

DELIVERABLES = "/o/enfield/drivers/deliverables/"
CUSTOMERS = "/o/enfield/drivers/customers/"
CRITERIA = "/o/enfield/drivers/criteria/"
CHOICES = "/o/enfield/drivers/choices/"
RIGHTS = "/o/enfield/focus/rights/"
NEEDS = "/o/enfield/needs/needs/"
NOTES = "/o/enfield/notes/notes/"


def page_of(response) -> str:
    return response.content.decode()


def test_add_saves_the_row_and_returns_to_its_sheet(manager, scoped):
    response = manager.post(CUSTOMERS, {"name": "Residents"})

    customer = Customer.objects.get()
    assert customer.organization == scoped
    assert response.status_code == 302
    assert response.url == f"/o/enfield/drivers/#customers-{customer.pk}"


def test_add_with_htmx_answers_with_the_row_and_the_next_empty_one(manager_htmx, scoped):
    response = manager_htmx.post(CUSTOMERS, {"name": "Residents"})

    page = page_of(response)
    assert response["HX-Trigger"] == "workbook-changed"
    assert f'id="customers-{Customer.objects.get().pk}"' in page
    assert 'id="customers-add"' in page and "autofocus" in page
    assert page.count("<td>Residents<") == 1 and 'value="Residents"' not in page
    assert "<html" not in page


def test_add_puts_the_row_at_the_end(manager, scoped):
    factories.CustomerFactory(organization=scoped, name="Residents", position=7)

    manager.post(CUSTOMERS, {"name": "Businesses"})

    assert [customer.name for customer in Customer.objects.all()] == ["Residents", "Businesses"]


@pytest.mark.parametrize(
    ("address", "typed", "message"),
    [
        (CUSTOMERS, {"name": "   "}, "This field is required."),
        (CUSTOMERS, {"name": "x" * 121}, "at most 120 characters (it has 121)"),
        (CUSTOMERS, {"name": "Resi\x07dents"}, "(U+0007)"),
        (CRITERIA, {"name": "Income", "weight": "-1"}, "A weight cannot be negative."),
        (CRITERIA, {"name": "Income", "weight": "much"}, "Enter a number."),
        (CRITERIA, {"name": "Income", "weight": "1001"}, "A weight can be at most 1000."),
        (CRITERIA, {"name": "Income", "weight": ""}, "This field is required."),
        (DELIVERABLES, {"name": "Answers", "customers": "Ann; " + "y" * 121}, "longer than 120 characters"),
        (RIGHTS, {"text": "z" * 301}, "at most 300 characters (it has 301)"),
        (NOTES, {"text": "", "step": "needs"}, "This field is required."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["manager", "manager_htmx"])
def test_add_refused_says_why_and_keeps_what_was_typed(request, way, scoped, address, typed, message):
    response = request.getfixturevalue(way).post(address, typed)

    page = page_of(response)
    assert response.status_code == 200
    assert escape(message) in page
    assert 'aria-invalid="true"' in page
    assert all(escape(text) in page for text in typed.values())
    assert ("<html" in page) == (way == "manager")
    assert "HX-Trigger" not in response
    for model in (Customer, Criterion, Deliverable, CustomerRight, Note):
        assert not model.objects.exists()


@pytest.mark.parametrize("name", ["Residents", "RESIDENTS", " residents "])
def test_add_a_second_row_of_one_name_says_so_beside_the_name(manager_htmx, scoped, name):
    factories.CustomerFactory(organization=scoped, name="Residents")

    page = page_of(manager_htmx.post(CUSTOMERS, {"name": name}))

    assert "A customer of this name exists already." in page
    assert page.index('id="customers-add-name_error"') < page.index('name="group"')
    assert Customer.objects.count() == 1


def test_add_a_second_row_of_one_name_in_letters_beyond_z(manager, scoped):
    factories.CustomerFactory(organization=scoped, name="École")

    assert "exists already" in page_of(manager.post(CUSTOMERS, {"name": "ÉCOLE"}))


def test_add_takes_a_name_that_another_organization_has(manager, scoped):
    factories.CustomerFactory(name="Residents")

    manager.post(CUSTOMERS, {"name": "Residents"})

    assert Customer.objects.get().organization == scoped


def test_add_with_a_row_of_another_organization_is_refused(manager, scoped):
    group = factories.CustomerGroupFactory()
    customer = factories.CustomerFactory()

    refused = [
        manager.post(CUSTOMERS, {"name": "Residents", "group": group.pk}),
        manager.post(CHOICES, {"customer": customer.pk, "reason": "Most of the income."}),
        manager.post(NEEDS, {"customer": customer.pk, "text": "A short wait", "importance": 3}),
    ]

    assert all("is not on the list" in page_of(response) for response in refused)
    assert not Customer.objects.exists() and not Need.objects.exists()


def test_add_links_to_rows_by_name_and_makes_new_ones(manager, scoped):
    answers = factories.DeliverableFactory(organization=scoped, name="Answers")

    manager.post(CUSTOMERS, {"name": "Residents", "deliverables": "answers; Housing"})

    assert set(Customer.objects.get().deliverables.values_list("name", flat=True)) == {"Answers", "Housing"}
    assert answers.customers.get().name == "Residents"


def test_add_shows_markup_as_text(manager_htmx, scoped):
    page = page_of(manager_htmx.post(CUSTOMERS, {"name": "<script>alert(1)</script>"}))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page


def test_add_says_the_limit_without_cutting_what_is_pasted(manager, scoped):
    page = page_of(manager.get("/o/enfield/drivers/"))

    assert 'data-limit="120"' in page
    assert "maxlength" not in page


def test_add_on_the_sheet_of_a_parent_goes_on_there(manager_htmx, scoped):
    customer = factories.CustomerFactory(organization=scoped)

    page = page_of(
        manager_htmx.post(NEEDS, {"customer": customer.pk, "text": "A short wait", "importance": 5})
    )

    assert Need.objects.get().customer == customer
    assert f'id="needs-in-{customer.pk}-add"' in page
    assert f'name="customer" value="{customer.pk}"' in page


def test_add_works_for_a_parent_with_a_key_above_999(manager, scoped):
    factories.CustomerFactory(organization=scoped, pk=12345)

    assert 'name="customer" value="12345"' in page_of(manager.get("/o/enfield/needs/"))


def test_add_a_note_goes_on_with_the_same_step(sign_in, manager_htmx, scoped):
    page = page_of(manager_htmx.post(NOTES, {"text": "Ask again in May", "step": "needs"}))

    assert Note.objects.get().step == "needs"
    assert '<option value="needs" selected>' in page


def test_starting_points_are_taken_once(manager, scoped):
    start = reverse("rights-start", args=["enfield"])
    response = manager.post(start)
    taken = list(CustomerRight.objects.values_list("text", flat=True))

    manager.post(start)

    assert response.url == "/o/enfield/focus/#rights"
    assert len(taken) == 7
    assert list(CustomerRight.objects.values_list("text", flat=True)) == taken


def test_starting_points_keep_what_is_there_already(manager, scoped):
    factories.CustomerGroupFactory(organization=scoped, name="INTERNAL")

    manager.post(reverse("groups-start", args=["enfield"]))

    names = list(CustomerGroup.objects.values_list("name", flat=True))
    assert names[0] == "INTERNAL" and "internal" not in names and len(names) == 4


def test_starting_points_are_offered_while_the_sheet_is_empty(manager, scoped):
    before = page_of(manager.get("/o/enfield/focus/"))
    factories.CustomerRightFactory(organization=scoped)

    assert "rights/start/" in before
    assert "rights/start/" not in page_of(manager.get("/o/enfield/focus/"))


@pytest.mark.parametrize(
    "address", [DELIVERABLES, CUSTOMERS, CRITERIA, CHOICES, RIGHTS, NEEDS, f"{RIGHTS}start/"]
)
def test_add_is_for_managers(contributor, scoped, address):
    assert contributor.post(address, {"name": "Residents", "text": "A prompt answer"}).status_code == 403
    assert not Customer.objects.exists() and not CustomerRight.objects.exists()


def test_viewer_reads_the_sheets_without_any_form(viewer, scoped):
    factories.CustomerFactory(organization=scoped, name="Residents")

    page = page_of(viewer.get("/o/enfield/drivers/"))

    assert "Residents" in page
    assert 'id="customers-add"' not in page and "/edit/" not in page.split("<aside")[0]
