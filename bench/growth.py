"""Whether what is asked for costs more where there are a hundred times as many measurements."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from time import monotonic

from bench.browser import Answer, Browser
from bench.installation import Installation
from bench.pages import get, write
from bench.sizes import Sizes

TOP, UNIT = "house", "house-1"


@dataclass
class Costs:
    """What one thing cost with few measurements and with many, in milliseconds."""

    few: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return median(self.many) / median(self.few)

    def as_json(self) -> dict:
        return {
            "ratio": round(self.ratio, 2),
            "few_milliseconds": round(median(self.few), 2),
            "many_milliseconds": round(median(self.many), 2),
        }


def measure_growth(
    few: Installation, many: Installation, sizes: Sizes, elsewhere: Callable[[], int] = lambda: 0
) -> dict[str, Costs]:
    """Ask both installations in turn. `elsewhere` tells what the database's own processes have cost."""
    people = [(place, Browser(place)) for place in (few, many)]
    found = {name: Costs() for name in questions(few)}
    end = monotonic() + sizes.seconds * 4
    for turn in range(-2, sizes.times):
        if monotonic() > end and len(found["dashboard"].few) >= 5:
            break
        for place, browser in people:
            for name, ask in questions(place).items():
                if name == "dashboard":
                    write(place, UNIT)(browser)
                before = elsewhere()
                answer = ask(browser)
                cost = answer.processor + max(0, elsewhere() - before)
                if turn >= 0:
                    (found[name].few if place is few else found[name].many).append(cost / 1e6)
    return found


def questions(place: Installation) -> dict[str, Callable[[Browser], Answer]]:
    """What is asked for; the dashboard for the first time after a write."""
    metric = place.facts["organizations"][UNIT]["to_enter"][0]
    return {
        "dashboard": get(f"/o/{UNIT}/dashboard/"),
        "metric": get(f"/o/{UNIT}/metrics/{metric}/"),
        "portfolio": get(f"/o/{TOP}/portfolio/"),
        "entering": write(place, UNIT),
    }
