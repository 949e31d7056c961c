"""The page of step I: sheets, grid, ranking and the drivers in words."""

from datetime import date

import pytest

from customers.models import DriverStatement
from tests import factories

PAGE = "/o/enfield/drivers/"
STATEMENT = f"{PAGE}statement/"


def page_of(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_page_asks_the_database_the_same_number_of_times(manager, scoped, django_assert_num_queries, rows):
    group = factories.CustomerGroupFactory(organization=scoped)
    criterion = factories.CriterionFactory(organization=scoped)
    by = {"number": rows, "organization": scoped}
    units = factories.many(factories.OrganizationFactory, rows)
    customers = factories.many(factories.CustomerFactory, group=group, unit=units, **by)
    deliverables = factories.many(factories.DeliverableFactory, **by)
    deliveries = factories.many(factories.DeliveryFactory, customer=customers, deliverable=deliverables, **by)
    factories.many(factories.AnswerFactory, delivery=deliveries, **by)
    factories.many(factories.ScoreFactory, customer=customers, criterion=criterion, **by)
    members = factories.many(factories.MemberFactory, **by)
    factories.many(factories.OwnScoreFactory, member=members, customer=customers, criterion=criterion, **by)
    factories.many(factories.DriverChoiceFactory, customer=customers, **by)
    factories.many(factories.CustomerGroupFactory, **by)

    with django_assert_num_queries(9):
        manager.get(PAGE)


def test_both_sides_of_a_delivery_are_shown(manager, scoped):
    customer = factories.CustomerFactory(organization=scoped, name="Residents")
    deliverable = factories.DeliverableFactory(organization=scoped, name="Answers")
    factories.DeliveryFactory(organization=scoped, customer=customer, deliverable=deliverable)

    page = page_of(manager.get(PAGE))

    assert "<td>Residents<td>" in page
    assert "<td>Answers<td" in page


def test_names_are_suggested(manager, scoped):
    factories.DeliverableFactory(organization=scoped, name="Answers & more")
    factories.DeliverableFactory(name="Of another organization")

    page = page_of(manager.get(PAGE))

    assert '<option value="Answers &amp; more"></option>' in page
    assert "Of another organization" not in page


def test_firmness_of_the_choice_is_said(manager, scoped):
    income = factories.CriterionFactory(organization=scoped, name="Income", weight=3)
    first = factories.ScoreFactory(organization=scoped, criterion=income, value=9).customer
    factories.ScoreFactory(organization=scoped, criterion=income, value=2)
    factories.DriverChoiceFactory(organization=scoped, customer=first)

    page = page_of(manager.get(PAGE))

    assert 'class="firmness firm"' in page and 'class="length chosen"' in page


def test_gap_leads_to_where_it_is_mended(manager, scoped):
    customer = factories.CustomerFactory(organization=scoped, name="Residents")

    page = page_of(manager.get(PAGE))

    assert f'<a href="{PAGE}customers/{customer.pk}/edit/">Residents</a> is in no customer group.' in page
    assert manager.get(f"{PAGE}customers/{customer.pk}/edit/").status_code == 200


def test_statement_is_saved_by_its_button(manager, scoped):
    response = manager.post(STATEMENT, {"text": "Residents drive us.", "version": 0})

    assert DriverStatement.objects.get().text == "Residents drive us."
    assert response.url == PAGE


def test_statement_saves_itself(manager_htmx, scoped):
    manager_htmx.post(STATEMENT, {"text": "Residents", "version": 0})
    response = manager_htmx.post(STATEMENT, {"text": "Residents drive us.", "version": 1})

    assert 'name="version" value="2"' in page_of(response)
    assert DriverStatement.objects.get().text == "Residents drive us."


def test_stale_statement_overwrites_nothing_until_it_is_saved_again(manager, manager_htmx, scoped):
    factories.DriverStatementFactory(organization=scoped, text="Theirs.")

    piece = page_of(manager_htmx.post(STATEMENT, {"text": "Mine.", "version": 0}))
    page = page_of(manager.post(STATEMENT, {"text": "Mine.", "version": 0}))

    assert "Theirs." in piece and "driver-statement-version" not in piece
    assert "Theirs." in page and ">\nMine.</textarea>" in page
    assert "Integrate the customer" in page.split("<main")[1]
    assert DriverStatement.objects.get().text == "Theirs."

    manager.post(STATEMENT, {"text": "Mine.", "version": 1})
    assert DriverStatement.objects.get().text == "Mine."


def test_statement_over_the_limit_is_refused_and_kept(manager, scoped):
    page = page_of(manager.post(STATEMENT, {"text": "x" * 4001, "version": 0}))

    assert "(it has 4001)" in page.replace(",", "") and "x" * 4001 in page
    assert not DriverStatement.objects.exists()


def test_statement_is_for_managers(viewer, scoped):
    factories.DriverStatementFactory(organization=scoped, text="Residents drive us.")

    assert viewer.post(STATEMENT, {"text": "Mine.", "version": 1}).status_code == 403
    assert "<p>Residents drive us.</p>" in page_of(viewer.get(PAGE))


def test_customer_is_chosen_once(manager, scoped):
    choice = factories.DriverChoiceFactory(organization=scoped)

    page = page_of(manager.post(f"{PAGE}choices/", {"customer": choice.customer.pk, "reason": "Again."}))

    assert "This customer is chosen already." in page


def test_newest_answer_of_each_unit_is_shown(manager, scoped):
    delivery = factories.DeliveryFactory(organization=scoped, customer__unit=factories.OrganizationFactory())
    said = {"organization": scoped, "delivery": delivery}
    factories.AnswerFactory(**said, said_on=date(2026, 1, 1), agrees=False, sentence="Too late.")
    factories.AnswerFactory(**said, said_on=date(2026, 3, 1), sentence="On time now.")
    factories.AnswerFactory(organization=scoped, agrees=False, sentence="Of another deliverable.")

    page = page_of(manager.get(PAGE))

    assert "On time now." in page and "Too late." not in page
    assert "Of another deliverable." in page
