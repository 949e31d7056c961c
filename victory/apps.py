from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class VictoryConfig(AppConfig):
    name = "victory"
    verbose_name = _("Organizations and focus")

    def ready(self):
        from victory import account_trail, devices, housekeeping, jobs

        jobs.register(*housekeeping.JOBS)
        connection_created.connect(know_all_capitals)
        account_trail.listen()
        devices.listen()
        if settings.SENTRY_DSN:
            from victory import sentry

            sentry.start(settings.SENTRY_DSN)


def know_all_capitals(connection, **kwargs):
    """Let SQLite take “ÉCOLE” and “école” for one name, as PostgreSQL does: its own LOWER stops at Z."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "lower", 1, lambda text: None if text is None else str(text).lower(), deterministic=True
        )
