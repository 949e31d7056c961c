"""Measuring: the same thing done again and again, in turn with the floor."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from time import monotonic

from bench.browser import Answer, Browser

FEWEST = 3


@dataclass
class Figures:
    """What some requests for the same thing came to."""

    name: str
    answers: list[Answer]
    floor: list[Answer] = field(default_factory=list)
    seconds: float = 0
    """How long all of them took together."""

    @property
    def milliseconds(self) -> float:
        """Processor time of one of them: the median, which a busy machine hardly moves."""
        return median(answer.processor for answer in self.answers) / 1e6

    @property
    def floor_milliseconds(self) -> float:
        return median(answer.processor for answer in self.floor) / 1e6

    @property
    def ratio(self) -> float:
        return self.milliseconds / self.floor_milliseconds

    @property
    def database_milliseconds(self) -> float:
        return median(answer.database for answer in self.answers) / 1e6

    @property
    def queries(self) -> int:
        """The most that one of them took."""
        return max(answer.queries for answer in self.answers)

    @property
    def last(self) -> Answer:
        return self.answers[-1]

    def as_json(self) -> dict:
        told = {
            "ratio": round(self.ratio, 2) if self.floor else None,
            "milliseconds": round(self.milliseconds, 2),
            "database_milliseconds": round(self.database_milliseconds, 2),
            "queries": self.queries,
            "bytes": len(self.last.body),
            "bytes_compressed": len(self.last.sent),
            "requests": len(self.answers),
            "a_second": round(len(self.answers) / self.seconds, 1) if self.seconds else None,
        }
        return {name: value for name, value in told.items() if value is not None}


def checked(answer: Answer, *statuses: int) -> Answer:
    if answer.status not in (statuses or (200,)):
        raise AssertionError(f"answered with {answer.status}: {answer.text[:500]}")
    return answer


def measure(
    name: str,
    browser: Browser,
    ask: Callable[[Browser], Answer],
    *,
    floor: str,
    times: int,
    seconds: int,
    before: Callable[[Browser], object] = lambda browser: None,
) -> Figures:
    """Ask so many times, or for so long, each time after the floor; `before` is done first, not counted.

    What the first two answers of each process cost is left out, unless these alone took that long.
    """
    figures, end = Figures(name, []), monotonic() + seconds
    for turn in range(-4, times):
        time_is_up = monotonic() > end
        if time_is_up and len(figures.answers) >= FEWEST:
            break
        least = checked(browser.get(floor))
        before(browser)
        answer = ask(browser)
        if turn >= 0 or time_is_up:
            figures.floor.append(least)
            figures.answers.append(answer)
    return figures


def measure_together(
    name: str, browsers: list[Browser], ask: Callable[[Browser], Answer], times: int
) -> Figures:
    """The same from all of them at once, so many times each."""
    began = monotonic()
    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = pool.map(lambda browser: [ask(browser) for _turn in range(times)], browsers)
        return Figures(name, [each for some in answers for each in some], seconds=monotonic() - began)
