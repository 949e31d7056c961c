"""What is printed, and what is written to `bench.json`."""

from bench.figures import Figures

GOALS = {
    "dashboard_50": 3,
    "dashboard_500": 5,
    "dashboard_5000": 5,
    "dashboard_unchanged": 1.3,
    "worksheet_50": 3,
    "save_row": 2,
    "portfolio_200": 5,
    "plain_50": None,
    "growth_sqlite": 1.2,
    "growth_postgresql": 1.2,
}


TABLES = ("eight_clients", "first_after_the_start", "totals", "writers", "backup", "memory", "weight")
"""What is told beside the ratios: each has its table."""


def ratios(pages: dict[str, Figures], growth: dict[str, dict]) -> dict[str, float]:
    """The worst of those that belong together; what was not measured is left out."""

    together = {
        "dashboard_unchanged": [name for name in pages if name.endswith(("unchanged", "not modified"))],
        "worksheet_50": [name for name in pages if name.startswith("worksheet")],
        "save_row": [name for name in pages if name.startswith("save")],
    }
    told = {name: pages[name].ratio for name in GOALS if name in pages}
    told |= {name: max(pages[each].ratio for each in those) for name, those in together.items() if those}
    told |= {
        f"growth_{engine.lower()}": max(each.ratio for each in costs.values())
        for engine, costs in growth.items()
    }
    return {name: round(told[name], 2) for name in GOALS if name in told}


def table(rows: list[list], *heads: str) -> str:
    """Lines of columns, the first to the left and the figures to the right."""
    lines = [list(heads), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def show(told: dict) -> str:
    """All of it, for people."""
    goals = [
        [name, f"{ratio:.2f}", GOALS[name] or "", "" if not GOALS[name] or ratio <= GOALS[name] else "missed"]
        for name, ratio in told["ratios"].items()
    ]
    parts = [table(goals, "ratio to the floor", "is", "at most", "")]
    columns = (
        "ratio",
        "milliseconds",
        "database_milliseconds",
        "queries",
        "bytes",
        "bytes_compressed",
        "a_second",
    )
    for title in ("pages", "eight_clients"):
        rows = [[name, *(figures.get(each, "") for each in columns)] for name, figures in told[title].items()]
        parts.append(table(rows, title.replace("_", " "), *(each.replace("_", " ") for each in columns)))
    rows = [
        [f"{engine}, {name}", *each.values()]
        for engine, costs in told["growth"].items()
        for name, each in costs.items()
    ]
    if rows:
        parts.append(table(rows, "growth", "ratio", "few, ms", "many, ms"))
    for title in TABLES[1:]:
        rows = [
            [name, ", ".join(f"{k} {v}" for k, v in each.items()) if isinstance(each, dict) else each]
            for name, each in flat(told[title])
        ]
        parts.append(table(rows, title.replace("_", " "), ""))
    return "\n\n".join(parts)


def flat(told: dict, before: str = ""):
    """The innermost dictionaries by the names that lead to them."""
    for name, value in told.items():
        if isinstance(value, dict) and any(isinstance(each, dict) for each in value.values()):
            yield from flat(value, f"{before}{name}, ")
        else:
            yield f"{before}{name}", value
