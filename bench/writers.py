"""Eight who write at once: over HTTP, through the models, and, on SQLite, with the bare statements."""

import json
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from bench.browser import Browser
from bench.figures import checked
from bench.installation import Installation
from bench.pages import Edit
from bench.sizes import CLIENTS, Sizes
from tests.forms import form_to


def measure_writers(here: Installation, slug: str, sizes: Sizes) -> dict:
    return {"http": over_http(here, slug, sizes.writes), **through_models(here, slug, sizes.writes)}


def over_http(here: Installation, slug: str, writes: int) -> dict:
    """Each opens a row of their own and saves it, again and again."""
    needs = here.facts["organizations"][slug]["needs"]
    people = [
        (Browser(here), Edit(f"/o/{slug}/needs/needs/{needs[n]}/edit/", "text")) for n in range(CLIENTS)
    ]

    def work(person) -> list[str]:
        browser, edit = person
        errors = []
        for _turn in range(writes):
            try:
                edit.open(browser)
                edit.save(browser)
            except AssertionError as error:
                errors.append(str(error)[:300])
        return errors

    began = monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        errors = [error for some in pool.map(work, people) for error in some]
    seconds = monotonic() - began
    lost = sum(stored(browser, edit) != edit.text for browser, edit in people)
    return {
        "saves_a_second": round(CLIENTS * writes / seconds, 1),
        "errors": len(errors),
        "lost": lost,
    } | ({"first_error": errors[0]} if errors else {})


def stored(browser: Browser, edit: Edit) -> str:
    page = checked(browser.get(edit.address, **{"HX-Request": "true"}))
    return form_to(edit.address, page.text)[edit.field]


def through_models(here: Installation, slug: str, writes: int) -> dict:
    return json.loads(here.run("-m", "bench.saves", slug, str(CLIENTS), str(writes * 5)))
