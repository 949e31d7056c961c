"""What Prometheus is told at `/metrics`, where `PROMETHEUS_TOKEN` is set: how much is asked for, and how long
it takes.

Requests are told apart by the name of their route, never by their address, which people and organizations
are named in. Several processes count together in the folder that `gunicorn.conf.py` gives them.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from secrets import compare_digest

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    Metric,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

ADDRESS = "/metrics"
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

counted = CollectorRegistry()
requests = Counter(
    "winning_requests", "Requests that were answered", ["route", "method", "status"], registry=counted
)
seconds = Histogram(
    "winning_request_seconds",
    "How long it took until the answer began",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=counted,
)


class PrometheusMiddleware:
    """Counts every request, and tells the counts to who knows the token. To others there is no such page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info == ADDRESS and knows_the_token(request):
            return told(request)
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.view_name if match else "none"
        method = request.method if request.method in METHODS else "other"
        requests.labels(route, method, response.status_code).inc()
        seconds.labels(route).observe(time.perf_counter() - began)
        return response


def knows_the_token(request) -> bool:
    given = request.headers.get("Authorization", "")
    return compare_digest(given.encode(), f"Bearer {settings.PROMETHEUS_TOKEN}".encode())


@never_cache
@require_safe
def told(request):
    registry = CollectorRegistry()
    registry.register(Processes())
    if folder():
        MultiProcessCollector(registry)
    else:
        registry.register(counted)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def folder() -> Path | None:
    """Where the processes of one server count together. What those that ended counted stays there."""
    path = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(path) if path else None


class Processes:
    """Memory, processor time and open files of each process that serves, by its number."""

    def collect(self) -> Iterator[Metric]:
        told = {}
        for number in serving():
            for metric in ProcessCollector(pid=lambda number=number: number, registry=None).collect():
                same = told.setdefault(
                    metric.name, Metric(metric.name, metric.documentation, metric.type, metric.unit)
                )
                for sample in metric.samples:
                    same.add_sample(sample.name, {"process": str(number)}, sample.value)
        yield from told.values()


def serving() -> list[int]:
    """The processes that answered a request, and are there still.

    All have one parent. Whoever got the number of one that ended has another.
    """
    if not folder():
        return [os.getpid()]
    answered = {int(file.stem.rpartition("_")[2]) for file in folder().glob("counter_*.db")}
    return sorted(number for number in answered | {os.getpid()} if parent_of(number) == os.getppid())


def parent_of(number: int) -> int | None:
    try:
        told = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return None  # it ended
    _state, parent, *_ = told.rpartition(")")[2].split()  # its name is before it, and may be anything
    return int(parent)
