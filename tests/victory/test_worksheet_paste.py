"""Pasting rows from a spreadsheet: what each line becomes is shown before anything is kept."""

import re

import pytest

from customers.models import Criterion, Customer, Deliverable, Need
from tests import factories

CUSTOMERS = "/o/enfield/drivers/customers/paste/"
DELIVERABLES = "/o/enfield/drivers/deliverables/paste/"
CRITERIA = "/o/enfield/drivers/criteria/paste/"
RIGHTS = "/o/enfield/focus/rights/paste/"
NEEDS = "/o/enfield/needs/needs/paste/"


def page_of(response) -> str:
    return response.content.decode()


def chosen_columns(page: str) -> list[str]:
    """The field chosen for each pasted column."""
    selects = re.findall(r'<select id="column-\d+".*?</select>', page, re.S)
    return ["".join(re.findall(r'value="([^"]+)" selected', select)) for select in selects]


def box(page: str) -> str:
    return re.search(r'<textarea id="text".*?>\n(.*?)</textarea>', page, re.S)[1]


def take(client, address, text, *columns, **more):
    chosen = {f"column-{place}": name for place, name in enumerate(columns)}
    return client.post(address, {"text": text, "columns": len(columns), "take": "1"} | chosen | more)


def test_paste_begins_with_an_empty_box_and_names_the_columns(manager, scoped):
    assert "Customers | Customer Group | Receives" in page_of(manager.get(CUSTOMERS))


def test_preview_shows_what_each_line_becomes_and_keeps_nothing(manager, scoped):
    page = page_of(manager.post(CUSTOMERS, {"text": "Residents\t\tAnswers; Housing\nBusinesses\t\t"}))

    assert "2 rows can be taken" in page
    assert "<td>Answers; Housing<br>" in page and "New among the deliverables: Answers; Housing." in page
    assert not Customer.objects.exists() and not Deliverable.objects.exists()


def test_take_saves_the_rows_in_their_order_and_returns_to_the_step(manager, scoped):
    factories.CustomerFactory(organization=scoped, name="Visitors", position=4)
    response = take(manager, CUSTOMERS, "Residents\nBusinesses", "name")

    assert response.url == "/o/enfield/drivers/"
    assert list(Customer.objects.values_list("name", flat=True)) == ["Visitors", "Residents", "Businesses"]


@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_file_copied_as_text_is_read_as_its_columns(manager, scoped, separator):
    lines = ["Weight;Criterion", '3;"Income, yearly"' if separator == "," else "3;Income, yearly"]
    page = page_of(manager.post(CRITERIA, {"text": "\n".join(lines).replace(";", separator)}))

    assert chosen_columns(page) == ["weight", "name"]
    assert box(page).split() == ["Weight", "Criterion", "3", "Income,", "yearly"]


def test_sentence_that_begins_like_a_heading_stays_one_cell(manager, scoped):
    page = page_of(manager.post(RIGHTS, {"text": "Right, and fast\nAn answer, soon"}))

    assert "2 rows can be taken" in page and "Right, and fast" in box(page)


@pytest.mark.parametrize("text", ["\ufeff", "a\x00,b", '"' + "x" * 140_000])
def test_line_that_no_file_would_hold_is_told_like_any_other(manager, scoped, text):
    assert manager.post(RIGHTS, {"text": text}).status_code == 200


def test_choice_that_is_none_is_refused_with_what_there_is(manager, scoped):
    page = page_of(manager.post(NEEDS, {"text": "Customer\tNeed\tImportance\nResidents\tHelp\tvery"}))

    assert "“very” is none of these: 1 " in page


def test_heading_says_which_column_is_which(manager, scoped):
    page = page_of(manager.post(CRITERIA, {"text": "Weight\tRemark\tCriterion\n3\told\tIncome"}))

    assert chosen_columns(page) == ["weight", "", "name"]
    assert 'name="heading" checked' in page
    assert "<td>Income</td><td>3</td>" in page


def test_without_a_heading_the_columns_come_in_their_order(manager, scoped):
    page = page_of(manager.post(CRITERIA, {"text": "Income\t3"}))

    assert chosen_columns(page) == ["name", "weight"]
    assert 'name="heading" checked' not in page


def test_heading_taken_for_a_row_can_be_called_a_heading(manager, scoped):
    take(manager, CRITERIA, "What\tHow much\nIncome\t3", "name", "weight", heading="on")

    assert Criterion.objects.get().name == "Income"


def test_left_out_column_is_not_read_and_the_field_is_the_same_for_every_line(manager, scoped):
    text = "Income\tignored\nMission\tignored"
    page = page_of(
        manager.post(
            CRITERIA, {"text": text, "columns": 2, "column-0": "name", "column-1": "", "all-weight": "7"}
        )
    )
    take(manager, CRITERIA, text, "name", "", **{"all-weight": "7"})

    assert "The same for every line" in page and 'name="all-weight" value="7"' in page
    assert [(row.name, row.weight) for row in Criterion.objects.all()] == [("Income", 7), ("Mission", 7)]


def test_field_that_was_never_asked_for_has_its_usual_value(manager, scoped):
    take(manager, CRITERIA, "Income\tignored", "name", "")

    assert Criterion.objects.get().weight == 1


def test_another_block_in_the_box_is_read_anew(manager, scoped):
    chosen = {"columns": 1, "column-0": "weight"}
    page = page_of(manager.post(CRITERIA, {"text": "Criterion\tWeight\nIncome\t3"} | chosen))

    assert chosen_columns(page) == ["name", "weight"]


def test_refused_lines_stay_in_the_box_with_their_heading(manager, scoped):
    text = "Criterion\tWeight\nIncome\t3\nMission\t-5\n\t2"
    page = page_of(take(manager, CRITERIA, text, "name", "weight", heading="on"))

    assert Criterion.objects.get().name == "Income"
    assert box(page).splitlines() == ["Criterion\tWeight", "Mission\t-5", "\t2"]
    assert "1 row taken." in page
    assert "Weight: A weight cannot be negative." in page
    assert "This field is required." in page


def test_two_equal_names_in_one_block_are_found(manager, scoped):
    page = page_of(manager.post(CUSTOMERS, {"text": "Residents\nresidents\nBusinesses"}))

    assert "2 rows can be taken" in page
    assert page.count("A customer of this name exists already.") == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Resi\x07dents", "U+0007"),
        ("x" * 121, "at most 120 characters"),
        ("Residents\tNobody’s group", "“Nobody’s group” is not on the list."),
    ],
)
def test_line_that_cannot_be_taken_says_why(manager, scoped, text, message):
    page = page_of(manager.post(CUSTOMERS, {"text": text}))

    assert "Cannot be taken." in page and message in page
    assert 'name="take"' not in page
    assert not Customer.objects.exists()


def test_choices_are_named_as_on_the_page(manager, scoped):
    group = factories.CustomerGroupFactory(organization=scoped, name="End-users")

    take(manager, CUSTOMERS, "Residents\tEND-USERS", "name", "group")

    assert Customer.objects.get().group == group


def test_choices_of_another_organization_are_not_known(manager, scoped):
    factories.CustomerGroupFactory(name="End-users")

    take(manager, CUSTOMERS, "Residents\tEnd-users", "name", "group")

    assert not Customer.objects.exists()


def test_quoted_line_break_is_one_cell_and_one_line_of_text(manager, scoped):
    take(manager, RIGHTS, '"A prompt\nanswer"\nPeople who care', "text")

    page = page_of(manager.get("/o/enfield/focus/"))
    assert "<td>A prompt answer<" in page and "<td>People who care<" in page


def test_quoted_line_break_parts_names(manager, scoped):
    take(manager, DELIVERABLES, 'Answers\t"Residents\nBusinesses"', "name", "customers")

    assert set(Customer.objects.values_list("name", flat=True)) == {"Residents", "Businesses"}


def test_markup_is_shown_as_text(manager, scoped):
    page = page_of(manager.post(CUSTOMERS, {"text": "<script>alert(1)</script>\n</textarea><b>"}))

    assert "<script>alert" not in page and "</textarea><b>" not in page


def test_paste_into_the_sheet_of_one_customer(manager, scoped):
    factories.CustomerFactory(organization=scoped, name="Businesses")
    residents = factories.CustomerFactory(organization=scoped, name="Residents")
    address = f"{NEEDS}?customer={residents.pk}"

    page = page_of(manager.post(address, {"text": "A short wait\t5 decisive"}))
    take(manager, address, "A short wait\t5 decisive", "text", "importance", **{"all-customer": residents.pk})

    assert f'<option value="{residents.pk}" selected>Residents</option>' in page
    assert "1 row can be taken" in page
    need = Need.objects.get()
    assert (need.customer, need.importance) == (residents, 5)


def test_five_hundred_lines_are_taken_and_one_more_is_refused(manager, scoped):
    lines = [f"Right {number}" for number in range(500)]

    too_many = page_of(manager.post(RIGHTS, {"text": "\n".join([*lines, "One more"])}))
    assert "At most 500 lines can be pasted at once; these are 501." in too_many
    assert "One more" in box(too_many)

    assert take(manager, RIGHTS, "\n".join(lines), "text").status_code == 302


@pytest.mark.parametrize("lines", [3, 30])
def test_each_line_costs_the_same_however_many_there_are(manager, scoped, django_assert_num_queries, lines):
    factories.CustomerFactory.create_batch(5, organization=scoped)
    text = "\n".join(f"Need {number}\tDeliverable {number}" for number in range(lines))
    customer = Customer.objects.first()

    with django_assert_num_queries(12 + 12 * lines):
        take(manager, NEEDS, text, "text", "deliverables", **{"all-customer": customer.pk})


@pytest.mark.parametrize("text", ["", "  \n\t\n", "Criterion\tWeight"])
def test_nothing_to_take_says_so(manager, scoped, text):
    assert "Paste at least one line of cells." in page_of(manager.post(CRITERIA, {"text": text}))


def test_paste_is_for_managers(viewer, scoped):
    assert viewer.get(CUSTOMERS).status_code == 403
    assert take(viewer, CUSTOMERS, "Residents", "name").status_code == 403
