"""What stood at the last review that was closed: what the dashboard of today is held against."""

from dataclasses import dataclass, field
from datetime import date

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from metrics.models import Verdict


@dataclass(frozen=True)
class LastReview:
    """The verdicts of that day by the key of the metric; nothing before there is a closed review."""

    on: date | None = None
    verdicts: dict[int, str] = field(default_factory=dict)

    @property
    def day(self) -> str:
        return date_format(self.on) if self.on else ""

    def what_changed(self, metric: int, verdict: Verdict) -> str:
        """What the metric stood under on that day, where it stands under something else now."""
        was = self.verdicts.get(metric)
        if was is None or was == verdict:
            return ""
        return _("was “%(verdict)s” on %(day)s") % {"verdict": Verdict(was).label, "day": self.day}

    def compare_met(self, then: int, now: int) -> str:
        """How many more or fewer metrics are met now than then; nothing without a review."""
        if self.on is None:
            return ""
        more = now - then
        sentence = _("as many as at the review of %(day)s")
        if more:
            sentence = (
                _("%(count)s more than at the review of %(day)s")
                if more > 0
                else _("%(count)s fewer than at the review of %(day)s")
            )
        return sentence % {"count": apnumber(abs(more)), "day": self.day}
