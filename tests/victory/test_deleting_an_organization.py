"""Deleting an organization: asked for by its name, waited for, stopped, and done for good."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from tests import factories
from tests.victory.exports import told
from victory.ending import delete_for_good
from victory.models import AuditEntry, Organization
from victory.portable.tables import tables
from victory.tenancy import Role, organization_scope, scopes_disabled
from victory.trail import Event

pytestmark = pytest.mark.protects("gone")

PAGE = "/o/enfield/deletion/"


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


def wait(organization, days):
    """Let the deletion have been asked for, so that it falls due in so many days."""
    organization.deleted_from = timezone.now() + timedelta(days=days)
    organization.save()


@pytest.mark.parametrize("typed", ["", "enfield", "Enfield Council"])
def test_wrong_name_deletes_nothing(admin, organization, typed):
    answer = admin.post(PAGE, {"name": typed})
    assert answer.status_code == 200 and "This is not the same" in answer.text
    organization.refresh_from_db()
    assert organization.deleted_from is None


def test_typed_name_asks_for_it_and_tells_all_admins(admin, scoped, django_capture_on_commit_callbacks):
    other = factories.MemberFactory(organization=scoped, role=Role.ADMIN, user=factories.UserFactory())
    factories.MemberFactory(organization=scoped, role=Role.ADMIN, email="cannot-stop-it@example.org")
    factories.MemberFactory(organization=scoped, role=Role.ADMIN, user=factories.UserFactory(), active=False)
    factories.MemberFactory(organization=scoped, email="viewer@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        assert admin.post(PAGE, {"name": " Enfield "}).url == PAGE
    scoped.refresh_from_db()
    assert timedelta(days=13, hours=23) < scoped.deleted_from - timezone.now() <= timedelta(days=14)
    assert AuditEntry.objects.get().event == Event.DELETION_ASKED
    assert {each.to[0] for each in mail.outbox} == {admin.user.email, other.user.email}
    assert "http://testserver/o/enfield/deletion/" in mail.outbox[0].body


def test_page_says_what_goes_and_offers_the_export(admin, organization):
    answer = admin.get(PAGE)
    assert "/o/enfield/export/" in answer.text and "14 days" in answer.text


def test_units_below_it_stand_in_the_way(admin, organization):
    factories.OrganizationFactory(name="The unit", parent=organization)
    answer = admin.post(PAGE, {"name": "Enfield"})
    assert answer.status_code == 200 and "It has units below it: The unit" in answer.text
    organization.refresh_from_db()
    assert organization.deleted_from is None


def test_every_page_says_so_and_admins_can_stop_it(admin, viewer, scoped, django_capture_on_commit_callbacks):
    wait(scoped, 3)
    assert "is going to be deleted" in viewer.get("/o/enfield/notes/").text
    assert "Stop the deletion" not in viewer.get("/o/enfield/notes/").text
    assert "Stop the deletion" in admin.get("/o/enfield/notes/").text
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"{PAGE}stop/")
    scoped.refresh_from_db()
    assert scoped.deleted_from is None
    assert [(letter.subject, letter.to) for letter in mail.outbox] == [("Enfield stays", [admin.user.email])]
    assert AuditEntry.objects.get().event == Event.DELETION_STOPPED
    assert "is going to be deleted" not in viewer.get("/o/enfield/notes/").text


def test_nothing_to_stop_is_said_and_leaves_no_entry(admin, scoped):
    assert "no deletion to stop" in admin.post(f"{PAGE}stop/", follow=True).text
    assert not AuditEntry.objects.exists()


def test_asked_for_twice_stays_on_the_first_day(admin, organization):
    wait(organization, 3)
    assert "was asked for already" in admin.post(PAGE, {"name": "Enfield"}, follow=True).text
    day = organization.deleted_from
    organization.refresh_from_db()
    assert organization.deleted_from == day


def test_once_the_day_has_come_it_is_not_found(admin, organization):
    wait(organization, -1)
    assert admin.get("/o/enfield/").status_code == 404
    assert admin.post(f"{PAGE}stop/").status_code == 404
    assert "Enfield" not in admin.get("/organizations/").text


def test_superuser_may_stop_it_until_it_is_done(admin, organization):
    wait(organization, -1)
    admin.user.is_superuser = True
    admin.user.save()
    assert admin.post(f"{PAGE}stop/").status_code == 302
    organization.refresh_from_db()
    assert organization.deleted_from is None


def test_nothing_of_it_is_left_but_one_entry(filled, sign_in):
    sign_in(Role.ADMIN).post("/o/enfield/focus/rights/", {"text": "leaves an entry"})
    with organization_scope(filled):
        assert AuditEntry.objects.exists()
    wait(filled, -1)
    customer = factories.CustomerFactory(organization=factories.OrganizationFactory(), unit=filled)
    call_command("tick")
    with scopes_disabled():
        for table in tables():
            assert not table.model.objects.filter(organization=filled.pk).exists(), table
        for model in apps.get_models():
            if hasattr(model, "history"):
                assert not model.history.filter(organization=filled.pk).exists(), model
        customer.refresh_from_db()
        assert customer.unit is None
        entry = AuditEntry.objects.get()
    assert entry.event == Event.ORGANIZATION_DELETED
    assert entry.organization is None and entry.detail == "Enfield (enfield)"
    assert not Organization.objects.filter(pk=filled.pk).exists()


def test_other_organizations_stay_as_they_are(filled):
    other = factories.OrganizationFactory()
    factories.a_row_of_every_model(other)
    before = told(other)["tables"]
    wait(filled, -1)
    call_command("tick")
    assert told(other)["tables"] == before


def test_workbooks_that_named_it_are_known_to_have_changed(organization):
    """Pages of theirs are kept, which still say that it is their customer."""
    seller, stranger = factories.OrganizationFactory(), factories.OrganizationFactory()
    wait(organization, -1)
    with organization_scope(seller):
        factories.CustomerFactory(organization=seller, unit=organization)
    stood = {each.pk: each.state for each in Organization.objects.all()}

    call_command("tick")

    stands = {each.pk: each.state for each in Organization.objects.all()}
    assert stands[seller.pk] != stood[seller.pk] and stands[stranger.pk] == stood[stranger.pk]


def test_workbooks_that_name_a_unit_which_left_the_house_are_told_of_its_new_name(organization):
    house, left = factories.OrganizationFactory(), factories.OrganizationFactory()
    with organization_scope(house):
        factories.CustomerFactory(organization=house, unit=left)
    stood = Organization.objects.get(pk=house.pk).state
    left.name = "Another"
    left.save()
    assert Organization.objects.get(pk=house.pk).state != stood


def test_organization_whose_time_has_not_come_stays(organization):
    wait(organization, 1)
    assert delete_for_good(organization.pk) == ""
    assert Organization.objects.filter(pk=organization.pk).exists()


def test_organization_that_has_got_a_unit_meanwhile_stays(organization):
    wait(organization, -1)
    factories.OrganizationFactory(parent=organization)
    call_command("tick")
    with organization_scope(organization):
        assert Organization.objects.filter(pk=organization.pk).exists()
