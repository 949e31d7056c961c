"""Fill which signal the newest figure of each metric is part of."""

from decimal import Decimal
from itertools import pairwise, takewhile

from django.db import migrations


def newest_signal(values):
    """The code of the signal that the last figure is part of, by the rules as they were when this was written.

    Limits rest on the first 24 figures, of which there are at least six.
    """
    resting = values[:24]
    if len(resting) < 6:
        return ""
    ranges = [abs(after - before) for before, after in pairwise(resting)]
    mean = sum(resting) / len(resting)
    reach = Decimal("2.66") * (sum(ranges) / len(ranges))
    lower, upper = mean - reach, mean + reach
    if outside := side(values[-1], lower, upper):
        return f"outside-{outside}"
    of_mean = side(values[-1], mean, mean)
    run = takewhile(lambda value: side(value, mean, mean) == of_mean, reversed(values))
    if of_mean and len(list(run)) >= 8:
        return f"run-{of_mean}"
    near = [side(value, (mean + lower) / 2, (mean + upper) / 2) for value in values[-4:]]
    if near[-1] and near.count(near[-1]) >= 3:
        return f"near-{near[-1]}"
    return ""


def side(value, low, high):
    if value < low:
        return "low"
    return "high" if value > high else ""


def find_signals(apps, schema_editor):
    Metric = apps.get_model("metrics", "Metric")
    for metric in Metric.objects.exclude(unit="yes-no"):
        values = metric.measurements.order_by("date").values_list("value", flat=True)
        if signal := newest_signal(list(values)):
            Metric.objects.filter(pk=metric.pk).update(signal=signal)


class Migration(migrations.Migration):
    dependencies = [("metrics", "0003_repeat_measurements")]

    operations = [migrations.RunPython(find_signals, migrations.RunPython.noop)]
