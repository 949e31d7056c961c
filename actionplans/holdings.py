"""What a member has in step R until it is handed over: metrics, open actions, reviews to come."""

from django.utils.translation import ngettext

from actionplans.models import Action, Attendance, Ownership
from victory.holdings import Holding

HOLDINGS = (
    Holding(
        rows=lambda: Ownership.objects.all(),
        field="member",
        in_words=lambda count: ngettext("%(count)d metric", "%(count)d metrics", count) % {"count": count},
    ),
    Holding(
        rows=lambda: Action.objects.open(),
        field="who",
        in_words=lambda count: (
            ngettext("%(count)d open action", "%(count)d open actions", count) % {"count": count}
        ),
    ),
    Holding(
        rows=lambda: Attendance.objects.filter(review__closed_at=None),
        field="member",
        in_words=lambda count: (
            ngettext("%(count)d review to come", "%(count)d reviews to come", count) % {"count": count}
        ),
    ),
)
