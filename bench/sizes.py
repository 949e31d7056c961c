"""How much is measured, and for how long."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    dashboards: tuple[int, int, int] = (50, 500, 5000)
    """Metrics of the organizations whose dashboards are measured: those of the three ratios."""
    units: int = 200
    metrics: int = 50
    """Of each unit."""
    few: int = 4
    many: int = 400
    """Measurements of each metric, between which nothing may grow."""
    times: int = 60
    """How often each thing is asked for; `seconds` ends that earlier."""
    seconds: int = 60
    writes: int = 40
    """Of each of the writers."""
    requests: tuple[int, int] = (500, 10_000)
    """After which the memory is read."""


FULL = Sizes()
SMALL = Sizes(
    dashboards=(20, 30, 40),
    units=3,
    metrics=20,
    few=4,
    many=40,
    times=4,
    seconds=5,
    writes=5,
    requests=(48, 96),
)
CLIENTS = 8
