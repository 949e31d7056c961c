"""A valid post to every route of an organization that changes something: for the sweep over the trail."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from tests import factories
from tests.forms import form_to
from tests.routes import ROUTES, Route
from tests.test_stale_sweep import ALL_CASES, STOP, in_a_review
from victory import undo
from victory.models import Organization
from victory.tenancy import organization_scope


@dataclass(frozen=True)
class Write:
    """What is posted where; `filled` is what the form on `page` holds already."""

    address: str
    typed: Mapping[str, str] = field(default_factory=dict)
    page: str = ""

    def post(self, client):
        if not self.page:
            return client.post(self.address, self.typed)
        form = self.address.replace("adopt", "save")  # the same form, with a button of its own
        return client.post(self.address, form_to(form, client.get(self.page).text) | self.typed)


def as_typed_in(case) -> Callable[[Organization], Write]:
    """What one of two people types in the sweep over stale pages."""

    def write(client, organization) -> Write:
        stale = case(organization)
        typed = {**stale.along, stale.field: stale.mine}
        return Write(f"/o/enfield/{stale.posted_to}", typed, f"/o/enfield/{stale.page}")

    return write


def a_row_as_typed(client, worksheet, organization) -> dict[str, str]:
    """What somebody would type to add a row like those of the factories, which is not there."""
    row = factories.a_row(worksheet.model, organization)
    if worksheet.name == "baselines":
        factories.a_series(row.metric, [95] * 12)
    edit = reverse(f"{worksheet.name}-edit", args=[organization.slug, row.pk])
    typed = form_to(edit, client.get(edit).text)
    member = factories.MemberFactory(organization=organization)
    with organization_scope(organization):
        parent = worksheet.parent_of(row)
        undo.delete(row, by=member)
    remembered = ("version", "before", "csrfmiddlewaretoken")
    return ({worksheet.within: str(parent.pk)} if parent else {}) | {
        name: text for name, text in typed.items() if name not in remembered
    }


def add(client, organization, worksheet) -> Write:
    typed = a_row_as_typed(client, worksheet, organization)
    return Write(worksheet.address(organization), typed)


def paste(client, organization, worksheet) -> Write:
    typed = a_row_as_typed(client, worksheet, organization)
    names = [column.name for column in (worksheet.when_pasted or worksheet).columns]
    said = {"text": "\t".join(typed.pop(name, "") for name in names), "columns": str(len(names)), "take": "1"}
    said |= {f"column-{number}": name for number, name in enumerate(names)}
    said |= {f"all-{name}": text for name, text in typed.items()}
    return Write(f"{worksheet.address(organization)}paste/", said)


def delete(client, organization, worksheet) -> Write:
    row = factories.a_row(worksheet.model, organization)
    return Write(f"{worksheet.address(organization)}{row.pk}/delete/")


def move(client, organization, worksheet) -> Write:
    first = factories.a_row(worksheet.model, organization)
    beside = {worksheet.within: worksheet.parent_of(first)} if worksheet.within else {}
    second = factories.factory_of(worksheet.model)(organization=organization, **beside)
    return Write(f"{worksheet.address(organization)}{second.pk}/move/", {"to": "up"})


def start(client, organization, worksheet) -> Write:
    return Write(f"{worksheet.address(organization)}start/")


ON_WORKSHEETS = {"add": add, "paste": paste, "delete": delete, "move": move, "start": start}


def put_back(client, organization) -> Write:
    member = factories.MemberFactory(organization=organization)
    right = factories.CustomerRightFactory(organization=organization)
    with organization_scope(organization):
        return Write(reverse("undo", args=["enfield", undo.delete(right, by=member).pk]))


def review_action(client, organization) -> Write:
    stale = in_a_review(organization, f"{STOP}action/", STOP, "what", "", "Two desks")
    return Write(f"/o/enfield/{stale.posted_to}", {"what": "Two desks", "who": "Ana", "due": "2026-12-01"})


def settle(client, organization) -> Write:
    customer = factories.CustomerFactory(organization=organization)
    criterion = factories.CriterionFactory(organization=organization)
    for value in (4, 5, 6):
        factories.OwnScoreFactory(
            organization=organization, customer=customer, criterion=criterion, value=value
        )
    return Write("/o/enfield/drivers/compare/settle/", {"cells": f"{customer.pk}-{criterion.pk}--5"})


def paste_series(client, organization) -> Write:
    metric = factories.MetricFactory(organization=organization)
    address = f"{reverse('series-paste', args=['enfield'])}?metric={metric.pk}"
    text = "2026-01-31\t90 %\n2026-02-28\t91 %"
    page = client.post(address, {"text": text}).text
    shown = dict(re.findall(r'name="(columns|shown)" value="([^"]*)"', page))
    columns = re.findall(r'<select id="(column-\d+)".*?</select>', page, re.DOTALL)
    chosen = {
        name: re.search(rf'id="{name}".*?value="([^"]*)" selected', page, re.DOTALL)[1] for name in columns
    }
    return Write(address, {"text": text, "take": "1"} | shown | chosen)


def of_review(part: str, **typed) -> Callable:
    def write(client, organization) -> Write:
        review = factories.ReviewFactory(organization=organization, on=date(2026, 3, 1))
        return Write(f"/o/enfield/reviews/{review.pk}/{part}", typed)

    return write


def delete_figure(client, organization) -> Write:
    figure = factories.MeasurementFactory(organization=organization)
    return Write(reverse("figure-delete", args=["enfield", figure.pk]))


def add_review(client, organization) -> Write:
    return Write("/o/enfield/reviews/add/", {"on": "2026-03-01", "who": ""})


def person(part: str, **fields) -> Callable:
    """A button on the page of a member, and what is chosen with it: another member where `other` is given."""

    def write(client, organization) -> Write:
        given = {name: value for name, value in fields.items() if name != "other"}
        member = factories.MemberFactory(organization=organization, email="ana@example.org", **given)
        factories.ActionFactory(organization=organization, who=member)
        if part == "withdraw":
            factories.InvitationFactory(organization=organization, member=member)
        other = {"other": factories.MemberFactory(organization=organization).pk} if "other" in fields else {}
        return Write(reverse(f"person-{part}", args=["enfield", member.pk]), other)

    return write


def save_person(client, organization) -> Write:
    member = factories.MemberFactory(organization=organization)
    page = reverse("person", args=["enfield", member.pk])
    return Write(reverse("person-save", args=["enfield", member.pk]), {"name": "Ana Costa"}, page)


def add_person(client, organization) -> Write:
    return Write(reverse("person-add", args=["enfield"]), {"name": "Ana Costa", "email": "", "role": "1"})


def settings(client, organization) -> Write:
    typed = {name: getattr(organization, name) for name in ("kind", "time_zone", "currency")}
    return Write(reverse("settings", args=["enfield"]), typed | {"name": "Enfield Council"})


WRITES: dict[str, Callable] = {name: as_typed_in(case) for name, case in ALL_CASES.items()} | {
    "undo": put_back,
    "review-add": add_review,
    "review-action": review_action,
    "review-delete": of_review("delete/"),
    "figure-delete": delete_figure,
    "scores-settle": settle,
    "series-paste": paste_series,
    "person-add": add_person,
    "person-save": save_person,
    "person-invite": person("invite"),
    "person-withdraw": person("withdraw"),
    "person-hand-over": person("hand-over", other=True),
    "person-merge": person("merge", other=True),
    "person-deactivate": person("deactivate"),
    "person-activate": person("activate", active=False),
    "settings": settings,
}
"""Route name -> a post that changes something. Worksheet routes need no entry."""


def changes_something(route: Route) -> bool:
    """Whether a worksheet has what the route works on: an order, and points to start from."""
    part = route.name.rpartition("-")[2]
    if part == "move":
        return route.worksheet.ordered_by_hand
    return part != "start" or bool(route.worksheet.starting_points)


def write_to(route: Route, client, organization) -> Write:
    if route.name in WRITES:
        return WRITES[route.name](client, organization)
    return ON_WORKSHEETS[route.name.rpartition("-")[2]](client, organization, route.worksheet)


CHANGING = [
    route
    for route in ROUTES
    if route.name in WRITES
    or (route.worksheet and route.name.rpartition("-")[2] in ON_WORKSHEETS and changes_something(route))
]
