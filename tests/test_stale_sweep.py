"""Every route that changes a row, from a page that was opened before somebody else changed it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pytest
from django.utils import timezone

from tests import factories
from tests.forms import form_to
from tests.routes import ROUTES
from victory.models import Organization
from victory.tenancy import Role

pytestmark = pytest.mark.protects("overwrites")

FREE_TEXTS = ("text", "name", "reason", "what", "measured_by")

NOTHING_IS_OVERWRITTEN = {
    "add": "a new row",
    "start": "new rows",
    "paste": "new rows",
    "delete": "can be undone, with what somebody else wrote there last",
    "move": "changes places with the neighbour of now, whichever text either has",
    "undo": "puts back a row that is not there",
    "review-add": "a new row",
    "review-action": "a new row",
    "review-delete": "can be undone",
    "figure-delete": "can be undone",
    "scores-settle": "each cell says what it was settled from: tests/customers/test_score_comparison.py",
    "audit-download": "changes no row: hands out a file",
    "export": "changes no row: hands out a file",
    "series-paste": "says by a fingerprint what it was decided on: tests/metrics/test_series.py",
    "person-add": "a new row",
    "person-invite": "another invitation; the earlier one is withdrawn",
    "person-withdraw": "an invitation that was withdrawn meanwhile stays so",
    "person-hand-over": "gives away what there is, and says so where there is nothing any more",
    "person-merge": "takes what there is, and asks first",
    "person-deactivate": "can be activated again",
    "person-activate": "can be deactivated again",
    "person-data": "reads",
    "person-forget": "asks for the name, and leaves nothing to overwrite",
    "deletion": "asks for the name, and can be stopped",
    "deletion-stop": "can be asked for again",
}
"""By the last part of a worksheet's route, or by the route."""


@dataclass(frozen=True)
class Stale:
    """Where a page shows a form, and what two people type into one of its fields, and `along` with it."""

    page: str
    posted_to: str
    field: str
    theirs: str
    mine: str
    along: Mapping[str, str] = field(default_factory=dict)


def focus(organization, posted_to="focus/save/"):
    factories.FocusStatementFactory(organization=organization, statement="Old")
    return Stale("focus/", posted_to, "statement", "Their statement", "My statement")


def driver_statement(organization):
    factories.DriverStatementFactory(organization=organization)
    return Stale("drivers/", "drivers/statement/", "text", "Their statement", "My statement")


def score(organization):
    score = factories.ScoreFactory(organization=organization, value=1)
    return Stale("drivers/", f"drivers/scores/{score.customer_id}/", f"cell-{score.criterion_id}", "8", "9")


def own_score(organization):
    customer = factories.CustomerFactory(organization=organization)
    criterion = factories.CriterionFactory(organization=organization)
    return Stale("drivers/own/", f"drivers/own/{customer.pk}/", f"cell-{criterion.pk}", "8", "9")


def relation(organization):
    relation = factories.TranslationFactory(organization=organization, strength=1)
    cell = f"cell-{relation.deliverable_id}"
    return Stale("needs/", f"needs/relations/{relation.need_id}/", cell, "3", "9")


def figure(organization):
    figure = factories.MeasurementFactory(organization=organization)
    return Stale(*[f"metrics/figures/{figure.pk}/"] * 2, "note", "Their note", "My note")


def figure_of_today(organization):
    figure = factories.MeasurementFactory(organization=organization, date=timezone.localdate())
    return Stale("performance/", f"performance/{figure.metric_id}/", "value", "81 %", "82 %")


def figure_of_a_day(organization):
    metric = factories.MetricFactory(organization=organization)
    return Stale(f"metrics/{metric.pk}/", f"metrics/{metric.pk}/figures/", "figure", "81 %", "82 %")


def baseline(organization):
    baseline = factories.BaselineFactory(organization=organization)
    factories.a_series(baseline.metric, [95] * 12)
    return Stale(*[f"metrics/baselines/{baseline.pk}/edit/"] * 2, "reason", "Their reason", "My reason")


def owner(organization):
    metric = factories.OwnershipFactory(organization=organization).metric
    return Stale("plan/", f"plan/owners/{metric.pk}/", "owner", "Ana Costa", "Ben Okafor")


def status(organization):
    action = factories.ActionFactory(organization=organization)
    return Stale("actions/", f"plan/actions/{action.pk}/status/", "status", "blocked", "done")


def answers(organization):
    action = factories.ActionFactory(organization=organization)
    address = f"actions/{action.pk}/"
    return Stale(address, f"{address}answers/", "key_to_success", "no", "yes")


def in_a_review(organization, posted_to: str, page: str, *texts: str) -> Stale:
    review = factories.ReviewFactory(organization=organization, on=date(2026, 3, 1))
    metric = factories.TargetFactory(organization=organization).metric
    names = {"review": f"reviews/{review.pk}/", "metric": metric.pk}
    return Stale(page.format(**names), posted_to.format(**names), *texts)


def promise_answer(organization):
    house = factories.OrganizationFactory()
    organization.parent = house
    organization.save()
    supplier = factories.OrganizationFactory(parent=house)
    customer = factories.CustomerFactory(organization=supplier, unit=organization)
    promised = factories.DeliveryFactory(organization=supplier, customer=customer).deliverable_id
    texts = ("sentence", "Their word", "My word", {"stance": "agree"})
    return Stale(f"promised/?answer={promised}", f"promised/{promised}/answer/", *texts)


STOP = "{review}hold/{metric}/"


def person(organization):
    member = factories.MemberFactory(organization=organization, name="Ana Costa")
    page = f"people/{member.pk}/"
    return Stale(page, f"{page}save/", "name", "Ana Maria Costa", "Anna Costa")


def settings(organization):
    return Stale("settings/", "settings/", "name", "Enfield Council", "Enfield Borough")


CASES: dict[str, Callable[[Organization], Stale]] = {
    "focus-save": focus,
    "focus-adopt": lambda organization: focus(organization, "focus/adopt/"),
    "driver-statement-save": driver_statement,
    "scores-save": score,
    "own-scores-save": own_score,
    "relations-save": relation,
    "figure": figure,
    "figure-save": figure_of_today,
    "figure-enter": figure_of_a_day,
    "baselines-edit": baseline,
    "owner-save": owner,
    "action-status": status,
    "action-answers": answers,
    "review-save": lambda o: in_a_review(o, "{review}save/", "{review}", "who", "Ana;", "Ben;"),
    "review-note": lambda o: in_a_review(o, STOP + "note/", STOP, "note", "Their note", "My note"),
    "review-owner": lambda o: in_a_review(o, STOP + "owner/", STOP, "owner", "Ana Costa", "Ben Okafor"),
    "review-close": lambda o: in_a_review(o, *["{review}close/"] * 2, "findings", "Their word", "My word"),
    "promise-answer": promise_answer,
    "person-save": person,
    "settings": settings,
}


def a_row_of_a_worksheet(route) -> Callable[[Organization], Stale]:
    def row(organization) -> Stale:
        edit = route.address(organization, factories.a_row(route.worksheet.model, organization).pk)
        edit = edit.removeprefix("/o/enfield/")
        name = next(name for name in FREE_TEXTS if name in route.worksheet.form.base_fields)
        return Stale(edit, edit, name, "Their words for it", "My words for it")

    return row


EDITED = [route for route in ROUTES if route.worksheet and route.name.endswith("-edit")]
ALL_CASES = {route.name: a_row_of_a_worksheet(route) for route in EDITED} | CASES


@pytest.fixture
def people(sign_in):
    """Two in the role that it takes. What somebody scores on their own is by one person, on two pages."""

    def people(name):
        route = next(route for route in ROUTES if route.name == name)
        role = max(route.role, Role.MANAGER)
        first = sign_in(role)
        return first, first if name == "own-scores-save" else sign_in(role)

    return people


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").rstrip(";")


@pytest.mark.parametrize("name", ALL_CASES)
def test_stale_page_overwrites_nothing_and_shows_both(name, people, organization):
    me, somebody_else = people(name)
    case = ALL_CASES[name](organization)
    page, address = f"/o/enfield/{case.page}", f"/o/enfield/{case.posted_to}"
    form = address.replace("adopt", "save")  # the same form, with a button of its own
    stale = form_to(form, me.get(page).text) | case.along
    theirs, mine = plain(case.theirs), plain(case.mine)

    accepted = somebody_else.post(form, stale | {case.field: case.theirs})
    refused = plain(me.post(address, stale | {case.field: case.mine}, follow=True).text)

    assert accepted.status_code == 302
    assert theirs in refused and mine in refused
    fresh = somebody_else.get(page).text
    stored = plain(form_to(form, fresh).get(case.field, ""))
    assert stored == theirs or (not stored and theirs in plain(fresh) and mine not in plain(fresh))


def test_every_route_that_writes_is_here_or_overwrites_nothing(sign_in, organization):
    admin, writing = sign_in(Role.ADMIN), set()
    for route in ROUTES:
        answer = admin.post(route.address(organization, *[10**12] * len(route.arguments)))
        if answer.status_code != 405:
            writing.add(route.name)
    excused = {name for name in writing if excuse(name)}

    assert writing - excused == set(ALL_CASES)


def excuse(name: str) -> str | None:
    route = next(route for route in ROUTES if route.name == name)
    return NOTHING_IS_OVERWRITTEN.get(name.rpartition("-")[2] if route.worksheet else name)


def test_no_excuse_for_a_route_that_is_gone():
    used = {route.name.rpartition("-")[2] if route.worksheet else route.name for route in ROUTES}
    assert set(NOTHING_IS_OVERWRITTEN) <= used
