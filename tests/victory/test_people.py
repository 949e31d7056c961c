"""The people of an organization: who they are, what they may do, and what becomes of what they own."""

from threading import Thread

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from actionplans.models import Action, Attendance, Ownership, Status
from tests import factories
from victory import undo
from victory.models import AuditEntry, Invitation, Member
from victory.tenancy import Role, organization_scope
from victory.trail import Event, all_or_nothing

PAGE = "/o/enfield/people/"


@pytest.fixture
def admin(sign_in):
    """The only admin who signs in."""
    return sign_in(Role.ADMIN)


def own(client) -> Member:
    return client.user.memberships.get()


def address(member, last=""):
    return f"{PAGE}{member.pk}/{last}"


def data_of(member, **changes):
    fields = {"name": member.name, "email": member.email, "role": member.role, "version": member.version}
    return fields | changes


def again(member) -> Member:
    return Member.objects.get(pk=member.pk)


@pytest.mark.parametrize("rows", [1, 3, 300])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
def test_page_asks_the_database_the_same_number_of_times(
    sign_in, scoped, django_assert_num_queries, rows, role
):
    client = sign_in(role)
    metrics = [factories.MetricFactory(organization=scoped) for _ in range(min(rows, 3))]
    users = [factories.UserFactory() if number < 30 else None for number in range(rows)]
    members = factories.many(factories.MemberFactory, rows, organization=scoped, user=users)
    invited = factories.many(factories.MemberFactory, rows, organization=scoped)
    factories.many(factories.InvitationFactory, rows, organization=scoped, member=invited)
    factories.many(factories.ActionFactory, rows, organization=scoped, who=members, metric=metrics[0])
    for metric in metrics:
        factories.OwnershipFactory(organization=scoped, member=members[-1], metric=metric)

    with django_assert_num_queries(9):
        client.get(PAGE)


def test_page_shows_role_state_and_what_each_has(admin, scoped):
    tom = factories.MemberFactory(organization=scoped, name="Tom Okafor", role=Role.CONTRIBUTOR)
    for _ in range(2):
        factories.OwnershipFactory(organization=scoped, member=tom)
    factories.ActionFactory(organization=scoped, who=tom)
    factories.ActionFactory(organization=scoped, who=tom, status=Status.DONE)
    factories.AttendanceFactory(organization=scoped, member=tom)
    people = {person.name: person for person in admin.get(PAGE).context["people"]}
    assert people["Tom Okafor"].has == ["2 metrics", "1 open action", "1 review to come"]
    assert people["Tom Okafor"].state == "without a sign-in"
    assert people[admin.user.name].state == "signs in"
    assert people[admin.user.name].last_sign_in


def test_viewer_sees_names_and_roles_but_no_emails(viewer, scoped):
    factories.MemberFactory(organization=scoped, name="Tom", email="tom@example.org", role=Role.MANAGER)
    factories.MemberFactory(organization=scoped, name="Former Fred", active=False)
    page = viewer.get(PAGE).text
    assert "Tom" in page and "manager" in page
    assert "tom@example.org" not in page and "Former Fred" not in page
    assert "person-add" not in page and "/people/add/" not in page


def test_admin_finds_who_left(admin, scoped):
    factories.MemberFactory(organization=scoped, name="Former Fred", active=False)
    assert [person.name for person in admin.get(PAGE).context["former"]] == ["Former Fred"]


def test_person_is_added_without_a_sign_in(admin, scoped):
    response = admin.post(f"{PAGE}add/", {"name": "  Ada   Byron ", "role": Role.CONTRIBUTOR})
    assert response.url == f"{PAGE}#main"
    ada = Member.objects.get(name="Ada Byron")
    assert (ada.role, ada.user, ada.email) == (Role.CONTRIBUTOR, None, "")
    assert not mail.outbox
    entry = AuditEntry.objects.get()
    assert (entry.event, entry.detail) == (Event.MEMBER_ADDED, "Ada Byron")


def test_person_is_added_and_invited_in_one_write(admin, scoped):
    admin.post(f"{PAGE}add/", {"name": "Ada", "email": "ada@example.org", "role": 2, "invite": "on"})
    assert Invitation.objects.get().member.name == "Ada"
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
    entry = AuditEntry.objects.get()
    assert entry.event == Event.INVITED
    assert entry.detail == "Ada <ada@example.org>, contributor"


def test_person_without_an_email_is_added_and_not_invited(admin, scoped):
    page = admin.post(f"{PAGE}add/", {"name": "Ada", "role": 2, "invite": "on"}, follow=True)
    assert "Ada is a member now, without a sign-in." in page.text
    assert not Member.objects.get(name="Ada").invitations.exists() and not mail.outbox


@pytest.mark.parametrize("email", ["tom@example.org", "Tom@Example.org"])
def test_same_email_is_refused_beside_the_field(admin, scoped, email):
    factories.MemberFactory(organization=scoped, name="Tom", email="tom@example.org")
    page = admin.post(f"{PAGE}add/", {"name": "Thomas", "email": email, "role": 2})
    assert page.context["form"].errors["email"] == ["Tom has this e-mail already."]


def test_email_of_somebody_who_signs_in_here_is_not_invited(admin, scoped):
    member = own(admin)
    assert member.email == ""
    page = admin.post(
        f"{PAGE}add/", {"name": "Me again", "email": admin.user.email, "role": 2, "invite": "on"}
    )
    [error] = page.context["form"].errors["email"]
    assert error == f"Whoever signs in with this e-mail is here already: as {member.name}."


def test_role_is_changed_and_said_in_the_trail(admin, scoped):
    tom = factories.MemberFactory(organization=scoped, name="Tom")
    response = admin.post(address(tom, "save/"), data_of(tom, role=Role.MANAGER))
    assert response.url == address(tom)
    assert again(tom).role == Role.MANAGER
    entry = AuditEntry.objects.get()
    assert (entry.event, entry.detail) == (Event.ROLE_CHANGED, "Tom: viewer → manager")


def test_name_is_changed_and_said_in_the_trail(admin, scoped):
    tom = factories.MemberFactory(organization=scoped, name="Tom")
    admin.post(address(tom, "save/"), data_of(tom, name="Tom Okafor"))
    assert again(tom).name == "Tom Okafor"
    assert AuditEntry.objects.get().event == Event.MEMBER_CHANGED


@pytest.mark.protects("roles")
def test_lost_role_counts_from_the_next_request(admin, contributor, manager, scoped):
    member = own(manager)
    assert manager.post("/o/enfield/focus/rights/", {"text": "An answer"}).status_code == 302
    admin.post(address(member, "save/"), data_of(member, role=Role.VIEWER))
    assert manager.post("/o/enfield/focus/rights/", {"text": "Another"}).status_code == 403


def test_change_that_somebody_else_made_meanwhile_is_shown(admin, scoped):
    tom = factories.MemberFactory(organization=scoped, name="Tom")
    shown = data_of(tom, name="Tommy", role=Role.MANAGER)
    tom.name = "Thomas"
    tom.save()
    page = admin.post(address(tom, "save/"), shown)
    assert "Somebody else changed this" in page.text
    assert "Thomas" in page.text and again(tom).role == Role.VIEWER


@pytest.mark.protects("sessions")
def test_deactivated_person_is_let_in_no_more_and_can_come_back(admin, manager, scoped):
    member = own(manager)
    admin.post(address(member, "deactivate/"))
    assert manager.get("/o/enfield/").status_code == 404
    admin.post(address(member, "activate/"))
    assert manager.get("/o/enfield/").status_code == 200
    assert [entry.event for entry in AuditEntry.objects.all()] == [Event.MEMBER_CHANGED] * 2


def test_admin_who_deactivates_themselves_is_led_out(admin, sign_in, scoped):
    sign_in(Role.ADMIN)
    assert admin.post(address(own(admin), "deactivate/")).url == "/"


def test_admin_who_gives_the_role_up_is_led_to_a_page_they_may_read(admin, sign_in, scoped):
    sign_in(Role.ADMIN)
    member = own(admin)
    assert admin.post(address(member, "save/"), data_of(member, role=Role.VIEWER)).url == PAGE


def test_forgotten_person_has_no_page(admin, scoped):
    gone = factories.MemberFactory(organization=scoped, forgotten_at="2026-01-01T00:00Z")
    assert admin.get(address(gone)).status_code == 404
    assert gone.name not in admin.get(PAGE).text


# --- The last admin ---


def test_last_admin_is_not_demoted(admin, scoped):
    member = own(admin)
    factories.MemberFactory(organization=scoped, role=Role.ADMIN)  # who does not sign in
    page = admin.post(address(member, "save/"), data_of(member, role=Role.VIEWER))
    assert "is the last admin here who signs in" in page.context["form"].errors["role"][0]
    assert again(member).role == Role.ADMIN


def test_last_admin_is_not_deactivated(admin, scoped):
    page = admin.post(address(own(admin), "deactivate/"), follow=True)
    assert "is the last admin here who signs in" in page.text
    assert own(admin).active


@pytest.mark.parametrize("other", [{"active": False}, {"role": Role.MANAGER}, {"user__is_active": False}])
def test_admin_who_cannot_come_in_does_not_count(admin, scoped, other):
    fields = {"role": Role.ADMIN, "active": True} | other
    user = factories.UserFactory(is_active=fields.pop("user__is_active", True))
    factories.MemberFactory(organization=scoped, user=user, **fields)
    member = own(admin)
    admin.post(address(member, "save/"), data_of(member, role=Role.VIEWER))
    assert own(admin).role == Role.ADMIN


def test_last_admin_is_neither_deleted_nor_parted_from_the_sign_in(admin, scoped):
    member = own(admin)
    with pytest.raises(ValidationError), all_or_nothing():
        undo.delete(member, by=member)
    member.user = None
    with pytest.raises(ValidationError), all_or_nothing():
        member.save()
    assert own(admin).role == Role.ADMIN


def test_one_of_two_admins_goes_and_the_other_stays(admin, sign_in, scoped):
    other = own(sign_in(Role.ADMIN))
    admin.post(address(other, "deactivate/"))
    assert not again(other).active
    admin.post(address(own(admin), "deactivate/"))
    assert own(admin).active


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_demote_each_other_at_the_same_moment_one_stays(organization, sign_in):
    clients = [sign_in(Role.ADMIN), sign_in(Role.ADMIN)]
    with organization_scope(organization):
        members = [own(client) for client in clients]

    def demote(client: Client, other: Member):
        client.post(address(other, "save/"), data_of(other, role=Role.VIEWER))
        connection.close()

    threads = [Thread(target=demote, args=pair) for pair in zip(clients, reversed(members), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with organization_scope(organization):
        assert Member.objects.in_charge().count() == 1


def inline(members, **changes):
    """The form of the administration for an organization, with a line for each member."""
    lines = {"TOTAL_FORMS": len(members), "INITIAL_FORMS": len(members)}
    for number, member in enumerate(members):
        fields = {"id": member.pk, "name": member.name, "email": "", "role": member.role, "active": "on"}
        fields["user"] = member.user_id
        lines |= {f"{number}-{name}": value for name, value in (fields | changes).items()}
    empty = {
        f"{name}-{part}_FORMS": 0 for name in ("customergroup", "criterion") for part in ("TOTAL", "INITIAL")
    }
    of_members = {f"member-{name}": value for name, value in lines.items()}
    organization = {
        "name": "Enfield",
        "slug": "enfield",
        "kind": "company",
        "time_zone": "UTC",
        "currency": "EUR",
    }
    return organization | of_members | empty


@pytest.mark.parametrize("change", [{"role": Role.VIEWER}, {"DELETE": "on"}])
def test_administration_keeps_an_admin_when_all_go_at_once(admin, sign_in, scoped, change):
    admin.user.is_staff = True
    admin.user.save()
    members = [own(admin), own(sign_in(Role.ADMIN))]
    page = admin.post(f"/admin/victory/organization/{scoped.pk}/change/", inline(members, **change))
    assert page.status_code == 200
    assert "Somebody who signs in has to stay an admin here." in page.text
    assert Member.objects.in_charge().count() == 2


def test_administration_says_that_the_last_admin_stays(admin, scoped):
    admin.user.is_staff = True
    admin.user.save()
    member = own(admin)
    change = f"/admin/victory/member/{member.pk}/change/"
    page = admin.post(
        change, {"name": member.name, "role": Role.VIEWER, "user": member.user_id, "active": "on"}
    )
    assert page.status_code == 200 and "is the last admin here who signs in" in page.text
    page = admin.get(f"/admin/victory/member/{member.pk}/delete/")
    assert "the last admin of Enfield who signs in" in page.text
    page = admin.post(f"/admin/victory/member/{member.pk}/delete/", {"post": "yes"})
    assert own(admin).role == Role.ADMIN


@pytest.mark.parametrize("last", ["save/", "deactivate/", "invite/", "hand-over/", "merge/"])
def test_manager_cannot_make_themselves_admin(manager, admin, scoped, last):
    member = own(manager)
    assert manager.post(address(member, last), data_of(member, role=Role.ADMIN)).status_code == 403
    assert again(member).role == Role.MANAGER


# --- Handing over ---


def test_everything_owned_is_handed_over_in_one_write(admin, scoped):
    tom, priya = (factories.MemberFactory(organization=scoped, name=name) for name in ("Tom", "Priya"))
    factories.OwnershipFactory(organization=scoped, member=tom)
    factories.ActionFactory(organization=scoped, who=tom)
    done = factories.ActionFactory(organization=scoped, who=tom, status=Status.DONE)
    others = factories.ActionFactory(organization=scoped, who=factories.MemberFactory(organization=scoped))
    factories.AttendanceFactory(organization=scoped, member=tom)

    response = admin.post(address(tom, "hand-over/"), {"other": priya.pk})

    assert response.url == address(tom)
    assert Ownership.objects.get().member == priya
    assert Attendance.objects.get().member == priya
    assert {action.who for action in Action.objects.open()} == {priya, others.who}
    assert Action.objects.get(pk=done.pk).who == tom
    entry = AuditEntry.objects.get()
    assert (entry.event, entry.detail, entry.count) == (Event.HANDED_OVER, "Tom → Priya", 3)


def test_seat_in_a_review_that_both_have_is_one(admin, scoped):
    tom, priya = (factories.MemberFactory(organization=scoped) for _ in range(2))
    review = factories.ReviewFactory(organization=scoped)
    for member in (tom, priya):
        factories.AttendanceFactory(organization=scoped, review=review, member=member)
    admin.post(address(tom, "hand-over/"), {"other": priya.pk})
    assert Attendance.objects.get().member == priya


def test_seat_in_a_closed_review_stays(admin, scoped):
    tom, priya = (factories.MemberFactory(organization=scoped) for _ in range(2))
    review = factories.ReviewFactory(organization=scoped)
    factories.AttendanceFactory(organization=scoped, review=review, member=tom)
    factories.close(review)
    factories.OwnershipFactory(organization=scoped, member=tom)
    admin.post(address(tom, "hand-over/"), {"other": priya.pk})
    assert Attendance.objects.get(member=tom)


@pytest.mark.parametrize("other", ["", "inactive", "foreign", "same"])
def test_hand_over_to_nobody_is_refused(admin, scoped, other):
    tom = factories.MemberFactory(organization=scoped)
    factories.OwnershipFactory(organization=scoped, member=tom)
    keys = {
        "": "",
        "inactive": factories.MemberFactory(organization=scoped, active=False).pk,
        "foreign": factories.MemberFactory().pk,
        "same": tom.pk,
    }
    page = admin.post(address(tom, "hand-over/"), {"other": keys[other]})
    assert page.status_code == 200 and page.context["taker"].errors["other"]
    assert Ownership.objects.get().member == tom


def test_nothing_to_hand_over_is_said(admin, scoped):
    tom, priya = (factories.MemberFactory(organization=scoped, name=name) for name in ("Tom", "Priya"))
    page = admin.post(address(tom, "hand-over/"), {"other": priya.pk})
    assert "Tom has nothing to hand over any more." in page.context["taker"].errors["other"]
