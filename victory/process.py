"""The process W-I-N-N-E-R: the six steps in their order, and how far each has come; what its rows are
edited with.

One of the two composition roots: here, and in `victory.urls`, the other apps are named.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from actionplans.memory import thread_for
from actionplans.models import Attendance, Ownership, Review, ReviewLine
from actionplans.reviews.forms import FindingsForm
from actionplans.reviews.forms import NoteForm as ReviewNoteForm
from actionplans.thread import Gap
from actionplans.worksheets import ACTIONS
from customers.forms import DriverStatementForm
from customers.models import Answer, Delivery, DriverStatement, Score, Translation
from customers.worksheets import CHOICES, CRITERIA, CUSTOMERS, DELIVERABLES, GROUPS, NEEDS
from metrics.forms.figures import MeasurementForm
from metrics.models import Measurement
from metrics.worksheets import BASELINES, DEVIATIONS, METRICS, TARGETS
from victory.addresses import page_of
from victory.forms import FocusStatementForm, MemberForm, WorkbookForm
from victory.guide import GUIDE, StepGuide
from victory.models import FocusStatement, Member, Note, Step
from victory.prepared import Prepared
from victory.rows import WorkbookRow
from victory.tables import NOTES, RIGHTS
from victory.texts import TEXTS, page_key
from victory.worksheets.declared import Worksheet

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
NOTES_ON = Prepared(lambda _day, steps: Note.objects.filter(step__in=steps), '"step" IN (')


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
    def nothing_missing(self) -> str:
        """The sentence for a step that is complete: figures that are due are waited for, not missing."""
        if self.step == Step.PERFORMANCE:
            return _("Nothing: each metric has a figure. Where new ones are due, the sheet says so.")
        return _("Nothing. This step is complete.")

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
        self.thread = thread_for(request)
        self.steps = [
            StepState(
                step,
                page_of(organization.slug, step.value),
                self.thread.filled[step],
                self.thread.gaps_by_step[step],
            )
            for step in Step
        ]
        self.current = next((state for state in self.steps if request.path.startswith(state.url)), None)

    @property
    def progress(self) -> list:
        """All that the stepper shows."""
        return [(state.status, state.share) for state in self.steps]

    @property
    def first_gaps(self) -> list:
        """What is missing in each step, as far as it is listed."""
        return [(len(state.gaps), state.first_gaps) for state in self.steps]

    @property
    def notes_written(self) -> SafeString:
        """The notes on the step whose page is shown, or on the workbook as a whole, as HTML."""
        step = self.current.step if self.current else ""
        notes = NOTES_ON.rows(None, [step])
        key = page_key(self.request, "notes", step, *((note.pk, note.version) for note in notes))
        made = partial(NOTES.sheet, self.request, records=notes, hints={"step": step})
        return TEXTS.of(key, "victory/step_notes.html", sheet=SimpleLazyObject(made))

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


@dataclass(frozen=True)
class Editing:
    """Where a kind of row stands, and how one is edited: with a form that is posted to an address.

    `settled` says why a row stays as it is for good, or where else it is changed; nothing where its form
    changes it.
    """

    page: Callable[[WorkbookRow], str]
    settled: Callable[[WorkbookRow], str]
    form: type[WorkbookForm] | None = None
    address: Callable[[WorkbookRow], str] | None = None


def on_worksheet(worksheet: Worksheet) -> Editing:
    def page(row):
        page = worksheet.page(row.organization, worksheet.parent_of(row))
        return f"{page}#{worksheet.name}-{row.pk}"

    def address(row):
        return reverse(f"{worksheet.name}-edit", args=[row.organization.slug, row.pk])

    return Editing(page, settled=lambda row: "", form=worksheet.form, address=address)


def page_named(name: str) -> Callable[[WorkbookRow], str]:
    return lambda row: reverse(name, args=[row.organization.slug])


def page_of_focus(statement: FocusStatement) -> str:
    if statement.is_draft:
        return reverse("focus", args=[statement.organization.slug])
    return reverse("focus-revision", args=[statement.organization.slug, statement.revision])


def page_of_member(member: Member) -> str:
    if member.forgotten_at:
        return reverse("people", args=[member.organization.slug])
    return reverse("person", args=[member.organization.slug, member.pk])


def note_address(line: ReviewLine) -> str:
    return reverse("review-note", args=[line.organization.slug, line.review_id, line.metric_key])


ADOPTED = _("An adopted revision never changes again. Write what should be different into the next draft.")
FORGOTTEN = _("Nothing says any longer who this was, and nobody can change that.")
CLOSED = _("The review is closed: what stood then can no longer change.")

EDITING: dict[type[WorkbookRow], Editing] = {
    worksheet.model: on_worksheet(worksheet)
    for worksheet in (
        *(RIGHTS, NOTES, DELIVERABLES, CUSTOMERS, GROUPS, CRITERIA, CHOICES, NEEDS),
        *(METRICS, TARGETS, BASELINES, DEVIATIONS, ACTIONS),
    )
} | {
    FocusStatement: Editing(
        page_of_focus,
        settled=lambda statement: "" if statement.is_draft else ADOPTED,
        form=FocusStatementForm,
        address=page_named("focus-save"),
    ),
    DriverStatement: Editing(
        page_named("drivers"),
        settled=lambda statement: "",
        form=DriverStatementForm,
        address=page_named("driver-statement-save"),
    ),
    Measurement: Editing(
        lambda figure: f"{figure.metric.get_absolute_url()}#measurements",
        settled=lambda figure: "",
        form=MeasurementForm,
        address=lambda figure: reverse("figure", args=[figure.organization.slug, figure.pk]),
    ),
    Review: Editing(
        Review.get_absolute_url,
        settled=lambda review: CLOSED if review.is_closed else "",
        form=FindingsForm,
        address=lambda review: reverse("review-close", args=[review.organization.slug, review.pk]),
    ),
    ReviewLine: Editing(
        lambda line: line.review.get_absolute_url(),
        settled=lambda line: CLOSED if line.review.is_closed else "",
        form=ReviewNoteForm,
        address=note_address,
    ),
    Attendance: Editing(
        lambda attendance: attendance.review.get_absolute_url(),
        settled=lambda attendance: _("Who takes part is written on the page of the review."),
    ),
    Score: Editing(page_named("drivers"), settled=lambda score: _("A score is written in its grid.")),
    Delivery: Editing(
        page_named("drivers"),
        settled=lambda delivery: _("Who receives what is written with the customer or the deliverable."),
    ),
    Translation: Editing(
        page_named("needs"), settled=lambda translation: _("How a need is met is written in its grid.")
    ),
    Answer: Editing(
        page_named("promised"),
        settled=lambda answer: _("An answer never changes: a new one takes its place."),
    ),
    Ownership: Editing(
        lambda ownership: f"{page_named('plan')(ownership)}#owner-{ownership.metric_id}",
        settled=lambda ownership: _("The owner of a metric is written on the page of the action plan."),
    ),
    Member: Editing(
        page_of_member,
        settled=lambda member: FORGOTTEN if member.forgotten_at else "",
        form=MemberForm,
        address=lambda member: reverse("person-save", args=[member.organization.slug, member.pk]),
    ),
}
"""Of each kind of row. What a member scored on their own has no history to be read (see `OwnScore`)."""
