"""A person's data: handed out, and replaced by “former member” wherever the application names them."""

import json
from datetime import date

import pytest

from actionplans.models import Action, Review, ReviewLine
from customers.models import Answer
from metrics.models import Measurement, Metric
from tests import factories
from tests.victory.exports import export_of
from victory import undo
from victory.forgetting import forget
from victory.models import AuditEntry, Deletion, Invitation, Member, Note
from victory.tables import RIGHTS
from victory.tenancy import Role, organization_scope, scopes_disabled
from victory.trail import Event

pytestmark = pytest.mark.protects("gone")

NAME, EARLIER, EMAIL = "Wilhelmina Quux", "Mina Quux", "quux@example.org"


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


@pytest.fixture
def person(organization, client):
    """Somebody who is named wherever the application names people, and who was called otherwise before."""
    user = factories.UserFactory(name=NAME, email=EMAIL)
    member = factories.MemberFactory(
        organization=organization, name=EARLIER, email="mina@example.org", user=user, role=Role.MANAGER
    )
    make = {"organization": organization}
    metric = factories.MetricFactory(**make)
    factories.OwnershipFactory(**make, metric=metric, member=member)
    factories.TargetFactory(**make, metric=metric, set_by=member)
    factories.MeasurementFactory(**make, metric=metric, by=member)
    review = factories.ReviewFactory(**make, on=date(2026, 3, 1))
    factories.AttendanceFactory(**make, review=review, member=member)
    factories.ActionFactory(**make, metric=metric, who=member, decided_in=review)
    factories.close(review)
    member.name, member.email = NAME, EMAIL
    with organization_scope(organization):
        member.save()
        again = factories.ReviewFactory(**make, on=date(2026, 4, 1))
        factories.AttendanceFactory(**make, review=again, member=member)
        factories.close(again)
        undo.delete(Measurement.objects.get(), by=member)
    factories.InvitationFactory(**make, member=member, email=EMAIL)
    client.force_login(user)
    client.post(RIGHTS.address(organization), {"text": "a short wait"})
    return member


def texts_of(organization) -> str:
    """All that is stored for the organization, histories and audit trail included."""
    return export_of(organization).decode()


def post_forget(client, member, name=NAME):
    return client.post(f"/o/enfield/people/{member.pk}/forget/", {"name": name})


def test_neither_name_nor_address_is_left_anywhere(person, admin, organization):
    for text in (NAME, EARLIER, EMAIL, "mina@example.org"):
        assert text in texts_of(organization)
    assert post_forget(admin, person).status_code == 302
    for text in ("Quux", "quux", "mina@", "Mina"):
        assert text not in texts_of(organization)
    with organization_scope(organization):
        assert not AuditEntry.objects.filter(user=person.user).exists()
        for model in (Member, Metric, Action, Review):
            history = model.history.filter(organization=organization, history_user=person.user)
            assert not history.exists()


def test_what_they_did_stays_under_another_name(person, admin, organization):
    post_forget(admin, person)
    with organization_scope(organization):
        member = Member.objects.get(pk=person.pk)
        assert (member.name, member.active, member.user) == ("former member", False, None)
        assert member.forgotten_at and Action.objects.get().who == member
        closed = Review.objects.closed().last()
        assert closed.frozen["people"] == ["former member"]
        assert closed.frozen["open"][0]["who"] == "former member"
        assert {line.owner for line in ReviewLine.objects.filter(review=closed)} == {"former member"}
        entry = AuditEntry.objects.exclude(event=Event.MEMBER_FORGOTTEN).get()
        assert (entry.by, entry.member, entry.address) == ("former member", member, None)
        assert AuditEntry.objects.get(event=Event.MEMBER_FORGOTTEN).detail == "former member"
        assert not Invitation.objects.exists()


def test_closed_review_can_still_be_read(person, admin, organization):
    with organization_scope(organization):
        review = Review.objects.closed().first()
    post_forget(admin, person)
    answer = admin.get(f"/o/enfield/reviews/{review.pk}/")
    assert answer.status_code == 200 and "former member" in answer.text


def test_text_that_people_wrote_stays(person, admin, organization):
    note = factories.NoteFactory(organization=organization, text=f"Ask {NAME} again.", by=person)
    post_forget(admin, person)
    with organization_scope(organization):
        note = Note.objects.get()
    assert note.text == f"Ask {NAME} again." and str(note.by) == "former member"


def test_name_of_somebody_else_stays(person, admin, organization):
    other = factories.MemberFactory(organization=organization, name=EARLIER)
    longer = factories.MemberFactory(organization=organization, name=f"{NAME}son")
    post_forget(admin, person)
    with organization_scope(organization):
        names = set(Member.objects.values_list("name", flat=True))
    assert {other.name, longer.name} <= names


def test_several_are_numbered(organization):
    by = factories.MemberFactory(organization=organization)
    members = factories.MemberFactory.create_batch(3, organization=organization)
    with organization_scope(organization):
        for member in members:
            forget(member=member, by=by)
    assert [each.name for each in members] == ["former member", "former member 2", "former member 3"]


def test_what_they_said_in_another_unit_is_no_longer_theirs(person, admin, organization):
    supplier = factories.OrganizationFactory(parent=organization)
    customer = factories.CustomerFactory(organization=supplier, unit=organization)
    delivery = factories.DeliveryFactory(organization=supplier, customer=customer)
    for name in (NAME, "Tom Okafor"):
        factories.AnswerFactory(organization=supplier, delivery=delivery, unit=organization, said_by=name)
    post_forget(admin, person)
    with scopes_disabled():
        assert set(Answer.objects.values_list("said_by", flat=True)) == {"former member", "Tom Okafor"}
        assert NAME not in set(Answer.history.values_list("said_by", flat=True))


def test_other_organizations_keep_their_member_of_that_name(person, admin):
    elsewhere = factories.MemberFactory(name=NAME, email=EMAIL, user=person.user)
    before = texts_of(elsewhere.organization).partition('"tables"')[2]
    post_forget(admin, person)
    assert texts_of(elsewhere.organization).partition('"tables"')[2] == before


def test_what_was_deleted_comes_back_without_the_name(person, admin, organization):
    post_forget(admin, person)
    with organization_scope(organization):
        figure = undo.put_back(Deletion.objects.get())
    assert str(figure.by) == "former member"


@pytest.mark.parametrize("typed", ["", "Wilhelmina"])
def test_wrong_name_forgets_nobody(person, admin, organization, typed):
    assert "This is not the same" in post_forget(admin, person, typed).text
    assert NAME in texts_of(organization)


def test_nobody_forgets_themselves(admin, organization):
    with organization_scope(organization):
        member = Member.objects.get(user=admin.user)
    assert "Let another admin do this" in post_forget(admin, member, member.name).text


def test_nobody_is_forgotten_twice(person, admin):
    post_forget(admin, person)
    assert "any longer who this was" in post_forget(admin, person, "former member").text


def test_page_lists_what_is_theirs(person, admin):
    answer = admin.get(f"/o/enfield/people/{person.pk}/forget/")
    assert "actions: 1" in answer.text and "ownerships: 1" in answer.text
    assert "Hand over first" in answer.text


def test_data_is_handed_out_and_leaves_an_entry(person, admin, organization):
    answer = admin.post(f"/o/enfield/people/{person.pk}/data/")
    told = json.loads(answer.content)
    assert told["person"] == {"name": NAME, "email": EMAIL}
    assert [row["id"] for row in told["rows"]["victory.member"]["rows"]] == [person.pk]
    assert len(told["rows"]["actionplans.action"]["rows"]) == 1
    assert {each["table"] for each in told["named_in"]} >= {"actionplans.review", "actionplans.reviewline"}
    with organization_scope(organization):
        entry = AuditEntry.objects.filter(event=Event.EXPORTED).get()
    assert NAME in entry.detail


def test_data_names_nobody_else(person, admin, organization):
    factories.MemberFactory(organization=organization, name="Somebody Else", email="else@example.org")
    told = admin.post(f"/o/enfield/people/{person.pk}/data/").content.decode()
    assert "Somebody Else" not in told and "else@example.org" not in told
