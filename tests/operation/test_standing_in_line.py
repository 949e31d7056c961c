"""On SQLite, whoever begins a transaction stands in line (`victory.sqlite`)."""

import errno
import fcntl
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from tests.databases import an_empty_database
from victory.models import Tries
from victory.sqlite import base

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="is about SQLite")

PATIENCE = 20
"""Seconds that a slow machine may take."""


@contextmanager
def somebody_writing():
    """Another connection that has begun to write and does not come to an end."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


@contextmanager
def somebody_first_in_line():
    with Path(f"{connection.settings_dict['NAME']}-wal").open("rb") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        yield


def write(key: str, written: list[str] | None = None):
    try:
        with transaction.atomic():
            Tries.objects.create(key=key, ends_at=timezone.now())
            if written is not None:
                written.append(key)
    finally:
        connection.close()


def test_who_came_first_writes_first(transactional_db):
    """However long each slept: without a line, the one who came last asks the most often."""
    come, written = [], []

    def come_and_write(key: str):
        connection.ensure_connection()
        come.append(key)
        write(key, written)

    keys = [f"{number}" for number in range(6)]
    with ThreadPoolExecutor(len(keys)) as pool:
        with somebody_writing():
            writes = []
            for key in keys:
                writes.append(pool.submit(come_and_write, key))
                while key not in come:
                    time.sleep(0.001)
                time.sleep(0.1)
        for each in writes:
            each.result(PATIENCE)
    assert written == keys


def test_who_stands_in_line_gives_up_when_their_time_is_over(transactional_db, monkeypatch):
    """Not when that of everybody before them is, and theirs after it."""
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 1)

    def seconds_until_given_up(number: int) -> float:
        begun = time.monotonic()
        with pytest.raises(OperationalError, match="locked"):
            write(str(number))
        return time.monotonic() - begun

    with somebody_writing(), ThreadPoolExecutor(6) as pool:
        waited = list(pool.map(seconds_until_given_up, range(6)))
    assert min(waited) > 0.9
    assert max(waited) < 4  # one after the other, it were six


def test_who_has_waited_waits_as_long_the_next_time(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        before = cursor.fetchone()
        with transaction.atomic():
            pass
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == before == (20_000,)


def test_who_reads_does_not_stand_in_line(transactional_db):
    Tries.objects.create(key="there", ends_at=timezone.now())
    with somebody_first_in_line(), somebody_writing():
        assert Tries.objects.get().key == "there"


def test_line_ends_when_the_write_has_begun(transactional_db):
    """Not when it is done: the next one is asking SQLite by then."""
    with transaction.atomic(), Path(f"{connection.settings_dict['NAME']}-wal").open("rb") as log:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_who_writes_again_at_once_does_not_stand_in_line_again(transactional_db, monkeypatch):
    monkeypatch.setattr(base, "TURN", PATIENCE)

    def write_twice():
        with transaction.atomic():
            Tries.objects.create(key="first", ends_at=timezone.now())
        with somebody_first_in_line():
            write("second")

    with ThreadPoolExecutor(1) as pool:
        pool.submit(write_twice).result(PATIENCE)
    assert Tries.objects.filter(key="second").exists()


def test_turn_ends_though_somebody_goes_on_writing(transactional_db, monkeypatch):
    """Who comes meanwhile lets them for a while, and writes at the latest when their turn is over."""
    monkeypatch.setattr(base, "TURN", 1)
    monkeypatch.setattr(base, "PATIENCE", 0.5)
    monkeypatch.setattr(base, "QUIET", 0.2)
    begun, over, written = threading.Event(), threading.Event(), []

    def go_on():
        while not over.is_set():
            with transaction.atomic():
                begun.set()
                Tries.objects.update_or_create(key="theirs", defaults={"ends_at": timezone.now()})
                time.sleep(0.05)
            written.append(time.monotonic())
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(go_on)
        begun.wait(PATIENCE)
        come = time.monotonic()
        try:
            write("mine")
        finally:
            waited = time.monotonic() - come
            over.set()
    assert waited < PATIENCE
    assert sum(come < moment < come + waited for moment in written) > 5


def test_who_comes_while_somebody_writes_once_waits_no_longer_than_that(transactional_db, monkeypatch):
    monkeypatch.setattr(base, "PATIENCE", PATIENCE)
    with ThreadPoolExecutor(1) as pool:
        with somebody_writing():
            waiting = pool.submit(write, "next")
            time.sleep(0.2)
        ended = time.monotonic()
        waiting.result(PATIENCE)
    assert time.monotonic() - ended < PATIENCE / 4


def test_first_in_line_holds_up_who_comes_next(transactional_db):
    done = threading.Event()

    def write_one():
        write("next")
        done.set()

    Tries.objects.create(key="there", ends_at=timezone.now())
    with ThreadPoolExecutor(1) as pool:
        with somebody_first_in_line():
            waiting = pool.submit(write_one)
            assert not done.wait(0.3)
        waiting.result(PATIENCE)
    assert Tries.objects.filter(key="next").exists()


def test_database_without_a_log_is_written_to(transactional_db, tmp_path, monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "init_command", "")
    with an_empty_database("new", tmp_path), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE there (id integer)")
        assert not Path(f"{connection.settings_dict['NAME']}-wal").exists()


def test_line_ends_though_a_process_was_forked_in_it(transactional_db):
    Tries.objects.create(key="there", ends_at=timezone.now())
    with connection._first_in_line():
        child = os.fork()
        if child == 0:
            time.sleep(PATIENCE)
            os._exit(0)
    try:
        with Path(f"{connection.settings_dict['NAME']}-wal").open("rb") as log:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_where_files_cannot_be_locked_there_is_no_line(transactional_db, monkeypatch):
    def refuse(file, how):
        raise OSError(errno.ENOLCK, "No locks available")

    Tries.objects.create(key="there", ends_at=timezone.now())
    monkeypatch.setattr(fcntl, "flock", refuse)
    write("next")
    assert Tries.objects.filter(key="next").exists()


@pytest.mark.parametrize(
    ("statement", "values", "told"),
    [
        ("SELECT %s || '%%', %s", ["100", 7], ("100%", 7)),
        ("SELECT %(one)s, %(two)s, '%%'", {"one": 1, "two": "%s"}, (1, "%s", "%")),
        ("SELECT '%s'", None, ("%s",)),
        ("SELECT '%%'", [], ("%",)),
        (f"SELECT %s{' ' * base.MOST_LETTERS}", [3], (3,)),
    ],
)
def test_values_are_put_in_as_django_puts_them(db, statement, values, told):
    for _again in range(2):
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.fetchone() == told
