"""What is done by the clock, by `manage.py tick`.

Which jobs there are is known by the apps that bring them: each registers its own when it is ready, and they
are done in that order. `tick` runs on several machines at once, and again at any time: a job does what is
due and no more, and where two do the same at the same moment, one of them does nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """One thing to do: what it is called where it fails, and how. It says in sentences what it has done."""

    name: str
    do: Callable[[], Iterable[str]]


_jobs: list[Job] = []


def register(*jobs: Job):
    """Make known what is to be done by the clock. Called when an app is ready."""
    _jobs.extend(jobs)


def jobs() -> list[Job]:
    """All of them, in the order in which they are done."""
    return list(_jobs)
