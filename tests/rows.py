"""Which row an address with a number in it means: for the sweeps over all routes."""

from collections.abc import Callable
from datetime import date

from actionplans.models import Review
from tests import factories
from tests.routes import Route
from victory import undo
from victory.models import Organization
from victory.tenancy import organization_scope


def a_deletion(organization) -> int:
    member = factories.MemberFactory(organization=organization)
    right = factories.CustomerRightFactory(organization=organization)
    with organization_scope(organization):
        return undo.delete(right, by=member).pk


def an_adopted_revision(organization) -> int:
    """A number far from those that other rows have."""
    adopted = factories.FocusStatementFactory(
        organization=organization, revision=700 + organization.pk, adopted_on=date(2026, 1, 1)
    )
    return adopted.revision


def a_member(organization) -> int:
    return factories.MemberFactory(organization=organization).pk


def a_metric(organization) -> int:
    return factories.MetricFactory(organization=organization).pk


def a_review(organization) -> int:
    return factories.ReviewFactory(organization=organization).pk


def a_closed_review(organization) -> int:
    """One that is there already where there is one: reviews are closed in the order of their days."""
    with organization_scope(organization):
        closed = Review.objects.closed().first()
    return (closed or factories.close(factories.ReviewFactory(organization=organization))).pk


def a_metric_in_a_review(organization) -> tuple[int, int]:
    return a_review(organization), a_metric(organization)


def a_figure(organization) -> int:
    return factories.MeasurementFactory(organization=organization).pk


def a_promise(organization) -> int:
    """The key of a deliverable that another unit of the house promises to this one."""
    supplier = factories.OrganizationFactory(parent=organization)
    customer = factories.CustomerFactory(organization=supplier, unit=organization)
    return factories.DeliveryFactory(organization=supplier, customer=customer).deliverable_id


def an_action(organization) -> int:
    return factories.ActionFactory(organization=organization).pk


def a_history(organization) -> tuple[str, int]:
    return "need", factories.NeedFactory(organization=organization).pk


def an_earlier_state(organization) -> tuple[str, int, int]:
    need = factories.NeedFactory(organization=organization)
    return "need", need.pk, need.history.get().pk


# Route name -> the number of a row in this organization, or all that its address says of it. Worksheet
# routes need no entry.
NUMBERS: dict[str, Callable[[Organization], int | tuple[str | int, ...]]] = {
    "history": a_history,
    "history-state": an_earlier_state,
    "focus-revision": an_adopted_revision,
    "undo": a_deletion,
    "person-data": a_member,
    "person-forget": a_member,
    "person": a_member,
    "person-save": a_member,
    "person-invite": a_member,
    "person-withdraw": a_member,
    "person-hand-over": a_member,
    "person-merge": a_member,
    "person-deactivate": a_member,
    "person-activate": a_member,
    "scores-save": lambda organization: factories.CustomerFactory(organization=organization).pk,
    "own-scores-save": lambda organization: factories.CustomerFactory(organization=organization).pk,
    "relations-save": lambda organization: factories.NeedFactory(organization=organization).pk,
    "metric": a_metric,
    "metric-print": a_metric,
    "figure-save": a_metric,
    "figure-enter": a_metric,
    "figures-download": a_metric,
    "figure": a_figure,
    "figure-delete": a_figure,
    "owner-save": a_metric,
    "review": a_review,
    "review-save": a_review,
    "review-delete": a_review,
    "review-hold": a_review,
    "review-metric": a_metric_in_a_review,
    "review-note": a_metric_in_a_review,
    "review-owner": a_metric_in_a_review,
    "review-action": a_metric_in_a_review,
    "review-close": a_review,
    "review-compare": a_closed_review,
    "review-print": a_closed_review,
    "promise-answer": a_promise,
    "action": an_action,
    "action-status": an_action,
    "action-status-form": an_action,
    "action-answers": an_action,
}


def numbers_for(route: Route, organization: Organization) -> tuple[str | int, ...]:
    """The numbers of new rows in this organization that the route shows or changes."""
    if route.worksheet:
        return (factories.a_row(route.worksheet.model, organization).pk,)
    assert route.name in NUMBERS, (
        f"The route “{route.name}” takes a number. Say in tests/rows.py of which row, so that the sweeps "
        "can hold a row of another organization against it."
    )
    numbers = NUMBERS[route.name](organization)
    return numbers if isinstance(numbers, tuple) else (numbers,)


def address_of(route: Route, organization: Organization) -> str:
    return route.address(organization, *(numbers_for(route, organization) if route.arguments else ()))
