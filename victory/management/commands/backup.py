"""`manage.py backup FILE`: the whole database as one file, while people work."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from victory.backups import Refused, back_up


class Command(BaseCommand):
    help = "Write the whole database into a file, and read it back. People may go on working."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--overwrite", action="store_true", help="replace the file if it is there")

    def handle(self, *, file, overwrite, **options):
        try:
            manifest = back_up(file, overwrite=overwrite)
        except (Refused, OSError, DatabaseError) as error:
            raise CommandError(f"No backup was written. {error}") from error
        self.stdout.write(
            f"Wrote {file}, and read it back: {manifest.rows} rows in {len(manifest.tables)} tables."
        )
