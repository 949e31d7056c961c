"""A series pasted from a spreadsheet: which column is which metric, and what entering it would do.

The first column names days, months, quarters or years; each other one holds the figures of a metric, or
the targets of the metric in another column. Everything is planned first, from what is stored now, and
shown; only then, in `PastedSeries.take`, is it written.
"""

from metrics.series.pasted import PastedSeries, read_series

__all__ = ["PastedSeries", "read_series"]
