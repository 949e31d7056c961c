"""`manage.py restore FILE`: put a backup back."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from victory.backups import Refused, put_back

AFTERWARDS = (
    "Processes that are running still know what was there before: stop or restart them. Who was signed in"
    " when the backup was written is so again; this signs everybody out: manage.py shell -c"
    ' "from django.contrib.sessions.models import Session; Session.objects.all().delete()"'
)


class Command(BaseCommand):
    help = "Put a backup back: the whole database becomes what it was. Stop the server first."

    requires_system_checks = []  # they would make the file of an SQLite database, also where this refuses

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--overwrite", action="store_true", help="replace all that is in the database")

    def handle(self, *, file, overwrite, **options):
        try:
            restored = put_back(file, overwrite=overwrite)
        except (Refused, OSError, DatabaseError) as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        held = restored.manifest
        self.stdout.write(
            f"Restored what stood at {held.written_at}: {held.rows} rows in {len(held.tables)} tables."
        )
        if overwrite:
            self.stdout.write(AFTERWARDS)
        if restored.is_older:
            self.stdout.write("The backup is older than this program: now run manage.py migrate.")
