"""`manage.py demo`: a complete workbook to look at and to try things on."""

import zoneinfo
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from actionplans.management import enfield
from actionplans.models import Action, Ownership, Status
from customers.models import (
    Criterion,
    Customer,
    CustomerGroup,
    Deliverable,
    Delivery,
    DriverChoice,
    DriverStatement,
    Need,
    Score,
    Translation,
)
from metrics.models import Measurement, Metric, Target
from metrics.quantities import read_aim
from metrics.rhythm import Frequency
from victory.models import CustomerRight, FocusStatement, Member, Note, Organization, User
from victory.tenancy import Role, organization_scope

EMAIL, PASSWORD = "demo@example.org", "winning-customers"


class Command(BaseCommand):
    help = "Load the demo workbook into an empty database and say how to sign in; otherwise change nothing."

    def handle(self, **options):
        if not settings.DEBUG:
            raise CommandError(
                "The demo signs somebody in with a password that everybody knows, so it needs DEBUG=1."
            )
        if not Organization.objects.exists():
            load()
        if User.objects.filter(email=EMAIL).exists():
            self.stdout.write(f"Sign in as {EMAIL} with the password {PASSWORD}")
        else:
            self.stdout.write("There are organizations already, so the demo workbook was not loaded.")


@transaction.atomic
def load():
    user = User.objects.create_superuser(EMAIL, PASSWORD, name="Robin Demo")
    organization = Organization.objects.create(**enfield.ORGANIZATION)
    with organization_scope(organization):
        DemoWorkbook(organization, user).load()


class DemoWorkbook:
    """Writes the tuples of `enfield` into the tables, step by step.

    The rows that others refer to by name are kept in dictionaries.
    """

    def __init__(self, organization: Organization, user: User):
        self.organization = organization
        self.user = user
        self.today = timezone.localdate(timezone=zoneinfo.ZoneInfo(organization.time_zone))

    def load(self):
        self.load_members()
        self.load_focus()
        self.load_customers()
        self.load_drivers()
        self.load_needs()
        self.load_metrics()
        self.load_plan()

    def save(self, model, position=0, **fields):
        row = model(organization=self.organization, position=position, **fields)
        row.save()
        return row

    def load_members(self):
        self.robin = self.save(Member, name=str(self.user), email=EMAIL, user=self.user, role=Role.ADMIN)
        self.members = {
            name: self.save(Member, position, name=name, role=Role[role.upper()])
            for position, (name, role) in enumerate(enfield.MEMBERS, start=1)
        }

    def load_focus(self):
        for revision, (day, who, view, statement) in enumerate(enfield.STATEMENTS, start=1):
            self.save(
                FocusStatement,
                revision=revision,
                view_of_perfection=view,
                statement=statement,
                adopted_on=day,
                adopted_by=self.members[who],
            )
        for position, text in enumerate(enfield.RIGHTS, start=1):
            self.save(CustomerRight, position, text=text)
        for position, (step, text) in enumerate(enfield.NOTES, start=1):
            self.save(Note, position, step=step, text=text, by=self.robin)

    def load_customers(self):
        groups = {
            name: self.save(CustomerGroup, position, name=name, side=side)
            for position, (name, side) in enumerate(enfield.GROUPS, start=1)
        }
        criteria = [
            self.save(Criterion, position, name=name, weight=weight)
            for position, (name, weight) in enumerate(enfield.CRITERIA, start=1)
        ]
        self.customers = {}
        for position, (name, group, scores) in enumerate(enfield.CUSTOMERS, start=1):
            customer = self.save(Customer, position, name=name, group=groups[group])
            self.customers[name] = customer
            for criterion, value in zip(criteria, scores, strict=True):
                self.save(Score, customer=customer, criterion=criterion, value=value)

    def load_drivers(self):
        for position, (customer, reason) in enumerate(enfield.DRIVERS, start=1):
            self.save(DriverChoice, position, customer=self.customers[customer], reason=reason)
        self.save(DriverStatement, text=enfield.DRIVER_STATEMENT)
        self.deliverables = {}
        for position, (name, customers) in enumerate(enfield.DELIVERABLES, start=1):
            deliverable = self.save(Deliverable, position, name=name)
            self.deliverables[name] = deliverable
            for customer in customers:
                self.save(Delivery, deliverable=deliverable, customer=self.customers[customer])

    def load_needs(self):
        self.needs = {}
        for position, (customer, text, importance, aspect, met_by) in enumerate(enfield.NEEDS, start=1):
            need = self.save(
                Need,
                position,
                customer=self.customers[customer],
                text=text,
                importance=importance,
                aspect=aspect,
            )
            self.needs[text] = need
            for deliverable, strength in met_by:
                deliverable = self.deliverables[deliverable]
                self.save(Translation, need=need, deliverable=deliverable, strength=strength)

    def load_metrics(self):
        """The published figures, read by the same words in which they were published."""
        self.metrics = {}
        for position, line in enumerate(enfield.METRICS, start=1):
            deliverable, need, satisfied_when, indicator, performance, target = line
            aim, scale = read_aim(target)
            metric = self.save(
                Metric,
                position,
                deliverable=self.deliverables[deliverable],
                need=self.needs[need],
                satisfied_when=satisfied_when,
                measured_by=indicator,
                unit=scale.unit,
                frequency=Frequency.YEARLY,
                begins_on=enfield.TARGETS_HOLD_FROM,
                source="Enfield Council, Customer service commitment",
            )
            self.metrics[indicator] = metric
            self.save(Target, metric=metric, aim=aim, holds_from=enfield.TARGETS_HOLD_FROM, set_by=self.robin)
            self.save(
                Measurement,
                metric=metric,
                date=enfield.MEASURED_ON,
                value=scale.read(performance),
                by=self.robin,
            )

    def load_plan(self):
        for indicator, owner in enfield.OWNERS:
            self.save(Ownership, metric=self.metrics[indicator], member=self.members[owner])
        for position, (indicator, what, who, days, status) in enumerate(enfield.ACTIONS, start=1):
            due = self.today + timedelta(days=days)
            self.save(
                Action,
                position,
                metric=self.metrics[indicator],
                what=what,
                who=self.members[who],
                due=due,
                status=status,
                done_on=due if status == Status.DONE else None,
            )
