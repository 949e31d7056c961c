from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActionPlansConfig(AppConfig):
    name = "actionplans"
    verbose_name = _("Action plans")

    def ready(self):
        from actionplans.holdings import HOLDINGS
        from actionplans.mails import JOBS
        from victory import holdings, jobs

        holdings.register(*HOLDINGS)
        jobs.register(*JOBS)
