"""Writes of step I that touch more than one row."""

from datetime import date

from django.db import transaction
from django.db.models import F

from customers.models import Answer, Customer, Deliverable, Delivery
from victory.models import Member
from victory.tenancy import organization_scope


@transaction.atomic
def answer_promise(
    *, deliverable: Deliverable, customer: Customer, agrees: bool, sentence: str, said_on: date, by: Member
) -> Answer:
    """Add what a unit says of a deliverable that another one promises it, in that one's workbook.

    `customer` is the row by which the promising unit names it. Where the deliverable was promised only
    through a need, it becomes a delivery with the first answer, and lists that are open are told.
    """
    organization = deliverable.organization
    with organization_scope(organization):
        delivery, is_new = Delivery.objects.get_or_create(
            organization=organization, deliverable=deliverable, customer=customer
        )
        if is_new:
            for row in (deliverable, customer):
                type(row).objects.filter(pk=row.pk).update(version=F("version") + 1)
        answer = Answer(
            organization=organization,
            delivery=delivery,
            agrees=agrees,
            sentence=sentence,
            said_by=str(by),
            said_on=said_on,
        )
        answer.save()
    return answer
