"""Whether the processes that answer grow with what they have answered."""

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

from bench.browser import Browser
from bench.installation import Installation
from bench.pages import SHEETS, get
from bench.sizes import CLIENTS, Sizes


def measure_memory(here: Installation, slug: str, sizes: Sizes) -> dict:
    """The resident memory of all processes after the first and after the last of so many requests, in kB."""
    metric = here.facts["organizations"][slug]["metrics"][0]
    pages = [f"/o/{slug}/{page}/" for page in ("dashboard", "plan", "thread", f"metrics/{metric}", *SHEETS)]
    browsers = [Browser(here) for _client in range(CLIENTS)]
    early, late = sizes.requests

    def ask(browser: Browser, requests: int):
        for page in islice(cycle(pages), requests):
            get(page)(browser)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda browser: ask(browser, early // CLIENTS), browsers))
        first = resident(here)
        list(pool.map(lambda browser: ask(browser, (late - early) // CLIENTS), browsers))
        last = resident(here)
    return {
        "requests": [early, late],
        "kilobytes": [first, last],
        "ratio": round(sum(last) / sum(first), 3),
    }


def resident(here: Installation) -> list[int]:
    """The resident memory of each process that answers, in kB."""
    told = [Path(f"/proc/{process}/status").read_text() for process in here.workers]
    return [int(text.partition("VmRSS:")[2].split()[0]) for text in told]
