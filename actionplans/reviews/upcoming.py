"""When the next review is: planned, or promised when the last one was closed."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format

from actionplans.models import Review

QUARTER = timedelta(weeks=13)
"""How long after a first review the next one is proposed: a quarter, on the same day of the week."""


@dataclass(frozen=True)
class NextReview:
    """The next review, as far as anybody has said: `planned` once it is being prepared."""

    on: date | None
    planned: Review | None
    today: date

    @property
    def day(self) -> str:
        return date_format(self.on) if self.on else ""

    @property
    def is_overdue(self) -> bool:
        return self.on is not None and self.on < self.today


def next_review(today: date) -> NextReview:
    """What is known of the next review."""
    planned = Review.objects.planned().select_related("organization").first()
    if planned:
        return NextReview(planned.on, planned, today)
    last = Review.objects.closed().first()
    return NextReview(last.next_on if last else None, None, today)


def proposed_after(review: Review) -> date:
    """A day for the review after this one, as far from it as the one before it was."""
    before = Review.objects.closed().filter(on__lt=review.on).first()
    gap = review.on - before.on if before else QUARTER
    return review.on + min(gap, date.max - review.on)
