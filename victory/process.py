"""The process W-I-N-N-E-R: the six steps in their order, and how far each has come.

One of the two composition roots: here, and in `victory.urls`, the other apps are named.
"""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from actionplans.thread import Gap, Thread
from victory.guide import GUIDE, StepGuide
from victory.models import Member, Note, Step
from victory.tables import NOTES
from victory.worksheets.declared import Sheet

LETTERS = dict(zip(Step, "WINNER", strict=True))
TITLES = {
    Step.FOCUS: _("Write a customer focus statement"),
    Step.DRIVERS: _("Integrate the customer and the customer’s voice"),
    Step.NEEDS: _("Name customer needs and expectations"),
    Step.METRICS: _("Normalize metrics"),
    Step.PERFORMANCE: _("Evaluate organizational performance"),
    Step.PLAN: _("Review, revise, refine and revisit"),
}
GAPS_IN_MARGIN = 8


@dataclass(frozen=True)
class StepState:
    """One step as the stepper, its own page and the workbook show it: derived, never ticked."""

    step: Step
    url: str
    filled: int
    gaps: list[Gap]

    @property
    def letter(self) -> str:
        return LETTERS[self.step]

    @property
    def title(self) -> str:
        return TITLES[self.step]

    @property
    def guide(self) -> StepGuide:
        return GUIDE[self.step]

    @property
    def status(self) -> str:
        """`empty`, `part` or `done`: done is a step with something in it and nothing missing."""
        if not self.filled:
            return "empty"
        return "part" if self.gaps else "done"

    @property
    def status_in_words(self) -> str:
        return {"empty": _("not begun"), "part": _("under way"), "done": _("complete")}[self.status]

    @property
    def share(self) -> int:
        """Percent of what the step asks for that is there."""
        return round(100 * self.filled / (self.filled + len(self.gaps))) if self.filled else 0

    @property
    def first_gaps(self) -> list[Gap]:
        return self.gaps[:GAPS_IN_MARGIN]

    @property
    def url_to_go_on(self) -> str:
        """Where the first gap is mended, or the step's page for somebody who may only read it."""
        return self.gaps[0].url or self.url if self.gaps else self.url

    @property
    def more_gaps(self) -> int:
        return max(0, len(self.gaps) - GAPS_IN_MARGIN)


@dataclass(frozen=True)
class FirstStep:
    """One of the first things to do in a new organization: what, where, and whether it is done."""

    text: str
    url: str
    done: bool


class Workbook:
    """The six steps of one organization, as every page shows them."""

    def __init__(self, request):
        self.request = request
        organization = request.organization
        self.thread = Thread.read_for(request)
        self.steps = [
            StepState(
                step,
                reverse(step.value, args=[organization.slug]),
                self.thread.filled_in(step),
                self.thread.gaps_in(step),
            )
            for step in Step
        ]
        self.current = next((state for state in self.steps if request.path.startswith(state.url)), None)

    @cached_property
    def notes(self) -> Sheet:
        """The notes on the step whose page is shown, or on the workbook as a whole."""
        step = self.current.step if self.current else ""
        return NOTES.sheet(self.request, rows=Note.objects.filter(step=step), hints={"step": step})

    @property
    def next_step(self) -> StepState | None:
        """The first step that is not complete: the one next thing to do."""
        return next((state for state in self.steps if state.status != "done"), None)

    @cached_property
    def first_steps(self) -> list[FirstStep]:
        """What to begin with, for those who can; nothing any more once step W has begun."""
        focus, drivers, *_later = self.steps
        member = self.request.member
        if focus.filled or not member.may_edit:
            return []
        perfection = _("Write down how it would be if every customer were won: the focus statement.")
        steps = [
            FirstStep(perfection, focus.url, done=False),
            FirstStep(_("Name what you deliver, and to whom."), drivers.url, done=bool(drivers.filled)),
        ]
        if member.may_administer:
            others = Member.objects.active().exclude(pk=member.pk)
            people = reverse("people", args=[self.request.organization.slug])
            steps.append(FirstStep(_("Invite the people who work on it with you."), people, others.exists()))
        return steps

    @property
    def following(self) -> StepState | None:
        """The step after the one whose page is shown."""
        if self.current is None or self.current is self.steps[-1]:
            return None
        return self.steps[self.steps.index(self.current) + 1]


def workbook(request) -> dict:
    """Context for every page of an organization; read only when a template asks for it."""
    if getattr(request, "organization", None) is None:
        return {}
    workbook = SimpleLazyObject(lambda: Workbook(request))
    return {"workbook": workbook, "here": SimpleLazyObject(lambda: address_shown(request, workbook))}


def address_shown(request, workbook: Workbook) -> str:
    """The address of the page that is shown, also where it answers a form that was posted elsewhere."""
    if request.method == "GET":
        return request.get_full_path()
    if workbook.current:
        return workbook.current.url
    return reverse("workbook", args=[request.organization.slug])
