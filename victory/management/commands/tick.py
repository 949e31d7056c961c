"""`manage.py tick`: what is to be done once its time has come. To be run every hour, or every day.

Running it twice, or on several machines at the same time, does no harm.
"""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from victory.ending import delete_for_good
from victory.models import Organization, Tries, Upload


class Command(BaseCommand):
    help = "Do what is due: delete organizations whose wait is over, and throw away what is outdated."

    def handle(self, **options):
        for key in Organization.objects.due_for_deletion().values_list("pk", flat=True):
            if deleted := delete_for_good(key):
                self.stdout.write(f"Deleted {deleted}.")
        Upload.objects.outdated().delete()
        call_command("clearsessions")
        Tries.objects.outdated().delete()
