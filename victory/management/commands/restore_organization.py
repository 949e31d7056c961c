"""`manage.py restore_organization FILE --admin EMAIL`: take an export of any size in."""

from argparse import FileType

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from victory.models import User
from victory.portable import read_package, restore


class Command(BaseCommand):
    help = "Take an export in as a new organization. Whoever is named becomes its admin."

    def add_arguments(self, parser):
        parser.add_argument("file", type=FileType("rb"), help="the export; - for what is piped in")
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="whose account manages it")

    def handle(self, *, file, admin, **options):
        with file:
            content = file.read()
        user = User.objects.filter(email=admin.lower()).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {admin}.")
        try:
            restored = restore(package=read_package(content), by=user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{restored.organization} is at /o/{restored.organization.slug}/")
        for name in sorted(restored.cut_off):
            self.stdout.write(f"It is no longer tied to {name}.")
        if restored.deletions_left_out:
            self.stdout.write(f"Deletions that can no longer be put back: {restored.deletions_left_out}")
