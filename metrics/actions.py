"""Writes that touch a metric together with its targets and measurements."""

from collections.abc import Sequence
from datetime import date

from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from metrics.models import Measurement, Metric, Succession, Target
from metrics.quantities import Aim
from victory.models import Member
from victory.rows import WorkbookRow
from victory.trail import Verb, all_or_nothing, note_change

BATCH = 500


@all_or_nothing()
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


@all_or_nothing()
def set_target(*, metric: Metric, aim: Aim, holds_from: date, reason: str, by: Member) -> Target:
    """Let the metric aim at this from a date on; a target that begins on that date is corrected.

    Without a reason the one that was given for that target stays.
    """
    target = metric.targets.filter(holds_from=holds_from).first()
    if target is None:
        target = Target(organization=metric.organization, metric=metric, holds_from=holds_from)
    elif target.aim == aim:
        return target
    target.aim, target.reason, target.set_by = aim, reason or target.reason, by
    target.save()
    return target


@all_or_nothing()
def record_series(
    *, metric: Metric, targets: Sequence[Target], figures: Sequence[Measurement], by: Member
) -> int:
    """Enter many figures of a metric at once, after the targets that came with them.

    Each is new, or one that is there with its corrected value and day. All is judged once, at the end.
    Returned is how many verdicts of other figures the targets changed.
    """
    metric.lock()
    for target in targets:
        target.metric, target.set_by, target.version = metric, by, target.version + 1
    _save_all(Target, targets, ["direction", "low", "high", "reason", "set_by", "version"])
    succession = Succession(Target.objects.filter(metric=metric))
    for figure in figures:
        figure.metric, figure.by, figure.version = metric, by, figure.version + 1
        figure.judge(succession.on(figure.date))
    _save_all(Measurement, figures, ["date", "value", "by", "version", "verdict", "judged_by"])
    changed = metric.judge_again()
    if targets:
        metric.move_on()
    return changed


def _save_all(model: type[WorkbookRow], rows: Sequence[WorkbookRow], fields: Sequence[str]):
    """Write the rows that are new, and these fields of those that are not, each with its history."""
    new = [row for row in rows if row.pk is None]
    stored = [row for row in rows if row.pk]
    bulk_create_with_history(new, model, batch_size=BATCH)
    bulk_update_with_history(stored, model, fields, batch_size=BATCH)
    for row in new:
        note_change(row, Verb.ADDED)
    for row in stored:
        note_change(row, Verb.CHANGED)
