"""Editing a row in place, beside others who do the same."""

import pytest
from django.contrib.messages import get_messages

from customers.models import Customer, Deliverable
from tests import factories


@pytest.fixture
def residents(scoped):
    return factories.CustomerFactory(organization=scoped, name="Residents")


def address(customer, page="edit/") -> str:
    return f"/o/enfield/drivers/customers/{customer.pk}/{page}"


def page_of(response) -> str:
    return response.content.decode()


def sentences(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_edit_opens_in_the_table_with_htmx_and_on_a_page_without(manager, manager_htmx, residents):
    page = page_of(manager.get(address(residents)))
    piece = page_of(manager_htmx.get(address(residents)))

    assert "<html" in page and 'href="/o/enfield/drivers/#customers-' in page
    assert piece.lstrip().startswith("<tbody") and "autofocus" in piece
    assert 'value="Residents"' in page and 'value="Residents"' in piece


def test_edit_saves_and_returns_to_the_row(manager, residents):
    response = manager.post(address(residents), {"name": "Tenants", "version": 1})

    residents.refresh_from_db()
    assert (residents.name, residents.version) == ("Tenants", 2)
    assert response.url == f"/o/enfield/drivers/#customers-{residents.pk}"


def test_edit_with_htmx_answers_with_the_row(manager_htmx, residents):
    response = manager_htmx.post(address(residents), {"name": "Tenants", "version": 1})

    assert response["HX-Trigger"] == "workbook-changed"
    assert "<td>Tenants<" in page_of(response) and "<input" not in page_of(response)


def test_edit_may_keep_its_own_name_in_other_capitals(manager, residents):
    manager.post(address(residents), {"name": "RESIDENTS", "version": 1})

    residents.refresh_from_db()
    assert residents.name == "RESIDENTS"


@pytest.mark.parametrize("way", ["manager", "manager_htmx"])
def test_edit_refused_keeps_what_was_typed(request, way, residents):
    response = request.getfixturevalue(way).post(
        address(residents), {"name": "", "deliverables": "Answers; Housing", "version": 1}
    )

    assert "This field is required." in page_of(response)
    assert 'value="Answers; Housing"' in page_of(response)
    residents.refresh_from_db()
    assert residents.name == "Residents" and not Deliverable.objects.exists()


@pytest.mark.parametrize("way", ["manager", "manager_htmx"])
def test_edit_of_a_stale_row_shows_both_texts_and_the_second_save_wins(request, way, residents):
    client = request.getfixturevalue(way)
    Customer.objects.get().save()  # version 2
    residents.name = "Tenants"
    residents.version = 2
    residents.save()  # version 3

    stale = page_of(client.post(address(residents), {"name": "Households", "version": 1}))
    client.post(address(residents), {"name": "Households", "version": 3})

    assert "Somebody else changed this" in stale
    assert 'value="Households"' in stale and "</b> Tenants" in stale
    assert 'name="version" value="3"' in stale
    residents.refresh_from_db()
    assert residents.name == "Households"


def test_edit_of_a_stale_row_says_nothing_of_fields_that_agree(manager, scoped):
    group = factories.CustomerGroupFactory(organization=scoped, name="Direct")
    customer = factories.CustomerFactory(organization=scoped, name="Residents", group=group)
    customer.name = "Tenants"
    customer.save()

    page = page_of(manager.post(address(customer), {"name": "Households", "group": group.pk, "version": 1}))

    assert page.count("Now stored:") == 1


def test_edit_of_a_stale_row_that_agrees_everywhere_is_saved(manager, residents):
    residents.save()

    assert manager.post(address(residents), {"name": "Residents", "version": 1}).status_code == 302


def test_edit_without_a_version_counts_as_stale(manager, residents):
    assert "Somebody else changed this" in page_of(manager.post(address(residents), {"name": "Households"}))


def test_edit_shows_the_stored_choice_in_words(manager, scoped):
    customer = factories.CustomerFactory(organization=scoped, name="Residents")
    customer.group = factories.CustomerGroupFactory(organization=scoped, name="End-users")
    customer.save()

    page = page_of(manager.post(address(customer), {"name": "Residents", "group": "", "version": 1}))

    assert "</b> End-users" in page


def test_edit_notices_a_link_made_from_the_other_side(manager, scoped):
    answers = factories.DeliverableFactory(organization=scoped, name="Answers")
    manager.post("/o/enfield/drivers/customers/", {"name": "Residents", "deliverables": "Answers"})

    page = page_of(
        manager.post(
            f"/o/enfield/drivers/deliverables/{answers.pk}/edit/",
            {"name": "Replies", "customers": "", "version": 1},
        )
    )

    assert "</b> Residents" in page
    assert answers.customers.get().name == "Residents"


def test_edit_keeps_the_links_that_stay(manager, scoped):
    delivery = factories.DeliveryFactory(organization=scoped)
    customer = delivery.customer

    manager.post(
        address(customer),
        {"name": "Tenants", "deliverables": f"{delivery.deliverable.name}; New", "version": 1},
    )

    assert customer.deliveries.count() == 2
    assert customer.deliveries.filter(pk=delivery.pk).exists()


@pytest.mark.parametrize("way", ["manager", "manager_htmx"])
def test_edit_of_a_row_deleted_meanwhile_says_again_what_was_typed(request, way, residents):
    client = request.getfixturevalue(way)
    group = factories.CustomerGroupFactory(organization=residents.organization, name="Direct")
    key = residents.pk
    residents.delete()
    residents.pk = key

    response = client.post(address(residents), {"name": "Households", "group": group.pk, "version": 1})

    (sentence,) = sentences(response)
    assert "deleted by somebody else" in sentence
    assert "You had typed: Households; Direct" in sentence
    assert (
        response.headers.get("HX-Refresh") == "true" if way == "manager_htmx" else response.status_code == 302
    )


@pytest.mark.parametrize("page", ["edit/", ""])
def test_opening_or_leaving_a_row_deleted_meanwhile_says_so(manager, manager_htmx, residents, page):
    key = residents.pk
    residents.delete()
    residents.pk = key

    plain, piece = manager.get(address(residents, page)), manager_htmx.get(address(residents, page))

    assert sentences(plain) == sentences(piece) == ["This row was deleted by somebody else in the meantime."]
    assert plain.url == "/o/enfield/drivers/"
    assert piece["HX-Refresh"] == "true"


def test_leaving_an_edit_shows_the_row_as_it_is(manager, manager_htmx, residents):
    assert "<td>Residents<" in page_of(manager_htmx.get(address(residents, "")))
    assert manager.get(address(residents, "")).url == f"/o/enfield/drivers/#customers-{residents.pk}"


@pytest.mark.parametrize("page", ["", "edit/", "delete/", "move/"])
def test_a_row_of_another_organization_is_not_found(manager, scoped, page):
    foreign = factories.CustomerFactory(name="Residents")

    send = manager.post if page else manager.get
    assert send(address(foreign, page), {"name": "Taken over", "version": 1}).status_code == 404

    foreign.refresh_from_db()
    assert foreign.name == "Residents"


def test_edit_is_for_managers(viewer, residents):
    assert viewer.get(address(residents)).status_code == 403
    assert viewer.post(address(residents), {"name": "Tenants", "version": 1}).status_code == 403
