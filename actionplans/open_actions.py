"""What somebody still has to do, as pages list it."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from actionplans.days import write_due
from actionplans.lines import ActionLine
from actionplans.models import Action, Status, may_update_actions_of
from victory.models import Member, Organization


@dataclass(frozen=True)
class OpenAction:
    """An open action in ready-made texts, and whether the member who reads them may update it."""

    organization: Organization
    pk: int
    what: str
    metric_id: int
    metric: str
    who: str
    due: date
    when: str
    is_late: bool
    status: Status
    version: int
    may_update: bool

    @classmethod
    def of(cls, action: Action | ActionLine, *, metric: str, member: Member) -> "OpenAction":
        """`metric` is the name of the one that it is for, and `member` belongs to its organization."""
        late = action.is_late(member.organization.today)
        return cls(
            organization=member.organization,
            pk=action.pk,
            what=action.what,
            metric_id=action.metric_id,
            metric=metric,
            who=str(action.who),
            due=action.due,
            when=write_due(action.due, late=late),
            is_late=late,
            status=Status(action.status),
            version=action.version,
            may_update=may_update_actions_of(action.who_id, member),
        )

    @property
    def url(self) -> str:
        return reverse("action", args=[self.organization.slug, self.pk])

    @property
    def metric_link(self) -> SafeString:
        """The metric, leading to its page."""
        url = reverse("metric", args=[self.organization.slug, self.metric_id])
        return format_html('<a href="{}">{}</a>', url, self.metric)
