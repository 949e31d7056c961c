"""Writes that touch a metric together with its targets and measurements."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from metrics.models import Measurement, Metric, Target
from metrics.quantities import Aim
from victory.models import Member


@transaction.atomic
def begin(*, metric: Metric, target: Target | None, figure: Measurement | None):
    """Give a new metric its first target and its first figure, each of which may be missing.

    Nothing is there yet to be looked up or judged again, which counts where hundreds are pasted.
    """
    if target:
        target.save_unsettled()
    if figure:
        figure.judge(target if target and target.holds_from <= figure.date else None)
        figure.save_unsettled()
        metric.take([figure])


@transaction.atomic
def set_target(*, metric: Metric, aim: Aim, holds_from: date, reason: str, by: Member) -> Target:
    """Let the metric aim at this from a date on; a target that begins on that date is corrected."""
    target = metric.targets.filter(holds_from=holds_from).first()
    if target is None:
        target = Target(organization=metric.organization, metric=metric, holds_from=holds_from)
    elif target.aim == aim:
        return target
    target.aim, target.reason, target.set_by = aim, reason, by
    target.save()
    return target


@transaction.atomic
def record(*, metric: Metric, on: date, value: Decimal, note: str, by: Member) -> Measurement:
    """Enter what the metric was on a date; a figure of that date is corrected."""
    measurement = metric.measurements.filter(date=on).first()
    if measurement is None:
        measurement = Measurement(organization=metric.organization, metric=metric, date=on)
    measurement.value, measurement.note, measurement.by = value, note, by
    measurement.save()
    return measurement
