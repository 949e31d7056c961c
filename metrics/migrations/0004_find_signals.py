"""Fill which signal the newest figure of each metric is part of."""

from django.db import migrations

from metrics.behaviour import Point, Series
from metrics.quantities import Unit


def find_signals(apps, schema_editor):
    Metric = apps.get_model("metrics", "Metric")
    for metric in Metric.objects.all():
        rows = metric.measurements.order_by("date").values_list("date", "value", "verdict")
        signal = Series([Point(*row) for row in rows], Unit(metric.unit)).now.signal_now
        if signal:
            Metric.objects.filter(pk=metric.pk).update(signal=signal.code)


class Migration(migrations.Migration):
    dependencies = [("metrics", "0003_repeat_measurements")]

    operations = [migrations.RunPython(find_signals, migrations.RunPython.noop)]
