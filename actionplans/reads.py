"""What is read of a workbook for its thread: flat, in two statements."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from actionplans.models import Action, Review, ReviewLine
from customers.models import (
    Answer,
    Criterion,
    Customer,
    Deliverable,
    DriverChoice,
    DriverStatement,
    Need,
    Score,
    Translation,
)
from customers.reads import deliveries
from metrics.models import Metric, Target
from victory.models import CustomerRight, FocusStatement
from victory.prepared import Gathered


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


def objections(_day: date | None) -> QuerySet:
    answers = Answer.objects.standing().filter(agrees=False)
    return answers.values_list("delivery__deliverable_id", "delivery__customer__name", "sentence")


def driver_scores(_day: date | None) -> QuerySet:
    of_drivers = Score.objects.filter(customer__driver_choices__isnull=False).order_by()
    return of_drivers.values_list("customer_id", "criterion__weight", "value")


def last_review(_day: date | None) -> QuerySet:
    return Review.objects.closed().values_list("on", flat=True)[:1]


def lines_of_last_review(_day: date | None) -> QuerySet:
    last = Review.objects.closed().values("pk")[:1]
    return ReviewLine.objects.filter(review=Subquery(last)).order_by().values_list("metric_key", "verdict")


WORKBOOK = Gathered(
    focus=lambda _day: FocusStatement.objects.values("view_of_perfection", "statement", "adopted_on")[:1],
    adopted=lambda _day: FocusStatement.objects.adopted().values_list("pk", flat=True)[:1],
    rights=lambda _day: CustomerRight.objects.order_by().values_list("pk", flat=True),
    customers=customer_lines,
    criteria=lambda _day: Criterion.objects.order_by().values_list("pk", flat=True),
    drivers=lambda _day: DriverChoice.objects.order_by().values_list("customer_id", flat=True),
    statements=lambda _day: DriverStatement.objects.exclude(text="").values_list("pk", flat=True),
    deliverables=lambda _day: Deliverable.objects.order_by("position", "pk").values_list("pk", "name"),
    deliveries=deliveries,
    needs=need_lines,
    translations=lambda _day: Translation.objects.values_list("need_id", "deliverable_id"),
    metrics=metric_lines,
    actions=lambda _day: open_actions(),
)
"""The thread itself (see `actionplans.lines`)."""

BESIDE = Gathered(
    objections=objections,
    driver_scores=driver_scores,
    last_review=last_review,
    lines_of_last_review=lines_of_last_review,
)
"""What dashboards hold it against."""
