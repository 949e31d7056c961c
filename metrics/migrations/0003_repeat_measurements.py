"""Fill what metrics repeat of their measurements, and since when they are measured."""

from decimal import ROUND_DOWN, Decimal

from django.db import migrations

FULL, MOST = Decimal(100), Decimal(200)


def attainment(value, direction, low, high):
    """How much of its target a figure attains, as it was reckoned when this was written."""
    if direction == "judged":
        return FULL if value == 1 else Decimal(0)
    met = (low is None or value >= low) and (high is None or value <= high)
    if direction == "between" and met:
        return FULL
    part, whole = (value, low) if low is not None and (high is None or value < low) else (high, value)
    if part <= 0 or whole <= 0:
        best = direction == "at-most" and high > 0
        return (MOST if best else FULL) if met else Decimal(0)
    return min(MOST, FULL * part / whole).quantize(Decimal("0.1"), rounding=ROUND_DOWN)


def repeat_measurements(apps, schema_editor):
    Metric = apps.get_model("metrics", "Metric")
    for metric in Metric.objects.prefetch_related("targets"):
        newest = list(metric.measurements.select_related("judged_by").order_by("-date")[:6])
        first = metric.measurements.order_by("date").first()
        days = [target.holds_from for target in metric.targets.all()] + ([first.date] if first else [])
        metric.begins_on = min([metric.begins_on, *days])
        metric.recent = [[str(each.date), str(each.value), each.verdict] for each in reversed(newest)]
        if newest and newest[0].judged_by:
            target = newest[0].judged_by
            metric.attainment = attainment(newest[0].value, target.direction, target.low, target.high)
        metric.save(update_fields=["begins_on", "recent", "attainment"])


class Migration(migrations.Migration):
    dependencies = [("metrics", "0002_evaluate_and_review")]

    operations = [migrations.RunPython(repeat_measurements, migrations.RunPython.noop)]
