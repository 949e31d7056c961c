"""`make bench ARGS=...`: build the data, measure, print the table and write `bench.json`."""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from bench.backup import measure_backup
from bench.browser import Browser
from bench.databases import Databases, Files, PostgreSQL, postgresql
from bench.figures import measure
from bench.growth import TOP, UNIT, measure_growth
from bench.installation import EMAIL, ROOT, Installation
from bench.memory import measure_memory
from bench.pages import Pages, first_after_the_start, get, measure_together_all, organization_of
from bench.report import TABLES, ratios, show
from bench.sizes import FULL, SMALL, Sizes
from bench.weight import measure_weight, pages_of
from bench.writers import measure_writers

PARTS = ("pages", "memory", "sqlite", "postgresql", "backup")


def main():
    options = read_options()
    sizes = SMALL if options.small else FULL
    if options.many:
        sizes = replace(sizes, many=options.many)
    scratch = Path(tempfile.mkdtemp(prefix="winning-bench-"))
    try:
        with ExitStack() as stack:
            wanted = {"postgresql", "backup"} & set(options.only)
            server = stack.enter_context(postgresql(options.postgresql)) if wanted else None
            if wanted and server is None:
                say("There is no initdb, so PostgreSQL is left out")
            bench = Bench(scratch, sizes, server)
            try:
                bench.measure(options.only)
            finally:  # also where it is stopped in the midst: what was measured took long
                tell(bench.as_json(), Path(options.output))
    finally:
        shutil.rmtree(scratch)


def tell(measured: dict, output: Path):
    """Print it, and write it down."""
    told = {"measured_at": commit(), "on": datetime.now(UTC).isoformat(timespec="seconds")} | measured
    output.write_text(json.dumps(told, indent=2) + "\n")
    print(f"\n{show(told)}\n\nWritten to {output}")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a minute or two, to see that all of it works")
    parser.add_argument("--many", type=int, metavar="N", help="figures of a metric that growth leads to, 400")
    named = os.environ.get("DATABASE_URL", "")
    parser.add_argument(
        "--postgresql",
        default=named if named.startswith("postgres") else "",
        metavar="URL",
        help="a server in which databases may be made; without it one is started where initdb is found",
    )
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, help="a part of it; by itself it measures all"
    )
    parser.add_argument("--output", default=str(ROOT / "bench.json"), metavar="FILE")
    return parser.parse_args()


def commit() -> str:
    asked = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True).stdout.strip()


class Bench:
    """One run: what is measured, one thing after the other."""

    def __init__(self, scratch: Path, sizes: Sizes, server: PostgreSQL | None):
        self.scratch, self.sizes, self.server = scratch, sizes, server
        self.files = Files(scratch)
        self.told = {"sizes": asdict(sizes)} | {part: {} for part in TABLES}
        self.pages, self.growth = {}, {}

    def measure(self, parts: Collection[str]):
        if {*parts} != {"postgresql"}:
            self.measure_on_sqlite(parts)
        if self.server:
            self.measure_on_postgresql(parts)

    def measure_on_sqlite(self, parts: Collection[str]):
        blank = self.set_up(self.files)
        if "pages" in parts:
            self.measure_pages(blank)
        if "memory" in parts:
            self.measure_memory(blank)
        if "sqlite" in parts:
            self.measure_engine("SQLite", self.files, blank)
        if "backup" in parts:
            self.measure_backup("SQLite", self.files, blank)

    def measure_on_postgresql(self, parts: Collection[str]):
        blank = self.set_up(self.server)
        if "postgresql" in parts:
            self.measure_engine("PostgreSQL", self.server, blank)
        if "backup" in parts:
            self.measure_backup("PostgreSQL", self.server, blank)

    def as_json(self) -> dict:
        return {
            "ratios": ratios(self.pages, self.growth),
            "pages": {name: figures.as_json() for name, figures in self.pages.items()},
            "growth": {
                engine: {name: each.as_json() for name, each in costs.items()}
                for engine, costs in self.growth.items()
            },
            **self.told,
        }

    def set_up(self, databases: Databases) -> str:
        """A database with tables and an account and nothing else, to be copied."""
        say("A blank database")
        blank = databases.new()
        Installation("blank", blank, self.scratch).set_up()
        return blank

    def measure_pages(self, blank: str):
        """Organizations of different sizes in one database."""
        here = Installation("pages", self.files.copy(blank), self.scratch)
        say("Organizations of different sizes")
        for metrics in self.sizes.dashboards:
            here.generate(f"of-{metrics}", 1, metrics, 24)
        slug = organization_of(self.sizes.dashboards[0])
        self.told["first_after_the_start"] = first_after_the_start(here, self.sizes)
        with here:
            say("Pages, by one client and by eight")
            self.pages |= Pages(here, self.sizes).measure()
            together = measure_together_all(here, self.sizes)
            self.told["eight_clients"] = {name: figures.as_json() for name, figures in together.items()}
            self.told["weight"] |= measure_weight(here, pages_of(here, slug))

    def measure_memory(self, blank: str):
        here = Installation("memory", self.files.copy(blank), self.scratch)
        say("Memory")
        here.generate("memory", 1, self.sizes.dashboards[0], 24)
        with here:
            self.told["memory"] = measure_memory(here, "memory-1", self.sizes)

    def measure_backup(self, engine: str, databases: Databases, blank: str):
        here = Installation(f"{engine}-backup", databases.copy(blank), self.scratch)
        say(f"{engine}: a backup while people save")
        here.generate("saved", max(1, self.sizes.units // 10), self.sizes.metrics, self.sizes.many)
        self.told["backup"][engine] = measure_backup(here, "saved-1", self.sizes)

    def measure_engine(self, engine: str, databases: Databases, blank: str):
        """A house of units, once with few and once with many measurements."""
        few = Installation(f"{engine}-few", databases.copy(blank), self.scratch)
        many = Installation(f"{engine}-many", databases.copy(blank), self.scratch)
        for place, measurements in ((few, self.sizes.few), (many, self.sizes.many)):
            say(f"{engine}: {self.sizes.units} units with {measurements} measurements of each metric")
            place.generate(TOP, self.sizes.units, self.sizes.metrics, measurements, parent=True)
        databases.gather_statistics()
        with few, many:
            say(f"{engine}: growth, portfolio and writers")
            self.growth[engine] = measure_growth(few, many, self.sizes, databases.processor)
            if engine == "SQLite":
                portfolio = f"/o/{TOP}/portfolio/"
                self.told["weight"] |= measure_weight(few, {"portfolio": portfolio})
                self.pages["portfolio_200"] = measure(
                    "portfolio_200",
                    Browser(few),
                    get(portfolio),
                    floor=f"/o/{TOP}/bench/floor/",
                    times=self.sizes.times,
                    seconds=self.sizes.seconds,
                )
            self.told["totals"][engine] = json.loads(many.run("-m", "bench.totals", TOP, EMAIL))
            self.told["writers"][engine] = measure_writers(few, UNIT, self.sizes)


def say(what: str):
    print(f"\n== {what}", flush=True)


if __name__ == "__main__":
    main()
