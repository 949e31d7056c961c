"""The line of the last six figures."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.conf import settings

from actionplans.sparkline import Sparkline
from metrics.models import Target, Verdict
from metrics.quantities import Scale, Unit

STYLES = settings.BASE_DIR / "static/css/victory.css"


def metric_of(*values, verdict=Verdict.MET):
    """A metric in percent with a figure on the first of each month of 2026."""
    recent = [[f"2026-0{month}-01", str(value), verdict] for month, value in enumerate(values, start=1)]
    return SimpleNamespace(recent=recent, stands=verdict, scale=Scale(Unit.PERCENT))


def target(direction="at-least", low=None, high=None):
    return Target(direction=direction, low=low and Decimal(low), high=high and Decimal(high))


def test_sparkline_spans_its_figures_from_the_highest_to_the_lowest():
    spark = Sparkline.of(metric_of(50, 60, 55, 70, 65, 90), None)

    assert spark.line == "M5 28 27 22 49 25 71 16 93 19 115 4"
    assert spark.target == ""


def test_sparkline_of_fewer_figures_ends_where_the_others_end():
    assert Sparkline.of(metric_of(50, 60), None).line == "M93 28 115 4"


def test_sparkline_makes_room_for_the_target():
    spark = Sparkline.of(metric_of(50, 60), target(low=90))

    assert spark.target == "M0 4H120"
    assert spark.line == "M93 28 115 22"


def test_sparkline_of_a_range_has_two_lines():
    assert Sparkline.of(metric_of(50), target("between", 40, 60)).target == "M0 4H120M0 28H120"


def test_sparkline_of_a_judgement_has_no_target_line():
    assert Sparkline.of(metric_of(1), target("judged")).target == ""


@pytest.mark.parametrize("values", [(50,), (50, 50, 50)])
def test_sparkline_of_equal_figures_runs_through_the_middle(values):
    assert set(Sparkline.of(metric_of(*values), None).line.split()[1::2]) == {"16"}


def test_sparkline_without_a_figure_is_none():
    assert Sparkline.of(metric_of(), target(low=90)) is None


def test_sparkline_ends_in_the_shape_of_its_verdict():
    ends = {verdict: Sparkline.of(metric_of(50, verdict=verdict), None) for verdict in Verdict}

    told_apart = (Verdict.MET, Verdict.NOT_MET, Verdict.ACCEPTED, Verdict.NO_TARGET)
    assert len({ends[verdict].last for verdict in told_apart}) == 4
    # What is met is a line without length, of which the stylesheet makes a dot.
    assert ends[Verdict.MET].last == "M115 16h0"
    dot = "svg.met path:last-of-type { stroke: var(--met); stroke-width: 8; stroke-linecap: round }"
    assert f":is(.standing, .course) {dot}" in STYLES.read_text()


def test_sparkline_is_said_in_words():
    spark = Sparkline.of(metric_of(50, 61), target(low=90))

    assert spark.figures == "50, 61\xa0%"
    assert spark.days == "Jan. 1, 2026 to Feb. 1, 2026"
    assert spark.about == "Jan. 1, 2026 to Feb. 1, 2026; the target now is at least 90\xa0%"
    assert Sparkline.of(metric_of(50), None).about == "Jan. 1, 2026"
