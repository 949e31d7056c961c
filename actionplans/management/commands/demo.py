"""`manage.py demo`: complete workbooks to look at and to try things on."""

import zoneinfo
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from actionplans.management import enfield, landgate
from actionplans.management.landgate_units import COUNTER_SERVICES, TELEPHONE_TEAM
from actionplans.models import Action, Ownership, Review, Status
from actionplans.reviews.actions import close_review, set_attendances
from actionplans.reviews.minutes import Minutes
from actionplans.thread import Thread
from customers.models import (
    Answer,
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
from metrics.models import Deviation, Measurement, Metric, Target
from metrics.quantities import read_aim
from victory.models import CustomerRight, FocusStatement, Member, Note, Organization, User
from victory.tenancy import Role, organization_scope
from victory.trail import all_or_nothing

EMAIL, PASSWORD = "demo@example.org", "winning-customers"
WORKBOOKS = (enfield, landgate, COUNTER_SERVICES, TELEPHONE_TEAM)


class Command(BaseCommand):
    help = "Load the demo workbooks into an empty database and say how to sign in; otherwise change nothing."

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
            self.stdout.write("There are organizations already, so the demo workbooks were not loaded.")


@all_or_nothing()
def load():
    user = User.objects.create_superuser(EMAIL, PASSWORD, name="Robin Demo")
    for workbook in WORKBOOKS:
        organization = create_organization(**workbook.ORGANIZATION)
        with organization_scope(organization):
            DemoWorkbook(organization, user, workbook).load()


def create_organization(part_of: str = "", **fields) -> Organization:
    """An organization, which may be a unit of the one with the address `part_of`."""
    parent = Organization.objects.get(slug=part_of) if part_of else None
    return Organization.objects.create(parent=parent, **fields)


class DemoWorkbook:
    """Writes the tuples of a workbook (see `enfield`) into the tables, step by step.

    The rows that others refer to by name are kept in dictionaries.
    """

    def __init__(self, organization: Organization, user: User, workbook):
        self.organization = organization
        self.user = user
        self.workbook = workbook
        self.today = organization.today

    def load(self):
        self.load_members()
        self.load_focus()
        self.load_customers()
        self.load_drivers()
        self.load_needs()
        self.load_metrics()
        self.load_plan()
        self.load_answers()
        self.load_reviews()

    def save(self, model, position=0, **fields):
        row = model(organization=self.organization, position=position, **fields)
        row.save()
        return row

    def load_members(self):
        self.robin = self.save(Member, name=str(self.user), email=EMAIL, user=self.user, role=Role.ADMIN)
        self.members = {str(self.user): self.robin} | {
            name: self.save(Member, position, name=name, role=Role[role.upper()])
            for position, (name, role) in enumerate(self.workbook.MEMBERS, start=1)
        }

    def load_focus(self):
        for revision, (day, who, view, statement) in enumerate(self.workbook.STATEMENTS, start=1):
            self.save(
                FocusStatement,
                revision=revision,
                view_of_perfection=view,
                statement=statement,
                adopted_on=day,
                adopted_by=self.members[who],
            )
        for position, text in enumerate(self.workbook.RIGHTS, start=1):
            self.save(CustomerRight, position, text=text)
        for position, (step, text) in enumerate(self.workbook.NOTES, start=1):
            self.save(Note, position, step=step, text=text, by=self.robin)

    def load_customers(self):
        groups = {
            name: self.save(CustomerGroup, position, name=name, side=side)
            for position, (name, side) in enumerate(self.workbook.GROUPS, start=1)
        }
        criteria = [
            self.save(Criterion, position, name=name, weight=weight)
            for position, (name, weight) in enumerate(self.workbook.CRITERIA, start=1)
        ]
        self.customers = {}
        units = {name: Organization.objects.get(slug=slug) for name, slug in self.workbook.UNITS}
        for position, (name, group, scores) in enumerate(self.workbook.CUSTOMERS, start=1):
            customer = self.save(Customer, position, name=name, group=groups[group], unit=units.get(name))
            self.customers[name] = customer
            for criterion, value in zip(criteria, scores, strict=True):
                self.save(Score, customer=customer, criterion=criterion, value=value)

    def load_drivers(self):
        for position, (customer, reason) in enumerate(self.workbook.DRIVERS, start=1):
            self.save(DriverChoice, position, customer=self.customers[customer], reason=reason)
        self.save(DriverStatement, text=self.workbook.DRIVER_STATEMENT)
        self.deliverables = {}
        for position, (name, customers) in enumerate(self.workbook.DELIVERABLES, start=1):
            deliverable = self.save(Deliverable, position, name=name)
            self.deliverables[name] = deliverable
            for customer in customers:
                self.save(Delivery, deliverable=deliverable, customer=self.customers[customer])

    def load_needs(self):
        self.needs = {}
        for position, (customer, text, importance, aspect, met_by) in enumerate(self.workbook.NEEDS, start=1):
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
        for position, line in enumerate(self.workbook.METRICS, start=1):
            deliverable, need, satisfied_when, indicator, figures, target = line
            aim, scale = read_aim(target)
            metric = self.save(
                Metric,
                position,
                deliverable=self.deliverables[deliverable],
                need=self.needs[need],
                satisfied_when=satisfied_when,
                measured_by=indicator,
                unit=scale.unit,
                frequency=self.workbook.FREQUENCY,
                begins_on=self.workbook.TARGETS_HOLD_FROM,
                source=self.workbook.SOURCE,
            )
            self.metrics[indicator] = metric
            since = self.workbook.TARGETS_HOLD_FROM
            self.save(Target, metric=metric, aim=aim, holds_from=since, set_by=self.robin)
            for day, figure in zip(self.workbook.MEASURED_ON, figures, strict=True):
                self.save(Measurement, metric=metric, date=day, value=scale.read(figure), by=self.robin)
        for indicator, since, until, reason in self.workbook.DEVIATIONS:
            self.save(
                Deviation,
                metric=self.metrics[indicator],
                holds_from=self.day(since),
                holds_until=self.day(until),
                reason=reason,
                accepted_by=self.robin,
            )

    def load_plan(self):
        for indicator, owner in self.workbook.OWNERS:
            self.save(Ownership, metric=self.metrics[indicator], member=self.members[owner])
        for position, line in enumerate(self.workbook.ACTIONS, start=1):
            self.load_action(position, *line)

    def load_action(self, position, indicator, what, who, promised, status, answers):
        """An action with its history: first promised, and put off on each day that was not kept."""
        days = [self.day(each) for each in promised]
        key_to_success, earns_loyalty = answers
        action = Action(
            organization=self.organization,
            position=position,
            metric=self.metrics[indicator],
            what=what,
            who=self.members[who],
            status=status,
            done_on=days[-1] if status == Status.DONE else None,
            key_to_success=key_to_success,
            earns_loyalty=earns_loyalty,
        )
        said_on = [min(days[0], self.today) - timedelta(days=30), *days[:-1]]
        for due, day in zip(days, said_on, strict=True):
            action.due = due
            noon = time(12, tzinfo=zoneinfo.ZoneInfo(self.organization.time_zone))
            action._history_date, action._history_user = datetime.combine(day, noon), self.user
            action.save()

    def load_answers(self):
        for deliverable, customer, agrees, sentence, said_by, said_on in self.workbook.ANSWERS:
            delivery = Delivery.objects.get(
                deliverable=self.deliverables[deliverable], customer=self.customers[customer]
            )
            self.save(
                Answer,
                delivery=delivery,
                unit=delivery.customer.unit,
                agrees=agrees,
                sentence=sentence,
                said_by=said_by,
                said_on=self.day(said_on),
            )

    def load_reviews(self):
        for on, people, findings, decisions, next_on, decided in self.workbook.REVIEWS:
            review = self.save(
                Review,
                on=self.day(on),
                findings=findings,
                decisions=decisions,
                next_on=self.day(next_on),
            )
            set_attendances(review=review, members=[self.members[name] for name in people])
            for action in Action.objects.filter(what__in=decided):
                action.decided_in = review
                action.save()
            minutes = Minutes.as_it_stands(review, Thread(self.organization, self.today).shown_to(self.robin))
            close_review(minutes=minutes, by=self.robin)

    def day(self, day: date | int) -> date:
        """A day as such, or the one that is so many days from today."""
        return day if isinstance(day, date) else self.today + timedelta(days=day)
