"""The version before this one goes on serving while the new migrations run, and beside the new one.

Each test takes many seconds: it starts real servers, with the code of the old release among them.
"""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.databases import an_empty_database
from tests.forms import form_to
from tests.races.server import Answer, Person, Server
from tests.upgrade.releases import OLD_RELEASE, Release, need_history

VISITORS = 3
ROUNDS = 2
"""Of each visitor, before something happens and after it."""
SIGN_IN = {"login": "demo@example.org", "password": "winning-customers"}
NEW = Release(settings.BASE_DIR)
RIGHTS = "/o/enfield/focus/rights/"
OF_ENFIELD = "organization_id = (SELECT id FROM victory_organization WHERE slug = 'enfield')"
NUMBERS = count(1)


def column(sql: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def metrics_in_percent() -> list[int]:
    return column(f"SELECT id FROM metrics_metric WHERE unit = 'percent' AND {OF_ENFIELD} ORDER BY id")


@pytest.fixture(scope="module")
def old(django_db_setup, django_db_blocker, tmp_path_factory):
    """A server of the old release, on a database that this release made and filled."""
    need_history()
    folder = tmp_path_factory.mktemp("old")
    release = Release.unpacked(OLD_RELEASE, folder / "code")
    with django_db_blocker.unblock(), an_empty_database("old_release", folder):
        release.manage("migrate")
        release.manage("demo")
        with serving(release) as server:
            yield server


@pytest.fixture(scope="module")
def new(old):
    """A server of this version beside it, once the migrations have run."""
    NEW.manage("migrate")
    with serving(NEW) as server:
        yield server


@contextmanager
def serving(release: Release):
    server = Server(code=release.folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def signed_in(server: Server) -> Person:
    person = Person(server.port)
    page = person.get("/accounts/login/").text
    person.post("/accounts/login/", form_to("/accounts/login/", page) | SIGN_IN)
    assert person.get("/o/enfield/").status == 200
    return person


@dataclass
class Visitor:
    """Somebody who signs in, looks at pages and saves, again and again."""

    server: Server
    number: int
    metric: int
    rounds: int = 0
    person: Person | None = None
    texts: set[str] = field(default_factory=set)

    def visit(self):
        self.rounds += 1
        if self.rounds % ROUNDS == 1:
            self.person = Person(self.server.port)
            typed = form_to("/accounts/login/", self.heard(self.person.get("/accounts/login/")).text)
            self.heard(self.person.post("/accounts/login/", typed | SIGN_IN))
        for page in ("", "focus/", "metrics/", "dashboard/", "portfolio/", f"metrics/{self.metric}/"):
            self.heard(self.person.get(f"/o/enfield/{page}"))
        self.write(f"visitor {self.number}, round {self.rounds}")

    def write(self, text: str):
        row = self.added(f"{text}, first")
        edit = f"{RIGHTS}{row}/edit/"
        shown = form_to(edit, self.heard(self.person.get(edit)).text)
        self.save(edit, shown | {"text": text})
        self.texts.add(text)
        self.save(f"{RIGHTS}{self.added(f'{text}, passing')}/delete/", {})
        day = date(2019, 6, 1) + timedelta(days=self.number * 100 + self.rounds)  # nobody else's
        typed = {"date": day.isoformat(), "figure": f"{self.rounds % 100} %", "note": text}
        self.save(f"/o/enfield/metrics/{self.metric}/figures/", typed)

    def added(self, text: str) -> str:
        """The key of a new row."""
        answer = self.save(RIGHTS, {"text": text})
        return re.search(rf"{RIGHTS}(\d+)/edit/", answer.text)[1]

    def save(self, address: str, typed: dict) -> Answer:
        answer = self.heard(self.person.post(address, typed))
        assert answer.saved, f"{address} was not saved: {answer.text}"
        return answer

    def heard(self, answer: Answer) -> Answer:
        assert answer.status < 400, f"{answer.status}: {answer.text}"
        return answer


@contextmanager
def visitors(*servers: Server):
    """People on these servers, from before what happens inside until some time after it.

    Whatever one of them did not get, or could not save, is raised in the end.
    """
    metrics = metrics_in_percent()
    all_of_them = [
        Visitor(servers[number % len(servers)], next(NUMBERS), metrics[number]) for number in range(VISITORS)
    ]
    until = threading.Event()

    def work(visitor):
        while not until.is_set():
            visitor.visit()

    with ThreadPoolExecutor(VISITORS) as pool:
        working = [pool.submit(work, visitor) for visitor in all_of_them]

        def let_them_visit():
            goals = [visitor.rounds + ROUNDS for visitor in all_of_them]
            while any(v.rounds < goal for v, goal in zip(all_of_them, goals, strict=True)):
                if any(each.done() for each in working):
                    break
                time.sleep(0.05)

        try:
            let_them_visit()
            yield all_of_them
            let_them_visit()
        finally:
            until.set()
        for each in working:
            each.result()


def assert_nothing_is_lost(all_of_them: list[Visitor]):
    texts = set(column("SELECT text FROM victory_customerright"))
    notes = set(column("SELECT note FROM metrics_measurement"))
    for visitor in all_of_them:
        assert visitor.rounds >= 2 * ROUNDS and visitor.texts
        assert visitor.texts <= texts and visitor.texts <= notes
        assert not {text for text in texts if text.startswith(f"visitor {visitor.number},")} - visitor.texts


def test_old_release_serves_while_the_new_migrations_run(old):
    with visitors(old) as all_of_them:
        NEW.manage("migrate")
    assert_nothing_is_lost(all_of_them)
    executor = MigrationExecutor(connection)
    assert not executor.migration_plan(executor.loader.graph.leaf_nodes())


def test_both_versions_serve_side_by_side(old, new):
    with visitors(old, new) as all_of_them:
        pass
    assert_nothing_is_lost(all_of_them)


def test_what_one_version_saves_the_other_one_shows_at_once(old, new):
    metric = metrics_in_percent()[0]
    address = f"/o/enfield/metrics/{metric}/figures/"
    pages = [f"/o/enfield/{page}" for page in ("dashboard/", "performance/", f"metrics/{metric}/")]
    people = [signed_in(old), signed_in(new)]
    for number in range(4):
        for person in people:
            assert all(person.get(page).status == 200 for page in pages)  # it may keep what it showed
        figure, day = f"{number + 11}.7", date.today() - timedelta(days=4 - number)
        typed = {"date": day.isoformat(), "figure": f"{figure} %", "note": ""}
        assert people[number % 2].post(address, typed).saved
        for person in people:
            for page in pages:
                assert f"{figure}\N{NO-BREAK SPACE}%" in person.get(page).text, page


def test_old_release_deletes_and_begins_beside_the_new_tables(old, new):
    """Rows of new tables that point to what it deletes must go along without its knowing of them."""
    person = signed_in(old)
    metric = metrics_in_percent()[-1]
    member = column(f"SELECT id FROM victory_member WHERE user_id IS NULL AND {OF_ENFIELD} ORDER BY id")[0]
    for address in (f"metrics/metrics/{metric}/delete/", f"people/{member}/deactivate/"):
        assert person.post(f"/o/enfield/{address}", {}).status in (200, 302)
    begun = {"name": "A new clinic", "kind": "company", "time_zone": "Europe/London", "currency": "GBP"}
    assert person.post("/organizations/new/", begun).status == 302

    somebody_else = signed_in(new)
    for page in ("enfield/dashboard/", "a-new-clinic/dashboard/", "a-new-clinic/"):
        assert somebody_else.get(f"/o/{page}").status == 200


def test_what_breaks_the_old_release_is_heard(old):
    """The control: a column that it needs is gone for a while."""
    renamed = 'ALTER TABLE victory_customerright RENAME COLUMN "{}" TO "{}"'
    with connection.cursor() as cursor:
        try:
            with pytest.raises(AssertionError, match="500"), visitors(old):
                cursor.execute(renamed.format("text", "words"))
        finally:
            cursor.execute(renamed.format("words", "text"))
