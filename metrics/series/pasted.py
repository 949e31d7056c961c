"""The pasted block: its lines by their periods, its columns by what they are taken for, and the plan."""

import hashlib
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.models import Deliverable
from metrics.actions import record_series
from metrics.models import STILL_TO_COME, Measurement, Metric, Succession, Target
from metrics.periods import NoPeriod, Period, day_comes_first, read_period
from metrics.quantities import Aim, Direction, Scale, Unreadable, read_aim
from metrics.rhythm import usual_frequency
from metrics.series.plan import Fate, MetricPlan, Planned, Problem, Taken
from victory.forms import refuse_control_characters
from victory.models import Member
from victory.pasting import Block, Line, TooMuch, read_cells
from victory.trail import all_or_nothing

MOST_LINES = 5_000
"""Ten years of daily figures and more; they are written in bulk."""

MOST_COLUMNS = 50
"""Each column is offered as the targets of each other one."""

MOST_CELLS = 10_000
"""Figures and targets, which take some 10 seconds to write; a worker is stopped after 30."""

LONGEST_HEADING = Metric._meta.get_field("measured_by").max_length

NEW = "new"
SHOWN_LINES = 40
SHOWN_PROBLEMS = 100
LOOKED_AT = 20
"""How many cells of a column tell whether it holds figures at all."""

_TARGET_HEADING = re.compile(r"\b(?:targets?|goals?|aims?)\b", re.IGNORECASE)
_RESULT = re.compile(
    r"(?<![\s:,;(\[–-])[\s:,;(\[–-]*+\b(?:our |the |actual ){0,3}"
    r"(?:results?|actuals?|performance|figures?|values?|scores?)[)\]]?\s*$",
    re.IGNORECASE,
)


def read_series(text: str) -> Block:
    """The cells of a series; raises TooMuch."""
    block = read_cells(text, MOST_LINES)
    if block.width > MOST_COLUMNS:
        raise TooMuch(
            _("At most %(limit)d columns can be pasted at once; these are %(count)d.")
            % {"limit": MOST_COLUMNS, "count": block.width}
        )
    filled = sum(bool(cell.strip()) for line in block.lines for cell in line.cells[1:])
    if filled > MOST_CELLS:
        raise TooMuch(
            _("At most %(limit)d figures can be pasted at once; these are %(count)d.")
            % {"limit": MOST_CELLS, "count": filled}
        )
    _refuse_long_headings(next((line.cells for line in block.lines if not line.blank), ()))
    return block


def _refuse_long_headings(cells: Sequence[str]):
    for number, cell in enumerate(cells, start=1):
        if len(cell) > LONGEST_HEADING:
            raise TooMuch(
                _("A heading has at most %(limit)d characters; that of column %(n)d has %(count)d.")
                % {"limit": LONGEST_HEADING, "n": number, "count": len(cell)}
            )


@dataclass(frozen=True)
class Column:
    """A pasted column after the first, with what it may be and what it is taken for."""

    number: int
    heading: str
    chosen: str
    options: list[tuple[str, str]]

    @property
    def name(self) -> str:
        return f"column-{self.number}"


class PastedSeries:
    """A pasted block with the meaning given to its columns; `asked` is what the person chose so far."""

    def __init__(self, block: Block, asked: Mapping[str, str], member: Member, metric: Metric | None):
        self.block, self.asked, self.member, self.metric = block, asked, member, metric
        self.today = timezone.localdate()
        self.problems: list[Problem] = []

    # The block: which line is the heading, and of which day each other one is.

    @cached_property
    def filled(self) -> list[Line]:
        return [line for line in self.block.lines if not line.blank]

    @cached_property
    def has_heading(self) -> bool:
        """The first line is one where it names no period and holds no figure."""
        first, *others = self.filled[0].cells
        return not _names_period(first) and not any(_read_aim(cell) for cell in others)

    @cached_property
    def lines(self) -> list[Line]:
        return self.filled[self.has_heading :]

    @cached_property
    def headings(self) -> list[str]:
        cells = [" ".join(cell.split()) for cell in self.filled[0].cells] if self.has_heading else []
        return (cells + [""] * self.block.width)[: self.block.width]

    @cached_property
    def periods(self) -> dict[int, Period]:
        """By line, the period it is about; those that cannot be taken are named as problems."""
        day_first = day_comes_first([line.cells[0] for line in self.lines])
        found, lines_of_day = {}, {}
        for line in self.lines:
            try:
                period = read_period(line.cells[0], day_first)
                if period.first > self.today:
                    raise NoPeriod(str(STILL_TO_COME))
                day = period.day(self.today)
                if day in lines_of_day:
                    words = {"day": date_format(day), "line": lines_of_day[day]}
                    raise NoPeriod(_("%(day)s stands in line %(line)d already.") % words)
            except NoPeriod as error:
                self.say(line, 0, str(error))
                continue
            lines_of_day[day] = line.number
            found[line.number] = period
        return found

    @cached_property
    def dated_lines(self) -> list[Line]:
        """The lines whose period is known, in the order of their days."""
        return sorted((line for line in self.lines if line.number in self.periods), key=self.day_of)

    def day_of(self, line: Line) -> date:
        return self.periods[line.number].day(self.today)

    def say(self, line: Line, column: int, why: str):
        self.problems.append(Problem(line.number, self.headings[column], why))

    # The columns: what each may be, and is.

    @cached_property
    def metrics(self) -> dict[str, Metric]:
        """The metrics of the organization by what stands for them in a choice."""
        rows = Metric.objects.select_related("organization", "deliverable").prefetch_related("targets")
        return {f"metric-{metric.pk}": metric for metric in rows}

    @property
    def columns_are_chosen(self) -> bool:
        """Whether the person has seen the columns of this block, so that what they chose counts."""
        return self.asked.get("columns") == str(self.block.width)

    @cached_property
    def columns(self) -> list[Column]:
        guessed = {} if self.columns_are_chosen else self.guess()
        columns = []
        for number in range(1, self.block.width):
            options = self.options(number)
            chosen = guessed.get(number) if guessed else self.asked.get(f"column-{number}")
            columns.append(
                Column(number, self.headings[number], chosen if chosen in dict(options) else "", options)
            )
        return columns

    def options(self, number: int) -> list[tuple[str, str]]:
        """What a column may be; targets and new metrics only for those who edit the workbook."""
        options = [("", _("(leave out)"))]
        if self.member.may_edit:
            if self.headings[number]:
                options.append(
                    (NEW, _("a new metric: %(name)s") % {"name": metric_name(self.headings[number])})
                )
            options += [
                (f"target-{other}", _("target of column %(n)d") % {"n": other + 1})
                for other in range(1, self.block.width)
                if other != number
            ]
        return options + [(key, f"{metric} ({metric.deliverable})") for key, metric in self.metrics.items()]

    def guess(self) -> dict[int, str]:
        """What the columns are by their headings: a metric, the targets of the one before, or a new one."""
        by_name = {str(metric).casefold(): key for key, metric in self.metrics.items()}
        preselected = f"metric-{self.metric.pk}" if self.metric else ""
        guessed: dict[int, str] = {}
        left = 0
        for number in range(1, self.block.width):
            heading = self.headings[number]
            named = by_name.get(heading.casefold()) or by_name.get(metric_name(heading).casefold())
            if not self.holds_figures(number):
                continue
            if not named and left and _TARGET_HEADING.search(heading):
                guessed[number] = f"target-{left}"
                continue
            guessed[number] = named or (preselected if preselected not in guessed.values() else "")
            if not guessed[number] and heading and not self.metric:
                guessed[number] = NEW
            left = number
        return guessed

    def holds_figures(self, number: int) -> bool:
        cells = [_cell(line, number) for line in self.lines]
        return any(_read_aim(cell) for cell in [cell for cell in cells if cell][:LOOKED_AT])

    # The plan.

    @cached_property
    def deliverables(self) -> list[Deliverable]:
        return list(Deliverable.objects.order_by("position", "pk"))

    @cached_property
    def deliverable(self) -> Deliverable | None:
        """That of new metrics: as chosen, or that of the metric whose page one came from, or the only one."""
        asked = {str(each.pk): each for each in self.deliverables}.get(self.asked.get("deliverable", ""))
        only = self.deliverables[0] if len(self.deliverables) == 1 else None
        return asked or (self.metric.deliverable if self.metric else only)

    @property
    def makes_metrics(self) -> bool:
        return any(column.chosen == NEW for column in self.columns)

    @cached_property
    def plans(self) -> list[MetricPlan]:
        """What would be done to each metric, the columns from left to right."""
        plans = {}
        for column in self.columns:
            if column.chosen == NEW or column.chosen in self.metrics:
                plans[column.number] = self.plan(column, list(plans.values()))
        self.look_up([plan for plan in plans.values() if not plan.is_new])
        for column in self.columns:
            kind, _dash, number = column.chosen.partition("-")
            if kind == "target" and int(number) in plans:
                self.plan_targets(plans[int(number)], column)
        return list(plans.values())

    def plan(self, column: Column, before: list[MetricPlan]) -> MetricPlan:
        metric = self.metrics.get(column.chosen) or self.new_metric(column)
        plan = MetricPlan(metric, column.number)
        plan.problem = self.problem_of(plan, before)
        if plan.problem:
            return plan
        for line in self.dated_lines:
            text = _cell(line, column.number)
            if not text:
                continue
            try:
                value = metric.scale.read(text)
            except Unreadable as error:
                self.say(line, column.number, str(error))
                continue
            figure = Measurement(
                organization=self.member.organization, metric=metric, date=self.day_of(line), value=value
            )
            since = self.periods[line.number].first
            plan.figures.append(Planned(line.number, since, figure, Fate.NEW))
        if plan.is_new:
            metric.begins_on = min((each.since for each in plan.figures), default=metric.begins_on)
        return plan

    def new_metric(self, column: Column) -> Metric:
        """A metric called as its column is headed, in the unit of its first figure."""
        metric = Metric(
            organization=self.member.organization,
            deliverable=self.deliverable,
            measured_by=metric_name(column.heading),
            frequency=usual_frequency(self.day_of(line) for line in self.dated_lines),
        )
        read = filter(None, (_read_aim(_cell(line, column.number)) for line in self.lines))
        scale = next((scale for _aim, scale in read), metric.scale)
        metric.unit, metric.scale_top = scale.unit, scale.top
        return metric

    def problem_of(self, plan: MetricPlan, before: list[MetricPlan]) -> str:
        """Why nothing of a column can be taken, or an empty text."""
        if plan.metric.deliverable_id is None:
            return _("Choose the deliverable that the new metric belongs to.")
        names = [(str(other.metric).casefold(), other.metric.deliverable_id) for other in before]
        if (str(plan.metric).casefold(), plan.metric.deliverable_id) in names:
            return _("Another column is taken for this metric already.")
        return self.problem_of_new(plan.metric) if plan.is_new else ""

    def problem_of_new(self, metric: Metric) -> str:
        """Why a metric cannot be added, or an empty text."""
        try:
            refuse_control_characters(metric.measured_by)
            metric.clean_fields(exclude=["organization", "deliverable"])
        except ValidationError as error:
            return " ".join(error.messages)
        try:
            metric.validate_constraints()
        except ValidationError:
            return _("This deliverable is measured by that already. Choose that metric for the column.")
        return ""

    def look_up(self, plans: list[MetricPlan]):
        """Hold the figures of existing metrics against those that are there, in one query."""
        figures = [each for plan in plans for each in plan.figures]
        if not figures:
            return
        there = defaultdict(dict)
        days = min(each.since for each in figures), max(each.figure.date for each in figures)
        metrics = [plan.metric for plan in plans]
        for measurement in Measurement.objects.filter(metric__in=metrics, date__range=days):
            there[measurement.metric_id][measurement.date] = measurement
        for plan in plans:
            known = by_line(plan.figures, there[plan.metric.pk])
            plan.figures = [self.fated(plan.metric, each, known.get(each.line)) for each in plan.figures]

    def fated(self, metric: Metric, planned: Planned, there: Measurement | None) -> Planned:
        figure = planned.figure
        if there is None:
            fate = Fate.EARLY if figure.date < metric.begins_on else Fate.NEW
            return replace(planned, fate=fate)
        if there.value == figure.value:
            return replace(planned, figure=there, fate=Fate.SAME)
        was = metric.scale.write(there.value)
        if there.date != figure.date:
            was = _("%(figure)s of %(day)s") % {"figure": was, "day": date_format(there.date)}
        there.value, there.date = figure.value, figure.date
        return replace(planned, figure=there, fate=Fate.CORRECTION, was=was)

    def plan_targets(self, plan: MetricPlan, column: Column):
        """A target wherever the column says another one than the one that would be in force then."""
        metric = plan.metric
        if plan.targets:
            plan.problem = _("Another column is taken for its targets already.")
            return
        succession = Succession([] if plan.is_new else metric.targets.all())
        planned = {}
        for line in self.dated_lines:
            text = _cell(line, column.number)
            if not text:
                continue
            holds = succession.on(self.day_of(line))
            try:
                aim = _aim_after(holds, text, metric.scale)
            except Unreadable as error:
                self.say(line, column.number, str(error))
                continue
            if holds is None or holds.aim != aim:
                target = self.step(line, aim, succession)
                planned[target.holds_from] = target
        plan.targets = list(planned.values())

    def step(self, line: Line, aim: Aim, succession: Succession) -> Target:
        """The target from the first day of the line's period on, or from a later one in force within it."""
        first = self.periods[line.number].first
        target = succession.on(self.day_of(line))
        if target is None or target.holds_from < first:
            target = Target(organization=self.member.organization, holds_from=first)
            succession.add(target)
        target.aim = aim
        return target

    # What is shown of it, and what is done.

    @property
    def rows(self) -> list[dict]:
        """The first lines, as they would be entered, in ready-made texts."""
        planned = [{each.line: each for each in plan.figures} for plan in self.plans]
        return [
            {
                "number": line.number,
                "said": line.cells[0],
                "day": date_format(self.day_of(line)) if line.number in self.periods else "",
                "cells": [
                    self.in_words(plan.metric, figures.get(line.number), _cell(line, plan.column))
                    for plan, figures in zip(self.plans, planned, strict=True)
                ],
            }
            for line in self.lines[:SHOWN_LINES]
        ]

    def in_words(self, metric: Metric, planned: Planned | None, text: str) -> dict:
        if planned is None:
            return {"figure": text, "fate": _("cannot be taken") if text else "", "refused": bool(text)}
        was = {Fate.CORRECTION: _("instead of %(figure)s") % {"figure": planned.was}, Fate.NEW: ""}
        fate = was.get(planned.fate, planned.fate.label)
        return {"figure": metric.scale.write(planned.figure.value), "fate": fate, "refused": False}

    @property
    def more_rows(self) -> int:
        return max(0, len(self.lines) - SHOWN_LINES)

    @property
    def first_problems(self) -> list[Problem]:
        return sorted(self.problems, key=lambda problem: problem.line)[:SHOWN_PROBLEMS]

    @property
    def more_problems(self) -> int:
        return max(0, len(self.problems) - SHOWN_PROBLEMS)

    def count(self, fate: Fate) -> int:
        return sum(plan.count(fate) for plan in self.plans)

    @property
    def new(self) -> int:
        return self.count(Fate.NEW)

    @property
    def corrections(self) -> int:
        return self.count(Fate.CORRECTION)

    @property
    def early(self) -> int:
        return self.count(Fate.EARLY)

    @property
    def targets(self) -> int:
        return sum(len(plan.targets) for plan in self.plans)

    @property
    def verdicts(self) -> int:
        """How many verdicts that have been given the targets would change."""
        return sum(plan.changes.count for plan in self.plans)

    @property
    def can_be_taken(self) -> bool:
        """Whether there is something to write, and nothing left to choose."""
        something = self.new or self.corrections or self.targets or (self.early and self.member.may_edit)
        return bool(something) and not any(plan.problem for plan in self.plans)

    @cached_property
    def fingerprint(self) -> str:
        """The same only while entering the series would do the same."""
        told = [
            f"{plan.column} {plan.metric.pk} {plan.metric} {plan.metric.deliverable_id} {plan.steps}"
            f" {plan.changes.fingerprint} {plan.could_begin_on}"
            + "".join(
                f" {each.figure.date} {each.figure.value:f} {each.fate} {each.was}" for each in plan.figures
            )
            for plan in self.plans
        ]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]

    @all_or_nothing()
    def take(self, *, correct: bool, earlier: bool, reason: str) -> Taken:
        """Write it; `correct` what is there already, let metrics begin `earlier` where figures need that."""
        earlier = earlier and self.member.may_edit
        entered = corrected = changed = 0
        position = Metric.objects.aggregate(last=models.Max("position"))["last"] or 0
        for plan in self.plans:
            if plan.is_new:
                position += 1
                plan.metric.position = position
                plan.metric.save()
            elif earlier and plan.could_begin_on:
                plan.metric.begins_on = plan.could_begin_on
                plan.metric.save(update_fields=["begins_on"])
            for target in plan.targets:
                target.reason = reason or target.reason
            figures = plan.to_enter(correct=correct, earlier=earlier)
            known = sum(figure.pk is not None for figure in figures)
            entered, corrected = entered + len(figures) - known, corrected + known
            changed += record_series(
                metric=plan.metric, targets=plan.targets, figures=figures, by=self.member
            )
        return Taken([plan.metric for plan in self.plans], entered, corrected, self.targets, changed)

    @property
    def chosen_from_now_on(self) -> dict[str, str]:
        """What the columns are once the series is taken: what was a new metric is there now."""
        taken = {plan.column: f"metric-{plan.metric.pk}" for plan in self.plans}
        columns = {column.name: taken.get(column.number, column.chosen) for column in self.columns}
        return {"columns": str(self.block.width)} | columns

    @property
    def left(self) -> Block:
        """The lines with a cell that could not be taken, under their heading, to be mended."""
        numbers = {problem.line for problem in self.problems}
        left = [
            *self.filled[: self.has_heading],
            *(line for line in self.lines if line.number in numbers),
        ]
        return Block(tuple(replace(line, number=number) for number, line in enumerate(left, start=1)))


def metric_name(heading: str) -> str:
    """The name of a metric as it stands in a heading: without the words that say that figures follow."""
    return _RESULT.sub("", heading).strip() or heading


def by_line(figures: Iterable[Planned], there: Mapping[date, Measurement]) -> dict[int, Measurement]:
    """By line, the figure that is there already: that of its day, or else the newest within its period.

    A month under way counts for today, so that next week the same line finds its figure on an earlier day.
    No figure is found by two lines.
    """
    known = {each.line: there[each.figure.date] for each in figures if each.figure.date in there}
    free = sorted(there.keys() - {measurement.date for measurement in known.values()})
    for each in figures:
        last = bisect_right(free, each.figure.date) - 1
        if each.line not in known and last >= 0 and free[last] >= each.since:
            known[each.line] = there[free.pop(last)]
    return known


def _cell(line: Line, number: int) -> str:
    return " ".join(line.cells[number].split()) if number < len(line.cells) else ""


def _names_period(text: str) -> bool:
    try:
        return bool(read_period(text, day_first=True))
    except NoPeriod:
        return False


def _aim_after(holds: Target | None, text: str, scale: Scale) -> Aim:
    """The target that a cell says; a bare figure goes in the direction of the target before it."""
    aim = read_aim(text, scale)[0]
    if holds is None or holds.direction not in (Direction.AT_LEAST, Direction.AT_MOST):
        return aim
    try:
        figure = scale.read(text)
    except Unreadable:
        return aim
    at_least = holds.direction == Direction.AT_LEAST
    return Aim(Direction.AT_LEAST, low=figure) if at_least else Aim(Direction.AT_MOST, high=figure)


def _read_aim(text: str) -> tuple[Aim, Scale] | None:
    """What a cell says by itself, where it says a figure at all."""
    try:
        return read_aim(text)
    except Unreadable:
        return None
