"""Deleting a row, and putting it back with everything that hung on it."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from customers.models import Customer, Delivery, DriverChoice, Need, Score, Translation
from tests import factories
from victory.models import Deletion, Note
from victory.tenancy import Role, organization_scope

STEP = "/o/enfield/drivers/"


@pytest.fixture
def residents(scoped):
    return factories.CustomerFactory(organization=scoped, name="Residents")


def delete_address(customer) -> str:
    return f"{STEP}customers/{customer.pk}/delete/"


def undo_address(deletion) -> str:
    return reverse("undo", args=["enfield", deletion.pk])


def page_of(response) -> str:
    return response.content.decode()


def sentences(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_delete_returns_to_the_step_and_offers_undo(manager, residents):
    response = manager.post(delete_address(residents), follow=True)

    assert response.redirect_chain == [(STEP, 302)]
    assert "Deleted “Residents”." in page_of(response)
    assert f'form="undo" formaction="{undo_address(Deletion.objects.get())}"' in page_of(response)
    assert not Customer.objects.exists()


def test_delete_with_htmx_takes_the_row_away_and_offers_undo(manager_htmx, residents):
    response = manager_htmx.post(delete_address(residents))

    assert response["HX-Trigger"] == "workbook-changed"
    assert "<tbody" not in page_of(response)
    assert 'hx-swap-oob="true"' in page_of(response) and ">Undo</button>" in page_of(response)


def test_the_refresh_after_a_delete_leaves_the_offer_of_undo_alone(manager_htmx, residents):
    assert 'id="notices"' in page_of(manager_htmx.get(STEP))
    assert "hx-swap-oob" not in page_of(manager_htmx.get(STEP))


def test_delete_shows_a_name_with_markup_as_text(manager, scoped):
    customer = factories.CustomerFactory(organization=scoped, name="<b>Residents</b>")

    assert "Deleted “&lt;b&gt;Residents&lt;/b&gt;”" in page_of(
        manager.post(delete_address(customer), follow=True)
    )


@pytest.mark.parametrize("way", ["manager", "manager_htmx"])
def test_delete_twice_says_that_somebody_else_did(request, way, residents):
    client = request.getfixturevalue(way)
    manager_again = delete_address(residents)
    client.post(manager_again)

    response = client.post(manager_again, {"name": "Residents"})

    assert sentences(response)[-1] == "This row was deleted by somebody else in the meantime."
    assert Deletion.objects.count() == 1


def test_delete_is_for_managers(contributor, residents):
    assert contributor.post(delete_address(residents)).status_code == 403


def test_undo_puts_back_everything_that_hung_on_the_row(manager, scoped, residents):
    delivery = factories.DeliveryFactory(organization=scoped, customer=residents)
    score = factories.ScoreFactory(organization=scoped, customer=residents, value=8)
    choice = factories.DriverChoiceFactory(organization=scoped, customer=residents)
    need = factories.NeedFactory(organization=scoped, customer=residents)
    translation = factories.TranslationFactory(
        organization=scoped, need=need, deliverable=delivery.deliverable, strength=3
    )
    metric = factories.MetricFactory(organization=scoped, deliverable=delivery.deliverable, need=need)

    manager.post(delete_address(residents))
    assert not any(
        model.objects.exists() for model in (Customer, Delivery, Score, DriverChoice, Need, Translation)
    )
    metric.refresh_from_db()
    assert metric.need is None

    response = manager.post(undo_address(Deletion.objects.get()), {"page": STEP})

    assert response.url == STEP
    assert sentences(response)[-1] == "“Residents” is back."
    assert Customer.objects.get() == residents
    assert (Delivery.objects.get(), DriverChoice.objects.get()) == (delivery, choice)
    assert (Score.objects.get(), Score.objects.get().value) == (score, 8)
    assert (Need.objects.get(), Translation.objects.get()) == (need, translation)
    assert Translation.objects.get().strength == 3
    metric.refresh_from_db()
    assert metric.need == need


def test_the_history_tells_of_the_deletion_and_the_return(manager, residents):
    manager.post(delete_address(residents))
    manager.post(undo_address(Deletion.objects.get()))

    story = Customer.history.filter(id=residents.pk).order_by("history_id")
    assert [entry.history_type for entry in story] == ["+", "-", "+"]
    assert story[1].history_user == manager.user == story[2].history_user


def test_undo_keeps_the_place_in_the_sheet(manager, scoped):
    first, second, third = (
        factories.CustomerFactory(organization=scoped, position=place) for place in (1, 2, 3)
    )
    manager.post(delete_address(second))
    manager.post(undo_address(Deletion.objects.get()))

    assert list(Customer.objects.all()) == [first, second, third]


def test_undo_where_the_name_was_taken_meanwhile_says_so(manager, residents):
    manager.post(delete_address(residents))
    factories.CustomerFactory(organization=residents.organization, name="RESIDENTS")

    response = manager.post(undo_address(Deletion.objects.get()))

    assert sentences(response)[-1] == "A customer of this name exists already."
    assert Customer.objects.get().name == "RESIDENTS"
    assert Deletion.objects.exists()


def test_undo_of_a_row_whose_parent_was_deleted_too_asks_for_the_parent_first(manager, scoped, residents):
    need = factories.NeedFactory(organization=scoped, customer=residents, text="A short wait")
    manager.post(f"/o/enfield/needs/needs/{need.pk}/delete/")
    of_need = Deletion.objects.get()
    manager.post(delete_address(residents))

    response = manager.post(undo_address(of_need))

    assert "“A short wait” cannot be put back" in sentences(response)[-1]
    assert not Need.objects.exists()


def test_undo_twice_is_not_found(manager, residents):
    manager.post(delete_address(residents))
    again = undo_address(Deletion.objects.get())
    manager.post(again)

    assert manager.post(again).status_code == 404
    assert Customer.objects.count() == 1


def test_undo_of_a_deletion_that_never_was_is_not_found(manager, residents):
    manager.post(delete_address(residents))
    made_up = Deletion(organization=residents.organization, pk=Deletion.objects.get().pk + 1)

    assert manager.post(undo_address(made_up)).status_code == 404
    assert Deletion.objects.exists()


def test_undo_of_another_organization_is_not_found(manager, scoped, organization):
    other = factories.OrganizationFactory()
    with organization_scope(other):
        deletion = Deletion.objects.create(organization=other, label="Residents", rows=[])

    assert manager.post(undo_address(deletion)).status_code == 404


@pytest.mark.parametrize("page", ["http://elsewhere.example/o/enfield/", "//else.example", "/o/other/", ""])
def test_undo_returns_to_pages_of_the_organization_only(manager, residents, page):
    manager.post(delete_address(residents))

    response = manager.post(undo_address(Deletion.objects.get()), {"page": page})

    assert response.url == "/o/enfield/"


def test_contributor_takes_back_a_deletion_of_their_own(contributor, scoped):
    note = factories.NoteFactory(organization=scoped)
    contributor.post(f"/o/enfield/notes/notes/{note.pk}/delete/")

    contributor.post(undo_address(Deletion.objects.get()))

    assert Note.objects.get() == note


def test_contributor_does_not_take_back_what_somebody_else_deleted(sign_in, contributor, residents):
    sign_in(Role.MANAGER).post(delete_address(residents))

    assert contributor.post(undo_address(Deletion.objects.get())).status_code == 404
    assert not Customer.objects.exists()


def test_undo_is_not_for_viewers(sign_in, residents):
    sign_in(Role.MANAGER).post(delete_address(residents))

    assert sign_in(Role.VIEWER).post(undo_address(Deletion.objects.get())).status_code == 403
