"""Being invited by e-mail, and joining by the link: once, in time, and for that address alone."""

import re
from datetime import timedelta
from smtplib import SMTPException
from threading import Barrier, Thread

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests import factories
from victory import invitations
from victory.limits import LETTERS, may_write_to
from victory.models import AuditEntry, Invitation, Member, User
from victory.tenancy import Role, organization_scope
from victory.trail import Event

EMAIL = "tom@example.org"
ACCEPT = "/invitations/accept/"
JOINING = {"name": "Tom Okafor", "password": factories.PASSWORD}


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


@pytest.fixture
def tom(scoped):
    return factories.MemberFactory(organization=scoped, name="Tom", email=EMAIL, role=Role.CONTRIBUTOR)


def invite(admin, member):
    return admin.post(f"/o/enfield/people/{member.pk}/invite/", follow=True)


def link() -> str:
    """The path of the link in the last mail."""
    return re.search(r"https?://[^/]+(/invitations/\S+)", mail.outbox[-1].body)[1]


@pytest.fixture
def invited(admin, tom):
    """A link that was mailed to Tom."""
    invite(admin, tom)
    return link()


def account(email=EMAIL, **fields) -> User:
    return factories.UserFactory(email=email, **fields)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def member_of(tom) -> Member:
    return Member.objects.get(pk=tom.pk)


def test_mail_says_who_invites_to_what_and_until_when(admin, tom, scoped):
    page = invite(admin, tom)
    assert "Tom is invited: the mail to tom@example.org is on its way." in page.text
    [letter] = mail.outbox
    assert letter.to == [EMAIL]
    assert letter.subject == f"{admin.user.name} invites you to the workbook of Enfield"
    assert f"{admin.user.name} invites you to the workbook of Enfield, as contributor." in letter.body
    assert "once, and for tom@example.org alone." in letter.body
    invitation = Invitation.objects.get()
    assert timedelta(days=6.9) < invitation.expires_at - timezone.now() <= timedelta(days=7)
    assert (invitation.invited_by.user, invitation.member) == (admin.user, tom)
    entry = AuditEntry.objects.get()
    assert (entry.event, entry.detail) == (Event.INVITED, "Tom <tom@example.org>, contributor")


def test_names_in_the_mail_are_text_and_break_no_header(admin, tom, scoped):
    scoped.name = "A & <b>\nBcc: x@example.org"
    scoped.save()
    invite(admin, tom)
    [letter] = mail.outbox
    assert letter.subject.endswith("A & <b> Bcc: x@example.org") and "A & <b>" in letter.body
    assert letter.recipients() == [EMAIL]


@pytest.mark.protects("invitations")
def test_secret_is_kept_nowhere(invited, scoped):
    secret = invited.split("/")[-2]
    assert len(secret) >= 43
    for table in (Invitation, AuditEntry):
        assert secret not in str(list(table.objects.values()))


@pytest.mark.protects("invitations")
def test_opened_link_leaves_the_secret_out_of_the_address(client, invited):
    response = client.get(invited)
    assert (response.status_code, response.url) == (302, ACCEPT)
    assert "no-store" in response.headers["Cache-Control"]
    assert client.get(ACCEPT).status_code == 200
    assert invited.split("/")[-2] not in client.get(ACCEPT).text


def test_somebody_without_an_account_joins_with_a_new_one(client, invited, tom, scoped, settings):
    settings.OPEN_SIGNUP = False
    page = client.get(invited, follow=True)
    assert "as contributor" in page.text and "tom@example.org" in page.text
    response = client.post(ACCEPT, JOINING)
    assert response.url == "/o/enfield/"
    assert "Welcome to the workbook of Enfield." in client.get(response.url).text
    user = User.objects.get(email=EMAIL)
    assert member_of(tom).user == user and user.name == "Tom Okafor"
    assert user.check_password(factories.PASSWORD)
    address = EmailAddress.objects.get(user=user)
    assert (address.user, address.email, address.verified, address.primary) == (user, EMAIL, True, True)
    assert AuditEntry.objects.get(event=Event.JOINED).by == "Tom"


@pytest.mark.parametrize("password", ["short", "password123", "1234567890123", "tom@example.org"])
def test_weak_password_is_refused_and_nothing_is_lost(client, invited, password):
    client.get(invited)
    page = client.post(ACCEPT, {"name": "Tom Okafor", "password": password})
    assert page.status_code == 200 and page.context["form"].errors["password"]
    assert 'value="Tom Okafor"' in page.text and f'value="{password}"' not in page.text
    assert not User.objects.filter(email=EMAIL).exists()


def test_somebody_with_an_account_signs_in_first_and_then_joins(client, invited, tom):
    user = account()
    page = client.get(invited, follow=True)
    assert "There is an account for tom@example.org." in page.text
    sign_in = "/accounts/login/?next=/invitations/accept/"
    assert f'href="{sign_in}"' in page.text
    client.force_login(user)  # in the same session
    assert "Join Enfield" in client.get(ACCEPT).text
    assert member_of(tom).user is None
    assert client.post(ACCEPT).url == "/o/enfield/"
    assert member_of(tom).user == user


def test_session_keeps_the_link_through_the_sign_in(client, invited):
    account()
    client.get(invited)
    data = {"login": EMAIL, "password": factories.PASSWORD, "next": ACCEPT}
    assert client.post("/accounts/login/", data).url == ACCEPT
    assert "Join Enfield" in client.get(ACCEPT).text


@pytest.mark.protects("invitations")
def test_account_that_has_not_confirmed_the_address_does_not_join(invited, tom):
    user = account()
    EmailAddress.objects.update(verified=False)
    client = signed_in(user)
    client.get(invited)
    client.post(ACCEPT)
    assert member_of(tom).user is None


@pytest.mark.protects("invitations")
@pytest.mark.parametrize(("verified", "joins"), [(True, True), (False, False)])
def test_second_address_of_an_account_counts_once_it_is_verified(invited, tom, verified, joins):
    user = account("other@example.org")
    EmailAddress.objects.create(user=user, email=EMAIL, verified=verified)
    client = signed_in(user)
    client.get(invited)
    client.post(ACCEPT)
    assert (member_of(tom).user == user) is joins


@pytest.mark.protects("invitations")
def test_somebody_else_who_is_signed_in_is_told_so_and_can_sign_out(invited, tom):
    client = signed_in(account("other@example.org"))
    page = client.get(invited, follow=True)
    assert "The invitation went to tom@example.org" in page.text
    assert "You are signed in as other@example.org." in page.text
    client.post(ACCEPT)
    assert member_of(tom).user is None

    assert client.post("/invitations/switch/").url == ACCEPT
    assert "_auth_user_id" not in client.session
    assert "You will sign in as" in client.get(ACCEPT).text


def refused(client, status, words):
    page = client.get(ACCEPT)
    assert (page.status_code, client.post(ACCEPT, JOINING).status_code) == (status, status)
    assert "This invitation does not work any more" in page.text
    assert words in page.text


@pytest.mark.protects("invitations")
def test_expired_link_is_refused(client, invited, tom):
    Invitation.objects.update(expires_at=timezone.now())
    client.get(invited)
    refused(client, 410, "It has expired")
    assert member_of(tom).user is None


@pytest.mark.protects("invitations")
def test_withdrawn_link_is_refused(client, invited, admin, tom):
    client.get(invited)
    page = admin.post(f"/o/enfield/people/{tom.pk}/withdraw/", follow=True)
    assert "The invitation is withdrawn." in page.text
    refused(client, 410, "It was withdrawn")
    assert AuditEntry.objects.first().event == Event.INVITATION_WITHDRAWN


@pytest.mark.protects("invitations")
def test_earlier_link_is_dead_once_it_is_sent_again(client, invited, admin, tom):
    invite(admin, tom)
    client.get(invited)
    refused(client, 410, "a newer one was sent")
    client.get(link())
    assert client.post(ACCEPT, JOINING).url == "/o/enfield/"


@pytest.mark.protects("invitations")
def test_used_link_is_refused_to_others_and_leads_its_owner_in(client, invited, tom):
    client.get(invited)
    client.post(ACCEPT, JOINING)
    assert client.get(invited, follow=True).redirect_chain[-1][0] == "/o/enfield/"
    other = Client()
    other.get(invited)
    refused(other, 410, "It was used already")


@pytest.mark.parametrize("path", ["/invitations/1/{}/", "/invitations/99999999999999999999/{}/"])
def test_unknown_link_is_not_found(client, db, path):
    client.get(path.format("x" * 43))
    refused(client, 404, "Open the link in the mail once more")


@pytest.mark.protects("invitations")
def test_link_with_another_secret_is_not_found(client, invited):
    client.get(invited[:-3] + ("aa/" if invited[-3:] != "aa/" else "bb/"))
    refused(client, 404, "Open the link in the mail once more")


def test_page_without_a_link_is_not_found(client, db):
    refused(client, 404, "Open the link in the mail once more")


@pytest.mark.parametrize(
    "change", [{"email": "else@example.org"}, {"active": False}], ids=["other e-mail", "deactivated"]
)
def test_link_is_dead_once_the_member_changed(client, invited, tom, change):
    for name, value in change.items():
        setattr(tom, name, value)
    tom.save()
    client.get(invited)
    refused(client, 410, "It was withdrawn")


def test_changed_email_says_that_the_invitation_is_withdrawn(admin, invited, tom):
    data = {"name": "Tom", "email": "new@example.org", "role": 2, "version": tom.version}
    page = admin.post(f"/o/enfield/people/{tom.pk}/save/", data, follow=True)
    assert "The invitation went to the earlier address and is withdrawn" in page.text


def test_same_address_is_not_invited_twice(admin, invited):
    data = {"name": "Thomas", "email": "TOM@example.org", "role": 2, "invite": "on"}
    page = admin.post("/o/enfield/people/add/", data)
    [error] = page.context["form"].errors["email"]
    assert error.startswith("Tom is invited with this e-mail already, until ")
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": ""}, "An invitation needs an e-mail address."),
        ({"active": False}, "Tom is no longer active here."),
    ],
)
def test_who_cannot_be_invited_is_said(admin, tom, fields, words):
    Member.objects.filter(pk=tom.pk).update(**fields)
    assert words in invite(admin, tom).text
    assert not mail.outbox and not Invitation.objects.exists()


def test_who_signs_in_is_not_invited(admin, tom):
    Member.objects.filter(pk=tom.pk).update(user=account())
    assert "Tom signs in already." in invite(admin, tom).text
    assert not mail.outbox


def test_mails_of_an_organization_are_limited_by_the_day(admin, tom, scoped, monkeypatch):
    monkeypatch.setattr(Invitation, "MOST_A_DAY", 2)
    for _ in range(2):
        invite(admin, tom)
    page = invite(admin, tom)
    assert "2 invitations were sent within a day, and more are not." in page.text
    assert len(mail.outbox) == 2
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=1, minutes=1))
    invite(admin, tom)
    assert len(mail.outbox) == 3


def test_address_that_got_many_letters_is_not_invited(admin, tom):
    for _ in range(LETTERS.tries):
        may_write_to(EMAIL)
    assert "Too many letters went to this address." in invite(admin, tom).text
    assert not mail.outbox and not Invitation.objects.exists()


def test_limit_of_another_organization_does_not_count(admin, tom, monkeypatch):
    monkeypatch.setattr(Invitation, "MOST_A_DAY", 1)
    factories.InvitationFactory()
    invite(admin, tom)
    assert len(mail.outbox) == 1


def test_mail_that_cannot_be_sent_is_said_and_can_be_sent_again(admin, tom, monkeypatch):
    def refuse(*args, **kwargs):
        raise SMTPException

    with monkeypatch.context() as broken:
        broken.setattr(invitations, "send_mail", refuse)
        page = invite(admin, tom)
    assert "Tom is invited, but the mail to tom@example.org was not sent." in page.text
    assert "Send it again" in page.text
    invite(admin, tom)
    assert len(mail.outbox) == 1


def test_person_who_is_a_member_already_does_not_join_twice(invited, tom, scoped):
    user = account()
    factories.MemberFactory(organization=scoped, user=user, name="Thomas")
    client = signed_in(user)
    client.get(invited)
    assert client.post(ACCEPT).status_code == 410
    assert member_of(tom).user is None
    assert Invitation.objects.open().exists()


@pytest.mark.protects("invitations")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_account", [True, False])
def test_two_who_accept_at_the_same_moment_make_one_member(organization, sign_in, with_account):
    admin = sign_in(Role.ADMIN)
    tom = factories.MemberFactory(organization=organization, name="Tom", email=EMAIL)
    invite(admin, tom)
    users = [account()] if with_account else []
    clients = [signed_in(users[0]) if with_account else Client() for _ in range(4)]
    together, answers = Barrier(len(clients)), []

    def accept(client):
        client.get(link())
        together.wait()
        answers.append(client.post(ACCEPT, JOINING))
        connection.close()

    threads = [Thread(target=accept, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    welcomed = [answer for answer in answers if answer.status_code == 302 and answer.url == "/o/enfield/"]
    assert len(answers) == 4 and welcomed
    assert len(welcomed) == 1 or with_account  # the same person is led in, however often they click
    assert User.objects.filter(email=EMAIL).count() == 1
    with organization_scope(organization):
        assert Member.objects.filter(user__email=EMAIL).count() == 1
        assert AuditEntry.objects.filter(event=Event.JOINED).count() == 1
