"""`manage.py tick`: do what is due by the clock. To be run every hour; docs/operation.md says how.

Running it twice, or on several machines at the same time, does no harm.
"""

import logging

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection

from victory.health import migrations_missing
from victory.jobs import jobs

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Do what is due: mail people what waits for them, delete what is to go. Run it every hour."

    def handle(self, **options):
        refuse_without_tables()
        failed = []
        for job in jobs():
            try:
                for sentence in job.do():
                    self.stdout.write(sentence)
            except ImproperlyConfigured as error:
                failed.append(f"{job.name}: {error}")
            except Exception:
                logger.exception("The job “%s” failed.", job.name)
                failed.append(job.name)
                if not connection.is_usable():
                    connection.close()  # the next job opens another
        if failed:
            raise CommandError(f"Not done, or not all of it: {'; '.join(failed)}")


def refuse_without_tables():
    """Raise CommandError where every job would fail for the same reason."""
    try:
        missing = migrations_missing()
    except Error as error:
        raise CommandError(f"The database cannot be reached: {error}") from error
    if missing:
        raise CommandError(
            "The database has not got all that this version needs: run manage.py migrate first."
        )
