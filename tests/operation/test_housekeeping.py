"""Nothing is kept for ever of what is gone."""

from django.core.management import call_command

from metrics.models import Metric, Touch
from tests import factories


def test_touches_of_metrics_that_are_gone_are_thrown_away(scoped):
    gone, stays = (factories.MeasurementFactory(organization=scoped).metric for _ in range(2))
    for metric in (gone, stays):
        metric.satisfied_when = "answered at once"
        metric.save()
    key = gone.pk
    Metric.objects.filter(pk=key).delete()
    assert Touch.objects.filter(pk=key).exists()

    call_command("tick")

    assert [touch.metric_id for touch in Touch.objects.all()] == [stays.pk]
