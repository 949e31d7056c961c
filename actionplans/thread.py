"""The thread: from a customer through need, deliverable and metric to verdict and action.

The whole workbook is read once, flat (see `actionplans.lines`). What the pages say about it
is derived from that: the breaks in the thread (gaps), and how far each of the six steps has come.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from actionplans.last_review import LastReview
from actionplans.lines import (
    ActionLine,
    Beside,
    CustomerLine,
    DeliverableLine,
    Line,
    MetricLine,
    NeedLine,
    Written,
    grouped,
)
from metrics.models import Metric, Verdict
from victory.addresses import page_of
from victory.models import Member, Organization, Step
from victory.tenancy import Role


class Gap(NamedTuple):
    """Something missing: what, of which row, and the page that mends it (for those who may mend it)."""

    sentence: str
    url: str
    subject: Line | None = None
    of: str = ""
    """The deliverable of a metric: another may have one of the same name."""

    @property
    def text(self) -> str:
        return _(self.sentence).format(subject=self.subject)

    @property
    def at(self) -> str:
        """The place in the thread where it breaks."""
        return self.subject.place if self.subject else ""

    @property
    def what(self) -> str:
        """The sentence for a place that has said the subject already."""
        return _(self.sentence).format(subject="…")

    @property
    def html(self) -> str:
        """The sentence, with its subject (or all of it) as the link that leads to the mending place.

        It leads nowhere for a member who may not mend it.
        """
        if not self.of:
            return self._linked
        return format_html('{} <span class="note">{}</span>', self._linked, self.of)

    @property
    def _linked(self) -> str:
        if not self.url:
            return escape(self.text)
        if self.subject is None:
            return format_html('<a href="{}">{}</a>', self.url, _(self.sentence))
        link = format_html('<a href="{}">{}</a>', self.url, self.subject)
        return format_html(_(self.sentence), subject=link)


NO_TARGET = gettext_noop("{subject} has no target.")
NOT_MEASURED = gettext_noop("{subject} is not measured.")
NO_OWNER = gettext_noop("{subject} has no owner.")
NO_ACTION = gettext_noop("{subject} is not met, and no action is planned.")

type Lacks = dict[str, dict[int, Gap]]
"""What single metrics lack: by the sentence that says it, each in the order of the metrics."""


@dataclass
class Thread:
    """The workbook of the organization in scope, read once.

    Everything is keyed by primary key; the `..._of_...` mappings follow the thread in one direction.
    What was read of single lines later may point to a row that is not here: others go on writing.
    """

    organization: Organization
    today: date = field(default_factory=timezone.localdate)

    LINES = ("_written", "actions_of_metric", "lacks", "gaps_by_step", "filled")
    """What is another when single lines change (see `victory.models.State`); all else stays as it is."""

    def following(self, metrics: Iterable[Metric], actions: Iterable[ActionLine]) -> "Thread":
        """The same with other lines of these metrics: as they are now, with the actions open for them."""
        following = Thread(self.organization, self.today)
        following.__dict__ |= {
            name: value for name, value in dict(self.__dict__).items() if name not in self.LINES
        }
        followed = {metric.pk: MetricLine.of(metric) for metric in metrics}
        listed = {
            pk: self.actions[pk] for metric in followed for pk in self.actions_of_metric.get(metric, ())
        }
        if listed == {action.pk: action for action in actions}:
            open_now, following.actions_of_metric = self.actions, self.actions_of_metric
        else:
            others = [action for action in self.actions.values() if action.metric_id not in followed]
            in_order = sorted([*others, *actions], key=lambda action: (action.due, action.pk))
            open_now = {action.pk: action for action in in_order}
        following._written = self.written._replace(metrics=self.metrics | followed, actions=open_now)
        if "lacks" in self.__dict__:
            following.lacks = following.lacks_followed(self.lacks, followed)
        return following

    def lacks_followed(self, before: Lacks, followed: Mapping[int, MetricLine]) -> Lacks:
        """What metrics lack, where all but these lack what they did before."""
        lacks = {}
        for sentence, gaps in self._lacks_of(followed.values()).items():
            others = before[sentence]
            if gaps or not followed.keys().isdisjoint(others):
                together = {pk: gap for pk, gap in others.items() if pk not in followed} | gaps
                others = {pk: together[pk] for pk in self.metrics if pk in together}
            lacks[sentence] = others
        return lacks

    def shown_to(self, member: Member) -> "ShownThread":
        """The thread on the pages of a member."""
        return ShownThread(self, member)

    # Where two threads read them for one thread of a workbook, both go on with what the first one has read.

    @property
    def written(self) -> Written:
        return self.__dict__.get("_written") or self.__dict__.setdefault("_written", Written.read(self.today))

    @property
    def beside(self) -> Beside:
        return self.__dict__.get("_beside") or self.__dict__.setdefault("_beside", Beside.read())

    # Step W

    @property
    def focus(self) -> dict:
        """The newest revision's texts and the day it was adopted on; nothing before there is one."""
        return self.written.focus

    @property
    def has_adopted(self) -> bool:
        """Whether a revision of the focus statement is in force."""
        return self.written.has_adopted

    @property
    def rights(self) -> int:
        """How many rights the Customer Bill of Rights names."""
        return self.written.rights

    # Step I

    @property
    def customers(self) -> dict[int, CustomerLine]:
        """In the order of the worksheet, each with the number of its scores."""
        return self.written.customers

    @property
    def criteria(self) -> int:
        """How many criteria for success there are."""
        return self.written.criteria

    @property
    def drivers(self) -> set[int]:
        """The keys of the customers chosen as drivers."""
        return self.written.drivers

    @cached_property
    def driver_scores(self) -> dict[int, Decimal]:
        """The weighted total of each driver in the ranking; 0 without a score."""
        return {driver: self.beside.totals.get(driver, Decimal(0)) for driver in self.drivers}

    @property
    def has_driver_statement(self) -> bool:
        """Whether the choice of drivers is put into words."""
        return self.written.has_driver_statement

    @property
    def deliverables(self) -> dict[int, DeliverableLine]:
        """In the order of the worksheet."""
        return self.written.deliverables

    @cached_property
    def customers_of_deliverable(self) -> dict[int, set[int]]:
        """Who receives a deliverable: by the table of deliveries, and through a need it answers."""
        found = defaultdict(set)
        for deliverable, customer in self.written.deliveries:
            found[deliverable].add(customer)
        for deliverable, needs in self.needs_of_deliverable.items():
            found[deliverable] |= {self.needs[need].customer_id for need in needs}
        return found

    @property
    def objections(self) -> dict[int, list[tuple[str, str]]]:
        """By deliverable, which other units of the house that are customers object, and to what."""
        return self.beside.objections

    def objections_to(self, deliverable: int) -> list[str]:
        """What other units object to in a deliverable, in words."""
        return [
            _("%(unit)s objects: %(sentence)s") % {"unit": unit, "sentence": sentence}
            for unit, sentence in self.objections.get(deliverable, ())
        ]

    # The first N

    @property
    def needs(self) -> dict[int, NeedLine]:
        """In the order of their customers, and in their own within one."""
        return self.written.needs

    @cached_property
    def needs_of_customer(self) -> dict[int, list[int]]:
        """What each customer depends on the organization for."""
        return grouped((need.customer_id, need.pk) for need in self.needs.values())

    @property
    def deliverables_of_need(self) -> dict[int, list[int]]:
        """By which deliverables each need is met."""
        return self.written.deliverables_of_need

    @cached_property
    def needs_of_deliverable(self) -> dict[int, list[int]]:
        """Which needs each deliverable answers."""
        return grouped(
            (deliverable, need)
            for need, deliverables in self.deliverables_of_need.items()
            for deliverable in deliverables
        )

    # The second N and E

    @property
    def metrics(self) -> dict[int, MetricLine]:
        """In the order of their deliverables, each with its verdict and its owner."""
        return self.written.metrics

    @cached_property
    def metrics_of_deliverable(self) -> dict[int, list[int]]:
        """How each deliverable is measured."""
        return grouped((metric.deliverable_id, metric.pk) for metric in self.metrics.values())

    # R

    @property
    def actions(self) -> dict[int, ActionLine]:
        """The actions that are still open, the most urgent first."""
        return self.written.actions

    @cached_property
    def actions_of_metric(self) -> dict[int, list[int]]:
        """The open actions for each metric, the most urgent first."""
        return grouped((action.metric_id, action.pk) for action in self.actions.values())

    @property
    def review(self) -> LastReview:
        """What stood at the last review that was closed."""
        return self.beside.review

    # What is missing

    @property
    def gaps(self) -> list[Gap]:
        """Every gap of the workbook, in the order of the six steps."""
        return [gap for gaps in self.gaps_by_step.values() for gap in gaps]

    @cached_property
    def gaps_by_step(self) -> dict[Step, list[Gap]]:
        """What is missing in each step."""
        return {
            Step.FOCUS: self.gaps_around[Step.FOCUS],
            Step.DRIVERS: self.gaps_around[Step.DRIVERS],
            Step.NEEDS: self.gaps_around[Step.NEEDS],
            Step.METRICS: [*self.gaps_around[Step.METRICS], *self.lacks[NO_TARGET].values()],
            Step.PERFORMANCE: list(self.lacks[NOT_MEASURED].values()),
            Step.PLAN: [*self.lacks[NO_OWNER].values(), *self.lacks[NO_ACTION].values()],
        }

    @cached_property
    def gaps_around(self) -> dict[Step, list[Gap]]:
        """What is missing besides what single metrics lack."""
        return {
            Step.FOCUS: list(self._focus_gaps()),
            Step.DRIVERS: list(self._driver_gaps()),
            Step.NEEDS: list(self._need_gaps()),
            Step.METRICS: list(self._promises_not_measured()),
        }

    @cached_property
    def lacks(self) -> Lacks:
        """What single metrics lack."""
        return self._lacks_of(self.metrics.values())

    def _lacks_of(self, metrics: Iterable[MetricLine]) -> Lacks:
        lacks = {sentence: {} for sentence in (NO_TARGET, NOT_MEASURED, NO_OWNER, NO_ACTION)}
        targets, figures, owners = self.page("metrics"), self.page("performance"), self.page("plan")
        for metric in metrics:
            pk, of = metric.pk, self.deliverable_of(metric)
            if not metric.has_target:
                lacks[NO_TARGET][pk] = Gap(NO_TARGET, f"{targets}metrics/{pk}/edit/", metric, of)
            if metric.verdict == Verdict.NOT_MEASURED:
                lacks[NOT_MEASURED][pk] = Gap(NOT_MEASURED, f"{figures}#figure-{pk}", metric, of)
            if not metric.owner:
                lacks[NO_OWNER][pk] = Gap(NO_OWNER, f"{owners}#owner-{pk}", metric, of)
            if self.lacks_action(metric):
                lacks[NO_ACTION][pk] = Gap(NO_ACTION, self.page_to_plan(metric), metric, of)
        return lacks

    def page(self, name: str) -> str:
        """The address of a page of the organization."""
        return page_of(self.organization.slug, name)

    def _focus_gaps(self) -> Iterator[Gap]:
        page = self.page("focus")
        if not self.focus.get("view_of_perfection"):
            yield Gap(
                gettext_noop("There is no view of perfection yet."),
                f"{page}#id_view_of_perfection",
            )
        if not self.focus.get("statement"):
            yield Gap(gettext_noop("There is no customer focus statement yet."), f"{page}#id_statement")
        elif not self.has_adopted:
            yield Gap(gettext_noop("The customer focus statement is not adopted."), f"{page}#adopt")
        elif not self.focus["adopted_on"]:
            yield Gap(gettext_noop("A new draft waits to be adopted."), f"{page}#adopt")
        if not self.rights:
            yield Gap(gettext_noop("The Customer Bill of Rights is empty."), f"{page}#rights")

    def _driver_gaps(self) -> Iterator[Gap]:
        page = self.page("drivers")
        if not self.customers:
            yield Gap(gettext_noop("No customers are listed yet."), f"{page}#customers")
        if not self.deliverables:
            yield Gap(gettext_noop("No deliverables are listed yet."), f"{page}#deliverables")
        if not self.criteria:
            yield Gap(gettext_noop("No criteria for success are named yet."), f"{page}#criteria")
        for customer in self.customers.values():
            if customer.group_id is None:
                sentence = gettext_noop("{subject} is in no customer group.")
                yield Gap(sentence, f"{page}customers/{customer.pk}/edit/", customer)
            if customer.scores < self.criteria:
                sentence = gettext_noop("{subject} is not scored on every criterion.")
                yield Gap(sentence, f"{page}#score-{customer.pk}", customer)
        if self.customers and not self.drivers:
            yield Gap(gettext_noop("No customer driver is chosen."), f"{page}#choices")
        elif self.drivers and not self.has_driver_statement:
            yield Gap(
                gettext_noop("The drivers are not put into words yet."),
                f"{page}#driver-statement",
            )
        for deliverable in self.deliverables.values():
            if not self.customers_of_deliverable.get(deliverable.pk):
                sentence = gettext_noop("{subject} is a deliverable nobody depends on.")
                yield Gap(sentence, f"{page}deliverables/{deliverable.pk}/edit/", deliverable)

    def _need_gaps(self) -> Iterator[Gap]:
        page = self.page("needs")
        for customer in self.customers.values():
            if customer.pk in self.drivers and not self.needs_of_customer.get(customer.pk):
                sentence = gettext_noop("{subject} is a driver without needs.")
                yield Gap(sentence, f"{page}#needs-in-{customer.pk}", customer)
        for need in self.needs.values():
            if not self.deliverables_of_need.get(need.pk):
                sentence = gettext_noop("{subject} is a need no deliverable answers.")
                yield Gap(sentence, f"{page}needs/{need.pk}/edit/", need)

    def _promises_not_measured(self) -> Iterator[Gap]:
        page = self.page("metrics")
        for deliverable in self.deliverables.values():
            if self.is_for_driver(deliverable.pk) and not self.metrics_of_deliverable.get(deliverable.pk):
                sentence = gettext_noop("{subject} is promised to a driver and has no metric.")
                yield Gap(sentence, f"{page}#metrics-in-{deliverable.pk}", deliverable)

    def lacks_action(self, metric: MetricLine) -> bool:
        """Whether a promise is not kept and nobody has planned what to do about it."""
        return metric.verdict == Verdict.NOT_MET and metric.pk not in self.actions_of_metric

    def deliverable_of(self, metric: MetricLine) -> str:
        """The name of what the metric measures; nothing where it was written down since."""
        return str(self.deliverables.get(metric.deliverable_id, ""))

    def page_to_plan(self, metric: MetricLine) -> str:
        """Where an action for the metric is written down."""
        return f"{self.page('plan')}?metric={metric.pk}#actions-add"

    def is_for_driver(self, deliverable: int) -> bool:
        """Whether a customer driver receives the deliverable or has a need it answers."""
        return bool(self.customers_of_deliverable.get(deliverable, set()) & self.drivers)

    # What is there

    @cached_property
    def filled(self) -> dict[Step, int]:
        """How many of the things that each step asks for are written down."""
        return {
            Step.FOCUS: bool(self.focus.get("view_of_perfection"))
            + bool(self.focus.get("statement"))
            + self.has_adopted
            + bool(self.rights),
            Step.DRIVERS: len(self.customers)
            + len(self.deliverables)
            + self.criteria
            + len(self.drivers)
            + self.has_driver_statement,
            Step.NEEDS: len(self.needs),
            Step.METRICS: len(self.metrics),
            Step.PERFORMANCE: len(self.metrics) - len(self.lacks[NOT_MEASURED]),
            Step.PLAN: len(self.metrics) - len(self.lacks[NO_OWNER]) + len(self.actions),
        }


class ShownThread:
    """A thread as one member sees it: a gap leads to the mending page only those who may use it.

    All else is the thread's, which those who look at the same workbook share.
    """

    def __init__(self, thread: Thread, member: Member):
        self._thread, self.member = thread, member

    def __getattr__(self, name: str):
        return getattr(self._thread, name)

    gaps = Thread.gaps

    @cached_property
    def gaps_by_step(self) -> dict[Step, list[Gap]]:
        """What is missing in each step."""
        return {
            step: gaps if self._may_mend(step) else [gap._replace(url="") for gap in gaps]
            for step, gaps in self._thread.gaps_by_step.items()
        }

    def _may_mend(self, step: Step) -> bool:
        """Whether the member may fill the gaps of a step: figures are recorded, all else is edited."""
        return self.member.may(Role.CONTRIBUTOR if step == Step.PERFORMANCE else Role.MANAGER)
