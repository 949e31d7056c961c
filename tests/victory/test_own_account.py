"""One's own account: what is kept of it, and its end."""

import json

import pytest

from tests import factories
from victory.models import AuditEntry, Member, User
from victory.tenancy import Role, organization_scope, scopes_disabled
from victory.trail import Event

PAGE = "/account/delete/"


@pytest.fixture
def person(sign_in):
    """Somebody who has just shown who they are."""
    client = sign_in(Role.VIEWER)
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    return client


def delete(client, typed=None):
    return client.post(PAGE, {"name": typed or client.user.email})


def test_account_is_gone_and_the_member_stays(person, organization):
    assert delete(person).url == "/accounts/login/"
    assert not User.objects.filter(pk=person.user.pk).exists()
    with organization_scope(organization):
        member = Member.objects.get()
    assert (member.name, member.user) == (person.user.name, None)
    assert person.get("/mine/").status_code == 302
    factories.UserFactory(email=person.user.email)


def test_trail_no_longer_tells_who_it_was(person, organization):
    delete(person)
    with scopes_disabled():
        entry = AuditEntry.objects.get(organization=None)
    assert (entry.by, entry.user, entry.address, entry.detail) == ("", None, None, "deleted")


def test_organization_is_told_and_the_history_knows(person, organization):
    with organization_scope(organization):
        member = Member.objects.get()
    delete(person)
    with organization_scope(organization):
        after = Member.objects.get()
        entry = AuditEntry.objects.get(event=Event.ACCOUNT_CHANGED)
    assert after.version == member.version + 1
    assert [state.user_id for state in after.history.order_by("-history_id")[:2]] == [None, person.user.pk]
    assert entry.detail == f"account of {member.name} deleted"
    assert (entry.member, entry.by, entry.user) == (member, member.name, None)
    assert [row["kind"] for row in entry.rows] == ["victory.member"]


def test_member_who_is_no_longer_active_loses_the_account_too(person, organization):
    other = factories.OrganizationFactory()
    factories.MemberFactory(organization=other, user=person.user, role=Role.ADMIN, active=False)
    assert delete(person).status_code == 302
    with organization_scope(other):
        member = Member.objects.get()
        assert AuditEntry.objects.get().member == member
    assert (member.user, member.version) == (None, 2)


def test_admin_whose_last_colleague_just_left_stays(person, organization, monkeypatch):
    """Who waited for the other's lock is asked after it whether somebody is left."""
    with organization_scope(organization):
        Member.objects.update(role=Role.ADMIN)
    other = factories.MemberFactory(organization=organization, user=factories.UserFactory(), role=Role.ADMIN)
    lock_first = Member.lock_first

    def lock_after_the_other_went(member):
        Member.objects.filter(pk=other.pk).update(user=None)
        lock_first(member)

    monkeypatch.setattr(Member, "lock_first", lock_after_the_other_went)
    assert "Nobody else is an admin of Enfield" in delete(person).text
    assert User.objects.filter(pk=person.user.pk).exists()


def test_wrong_address_deletes_nothing(person):
    assert "This is not the same" in delete(person, "me").text
    assert User.objects.filter(pk=person.user.pk).exists()


def test_only_admin_hands_over_first(person, organization):
    with organization_scope(organization):
        Member.objects.update(role=Role.ADMIN)
    answer = delete(person)
    assert answer.status_code == 200 and "Nobody else is an admin of Enfield" in answer.text
    assert User.objects.filter(pk=person.user.pk).exists()
    without_sign_in = factories.MemberFactory(organization=organization, role=Role.ADMIN)
    assert delete(person).status_code == 200
    with organization_scope(organization):
        without_sign_in.user = factories.UserFactory()
        without_sign_in.save()
    assert delete(person).status_code == 302


def test_who_signed_in_long_ago_shows_again_who_they_are(viewer, organization):
    assert viewer.get(PAGE).url.startswith("/accounts/reauthenticate/")
    assert viewer.post(PAGE, {"name": viewer.user.email}).status_code == 302
    assert User.objects.filter(pk=viewer.user.pk).exists()


def test_what_is_kept_is_handed_out(person, organization):
    factories.MemberFactory(name="Somebody Else", organization=organization)
    told = json.loads(person.post("/account/data/").content)
    assert told["email"] == person.user.email
    assert told["member_of"] == [
        {"organization": "Enfield", "name": person.user.name, "email": "", "role": "viewer"}
    ]
    assert "Somebody Else" not in json.dumps(told) and "password" not in json.dumps(told)
