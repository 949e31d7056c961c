"""How much is sent, compressed: for a page with everything that belongs to it, and for a second look."""

import gzip
import re

from bench.browser import Browser
from bench.figures import checked
from bench.installation import Installation
from bench.pages import SHEETS

STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')
ROW = re.compile(r"<tr.*?</tr>", re.DOTALL)


def pages_of(here: Installation, slug: str) -> dict[str, str]:
    """What people look at in one organization: its pages by their names."""
    metric = here.facts["organizations"][slug]["metrics"][0]
    names = ("dashboard", "plan", "thread", "reviews", "index", *SHEETS)
    return {name: f"/o/{slug}/{name}/" for name in names} | {
        "workbook": f"/o/{slug}/",
        "metrics page": f"/o/{slug}/metrics/{metric}/",
    }


def measure_weight(here: Installation, pages: dict[str, str]) -> dict[str, dict]:
    """By page; static files are kept for good, so that a second look needs the page alone."""
    browser = Browser(here)
    told = {}
    for name, address in pages.items():
        answer = checked(browser.get(address))
        files = {name: checked(browser.get(name)) for name in set(STATIC.findall(answer.text))}
        mark = answer.headers.get("etag")
        again = browser.get(address, **({"If-None-Match": mark} if mark else {}))
        told[name] = {
            "first": len(answer.sent) + sum(len(file.sent) for file in files.values()),
            "second": len(checked(again, 200, 304).sent),
            "files_kept_for_good": all(
                "immutable" in file.headers["cache-control"] for file in files.values()
            ),
            **weight_of_rows(answer.text),
        }
    return told


def weight_of_rows(text: str) -> dict[str, float]:
    """How much of the page a row of its tables is, raw and compressed, in bytes."""
    rows = ROW.findall(text)
    if not rows:
        return {}
    without = ROW.sub("", text)
    compressed = len(gzip.compress(text.encode())) - len(gzip.compress(without.encode()))
    return {
        "rows": len(rows),
        "bytes_a_row": round(sum(len(row.encode()) for row in rows) / len(rows)),
        "bytes_a_row_compressed": round(compressed / len(rows)),
    }
