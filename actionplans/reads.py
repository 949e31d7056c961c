"""What is read of a workbook for its thread: flat, each table by a statement that is put together once."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet

from actionplans.models import Action
from customers.models import (
    Criterion,
    Customer,
    Deliverable,
    DriverChoice,
    DriverStatement,
    Need,
    Translation,
)
from metrics.models import Metric, Target
from victory.models import CustomerRight, FocusStatement
from victory.prepared import Prepared


def metric_lines(today: date) -> QuerySet:
    rows = Metric.objects.standing_on(today).annotate(
        has_target=Exists(Target.objects.filter(metric=OuterRef("pk")))
    )
    own = ("pk", "measured_by", "deliverable_id", "stands", "has_target")
    owner = ("ownerships__member__name", "ownerships__member_id")
    in_order = rows.order_by("deliverable__position", "deliverable_id", "position", "pk")
    return in_order.values_list(*own, *owner, "need_id", "attainment")


def customer_lines(_day: date | None) -> QuerySet:
    rows = Customer.objects.annotate(scored=Count("scores")).order_by("position", "pk")
    return rows.values_list("pk", "name", "group_id", "scored")


def need_lines(_day: date | None) -> QuerySet:
    rows = Need.objects.order_by("customer__position", "customer_id", "position", "pk")
    return rows.values_list("pk", "text", "customer_id", "importance", "aspect")


def open_actions() -> QuerySet:
    fields = ("pk", "what", "metric_id", "status", "due", "who__name", "who_id", "version")
    return Action.objects.open().order_by("due", "pk").values_list(*fields)


NEWEST_FOCUS = Prepared.all(
    lambda _day: FocusStatement.objects.values("view_of_perfection", "statement", "adopted_on")[:1]
)
ADOPTED = Prepared.all(lambda _day: FocusStatement.objects.adopted().values_list("pk", flat=True)[:1])
RIGHTS = Prepared.all(lambda _day: CustomerRight.objects.order_by().values_list("pk", flat=True))
CUSTOMERS = Prepared.all(customer_lines)
CRITERIA = Prepared.all(lambda _day: Criterion.objects.order_by().values_list("pk", flat=True))
DRIVERS = Prepared.all(lambda _day: DriverChoice.objects.order_by().values_list("customer_id", flat=True))
STATEMENTS = Prepared.all(lambda _day: DriverStatement.objects.exclude(text="").values_list("pk", flat=True))
DELIVERABLES = Prepared.all(
    lambda _day: Deliverable.objects.order_by("position", "pk").values_list("pk", "name")
)
NEEDS = Prepared.all(need_lines)
TRANSLATIONS = Prepared.all(lambda _day: Translation.objects.values_list("need_id", "deliverable_id"))
METRICS = Prepared.all(metric_lines)
ACTIONS = Prepared.all(lambda _day: open_actions())
