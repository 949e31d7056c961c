"""Fill what metrics repeat of their measurements, and since when they are measured."""

from decimal import Decimal

from django.db import migrations

from metrics.attainment import attainment
from metrics.quantities import Aim, Direction


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
            aim = Aim(Direction(target.direction), target.low, target.high)
            metric.attainment = attainment(Decimal(newest[0].value), aim)
        metric.save(update_fields=["begins_on", "recent", "attainment"])


class Migration(migrations.Migration):
    dependencies = [("metrics", "0002_evaluate_and_review")]

    operations = [migrations.RunPython(repeat_measurements, migrations.RunPython.noop)]
