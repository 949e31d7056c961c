"""A made-up workbook of any size, for measuring: put together by chance, but the same for the same seed.

All rows of a table are written at once. What is derived from them is derived by the models themselves, so
that it is what it would be had somebody typed it all in. Every row has its history but the measurements:
theirs would be as many rows again, and is read only for what was corrected, which nothing here is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import batched, groupby
from operator import attrgetter
from random import Random

from django.db import connection
from simple_history.utils import bulk_create_with_history

from actionplans.management import generated_texts as texts
from actionplans.management.generated_figures import Promise, days_before, frequency_for, write_figures
from actionplans.management.generated_texts import names
from actionplans.models import Action, Ownership, Review, Status
from actionplans.reviews.actions import close_review, set_attendances
from actionplans.reviews.minutes import Minutes
from actionplans.thread import Thread
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
from metrics.models import Deviation, Metric, Target, Verdict
from metrics.quantities import Unit
from victory.actions import make_admin_member
from victory.models import CustomerRight, FocusStatement, Member, Note, Organization, User
from victory.rows import WorkbookRow
from victory.tenancy import Role, organization_scope
from victory.trail import all_or_nothing

BATCH = 5000
METRICS_A_DELIVERABLE = 5
MOST_CUSTOMERS, MOST_NEEDS = 50, 500


class GeneratedWorkbook:
    """Writes the workbook of one organization, step by step."""

    def __init__(self, organization: Organization, *, user: User, seed: int, metrics: int, measurements: int):
        self.organization, self.user = organization, user
        self.metrics, self.measurements = metrics, measurements
        self.today = organization.today
        self.chance = Random(f"{seed} {organization.slug}")

    @all_or_nothing()
    def write(self, tell: Callable[[int], None]):
        """Write it; `tell` hears how many metrics are done, a lot at a time."""
        look_keys_up_by_index()
        self.organization.save()
        with organization_scope(self.organization):
            self.write_people()
            self.write_focus()
            self.write_customers()
            self.write_needs()
            for lot in self.write_metrics():
                self.write_plan(lot)
                tell(len(lot))
            self.write_reviews()

    def add[Row: WorkbookRow](self, rows: Iterable[Row]) -> list[Row]:
        """Write rows of one table, in their order."""
        rows = list(rows)
        for position, row in enumerate(rows, start=1):
            row.organization, row.position, row.version = self.organization, position, 1
        return bulk_create_with_history(rows, type(rows[0]), batch_size=BATCH) if rows else []

    def write_people(self):
        self.admin = make_admin_member(organization=self.organization, user=self.user)
        roles = (Role.MANAGER, Role.CONTRIBUTOR)
        people = self.add(Member(name=name, role=roles[n % 2]) for n, name in enumerate(texts.PEOPLE))
        self.members = [self.admin, *people]

    def write_focus(self):
        statement = FocusStatement(
            revision=1,
            view_of_perfection="Nobody waits, and nobody asks twice.",
            statement=f"We work for those who need the {self.organization}, and tell them how well we do.",
            adopted_on=self.today - timedelta(days=400),
            adopted_by=self.admin,
        )
        self.add([statement])
        self.add(CustomerRight(text=text) for text in texts.RIGHTS)
        written_at = datetime.combine(self.today - timedelta(days=14), time(12), UTC)
        self.add(
            Note(step=step, text=text, by=self.admin, written_at=written_at) for step, text in texts.NOTES
        )

    def write_customers(self):
        groups = self.add(CustomerGroup(name=name, side=side) for name, side in texts.GROUPS)
        criteria = self.add(Criterion(name=name, weight=weight) for name, weight in texts.CRITERIA)
        called = names(max(3, min(self.metrics, MOST_CUSTOMERS)), texts.CUSTOMERS, texts.WHERE)
        self.customers = self.add(
            Customer(name=name, group=groups[n % len(groups)]) for n, name in enumerate(called)
        )
        self.add(
            Score(customer=customer, criterion=criterion, value=self.chance.randint(1, 10))
            for customer in self.customers
            for criterion in criteria
        )
        drivers = self.customers[: max(1, min(len(self.customers) // 5, 5))]
        self.add(
            DriverChoice(customer=driver, reason=texts.WHY_DRIVERS[n % 2]) for n, driver in enumerate(drivers)
        )
        self.add([DriverStatement(text=f"{', '.join(driver.name for driver in drivers)} drive our work.")])

    def write_needs(self):
        outputs = -(-self.metrics // METRICS_A_DELIVERABLE)
        self.deliverables = self.add(
            Deliverable(name=name) for name in names(outputs, texts.OUTPUTS, texts.FOR_WHAT)
        )
        self.add(
            Delivery(deliverable=deliverable, customer=customer)
            for deliverable in self.deliverables
            for customer in self.chance.sample(self.customers, 2)
        )
        needs = self.add(
            Need(
                customer=self.customers[n % len(self.customers)],
                text=text,
                importance=self.chance.choice(Need.Importance.values),
                aspect=self.chance.choice(Need.ASPECTS)[0],
            )
            for n, text in enumerate(self.texts_of_needs())
        )
        self.translations = self.add(
            Translation(
                need=need,
                deliverable=self.deliverables[n % len(self.deliverables)],
                strength=self.chance.choice(Translation.Strength.values),
            )
            for n, need in enumerate(needs)
        )

    def texts_of_needs(self) -> Iterator[str]:
        """One for each metric, up to a number; nothing is said twice of the same customer."""
        for n in range(min(self.metrics, MOST_NEEDS)):
            turn, place = divmod(n // len(self.customers), len(texts.NEEDS))
            yield texts.NEEDS[place] + (f" ({turn + 1})" if turn else "")

    def write_metrics(self) -> Iterator[Sequence[Promise]]:
        """The metrics with their targets and figures, a lot at a time: as few as memory holds with ease."""
        promises = list(self.plan_metrics())
        self.add(promise.metric for promise in promises)
        for lot in batched(promises, max(1, 4 * BATCH // max(1, self.measurements))):
            targets = self.write_targets(lot)
            figures = {
                promise.metric: promise.figures(self.chance, targets.get(promise.metric, ()))
                for promise in lot
            }
            write_figures(figures, by=self.admin)
            yield lot

    def plan_metrics(self) -> Iterator[Promise]:
        needs = {each.deliverable_id: each.need for each in reversed(self.translations)}
        for deliverable, count in self.metrics_by_deliverable():
            for kind in self.chance.sample(texts.KINDS, count):
                frequency = frequency_for(kind, self.measurements)
                missed = self.chance.choice([0] * 7 + [1, 1, 3])
                days = days_before(self.today, frequency, missed, self.measurements)
                metric = Metric(
                    deliverable=deliverable,
                    need=needs.get(deliverable.pk),
                    satisfied_when=kind.satisfied_when,
                    measured_by=kind.measured_by,
                    unit=kind.unit,
                    scale_top=kind.top if kind.unit == Unit.RATING else None,
                    frequency=frequency,
                    begins_on=days[0] if days else self.today,
                    source="made up",
                )
                yield Promise(metric, kind, days, is_kept=self.chance.random() < 0.7)

    def metrics_by_deliverable(self) -> Iterator[tuple[Deliverable, int]]:
        """How many metrics each deliverable has."""
        for n, deliverable in enumerate(self.deliverables):
            yield deliverable, min(METRICS_A_DELIVERABLE, self.metrics - n * METRICS_A_DELIVERABLE)

    def write_targets(self, lot: Sequence[Promise]) -> dict[Metric, list[Target]]:
        planned = [target for promise in lot for target in promise.targets(self.chance)]
        for target in planned:
            target.set_by = self.admin
        targets = self.add(planned)
        return {metric: list(those) for metric, those in groupby(targets, attrgetter("metric"))}

    def write_plan(self, lot: Sequence[Promise]):
        """Owners and actions; where a target is missed there usually is something to be done."""
        metrics = [promise.metric for promise in lot]
        missed = [metric for metric in metrics if metric.verdict == Verdict.NOT_MET]
        self.add(
            Ownership(metric=metric, member=self.chance.choice(self.members))
            for metric in self.some(metrics, 0.85)
        )
        self.add(
            Deviation(
                metric=metric,
                holds_from=self.today - timedelta(days=20),
                holds_until=self.today + timedelta(days=40),
                reason=texts.WHY_ACCEPTED,
                accepted_by=self.admin,
            )
            for metric in self.some(missed, 0.08)
        )
        planned = self.add(self.action(metric, Status.PLANNED) for metric in self.some(missed, 0.5))
        self.add(self.action(metric, Status.UNDER_WAY) for metric in self.some(missed, 0.3))
        self.add(self.action(metric, Status.DONE) for metric in self.some(metrics, 0.2))
        for action in self.some(planned, 0.3):
            action.due += timedelta(days=14)
            action.save()

    def some[Row](self, rows: Sequence[Row], share: float) -> list[Row]:
        """About such a share of the rows, in their order."""
        return [row for row in rows if self.chance.random() < share]

    def action(self, metric: Metric, status: Status) -> Action:
        """An action that is due around today; one that is done was so on its day."""
        is_done = status == Status.DONE
        due = self.today + timedelta(
            days=self.chance.randint(-120, -10) if is_done else self.chance.randint(-15, 60)
        )
        return Action(
            metric=metric,
            what=self.chance.choice(texts.ACTIONS),
            who=self.chance.choice(self.members),
            due=due,
            first_due=due,
            status=status,
            done_on=due if is_done else None,
            key_to_success=self.chance.choice([None, True, False]),
        )

    def write_reviews(self):
        """One that was held and closed, and the next one."""
        held = Review(
            on=self.today - timedelta(days=30),
            findings="Where we answer late, cases lie between two desks.",
            decisions="Begin with the promises that were missed twice in a row.",
            next_on=self.today + timedelta(days=30),
        )
        self.add([held, Review(on=held.next_on)])
        set_attendances(review=held, members=self.members[:4])
        minutes = Minutes.as_it_stands(held, Thread(self.organization, self.today).shown_to(self.admin))
        close_review(minutes=minutes, by=self.admin)


def look_keys_up_by_index():
    """Let PostgreSQL do so until the end of the transaction, in which it takes new tables for empty ones.

    Each figure has four keys to be checked, and looking through all the organizations for one takes longer
    with each of them.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
