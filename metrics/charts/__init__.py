"""The drawings of a metric's figures over time: where everything lies, for the template to put down.

Places are in units of the SVG, rounded to two decimals, and those of lines in tenths; words are ready-made.
"""

from metrics.charts.axes import WIDTH, TimeAxis
from metrics.charts.panels import LETTER, Done, Drawing, FigurePanel, RangePanel, Subject
from metrics.quantities import Unit

HALF_A_DAY = 52.0
"""Half the width of a day as it is written under the axis."""

__all__ = ["Done", "Drawing", "Subject", "draw"]


def draw(subject: Subject) -> list[Drawing]:
    """The figures and, where there are steps between them, the moving ranges; nothing without a figure."""
    if not subject.points:
        return []
    panels = [FigurePanel(subject)]
    ranges = RangePanel(subject)
    if subject.scale.unit != Unit.YES_NO and any(ranges.steps):
        panels.append(ranges)
    days = _time_axis(subject, panels)
    xs = days.fine(point.date for point in subject.points)
    return [panel.draw(days, xs) for panel in panels]


def _time_axis(subject: Subject, panels: list) -> TimeAxis:
    """One for all drawings, with room for what is written on either side of them."""
    figures = [len(tick.label) for panel in panels for tick in panel.ticks]
    names = [len(name.text) for panel in panels for name in panel.names]
    left = max(HALF_A_DAY, 14 + LETTER * max(figures, default=0))
    right = WIDTH - max(HALF_A_DAY, 18 + LETTER * max(names, default=0))
    return TimeAxis(*subject.span, round(left, 1), round(right, 1))
