"""The number under which the log knows a request: where it comes from, and where people see it."""

import re

import pytest
from django.test import Client

from victory.views import pages

MADE = re.compile(r"[2-9a-z]{12}")
FROM_A_PROXY = (
    "7f3c9a1e5b2d4c6f8a0b1c2d3e4f5a6b",
    "9b2f0c1e-4d3a-4b5c-8d7e-6f5a4b3c2d1e",
    "Root=1-67891233-ab",
)
HARMFUL = ("", "a b", "x" * 65, "<script>", "ä", "a\r\nSet-Cookie: b=c", "robin@example.org", "a,b", '"}')


@pytest.fixture
def broken(monkeypatch):
    """The page of the workbook breaks."""

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(pages, "render", broken)


def id_given(client, path="/healthz", **headers) -> str:
    return client.get(path, headers=headers).headers["X-Request-ID"]


def test_each_request_gets_an_id_of_its_own():
    ids = {id_given(Client()) for _ in range(20)}

    assert len(ids) == 20
    assert all(MADE.fullmatch(each) for each in ids)


@pytest.mark.parametrize("given", FROM_A_PROXY)
def test_id_of_the_proxy_is_taken(given, settings):
    settings.BEHIND_PROXY = True
    assert id_given(Client(), x_request_id=given) == given


@pytest.mark.parametrize("given", FROM_A_PROXY)
def test_id_is_not_taken_from_anybody_where_there_is_no_proxy(given):
    assert MADE.fullmatch(id_given(Client(), x_request_id=given))


@pytest.mark.parametrize("given", HARMFUL)
def test_id_that_could_do_harm_is_not_taken(given, settings):
    settings.BEHIND_PROXY = True
    assert MADE.fullmatch(id_given(Client(), x_request_id=given))


@pytest.mark.parametrize("path", ["/accounts/login/", "/no-such-page/", "/o/nobody/"])
def test_every_answer_names_it(path, client, db):
    assert MADE.fullmatch(id_given(client, path))


def test_page_of_an_error_says_which_number_to_tell(manager, broken):
    manager.raise_request_exception = False

    answer = manager.get("/o/enfield/")

    assert answer.status_code == 500
    assert f"Tell them this number as well: <code>{answer.headers['X-Request-ID']}</code>" in answer.text


def test_number_is_said_also_where_the_page_of_an_error_breaks(manager, broken, monkeypatch, log_lines):
    monkeypatch.setattr(pages, "render_to_string", pages.render)
    manager.raise_request_exception = False

    answer = manager.get("/o/enfield/")

    assert answer.status_code == 500 and answer.headers["Content-Type"] == "text/plain"
    assert answer.text == f"Something broke on our side. Its number is {answer.headers['X-Request-ID']}."
    assert "The page of an error cannot be shown" in [line["message"] for line in log_lines()]


def test_every_line_of_a_request_has_its_id(manager, broken, log_lines):
    manager.raise_request_exception = False

    ids = [manager.get("/o/enfield/").headers["X-Request-ID"] for _ in range(2)]

    lines = log_lines()
    assert {line["logger"] for line in lines} == {"django.request", "victory.access"}
    assert [line["request_id"] for line in lines] == [ids[0], ids[0], ids[1], ids[1]]
