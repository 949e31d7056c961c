"""What no request may do, of those that only some addresses can be asked."""

import logging
import re
from collections.abc import Iterator

import pytest
from django.urls import URLResolver, get_resolver, reverse

from tests import factories
from tests.routes import PREFIX
from victory.logs import WITHHELD, withhold

ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)")


@pytest.mark.protects("redirects")
@pytest.mark.parametrize("there", ELSEWHERE)
def test_sign_in_does_not_lead_elsewhere(client, organization, there):
    member = factories.MemberFactory(organization=organization, user=factories.UserFactory())
    answer = client.post(
        reverse("account_login"),
        {"login": member.user.email, "password": factories.PASSWORD, "next": there},
    )
    assert "evil.example" not in answer.headers.get("Location", "")
    assert not answer.headers.get("Location", "").startswith("javascript")


@pytest.mark.protects("host")
@pytest.mark.parametrize("header", ["host", "x-forwarded-host"])
def test_foreign_host_is_not_believed(client, db, header, settings):
    settings.DEBUG = False
    answer = client.get(reverse("account_login"), headers={header: "evil.example"})
    assert answer.status_code == (400 if header == "host" else 200)
    assert "evil.example" not in answer.text


@pytest.mark.protects("outsiders")
def test_page_of_another_organization_is_as_if_it_did_not_exist(outsider, organization):
    theirs, nobodys = outsider.get("/o/enfield/people/"), outsider.get("/o/nobody/people/")
    assert theirs.status_code == nobodys.status_code == 404


SECRET = "only-for-the-eyes-of-enfield"


@pytest.mark.protects("logs")
def test_log_says_nothing_of_what_broke_a_page(manager, caplog, log_lines, monkeypatch, organization):
    """An error of ours is logged with where it happened, and nothing of what was typed."""

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("victory.worksheets.views.save_last", broken)
    manager.raise_request_exception = False
    with caplog.at_level(logging.DEBUG):
        answer = manager.post("/o/enfield/focus/rights/", {"text": SECRET})
    assert answer.status_code == 500 and "RuntimeError" in caplog.text
    assert SECRET not in caplog.text and SECRET not in str(log_lines())


@pytest.mark.protects("logs")
def test_log_says_no_password_and_no_address(client, db, caplog, log_lines):
    with caplog.at_level(logging.DEBUG):
        client.post(reverse("account_login"), {"login": "robin@example.org", "password": SECRET})
        client.get(reverse("account_login"), {"next": SECRET, "login": "robin@example.org"})
    assert SECRET not in caplog.text
    assert len(log_lines()) == 2
    assert SECRET not in str(log_lines()) and "robin" not in str(log_lines())


@pytest.mark.protects("logs")
@pytest.mark.parametrize(
    "damage", ["{}/", "{}", "{}./", "{} /", "{}/x/", "%0A{}/", "{}/?{}", "x%20{}/", "<{}>"]
)
@pytest.mark.parametrize("link", ["/invitations/7/", "/accounts/password/reset/key/5-", "/mails/"])
def test_log_says_no_secret_of_a_link(client, db, caplog, log_lines, link, damage):
    """However the link of a mail was damaged on its way here, and whatever is made of it."""
    with caplog.at_level(logging.DEBUG):
        for send in (client.get, client.head, client.post, client.put):
            send(link + damage.replace("{}", SECRET))
    said = log_lines()
    assert len([line for line in said if line["logger"] == "victory.access"]) == 4
    assert SECRET[:10] not in str(said) and SECRET[-10:] not in str(said)


@pytest.mark.protects("logs")
def test_every_address_with_a_secret_in_it_is_known_to_the_log():
    """By what such a part of an address is called: in ours, and in those of allauth."""
    holding = [address for address in patterns() if re.search(r"<(\w+:)?(secret|key|token|code)>", address)]
    assert len(holding) == 3
    for address in holding:
        assert WITHHELD in withhold(re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]+>", "1", address).replace("^", ""))


def patterns(within=None, prefix="/") -> Iterator[str]:
    """The addresses that belong to no organization, as they are declared."""
    for pattern in within or get_resolver().url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and not path.startswith(f"/{PREFIX}"):
            yield from patterns(pattern.url_patterns, path)
        elif not isinstance(pattern, URLResolver):
            yield path


@pytest.mark.protects("sizes")
def test_body_that_is_too_large_is_refused(manager, organization, settings):
    text = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    answer = manager.post(
        "/o/enfield/focus/rights/", f"text={text}", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in (400, 413)


@pytest.mark.protects("sizes")
def test_too_many_fields_are_refused(manager, organization, settings):
    fields = {f"field{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    assert manager.post("/o/enfield/focus/rights/", fields).status_code in (400, 413)
