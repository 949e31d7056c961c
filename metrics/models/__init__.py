"""The second N: how each promise is measured and what it should reach; step E: what it did reach."""

from metrics.models.base import Figure, RowOfMetric
from metrics.models.baseline import Baseline
from metrics.models.deviation import Deviation, accepted_deviations
from metrics.models.measurement import STILL_TO_COME, Judged, Measurement
from metrics.models.metric import BEGINS_LATER, Metric, MetricQuerySet, Touch, first_of_january
from metrics.models.target import Succession, Target, in_force
from metrics.models.verdict import Verdict

__all__ = [
    "BEGINS_LATER",
    "STILL_TO_COME",
    "Baseline",
    "Deviation",
    "Figure",
    "Judged",
    "Measurement",
    "Metric",
    "MetricQuerySet",
    "RowOfMetric",
    "Succession",
    "Target",
    "Touch",
    "Verdict",
    "accepted_deviations",
    "first_of_january",
    "in_force",
]
