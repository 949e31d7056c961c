"""The server is killed again and again while people write: what it answered for is there afterwards.

With SECURITY=1 there are ten thousand writes.
"""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from threading import Event

import pytest

from metrics.models import Measurement, Metric
from tests import factories
from tests.races.server import Person, Server, Unanswered, a_person
from victory.tenancy import organization_scope

pytestmark = pytest.mark.protects("killed")

PEOPLE = 8
WRITES = 10_000 if os.environ.get("SECURITY") else 120
KILLS = 10 if os.environ.get("SECURITY") else 2
FIRST_DAY = date(2018, 1, 1)


@pytest.fixture
def metrics(transactional_db):
    """Two metrics with a target, on which everybody writes."""
    organization = factories.OrganizationFactory(slug="enfield")
    return [factories.TargetFactory(organization=organization).metric for _ in range(4)]


@pytest.fixture
def server(metrics):
    server = Server()
    server.start()
    yield server
    server.kill()


class Clerk:
    """Enters one figure a day, each person on days of their own."""

    def __init__(self, person: Person, number: int, metrics: list[Metric]):
        self.person, self.metrics = person, metrics
        self.days = count(number, PEOPLE)
        self.answered = []

    def write(self):
        turn = next(self.days)
        metric, day = self.metrics[turn % len(self.metrics)], FIRST_DAY + timedelta(days=turn // 4)
        value = random.randint(50, 100)
        typed = {"date": day.isoformat(), "figure": f"{value} %", "note": ""}
        answer = self.person.post(f"/o/enfield/metrics/{metric.pk}/figures/", typed)
        assert answer.status == 200 and answer.saved, answer.text
        self.answered.append((metric.pk, day, Decimal(value)))


def write_until_killed(clerks: list[Clerk], server: Server, writes: int):
    """Let them write on until so many more are answered, and kill the server while they do."""
    gone, goal = Event(), sum(len(clerk.answered) for clerk in clerks) + writes

    def work(clerk):
        while not gone.is_set():
            try:
                clerk.write()
            except Unanswered:
                return

    with ThreadPoolExecutor(PEOPLE) as pool:
        working = [pool.submit(work, clerk) for clerk in clerks]
        while sum(len(clerk.answered) for clerk in clerks) < goal and not any(w.done() for w in working):
            time.sleep(0.005)
        server.kill()
        gone.set()
        for each in working:
            each.result()


def test_every_answered_write_is_there_after_the_server_was_killed(metrics, server):
    organization = metrics[0].organization
    clerks = [Clerk(a_person(server, organization), number, metrics) for number in range(PEOPLE)]

    for _kill in range(KILLS):
        write_until_killed(clerks, server, WRITES // KILLS + 1)
        server.start()

    answered = [write for clerk in clerks for write in clerk.answered]
    with organization_scope(organization):
        stored = set(Measurement.objects.values_list("metric_id", "date", "value"))
        assert len(answered) >= WRITES and set(answered) <= stored
        for metric in Metric.objects.select_related("latest"):
            check_newest(metric)
    unanswered = len(stored) - len(answered)
    print(f"{len(answered)} writes answered over {KILLS} kills, all there; {unanswered} more were written")


def check_newest(metric: Metric):
    """What the metric repeats of its figures is what they, and their history, say."""
    newest = metric.measurements.order_by("-date").first()
    assert metric.latest == newest and metric.verdict == newest.verdict
    assert metric.verdict == newest.verdict_by(metric.target_on(newest.date))
    repeated = [figure.date.isoformat() for figure in metric.measurements.order_by("-date")[: Metric.RECENT]]
    assert [day for day, *_figure in metric.recent] == repeated[::-1]
    for figure in metric.measurements.all():
        last = figure.history.first()
        assert (last.date, last.value, last.version) == (figure.date, figure.value, figure.version)
