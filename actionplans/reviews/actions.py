"""What is written together when a review is prepared and closed."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from actionplans.models import Attendance, Review, ReviewLine, refuse_closed
from actionplans.reviews.lines import STOOD
from actionplans.reviews.minutes import Minutes
from victory.models import Member
from victory.trail import all_or_nothing


@all_or_nothing()
def set_attendances(*, review: Review, members: list[Member]):
    """Let exactly these people take part in the review."""
    for attendance in review.attendances.exclude(member__in=members):
        attendance.delete()
    taking_part = set(review.attendances.values_list("member_id", flat=True))
    for member in members:
        if member.pk not in taking_part:
            Attendance(organization=review.organization, review=review, member=member).save()


@all_or_nothing()
def close_review(*, minutes: Minutes, by: Member) -> Review:
    """Freeze the minutes with their review, as they were read in this transaction.

    Raises ValidationError where the review or a later one is closed already, or its day is still to come.
    """
    review = minutes.review
    refuse_closed(Review.objects.filter(pk=review.pk))
    if review.on > review.organization.today:
        raise ValidationError(
            _("This review is on %(day)s, which is still to come. If it was held already, change its date."),
            params={"day": date_format(review.on)},
        )
    last = Review.objects.closed().first()
    if last and last.on > review.on:
        raise ValidationError(
            _(
                "The %(last)s is closed already, and reviews are closed in their order."
                " Put this one on a later day, or delete it."
            ),
            params={"last": last},
        )
    ReviewLine.objects.bulk_create(
        minutes.lines,
        update_conflicts=True,
        unique_fields=["organization", "review", "metric_key"],
        update_fields=STOOD,
    )
    review.frozen = minutes.freeze(by=by)
    review.closed_at = timezone.now()
    review.save()
    return review
