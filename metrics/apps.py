from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MetricsConfig(AppConfig):
    name = "metrics"
    verbose_name = _("Metrics and measurements")

    def ready(self):
        from metrics.housekeeping import JOBS
        from victory import jobs

        jobs.register(*JOBS)
