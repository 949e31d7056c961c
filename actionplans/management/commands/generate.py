"""`manage.py generate`: made-up workbooks of any size, to measure with."""

from dataclasses import dataclass

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils.text import slugify

from actionplans.management.commands.demo import EMAIL
from actionplans.management.generated import GeneratedWorkbook
from actionplans.management.generated_texts import PLACES, SERVICES, names
from victory.actions import set_up_organization
from victory.models import RESERVED_ADDRESSES, Organization, User

MOST_MEASUREMENTS = 10_000
"""For one metric: measured daily, these reach back for less than thirty years."""


class Command(BaseCommand):
    help = (
        "Make workbooks up to measure with: the same ones for the same seed on the same day. They are added"
        " to what is there; an organization that has such an address already is never touched."
    )

    def add_arguments(self, parser):
        parser.add_argument("--organizations", type=int, default=1, metavar="N", help="how many, 1")
        parser.add_argument("--metrics", type=int, default=50, metavar="N", help="of each organization, 50")
        parser.add_argument("--measurements", type=int, default=24, metavar="N", help="of each metric, 24")
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="another one, other workbooks")
        parser.add_argument(
            "--parent", action="store_true", help="put one organization above them all, which has no metrics"
        )
        parser.add_argument(
            "--slug",
            default="generated",
            help="the address of the one above; those below have a number behind it (generated)",
        )
        parser.add_argument(
            "--admin", default=EMAIL, metavar="EMAIL", help=f"whose account manages all of them ({EMAIL})"
        )

    def handle(self, *, organizations, metrics, measurements, seed, parent, slug, admin, **options):
        check_sizes(organizations, metrics, measurements)
        user = User.objects.filter(email=admin.lower()).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {admin}. Name somebody who does with --admin.")
        called = names(organizations, PLACES, SERVICES)
        units = [
            Organization(name=name, slug=f"{slug}-{n}", kind=Organization.Kind.DEPARTMENT)
            for n, name in enumerate(called, start=1)
        ]
        above = Organization(name=slug.replace("-", " ").capitalize(), slug=slug) if parent else None
        refuse_addresses([each.slug for each in (above, *units) if each])
        if above:
            set_up_organization(organization=above, by=user)
        progress = Progress(self.stdout, organizations * metrics)
        for unit in units:
            unit.parent = above
            workbook = GeneratedWorkbook(
                unit, user=user, seed=seed, metrics=metrics, measurements=measurements
            )
            workbook.write(progress.add)
        begin = f"/o/{above.slug}/portfolio/" if above else f"/o/{units[0].slug}/dashboard/"
        self.stdout.write(
            f"Organizations: {organizations:,}, metrics: {organizations * metrics:,}, measurements:"
            f" {organizations * metrics * measurements:,}. Begin at {begin}"
        )


def check_sizes(organizations: int, metrics: int, measurements: int):
    if organizations < 1 or metrics < 1:
        raise CommandError("Ask for at least one organization and one metric.")
    if not 0 <= measurements <= MOST_MEASUREMENTS:
        raise CommandError(f"A metric has from 0 to {MOST_MEASUREMENTS:,} measurements.")


def refuse_addresses(slugs: list[str]):
    """Raise CommandError where one of these is no address, or somebody has it already."""
    if slugify(slugs[-1]) != slugs[-1] or len(slugs[-1]) > Organization._meta.get_field("slug").max_length:
        raise CommandError("An address is short, and takes small letters, digits and hyphens.")
    taken = Organization.objects.filter(slug__in=slugs).values_list("slug", flat=True).first()
    if taken or not RESERVED_ADDRESSES.isdisjoint(slugs):
        raise CommandError(f"There is something at /o/{taken or slugs[0]}/ already. Choose another --slug.")


@dataclass
class Progress:
    """How far it is: a bar on a terminal, elsewhere a line for every tenth."""

    out: OutputWrapper
    all: int
    done: int = 0

    def add(self, number: int):
        before, self.done = self.done, self.done + number
        if self.out.isatty():
            full = 40 * self.done // self.all
            end = "\n" if self.done == self.all else "\r"
            self.out.write(f"[{'#' * full:<40}] {self.done:,} of {self.all:,} metrics", ending=end)
        elif 10 * self.done // self.all > 10 * before // self.all:
            self.out.write(f"{self.done:,} of {self.all:,} metrics")
        self.out.flush()
