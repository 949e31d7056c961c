"""Writes of step I that touch more than one row."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import F

from customers.agreement import Comparison
from customers.grids import TypedLine, save_line
from customers.models import Answer, Customer, Deliverable, Delivery, Score
from customers.scoring import SCORES
from victory.models import Member
from victory.tenancy import organization_scope
from victory.trail import all_or_nothing


@all_or_nothing()
def answer_promise(
    *, deliverable: Deliverable, customer: Customer, agrees: bool, sentence: str, said_on: date, by: Member
) -> Answer:
    """Add what a unit says of a deliverable that another one promises it, in that one's workbook.

    `customer` is the row by which the promising unit names it. Where the deliverable was promised only
    through a need, it becomes a delivery with the first answer, and lists that are open are told. What
    was sent twice is said once.
    """
    organization = deliverable.organization
    with organization_scope(organization):
        delivery, is_new = Delivery.objects.get_or_create(
            organization=organization, deliverable=deliverable, customer=customer
        )
        # Two who answer at the same moment: the second finds what the first has said.
        Delivery.objects.select_for_update().filter(pk=delivery.pk).values("pk").first()
        if is_new:
            for row in (deliverable, customer):
                type(row).objects.filter(pk=row.pk).update(version=F("version") + 1)
        answer = Answer(
            organization=organization,
            delivery=delivery,
            unit=by.organization,
            agrees=agrees,
            sentence=sentence,
            said_by=str(by),
            said_on=said_on,
        )
        standing = delivery.answers.filter(unit=by.organization).first()
        if standing and standing.says_the_same(answer):
            return standing
        answer.save()
    return answer


@all_or_nothing()
def settle_scores(*, cells: Iterable[tuple[str, str, str, str]]) -> tuple[int, int]:
    """Write the scores that settle cells: customer, criterion, the team's score as it was seen, the median.

    Says how many were written, and how many were not because the team's score had been changed by somebody
    else, or the own scores so that their median is another one.
    """
    cells = [(int(customer), int(criterion), was, value) for customer, criterion, was, value in cells]
    keys = {customer for customer, *_cell in cells}
    customers = list(Customer.objects.select_for_update().order_by("pk").filter(pk__in=keys))
    medians = Comparison.load().medians
    scores = Score.objects.filter(customer__in=customers).values_list("customer", "criterion", "value")
    stored = {(customer, criterion): value for customer, criterion, value in scores}
    lines = defaultdict(TypedLine)
    written = refused = 0
    for customer, criterion, was, value in cells:
        cell = customer, criterion
        if medians.get(cell) == int(value):
            lines[customer].enter(criterion, value, was=was, stored=stored.get(cell), allowed=SCORES)
        else:
            refused += 1
    for customer in customers:
        line = lines[customer.pk]
        save_line(Score, line, of="customer", row=customer, to="criterion", value="value")
        written += len(line.changes)
        refused += len(line.problems)
    return written, refused
