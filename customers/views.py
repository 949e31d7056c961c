"""The pages of step I (customer drivers) and of the first N (needs and expectations)."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property, partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from customers import ranking
from customers.actions import settle_scores
from customers.agreement import Comparison, Spread
from customers.forms import DriverStatementForm
from customers.grids import TypedLine, read_line, save_cells, save_line, typed_cells, who_wrote
from customers.models import (
    Criterion,
    Customer,
    Deliverable,
    DriverStatement,
    Need,
    OwnScore,
    Score,
    Translation,
)
from customers.reads import DriverTables, NeedTables, ScoreTables
from customers.scoring import SCORES, TOP_SCORE
from customers.worksheets import CHOICES, CRITERIA, CUSTOMERS, DELIVERABLES, GROUPS, NEEDS
from victory.keeping import kept
from victory.once import again_if_taken
from victory.rows import WorkbookRow
from victory.tenancy import Role, needs
from victory.texts import TEXTS, page_key
from victory.trail import all_or_nothing
from victory.views.focus import draft_saved
from victory.worksheets.declared import Sheet, Worksheet
from victory.worksheets.views import changed, gone, say_what_else

FIRST_CELLS = 40

# A cell as `ComparedCell.to_settle` writes it.
TO_SETTLE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})-([0-9]{0,3})-([0-9]{1,3})")


@needs(Role.VIEWER)
@require_GET
@kept()
def drivers(request):
    return drivers_page(request)


def drivers_page(
    request, typed: dict[int, TypedLine] | None = None, statement: DriverStatementForm | None = None
):
    """The page of step I; `typed` holds, by customer, a line of scores that could not be saved."""
    page = DriversPage(request, typed or {}, statement)
    return render(request, "customers/drivers.html", {"page": page})


class DriversPage:
    """What stands on the page of step I, read where it is not kept."""

    def __init__(self, request, typed: dict[int, TypedLine], statement: DriverStatementForm | None):
        self.request, self.typed = request, typed
        self.tables = DriverTables()
        self.statement = statement or SimpleLazyObject(lambda: statement_form(request, self.tables.statement))
        self.sheet = {
            "deliverables": self.sheet_of(DELIVERABLES, self.tables.deliverables_with_customers),
            "customers": self.sheet_of(CUSTOMERS, self.tables.customers_with_deliverables, offers="groups"),
            "groups": self.sheet_of(GROUPS, lambda: self.tables.groups),
            "criteria": self.sheet_of(CRITERIA, lambda: self.tables.criteria),
            "choices": self.sheet_of(CHOICES, self.tables.choices_with_customers, offers="customers"),
        }

    def sheet_of(
        self, worksheet: Worksheet, read: Callable[[], Iterable[WorkbookRow]], offers: str = ""
    ) -> Sheet:
        """The table with the rows read; `offers` names the table whose rows can be chosen in a new one."""

        def made() -> Sheet:
            offered = getattr(self.tables, offers) if offers else None
            return worksheet.sheet(self.request, records=read(), offered=offered)

        return SimpleLazyObject(made)

    @property
    def written(self) -> SafeString:
        """Its sheets as HTML."""
        template = "customers/drivers.html#sheets"
        return TEXTS.of(
            page_key(self.request), template, page=self, request=self.request, top_score=TOP_SCORE
        )

    @cached_property
    def scoring(self) -> ranking.Scoring:
        return ranking.Scoring.of(self.tables)

    @cached_property
    def grid(self) -> ranking.Grid:
        return ranking.score_grid(self.scoring, self.typed)

    @property
    def ranking_written(self) -> SafeString:
        """The ranking as HTML."""
        key = (translation.get_language(), *self.scoring.key)
        return TEXTS.of(key, "customers/drivers.html#ranking", scoring=self.scoring)


@needs(Role.MANAGER)
@require_POST
@again_if_taken
def save_scores(request, pk):
    """Save one customer's line of the score grid."""
    with all_or_nothing():
        customer = Customer.objects.select_for_update().filter(pk=pk).first()
        if customer is None:
            return gone(request, Customer, pk, "drivers", typed=typed_cells(request.POST))
        stored = dict(Score.objects.filter(customer=customer).values_list("criterion_id", "value"))
        keys = Criterion.objects.values_list("pk", flat=True)
        who = partial(who_wrote, Score, "criterion", customer=customer)
        line = read_line(request.POST, stored, keys, SCORES, who=who)
        if not line.problems:
            save_line(Score, line, of="customer", row=customer, to="criterion", value="value")
    if not request.htmx:
        return (
            drivers_page(request, {pk: line})
            if line.problems
            else redirect("drivers", request.organization.slug)
        )
    scoring = ranking.Scoring.of(ScoreTables())
    grid = ranking.score_grid(scoring, {pk: line})
    row = next(row for row in grid.rows if row.pk == pk)
    scored = {"row": row, "grid": grid, "scoring": scoring}
    answer = render(request, "customers/drivers.html#scored", scored)
    return answer if line.problems else changed(answer)


@needs(Role.CONTRIBUTOR)
@require_GET
def own_scores(request):
    return own_scores_page(request)


def own_scores_page(request, typed: dict[int, TypedLine] | None = None):
    """The grid of what the member scores on their own, without anybody else's scores beside it."""
    return render(request, "customers/own_scores.html", own_grid(request, typed or {}))


def own_grid(request, typed: dict[int, TypedLine]) -> dict:
    scoring = ranking.Scoring.own_of(request.member, ScoreTables())
    return {
        "grid": ranking.score_grid(scoring, typed),
        "done": len(scoring.scores),
        "cells": len(scoring.customers) * len(scoring.criteria),
        "top_score": TOP_SCORE,
    }


@needs(Role.CONTRIBUTOR)
@require_POST
@again_if_taken
def save_own_scores(request, pk):
    """Save one customer's line of what the member scores on their own."""
    with all_or_nothing():
        customer = Customer.objects.select_for_update().filter(pk=pk).first()
        if customer is None:
            return gone(request, Customer, pk, "own-scores", typed=typed_cells(request.POST))
        own = OwnScore.objects.filter(customer=customer, member=request.member)
        keys = Criterion.objects.values_list("pk", flat=True)
        stored = dict(own.values_list("criterion_id", "value"))
        who = partial(who_wrote, OwnScore, "criterion", customer=customer, member=request.member)
        line = read_line(request.POST, stored, keys, SCORES, who=who)
        if not line.problems:
            save_cells(
                OwnScore, line, of="customer", row=customer, to="criterion", value="value",
                member=request.member,
            )  # fmt: skip
    if not request.htmx:
        if line.problems:
            return own_scores_page(request, {pk: line})
        return redirect("own-scores", request.organization.slug)
    page = own_grid(request, {pk: line})
    row = next(row for row in page["grid"].rows if row.pk == pk)
    return render(request, "customers/own_scores.html#scored", page | {"row": row})


@needs(Role.CONTRIBUTOR)
@require_GET
def score_comparison(request):
    """What everybody scored on their own, side by side; who has not scored yet does so unseeing first."""
    comparison = Comparison.load()
    shown = comparison.cells if "all" in request.GET else comparison.cells[:FIRST_CELLS]
    page = {
        "comparison": comparison,
        "is_open": comparison.is_open_to(request.member),
        "done": comparison.scored_by(request.member.pk),
        "spread": Spread.read(),
        "shown": shown,
    }
    return render(request, "customers/comparison.html", page)


@needs(Role.MANAGER)
@require_POST
def settle(request):
    """Take the medians of one cell, or of all, for the team's scores."""
    asked = map(TO_SETTLE.fullmatch, request.POST.get("cells", "").split())
    written, refused = settle_scores(cells=[match.groups() for match in asked if match])
    said = ngettext("%(count)d score is settled.", "%(count)d scores are settled.", written)
    messages.success(request, said % {"count": written})
    if refused:
        said = ngettext(
            "%(count)d score or its median was changed meanwhile, so it stays as it is. Look at it again.",
            "%(count)d scores or their medians were changed meanwhile, so they stay as they are."
            " Look at them again.",
            refused,
        )
        messages.error(request, said % {"count": refused})
    return redirect("score-comparison", request.organization.slug)


@needs(Role.MANAGER)
@require_POST
def save_statement(request):
    """Keep the statement in words of who the drivers are."""
    form = keep_statement(request)
    if request.htmx:
        return draft_saved(request, form, "driver-statement")
    if not form.is_valid():
        return drivers_page(request, statement=form)
    say_what_else(request, form.notices)
    messages.success(request, _("The statement is saved."))
    return redirect("drivers", request.organization.slug)


@again_if_taken
@all_or_nothing()
def keep_statement(request) -> DriverStatementForm:
    stored = DriverStatement.objects.select_for_update().first()
    form = statement_form(request, stored, request.POST)
    if form.is_valid():
        form.save()
    return form


def statement_form(request, stored: DriverStatement | None, data=None) -> DriverStatementForm:
    return DriverStatementForm(data, instance=stored, by=request.member, auto_id="driver-statement-%s")


@needs(Role.VIEWER)
@require_GET
@kept()
def name_needs(request):
    return needs_page(request)


def needs_page(request, typed: dict[int, TypedLine] | None = None):
    """The page of the first N; `typed` holds, by need, a line of strengths that could not be saved."""
    return render(request, "customers/needs.html", {"page": NeedsPage(request, typed or {})})


SCREEN = 50
"""Lines of the grid on a page: each is held against every deliverable, and hundreds would be too many."""


class NeedsPage:
    """What stands on the page of the first N, read where it is not kept."""

    def __init__(self, request, typed: dict[int, TypedLine]):
        self.request, self.typed = request, typed
        self.tables = NeedTables()

    @property
    def written(self) -> SafeString:
        """Its sheets and its grid as HTML."""
        template = "customers/needs.html#sheets"
        return TEXTS.of(page_key(self.request), template, page=self, request=self.request)

    @cached_property
    def sheets(self) -> list[Sheet]:
        """One for each customer, the drivers first."""
        records = self.tables.needs_with_deliverables()
        rows = defaultdict(list)
        for need, row in zip(records, NEEDS.rows_of(records, self.request.organization), strict=True):
            rows[need.customer_id].append(row)
        customers = self.tables.customers
        return NEEDS.sheets_of(self.request, ((each, rows[each.pk]) for each in customers))

    @cached_property
    def grid(self) -> ranking.Grid:
        return ranking.relation_grid(self.tables, self.tables.needs[: self.room], self.typed)

    @property
    def room(self) -> int | None:
        """How many lines the grid shows: one screen, or all where that is asked or something was refused."""
        return None if self.typed or self.request.GET.get("relations") == "all" else SCREEN

    @property
    def left(self) -> int:
        """How many needs the grid does not show."""
        return len(self.tables.needs) - len(self.grid.rows)

    @cached_property
    def names(self) -> list[str]:
        """What a need can be met by."""
        return [deliverable.name for deliverable in self.tables.deliverables]


@needs(Role.MANAGER)
@require_POST
@again_if_taken
def save_relations(request, pk):
    """Save one need's line of the grid of needs against deliverables."""
    with all_or_nothing():
        need = Need.objects.select_for_update().filter(pk=pk).first()
        if need is None:
            return gone(request, Need, pk, "needs", typed=typed_cells(request.POST))
        stored = dict(Translation.objects.filter(need=need).values_list("deliverable_id", "strength"))
        keys = Deliverable.objects.values_list("pk", flat=True)
        who = partial(who_wrote, Translation, "deliverable", need=need)
        line = read_line(request.POST, stored, keys, Translation.Strength.values, who=who)
        if not line.problems:
            save_line(Translation, line, of="need", row=need, to="deliverable", value="strength")
    if not request.htmx:
        return (
            needs_page(request, {pk: line}) if line.problems else redirect("needs", request.organization.slug)
        )
    grid = ranking.relation_grid(NeedTables(), [need], {pk: line})
    answer = render(request, "customers/needs.html#related", {"row": grid.rows[0], "grid": grid})
    return answer if line.problems else changed(answer)
