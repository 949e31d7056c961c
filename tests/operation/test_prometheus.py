"""What Prometheus is told, and that nobody else is."""

import os
import re
import subprocess

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from tests.races.server import Person, Server
from victory import prometheus

TOKEN = "kX3vTz9-Jq8mW2eRb7uY"
WITH_TOKEN = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def on(settings):
    """What the settings make of PROMETHEUS_TOKEN."""
    settings.PROMETHEUS_TOKEN = TOKEN
    settings.SECURE_REDIRECT_EXEMPT = [*settings.SECURE_REDIRECT_EXEMPT, r"^metrics$"]
    health = settings.MIDDLEWARE.index("victory.health.HealthMiddleware")
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[: health + 1],
        "victory.prometheus.PrometheusMiddleware",
        *settings.MIDDLEWARE[health + 1 :],
    ]
    for counts in (prometheus.requests, prometheus.seconds):
        counts.clear()


def samples(text: str) -> dict[tuple, float]:
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def told() -> dict[tuple, float]:
    return samples(Client().get("/metrics", headers=WITH_TOKEN).text)


def answered(text: dict[tuple, float]) -> dict[tuple[str, str, str], float]:
    """How many requests, by method, route and status."""
    return {
        tuple(value for _label, value in labels): count
        for (name, *labels), count in text.items()
        if name == "winning_requests_total"
    }


def test_requests_are_counted_by_route_method_and_status(on, manager, client):
    manager.get("/o/enfield/dashboard/")
    manager.get("/o/enfield/dashboard/")
    manager.post("/o/enfield/dashboard/")
    client.get("/o/enfield/dashboard/")

    counts = told()

    assert answered(counts) == {
        ("GET", "dashboard", "200"): 2,
        ("POST", "dashboard", "405"): 1,
        ("GET", "dashboard", "302"): 1,
    }
    assert counts["winning_request_seconds_count", ("route", "dashboard")] == 4
    assert 0 < counts["winning_request_seconds_sum", ("route", "dashboard")] < 60


def test_nothing_that_somebody_chose_becomes_a_name(on, manager, client):
    """Neither a person nor an organization is named, and nobody can fill the memory with names."""
    manager.get("/o/enfield/")
    manager.get("/o/another/")
    for made_up in ("only-for-the-eyes", "robin@example.org"):
        client.get(f"/{made_up}/")
        client.generic(made_up, "/")

    text = Client().get("/metrics", headers=WITH_TOKEN).text

    assert not re.search("enfield|another|only-for|robin|/", re.sub("# .*", "", text))
    assert {method for method, _route, _status in answered(samples(text))} == {"GET", "other"}


def test_questions_of_load_balancers_are_not_counted(on, client, db):
    client.get("/healthz")
    client.get("/metrics", headers=WITH_TOKEN)

    assert not answered(told())


def test_error_of_ours_is_counted(on, manager, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("victory.views.pages.render", broken)
    manager.raise_request_exception = False
    manager.get("/o/enfield/")

    assert answered(told()) == {("GET", "workbook", "500"): 1}


def test_process_says_what_it_takes(on, client, db):
    process = ("process", str(os.getpid()))

    counts = told()

    assert counts["process_resident_memory_bytes", process] > 1_000_000
    assert counts["process_cpu_seconds_total", process] > 0


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \xfc", TOKEN],
)
def test_for_strangers_it_is_an_address_like_any_other_that_is_none(on, client, db, authorization):
    headers = {"authorization": authorization} if authorization else {}
    answer, nowhere = client.get("/metrics", headers=headers), client.get("/nowhere", headers=headers)

    assert (answer.status_code, nowhere.status_code) == (404, 404)
    pages = [re.sub(r'CSRFToken": "\w+"|/metrics|/nowhere', "", page.text) for page in (answer, nowhere)]
    assert pages[0] == pages[1]


def test_without_the_setting_there_is_no_such_address(client, db):
    assert client.get("/metrics", headers=WITH_TOKEN).status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_called_by_address_and_without_https_it_answers(on, client, settings):
    settings.DEBUG, settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = (
        False,
        True,
        ["quality.example.org"],
    )

    answer = client.get("/metrics", headers={"host": "10.0.0.7:8000", **WITH_TOKEN})

    assert answer.status_code == 200 and not answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]


def test_processes_of_a_server_count_together(transactional_db, monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_TOKEN", TOKEN)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    server = Server(processes=2, options=())  # each process loads the program by itself, as installed
    server.start()
    try:
        person = Person(server.port)
        for _ in range(20):
            person.get("/accounts/login/")
        counts = samples(person.send("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text)
    finally:
        server.kill()

    # one more made sure that it answers
    assert answered(counts)["GET", "account_login", "200"] == 21
    processes = {labels[0][1] for (name, *labels) in counts if name == "process_resident_memory_bytes"}
    assert processes and str(server.process.pid) not in processes


def test_stranger_with_the_number_of_a_process_that_ended_is_not_told_of(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    with subprocess.Popen(["sleep", "60"]) as stranger:  # not one of the processes beside this one
        for number in (ended.pid, stranger.pid, os.getpid()):
            (tmp_path / f"counter_{number}.db").touch()
        assert prometheus.serving() == [os.getpid()]
        stranger.kill()
