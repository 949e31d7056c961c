"""What is done about a metric, and what it came to."""

from dataclasses import dataclass

from django.utils.formats import date_format

from actionplans.models import Action, Status
from actionplans.open_actions import OpenAction
from metrics.behaviour import Comparison
from metrics.findings import Findings
from victory.models import Member


@dataclass(frozen=True)
class DoneLine:
    """An action that was done, and what the figures since say about it."""

    pk: int
    number: int
    what: str
    who: str
    day: str
    effect: str
    effect_in_words: str
    version: int
    may_reopen: bool


@dataclass(frozen=True)
class Progress:
    """The actions for one metric as its page shows them: those to do by their day, those done by theirs."""

    actions: list[Action]
    findings: Findings
    member: Member

    @property
    def to_do(self) -> list[OpenAction]:
        return [
            OpenAction.of(action, metric=action.metric.measured_by, member=self.member)
            for action in self.actions
            if action.is_open
        ]

    @property
    def done_in_order(self) -> list[Action]:
        """Those done, in the order in which they were: their numbers count them."""
        done = (action for action in self.actions if action.status == Status.DONE)
        return sorted(done, key=lambda action: (action.done_on, action.pk))

    @property
    def done(self) -> list[DoneLine]:
        return [self._done_line(number, action) for number, action in enumerate(self.done_in_order, start=1)]

    def _done_line(self, number: int, action: Action) -> DoneLine:
        comparison: Comparison = self.findings.series.compare(action.done_on, self.findings.aim)
        return DoneLine(
            pk=action.pk,
            number=number,
            what=action.what,
            who=str(action.who),
            day=date_format(action.done_on),
            effect=comparison.effect,
            effect_in_words=self.findings.effect_in_words(comparison),
            version=action.version,
            may_reopen=comparison.invites_to_reopen and action.may_be_updated_by(self.member),
        )
