"""What the pages cost, as ratios to the floor."""

from collections.abc import Callable
from functools import cached_property
from itertools import count

from bench.browser import Answer, Browser
from bench.figures import Figures, checked, measure, measure_together
from bench.installation import Installation
from bench.sizes import CLIENTS, Sizes
from tests.forms import form_to

SHEETS = ("metrics", "drivers", "needs", "performance")
EDITED = {
    "metrics": ("metrics", "satisfied_when"),
    "needs": ("needs", "text"),
    "customers": ("drivers", "name"),
}
"""By table, the sheet that it stands on, and the field that is written."""
NAMES = ("dashboard_50", "dashboard_500", "dashboard_5000")


def get(address: str) -> Callable[[Browser], Answer]:
    return lambda browser: checked(browser.get(address))


def organization_of(metrics: int) -> str:
    """The address of the organization with so many metrics."""
    return f"of-{metrics}-1"


def write(here: Installation, slug: str) -> Callable[[Browser], Answer]:
    """Enter another figure there, after which no page of the organization is what it was."""
    metric = here.facts["organizations"][slug]["to_enter"][0]
    return lambda browser: browser.enter_figure(slug, metric, here.facts["today"])


class Pages:
    """Each page of an organization in turn with the floor, by one client."""

    def __init__(self, here: Installation, sizes: Sizes):
        self.here, self.sizes = here, sizes
        self.small = organization_of(sizes.dashboards[0])
        self.found: dict[str, Figures] = {}

    def measure(self) -> dict[str, Figures]:
        self.browser = Browser(self.here)
        self.measure_dashboards()
        self.measure_sheets()
        self.measure_saves()
        return self.found

    def add(self, name: str, ask: Callable[[Browser], Answer], slug: str = "", **options) -> Figures:
        floor = f"/o/{slug or self.small}/bench/floor/"
        limits = {"times": self.sizes.times, "seconds": self.sizes.seconds}
        self.found[name] = measure(name, self.browser, ask, floor=floor, **limits, **options)
        return self.found[name]

    def measure_dashboards(self):
        """First after a write, then once more with nothing written between, and as the browser has it."""
        for name, metrics in zip(NAMES, self.sizes.dashboards, strict=True):
            slug = organization_of(metrics)
            page = f"/o/{slug}/dashboard/"
            self.add(name, get(page), slug, before=write(self.here, slug))
            seen = self.add(f"{name} unchanged", get(page), slug).last
            if mark := seen.headers.get("etag"):
                self.add(
                    f"{name} not modified",
                    lambda browser, page=page, mark=mark: checked(
                        browser.get(page, **{"If-None-Match": mark}), 304
                    ),
                    slug,
                )
        self.add("plain_50", get(f"/o/{self.small}/bench/plain/"))

    def measure_sheets(self):
        """First after a figure was entered, as the dashboards; then after a row of the sheet itself was."""
        before = write(self.here, self.small)
        for sheet in SHEETS:
            self.add(f"worksheet {sheet}", get(f"/o/{self.small}/{sheet}/"), before=before)
        for table, edit in self.edits.items():
            sheet = EDITED[table][0]
            self.add(f"{sheet} after a row of {table}", get(f"/o/{self.small}/{sheet}/"), before=edit.write)

    @cached_property
    def edits(self) -> dict[str, "Edit"]:
        """A row of each of some tables, that is edited again and again."""
        rows = self.here.facts["organizations"][self.small]
        return {
            table: Edit(f"/o/{self.small}/{sheet}/{table}/{rows[table][0]}/edit/", text)
            for table, (sheet, text) in EDITED.items()
        }

    def measure_saves(self):
        for table, edit in self.edits.items():
            self.add(f"save a row of {table}", edit.save, before=edit.open)
        self.add("save a figure", write(self.here, self.small))


class Edit:
    """A row of a sheet that is opened and saved with another text, again and again."""

    def __init__(self, address: str, field: str):
        self.address, self.field = address, field
        self.numbers = count(1)

    def open(self, browser: Browser):
        page = checked(browser.get(self.address, **{"HX-Request": "true"}))
        self.fields = form_to(self.address, page.text)
        self.text = f"Written by {id(self)} for the {next(self.numbers)}. time"

    def write(self, browser: Browser):
        self.open(browser)
        self.save(browser)

    def save(self, browser: Browser) -> Answer:
        answer = browser.post(self.address, self.fields | {self.field: self.text})
        if not answer.saved:
            raise AssertionError(f"{self.address} was not saved: {answer.status} {answer.text[:2000]}")
        return answer


def measure_together_all(here: Installation, sizes: Sizes) -> dict[str, Figures]:
    """The same pages asked for by eight at once."""
    slug = organization_of(sizes.dashboards[0])
    browsers = [Browser(here) for _client in range(CLIENTS)]
    found = {
        page: measure_together(page, browsers, get(f"/o/{slug}/{page}/"), max(2, sizes.times // 4))
        for page in ("bench/floor", "dashboard", "bench/plain", *SHEETS)
    }
    for figures in found.values():
        figures.floor = found["bench/floor"].answers
    return found


def first_after_the_start(here: Installation, sizes: Sizes) -> dict[str, float]:
    """The dashboard when the server has just been started, and nothing is kept: in milliseconds."""
    told = {}
    for name, metrics in zip(NAMES, sizes.dashboards, strict=True):
        with here:
            answer = get(f"/o/{organization_of(metrics)}/dashboard/")(Browser(here))
            told[name] = round(answer.processor / 1e6, 2)
    return told
