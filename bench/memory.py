"""Whether the processes that answer grow with what they have answered."""

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from time import monotonic

from bench.browser import Browser
from bench.installation import Installation
from bench.pages import SHEETS, get
from bench.sizes import CLIENTS, Sizes


def measure_memory(here: Installation, slug: str, sizes: Sizes) -> dict:
    """The resident memory of each process after the first and after the last of so many requests, in kB.

    Where that takes too long it ends earlier, and says after how many.
    """
    metric = here.facts["organizations"][slug]["metrics"][0]
    pages = [f"/o/{slug}/{page}/" for page in ("dashboard", "plan", "thread", f"metrics/{metric}", *SHEETS)]
    browsers = [Browser(here) for _client in range(CLIENTS)]
    early, late = sizes.requests

    end = monotonic() + sizes.seconds * 15

    def ask(browser: Browser, requests: int) -> int:
        for done, page in enumerate(islice(cycle(pages), requests)):
            if monotonic() > end:
                return done
            get(page)(browser)
        return requests

    with ThreadPoolExecutor(CLIENTS) as pool:
        begun = sum(pool.map(lambda browser: ask(browser, early // CLIENTS), browsers))
        first = resident(here)
        more = sum(pool.map(lambda browser: ask(browser, (late - early) // CLIENTS), browsers))
        last = resident(here)
    return {
        "requests": [begun, begun + more],
        "kilobytes": [first, last],
        "ratio": round(sum(last) / sum(first), 3),
    }


def resident(here: Installation) -> list[int]:
    """The resident memory of each process that answers, in kB."""
    told = [Path(f"/proc/{process}/status").read_text() for process in here.workers]
    return [int(text.partition("VmRSS:")[2].split()[0]) for text in told]
