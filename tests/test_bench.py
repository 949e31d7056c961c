"""What is measured with (`make bench`) holds to the rules of the house, and is not part of the product."""

import gzip
import json
from copy import deepcopy
from pathlib import Path

import pytest
from django.conf import settings as project

import bench
from bench.browser import Answer
from bench.databases import Files
from bench.figures import Figures
from bench.growth import Costs
from bench.report import GOALS, TABLES, ratios, show
from bench.weight import weight_of_rows
from tests import factories

PAGES = ["floor", "plain"]


@pytest.fixture
def measured(settings):
    """The settings of the bench, as far as a running test can change over to them."""
    templates = deepcopy(project.TEMPLATES)
    templates[0]["DIRS"].append(Path(bench.__file__).parent / "templates")
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "bench.urls"
    settings.MIDDLEWARE = ["bench.meter.MeterMiddleware", *project.MIDDLEWARE]


@pytest.mark.parametrize("page", PAGES)
def test_bench_pages_are_not_part_of_the_product(manager, page):
    assert manager.get(f"/o/enfield/bench/{page}/").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_bench_pages_are_kept_from_outsiders(measured, outsider, viewer, page):
    assert outsider.get(f"/o/enfield/bench/{page}/").status_code == 404
    assert viewer.get(f"/o/enfield/bench/{page}/").status_code == 200


def test_bench_floor_is_twenty_kilobytes(measured, viewer):
    assert 20_000 <= len(viewer.get("/o/enfield/bench/floor/").content) <= 20_010


def test_bench_plain_shows_the_metrics(measured, viewer, organization):
    metric = factories.MetricFactory(organization=organization, measured_by="Answered in ten days")
    factories.OwnershipFactory(organization=organization, metric=metric)
    assert "Answered in ten days" in viewer.get("/o/enfield/bench/plain/").text


def test_bench_meter_tells_the_cost(measured, viewer):
    told = viewer.get("/o/enfield/bench/floor/").headers
    assert int(told["X-Bench-Processor"]) > 0
    assert int(told["X-Bench-Database"]) > 0
    assert int(told["X-Bench-Queries"]) == 3  # the session, the user, the membership


def figures(name: str, *milliseconds: float, floor: float = 2) -> Figures:
    def answer(cost: float) -> Answer:
        told = {"x-bench-processor": f"{cost * 1e6:.0f}", "x-bench-database": "0", "x-bench-queries": "3"}
        return Answer(200, told, b"")

    return Figures(name, [answer(each) for each in milliseconds], [answer(floor)])


def everything() -> tuple[dict, dict]:
    costs = {
        **{"dashboard_50": 6, "dashboard_500": 8, "dashboard_5000": 10, "portfolio_200": 7, "plain_50": 16},
        **{"dashboard_50 unchanged": 2, "dashboard_500 unchanged": 2.4, "dashboard_50 not modified": 1},
        **{"worksheet metrics": 3, "worksheet needs": 5, "save a figure": 4, "save a row of needs": 3},
    }
    pages = {name: figures(name, cost) for name, cost in costs.items()}
    growth = {
        "SQLite": {"dashboard": Costs([2], [2]), "metric": Costs([2], [2.2])},
        "PostgreSQL": {"dashboard": Costs([2], [3])},
    }
    return pages, growth


def test_bench_ratios_are_the_worst_of_those_that_belong_together():
    assert ratios(*everything()) == {
        **{"dashboard_50": 3, "dashboard_500": 4, "dashboard_5000": 5, "dashboard_unchanged": 1.2},
        **{"worksheet_50": 2.5, "save_row": 2, "portfolio_200": 3.5, "plain_50": 8},
        **{"growth_sqlite": 1.1, "growth_postgresql": 1.5},
    }
    assert ratios(*everything()).keys() == GOALS.keys()


def test_bench_ratios_leave_out_what_was_not_measured():
    assert ratios({"plain_50": figures("plain_50", 4)}, {}) == {"plain_50": 2}


def test_bench_figures_are_medians():
    assert figures("page", 1, 2, 90).milliseconds == 2
    assert figures("page", 1, 2, 90, floor=4).ratio == 0.5


def test_bench_table_says_what_is_missed():
    pages, growth = everything()
    told = {
        "ratios": ratios(pages, growth),
        "pages": {name: each.as_json() for name, each in pages.items()},
        "growth": {
            engine: {name: each.as_json() for name, each in costs.items()} for engine, costs in growth.items()
        },
        **{part: {} for part in TABLES},
        "memory": {"ratio": 1.01},
    }
    shown = show(json.loads(json.dumps(told)))
    missed = [line.split()[0] for line in shown.splitlines() if line.endswith("missed")]
    assert missed == ["growth_postgresql"]


def test_bench_weighs_rows():
    row = "<tr><td>" + "x" * 84 + "</td></tr>"
    assert weight_of_rows(f"<table>{row}{row}</table>")["bytes_a_row"] == 102
    assert weight_of_rows("<p>No table</p>") == {}


def test_bench_answer_unfolds_what_was_compressed():
    assert Answer(200, {"content-encoding": "gzip"}, gzip.compress(b"page")).text == "page"


def test_bench_files_are_never_given_out_twice(tmp_path):
    files = Files(tmp_path)
    assert files.new() != files.new()
