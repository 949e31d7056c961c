"""Rows for tests. Each belongs to the organization it is given, or to a new one."""

from datetime import date, timedelta
from decimal import Decimal

import factory
from django.db import models
from django.utils import timezone
from factory.django import DjangoModelFactory

from actionplans.models import Action, Attendance, Ownership, Review, ReviewLine
from actionplans.reviews.actions import close_review
from actionplans.reviews.minutes import Minutes
from actionplans.thread import Thread
from customers.models import (
    Answer,
    Criterion,
    Customer,
    CustomerGroup,
    Deliverable,
    Delivery,
    DriverChoice,
    DriverStatement,
    Need,
    OwnScore,
    Score,
    Translation,
)
from metrics.models import Baseline, Deviation, Measurement, Metric, Target, Verdict
from metrics.quantities import Direction
from victory.models import (
    CustomerRight,
    Deletion,
    FocusStatement,
    Invitation,
    Member,
    Note,
    Organization,
    User,
)
from victory.tenancy import Role, is_tenant_key, organization_scope

PASSWORD = "correct-horse-battery"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence("person{}@example.org".format)
    name = factory.Sequence("Person {}".format)

    @classmethod
    def _create(cls, model, **fields):
        return model.objects.create_user(**({"password": PASSWORD} | fields))


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence("Organization {}".format)
    slug = factory.Sequence("organization-{}".format)


class RowFactory(DjangoModelFactory):
    """A row of an organization, saved inside that organization's scope."""

    class Meta:
        abstract = True

    organization = factory.SubFactory(OrganizationFactory)

    @classmethod
    def _create(cls, model, **fields):
        with organization_scope(fields["organization"]):
            row = model(**fields)
            row.save()
            return row


def of_the_same(parent: type[RowFactory], **fields):
    """A row of another table in the same organization."""
    return factory.SubFactory(parent, organization=factory.SelfAttribute("..organization"), **fields)


class MemberFactory(RowFactory):
    class Meta:
        model = Member

    name = factory.Sequence("Member {}".format)
    role = Role.VIEWER


class InvitationFactory(RowFactory):
    class Meta:
        model = Invitation

    member = of_the_same(MemberFactory)
    email = factory.Sequence("invited{}@example.org".format)
    digest = "0" * 64
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class FocusStatementFactory(RowFactory):
    class Meta:
        model = FocusStatement

    revision = factory.Sequence(lambda n: n + 1)
    view_of_perfection = "Nobody waits."
    statement = "We answer before you ask twice."


class CustomerRightFactory(RowFactory):
    class Meta:
        model = CustomerRight

    text = factory.Sequence("A prompt answer, number {}".format)


class NoteFactory(RowFactory):
    class Meta:
        model = Note

    text = factory.Sequence("Insight {}".format)


class DeletionFactory(RowFactory):
    class Meta:
        model = Deletion

    label = factory.Sequence("Row {}".format)
    rows = []


class CustomerGroupFactory(RowFactory):
    class Meta:
        model = CustomerGroup

    name = factory.Sequence("Group {}".format)


class CustomerFactory(RowFactory):
    class Meta:
        model = Customer

    name = factory.Sequence("Customer {}".format)


class DeliverableFactory(RowFactory):
    class Meta:
        model = Deliverable

    name = factory.Sequence("Deliverable {}".format)


class DeliveryFactory(RowFactory):
    class Meta:
        model = Delivery

    deliverable = of_the_same(DeliverableFactory)
    customer = of_the_same(CustomerFactory)


class AnswerFactory(RowFactory):
    class Meta:
        model = Answer

    delivery = of_the_same(DeliveryFactory, customer__unit=factory.SubFactory(OrganizationFactory))
    unit = factory.SelfAttribute("delivery.customer.unit")
    agrees = True
    sentence = "This is what we count on."
    said_by = "Tom Okafor"
    said_on = date(2026, 2, 1)


class CriterionFactory(RowFactory):
    class Meta:
        model = Criterion

    name = factory.Sequence("Criterion {}".format)
    weight = Decimal(1)


class ScoreFactory(RowFactory):
    class Meta:
        model = Score

    customer = of_the_same(CustomerFactory)
    criterion = of_the_same(CriterionFactory)
    value = 5


class OwnScoreFactory(RowFactory):
    class Meta:
        model = OwnScore

    member = of_the_same(MemberFactory)
    customer = of_the_same(CustomerFactory)
    criterion = of_the_same(CriterionFactory)
    value = 5


class DriverChoiceFactory(RowFactory):
    class Meta:
        model = DriverChoice

    customer = of_the_same(CustomerFactory)
    reason = "Most of the income."


class DriverStatementFactory(RowFactory):
    class Meta:
        model = DriverStatement

    text = "Residents drive us."


class NeedFactory(RowFactory):
    class Meta:
        model = Need

    customer = of_the_same(CustomerFactory)
    text = factory.Sequence("A short wait, number {}".format)


class TranslationFactory(RowFactory):
    class Meta:
        model = Translation

    need = of_the_same(NeedFactory)
    deliverable = of_the_same(DeliverableFactory)


class MetricFactory(RowFactory):
    class Meta:
        model = Metric

    deliverable = of_the_same(DeliverableFactory)
    measured_by = factory.Sequence("share of calls answered, line {}".format)
    begins_on = date(2018, 1, 1)


class TargetFactory(RowFactory):
    """At least 90 % since 2020, unless said otherwise."""

    class Meta:
        model = Target

    metric = of_the_same(MetricFactory)
    direction = Direction.AT_LEAST
    low = Decimal(90)
    holds_from = date(2020, 1, 1)


class MeasurementFactory(RowFactory):
    class Meta:
        model = Measurement

    metric = of_the_same(MetricFactory)
    date = date(2026, 1, 31)
    value = Decimal(95)


def a_series(metric, values, first: date = date(2026, 1, 1)):
    """A figure a day from the first day on, written at once and then judged."""
    with organization_scope(metric.organization):
        Measurement.objects.bulk_create(
            Measurement(
                organization=metric.organization,
                metric=metric,
                value=Decimal(value),
                date=first + timedelta(days=number),
            )
            for number, value in enumerate(values)
        )
        metric.judge_again()


class DeviationFactory(RowFactory):
    """Accepted all through 2026, whatever the figure."""

    class Meta:
        model = Deviation

    metric = of_the_same(MetricFactory)
    holds_from = date(2026, 1, 1)
    holds_until = date(2026, 12, 31)
    reason = "The new telephone system is installed in December."


class BaselineFactory(RowFactory):
    class Meta:
        model = Baseline

    metric = of_the_same(MetricFactory)
    starts_on = date(2026, 1, 1)
    reason = "A new telephone system."


class OwnershipFactory(RowFactory):
    class Meta:
        model = Ownership

    metric = of_the_same(MetricFactory)
    member = of_the_same(MemberFactory)


class ActionFactory(RowFactory):
    class Meta:
        model = Action

    metric = of_the_same(MetricFactory)
    what = factory.Sequence("Second desk on Mondays, number {}".format)
    who = of_the_same(MemberFactory)
    due = date(2026, 12, 12)


class ReviewFactory(RowFactory):
    class Meta:
        model = Review

    on = factory.Sequence(lambda n: date(2016, 1, 1) + timedelta(days=n % 3650))


def close(review: Review) -> Review:
    """The review as it is once somebody has closed it, with how everything stands."""
    organization = review.organization
    by = MemberFactory(organization=organization)
    with organization_scope(organization):
        return close_review(minutes=Minutes.as_it_stands(review, Thread(organization)), by=by)


class AttendanceFactory(RowFactory):
    class Meta:
        model = Attendance

    review = of_the_same(ReviewFactory)
    member = of_the_same(MemberFactory)


class ReviewLineFactory(RowFactory):
    class Meta:
        model = ReviewLine

    review = of_the_same(ReviewFactory)
    metric_key = factory.Sequence(lambda n: n + 1)
    metric = "share of calls answered"


def many(factory_class: type[DjangoModelFactory], number: int, **given) -> list:
    """So many rows in one statement: as a worksheet finds them, without a history and nothing settled.

    Every row that they refer to is given; a list has one value for each.
    """
    rows = [
        factory_class.build(
            **{name: value[n] if isinstance(value, list) else value for name, value in given.items()}
        )
        for n in range(number)
    ]
    return factory_class._meta.model._base_manager.bulk_create(rows)


def many_measured(number: int, organization, value: int = 95, **given) -> list[Metric]:
    """So many metrics, each with a target of at least 90 % and a figure that it judges, made as by `many`."""
    by = {"number": number, "organization": organization}
    metrics = many(MetricFactory, **given, **by)
    targets = many(TargetFactory, metric=metrics, **by)
    judged = {"judged_by": targets, "verdict": Verdict.MET if value >= 90 else Verdict.NOT_MET}
    figures = many(MeasurementFactory, metric=metrics, value=Decimal(value), **judged, **by)
    with organization_scope(organization):
        for metric, figure in zip(metrics, figures, strict=True):
            metric.take([figure])
    return metrics


def a_row_of_every_model(organization, text: str | None = None) -> dict:
    """One row of every table of the organization, by model, belonging together; `text` in every free text."""
    rows = {}
    for factory_class in RowFactory.__subclasses__():
        model = factory_class._meta.model
        given = {
            field.name: rows[field.related_model]
            for field in model._meta.concrete_fields
            if is_tenant_key(field) and field.related_model in rows and field.editable
        }
        if text is not None:
            given |= {field.name: text for field in free_text_fields(model)}
        rows[model] = factory_class(organization=organization, **given)
    return rows


def factory_of(model) -> type[RowFactory]:
    return next(each for each in RowFactory.__subclasses__() if each._meta.model is model)


def a_row(model, organization):
    """A row of any table of an organization."""
    return factory_of(model)(organization=organization)


def free_text_fields(model) -> list:
    """The fields in which people write what they like."""
    kinds = (models.CharField, models.TextField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds)
        and not isinstance(field, models.EmailField)
        and not field.choices
        and field.editable
    ]
