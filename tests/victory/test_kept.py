"""What was typed on a page that was left open until the sign-in had ended."""

import pytest
from django.conf import settings
from django.test import Client

from tests import factories
from tests.forms import form_to
from victory.models import CustomerRight
from victory.tenancy import Role, organization_scope

RIGHTS = "/o/enfield/focus/rights/"
SIGN_IN = "/accounts/login/"


@pytest.fixture
def member(organization):
    user = factories.UserFactory()
    return factories.MemberFactory(organization=organization, user=user, role=Role.MANAGER)


def enter(client, user, to="/kept/"):
    typed = {"login": user.email, "password": factories.PASSWORD, "next": to}
    return client.post(SIGN_IN, typed, follow=True)


def test_what_was_posted_after_the_sign_in_ended_is_there_after_signing_in_again(client, member):
    answer = client.post(RIGHTS, {"text": "A prompt\nanswer", "csrfmiddlewaretoken": "x"})
    assert answer.url == f"{SIGN_IN}?next=/kept/"
    assert "What you typed is kept. Sign in, and you can save it." in client.get(answer.url).text

    page = enter(client, member.user).text
    assert "What you typed is kept" in page and "<dt>Right</dt>" not in page
    assert "A prompt<br>answer" in page

    sent = form_to(RIGHTS, page)
    assert sent["text"] == "A prompt\nanswer"
    with organization_scope(member.organization):
        assert not CustomerRight.objects.exists()  # nothing is done by itself
        answer = client.post(RIGHTS, sent | {"text": "A prompt answer"}, follow=True)
        assert "Saved." in answer.text
        assert CustomerRight.objects.get().text == "A prompt answer"
    assert "kept" not in client.session


def test_kept_row_is_shown_with_labels_and_choices_in_words(client, member):
    group = factories.CustomerGroupFactory(organization=member.organization, name="Direct")
    client.post("/o/enfield/drivers/customers/", {"name": "Residents", "group": group.pk})

    page = enter(client, member.user).text

    assert "Customer Group" in page and "<dd>Direct</dd>" in page and "<dd>Residents</dd>" in page


def test_kept_again_where_the_second_sending_fails_too(client, member):
    client.post(RIGHTS, {"text": "A prompt answer"})
    sent = form_to(RIGHTS, enter(client, member.user).text)
    client.session.flush()
    client.cookies.clear()

    assert client.post(RIGHTS, sent).url == f"{SIGN_IN}?next=/kept/"
    assert "A prompt answer" in enter(client, member.user).text


def test_every_page_says_that_something_is_kept_until_it_is_discarded(client, member):
    client.post(RIGHTS, {"text": "A prompt answer"})
    enter(client, member.user, to="/o/enfield/")

    assert 'href="/kept/"' in client.get("/o/enfield/").text
    client.post("/kept/")
    assert 'href="/kept/"' not in client.get("/o/enfield/").text
    assert "Nothing that you typed is waiting" in client.get("/kept/", follow=True).text


def test_somebody_who_is_no_member_there_is_not_shown_what_was_typed(client, member, outsider):
    client.post(RIGHTS, {"text": "Frank words"})

    assert "Frank words" not in enter(client, outsider.user).text


@pytest.mark.protects("sessions")
@pytest.mark.parametrize("is_offered", [True, False])
def test_what_was_typed_is_offered_to_whoever_typed_it_alone(client, member, is_offered):
    colleague = factories.MemberFactory(organization=member.organization, user=factories.UserFactory())
    enter(client, member.user)
    del client.cookies[settings.SESSION_COOKIE_NAME]  # it has ended

    client.post(RIGHTS, {"text": "Frank words"})

    page = enter(client, member.user if is_offered else colleague.user).text
    assert ("Frank words" in page) == is_offered


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"text": "", "version": "3"},
        {"text": "x" * 200_001},
        {"new_password": "secret"},
    ],
)
def test_nothing_is_kept_of_an_empty_form_a_flood_or_a_password(client, member, posted):
    assert client.post(RIGHTS, posted).url == f"{SIGN_IN}?next={RIGHTS}"
    assert "kept" not in client.session


def test_file_is_not_kept(client, member, tmp_path):
    file = tmp_path / "rights.txt"
    file.write_text("secret")
    with file.open() as upload:
        client.post(RIGHTS, {"text": "A prompt answer", "upload": upload})

    assert client.session["kept"]["fields"] == [["text", "A prompt answer"]]


@pytest.fixture
def strict():
    """A browser whose requests are checked for forgery."""
    return Client(enforce_csrf_checks=True)


def test_stale_token_of_somebody_signed_in_shows_what_was_typed_and_does_nothing(strict, member):
    strict.force_login(member.user)
    strict.get("/o/enfield/focus/")

    answer = strict.post(RIGHTS, {"text": "A prompt answer", "csrfmiddlewaretoken": "x" * 64})

    assert answer.status_code == 403 and "A prompt answer" in answer.text
    with organization_scope(member.organization):
        assert not CustomerRight.objects.exists()
        again = form_to(RIGHTS, answer.text)
        assert strict.post(RIGHTS, again).status_code == 302
        assert CustomerRight.objects.get().text == "A prompt answer"


def test_forged_request_of_nobody_is_refused_and_nothing_is_kept(strict, organization):
    answer = strict.post(RIGHTS, {"text": "Planted"})

    assert answer.status_code == 403
    assert "This was not accepted" in answer.text and "Planted" not in answer.text
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


def test_forged_request_to_a_page_of_no_organization_is_refused(strict, member):
    strict.force_login(member.user)

    assert "This was not accepted" in strict.post("/accounts/logout/", {"text": "Planted"}).text


def test_htmx_is_told_of_a_stale_token_and_gets_the_one_of_now(strict, member):
    strict.force_login(member.user)
    htmx = {"hx-request": "true"}

    refused = strict.post(RIGHTS, {"text": "A prompt answer"}, headers=htmx)
    assert refused.status_code == 403 and refused["X-Token"] == "stale" and "kept" not in strict.session

    token = strict.get("/token/", headers=htmx).text
    typed = {"text": "A prompt answer"}
    assert strict.post(RIGHTS, typed, headers=htmx | {"x-csrftoken": token}).status_code == 200


def test_token_is_for_those_signed_in(client, db):
    assert client.get("/token/", headers={"hx-request": "true"}).status_code == 401


def test_browser_is_told_that_what_it_sent_is_written(manager, manager_htmx):
    saved = manager.post(RIGHTS, {"text": "A prompt answer", "device": "a1b2"})
    refused = manager.post(RIGHTS, {"text": "", "device": "a1b2"})
    part = manager_htmx.post(RIGHTS, {"text": "A full answer"})
    refused_part = manager_htmx.post(RIGHTS, {"text": ""})

    assert saved.cookies["saved"].value == "a1b2"
    assert "saved" not in refused.cookies
    assert part["X-Saved"] == "yes" and "X-Saved" not in refused_part
