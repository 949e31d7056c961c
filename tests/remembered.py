"""What a process remembers of workbooks, and how to make it forget."""

from actionplans.memory import MEMORY
from actionplans.portfolio import STANDINGS
from metrics.standing import FIGURE_LINES
from metrics.worksheets import MEASURED, METRIC_ROWS
from victory.texts import TEXTS


def forget_everything():
    """Remember nothing, as a process that has just been started."""
    for memory in (MEMORY, STANDINGS, FIGURE_LINES, MEASURED, METRIC_ROWS, TEXTS):
        memory.forget()
