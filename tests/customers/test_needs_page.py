"""The page of the first N: a sheet of needs for each customer, drivers first."""

import pytest

from customers.models import Deliverable, Need
from tests import factories

PAGE = "/o/enfield/needs/"


def page_of(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_page_asks_the_database_the_same_number_of_times(manager, scoped, django_assert_num_queries, rows):
    deliverable = factories.DeliverableFactory(organization=scoped)
    by = {"number": rows, "organization": scoped}
    customers = factories.many(factories.CustomerFactory, **by)
    needs = factories.many(factories.NeedFactory, customer=customers, **by)
    factories.many(factories.TranslationFactory, need=needs, deliverable=deliverable, **by)

    with django_assert_num_queries(6):
        manager.get(PAGE)


def test_page_without_customers_leads_to_them(manager, scoped):
    assert 'href="/o/enfield/drivers/#customers"' in page_of(manager.get(PAGE))


def test_drivers_come_first_and_each_customer_once(manager, scoped):
    factories.CustomerFactory(organization=scoped, name="Visitors")
    residents = factories.CustomerFactory(organization=scoped, name="Residents")
    factories.DriverChoiceFactory(organization=scoped, customer=residents)

    page = page_of(manager.get(PAGE))

    assert page.index(">Residents</h2>") < page.index(">Visitors</h2>")
    assert page.count(">Residents</h2>") == 1


def test_need_stands_on_the_sheet_of_its_customer(manager, scoped):
    visitors = factories.CustomerFactory(organization=scoped, name="Visitors")
    need = factories.NeedFactory(organization=scoped, text="A short wait")

    page = page_of(manager.get(PAGE))

    theirs = page.split(f'id="needs-in-{need.customer.pk}"')[1].split("</section>")[0]
    others = page.split(f'id="needs-in-{visitors.pk}"')[1].split("</section>")[0]
    assert "A short wait" in theirs and "A short wait" not in others


def test_two_customers_may_have_the_same_need(manager, scoped):
    need = factories.NeedFactory(organization=scoped, text="A short wait")
    other = factories.CustomerFactory(organization=scoped)
    typed = {"text": "a SHORT wait", "importance": 3}

    refused = page_of(manager.post(f"{PAGE}needs/", typed | {"customer": need.customer.pk}))
    manager.post(f"{PAGE}needs/", typed | {"customer": other.pk})

    assert "This need of the customer is on the list already." in refused
    assert Need.objects.count() == 2


def test_need_for_a_customer_deleted_meanwhile_keeps_what_was_typed(manager, scoped):
    customer = factories.CustomerFactory(organization=scoped)
    typed = {"text": "A short wait", "importance": 3, "customer": customer.pk}
    customer.delete()

    page = page_of(manager.post(f"{PAGE}needs/", typed))

    assert "is not on the list" in page and 'value="A short wait"' in page
    assert not Need.objects.exists()


def test_need_is_translated_into_known_and_new_deliverables(manager, scoped):
    factories.DeliverableFactory(organization=scoped, name="Answers")
    need = factories.NeedFactory(organization=scoped)

    manager.post(
        f"{PAGE}needs/{need.pk}/edit/",
        {"customer": need.customer.pk, "text": need.text, "importance": 4, "deliverables": "answers; Visits",
         "version": 1},
    )  # fmt: skip

    assert list(Deliverable.objects.values_list("name", flat=True)) == ["Answers", "Visits"]
    assert need.translations.filter(strength=9).count() == 2


def test_need_given_another_customer_in_place_is_shown_on_that_sheet(manager_htmx, scoped):
    need = factories.NeedFactory(organization=scoped, text="A short wait", importance=3)
    visitors = factories.CustomerFactory(organization=scoped, name="Visitors")
    typed = {"text": "A short wait", "importance": 3, "version": 1}

    response = manager_htmx.post(f"{PAGE}needs/{need.pk}/edit/", typed | {"customer": visitors.pk})

    assert response["HX-Refresh"] == "true" and not response.content
    assert "“A short wait” stands under Visitors now." in page_of(manager_htmx.get(PAGE))


def test_viewer_reads_the_page_without_forms(viewer, scoped):
    factories.NeedFactory(organization=scoped, text="A short wait")

    page = page_of(viewer.get(PAGE))

    assert "A short wait" in page and "-add-text" not in page
