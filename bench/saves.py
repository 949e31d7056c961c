"""Run inside the application: processes that save rows of their own through the models.

On SQLite the same statements are then sent once more by a bare script, with the same settings.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median
from time import monotonic

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from customers.models import Need  # noqa: E402
from victory.models import Organization  # noqa: E402
from victory.tenancy import organization_scope  # noqa: E402

ROUNDS = 3
"""Of the models and the bare script in turn; what counts is the middle one."""

SENT = 2
"""Saves whose statements the bare script sends, in turn: SQLite leaves out what writes what is there."""


def measure(slug: str, writers: int, writes: int) -> dict:
    organization = Organization.objects.get(slug=slug)
    with organization_scope(organization):
        needs = list(Need.objects.values_list("pk", flat=True)[:writers])
    connection.close()
    rounds = [measure_once(organization, needs, writes) for _round in range(ROUNDS)]
    told = {"models": in_all([each["models"] for each in rounds])}
    if connection.vendor == "sqlite":
        told["bare"] = in_all([each["bare"] for each in rounds])
        ratios = [each["models"]["saves_a_second"] / each["bare"]["saves_a_second"] for each in rounds]
        told["bare"]["ratio"] = round(median(ratios), 2)
    return told


def measure_once(organization: Organization, needs: list[int], writes: int) -> dict:
    outcomes, rate = together(save, [(organization, pk) for pk in needs], writes)
    told = {
        "models": {
            "saves_a_second": rate,
            "errors": sum(outcome["errors"] for outcome in outcomes),
            "lost": sum(outcome["lost"] for outcome in outcomes),
        }
    }
    if connection.vendor == "sqlite":
        errors, rate = together(replay, [(outcome["saves"],) for outcome in outcomes], writes)
        told["bare"] = {"saves_a_second": rate, "errors": sum(errors)}
    return told


def in_all(rounds: list[dict]) -> dict:
    """The middle rate, and all that went wrong."""
    rates = {"saves_a_second": median(each["saves_a_second"] for each in rounds)}
    return rates | {name: sum(each[name] for each in rounds) for name in rounds[0] if name not in rates}


def together(work: Callable, those: list[tuple], writes: int) -> tuple[list, float]:
    """What each of them returned, and how many writes a second they did. Each is a process of its own."""
    with ProcessPoolExecutor(len(those), mp_context=get_context("fork")) as pool:
        list(pool.map(time.sleep, [0.2] * len(those)))  # until all of them are there
        began = monotonic()
        outcomes = [each.result() for each in [pool.submit(work, *of, writes) for of in those]]
        seconds = monotonic() - began
    return outcomes, round(len(those) * writes / seconds, 1)


def save(organization: Organization, pk: int, writes: int) -> dict:
    """Save one row so many times, and tell which statements the first saves sent."""
    saves, errors = [], 0

    def note(execute, sql, params, many, context):
        saves[-1].append((sql, params, connection.in_atomic_block))
        return execute(sql, params, many, context)

    with organization_scope(organization):
        need = Need.objects.get(pk=pk)
        before = need.version
        for turn in range(writes):
            need.text = f"{pk} for the {turn}. time"
            try:
                if turn < SENT:
                    saves.append([])
                    with connection.execute_wrapper(note):
                        need.save()
                else:
                    need.save()
            except Exception:
                errors += 1
        there = Need.objects.get(pk=pk)
    connection.close()
    lost = (there.text, there.version) != (need.text, before + writes)
    return {"saves": saves, "errors": errors, "lost": lost}


def replay(saves: list[list], writes: int) -> int:
    """Send the statements of these saves in turn so many times, and say how often that failed."""
    known = settings.DATABASES["default"]
    link = sqlite3.connect(known["NAME"], timeout=known["OPTIONS"]["timeout"], isolation_level=None)
    for pragma in known["OPTIONS"]["init_command"].rstrip("; ").split(";"):
        link.execute(pragma)
    link.execute("PRAGMA foreign_keys = ON")
    prepared = [
        [(sql.replace("%s", "?"), params or (), inside) for sql, params, inside in statements]
        for statements in saves
    ]
    errors = 0
    for turn in range(writes):
        try:
            for sql, params, inside in prepared[turn % len(prepared)]:
                if link.in_transaction and not inside:
                    link.execute("COMMIT")
                link.execute(sql, params).fetchall()
            if link.in_transaction:
                link.execute("COMMIT")
        except sqlite3.Error:
            errors += 1
            if link.in_transaction:
                link.execute("ROLLBACK")
    link.close()
    return errors


if __name__ == "__main__":
    slug, writers, writes = sys.argv[1:]
    json.dump(measure(slug, int(writers), int(writes)), sys.stdout)
