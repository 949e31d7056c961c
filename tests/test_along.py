"""What is read within the statement of another row is what would have been read by itself."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Count, Exists, F, OuterRef
from django.utils import timezone
from django_scopes import scopes_disabled
from django_scopes.exceptions import ScopeError

from customers.models import Answer, Customer, DriverChoice
from metrics.models import Metric, Target, accepted_deviations
from tests import factories
from victory.along import Along
from victory.models import Organization
from victory.prepared import Gathered
from victory.tenancy import organization_scope

TODAY = timezone.localdate()
OF_METRIC = {"metric": OuterRef("pk")}


def along_with_metrics(rows) -> list:
    """What is read along with each metric."""
    return [metric.along for metric in Metric.objects.order_by("pk").annotate(along=Along(rows))]


def values_of(rows) -> list[dict]:
    return [
        {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows
    ]


@pytest.mark.parametrize(
    "low",
    [
        "0.1",
        "-3",
        "99.000001",
        "123456789.123456",
        "100000000000",
        "100000000000.123",
        "288462794552.937500",
        "0",
    ],
)
def test_rows_hold_what_is_stored(scoped, low):
    """Also what a file brings that nobody can type: SQLite rounds it to fifteen digits."""
    said = "“100 %” \\ 'as' said\n{[\"x\"]} %s %% 🙂"
    target = factories.TargetFactory(organization=scoped, low=Decimal(low), holds_from=TODAY, reason=said)
    [along] = along_with_metrics(Target.objects.filter(**OF_METRIC))
    assert along == [target] and str(along[0].low) == str(Target.objects.get().low)
    assert values_of(along) == values_of(Target.objects.all())


def test_rows_are_those_of_each_row(scoped):
    first, second = (factories.TargetFactory(organization=scoped, holds_from=TODAY) for _ in range(2))
    later = factories.TargetFactory(
        organization=scoped, metric=first.metric, holds_from=TODAY + timedelta(days=9)
    )
    factories.MetricFactory(organization=scoped)
    latest_first = Target.objects.filter(**OF_METRIC).order_by("-holds_from")
    assert along_with_metrics(latest_first) == [[later, first], [second], []]
    assert along_with_metrics(latest_first[:1]) == [[later], [second], []]


def test_fields_that_are_left_out_are_read_when_asked_for(scoped, django_assert_num_queries):
    factories.TargetFactory(organization=scoped, reason="A promise")
    [[target]] = along_with_metrics(Target.objects.filter(**OF_METRIC).only("holds_from"))
    with django_assert_num_queries(0):
        assert target.holds_from
    with django_assert_num_queries(1):
        assert target.reason == "A promise"


@pytest.fixture
def answer(scoped):
    return factories.AnswerFactory(organization=scoped, agrees=False)


def test_values_are_told_in_each_of_their_shapes(scoped, answer):
    reads = [
        Answer.objects.values_list("pk", "agrees", "said_on", "delivery__customer__name"),
        Answer.objects.values_list("agrees", flat=True),
        Answer.objects.values("sentence", "agrees"),
        Customer.objects.annotate(given=Count("scores")).order_by("position").values_list("name", "given"),
        Customer.objects.annotate(drives=Exists(DriverChoice.objects.filter(customer=OuterRef("pk"))))
        .order_by()
        .values_list("pk", "drives"),
    ]
    told = Gathered(**{f"read_{number}": lambda _day, read=read: read for number, read in enumerate(reads)})
    assert [list(each) for each in told.read()] == [list(read) for read in reads]


@pytest.mark.parametrize(
    "rows",
    [
        lambda: Metric.objects.filter(deliverable=OuterRef("pk")),  # `recent` is JSON itself
        lambda: Target.objects.filter(**OF_METRIC).select_related("set_by"),
        lambda: Target.objects.filter(**OF_METRIC).annotate(twice=F("version") * 2),
        lambda: Metric.objects.only("pk").prefetch_related(accepted_deviations()),
        lambda: Target.objects.filter(**OF_METRIC).values_list(F("low") * F("low")),
        lambda: Target.objects.filter(**OF_METRIC).values(),
    ],
)
def test_what_cannot_be_told_is_refused_at_once(scoped, rows):
    with pytest.raises(ValueError, match="read along"):
        Along(rows())


# Several tables at once


@pytest.fixture
def gathered():
    return Gathered(
        customers=lambda _day: Customer.objects.all(),
        targets=lambda day: Target.objects.filter(holds_from__lte=day).values_list("pk", flat=True),
    )


def test_tables_are_read_in_one_statement_and_as_they_stand(scoped, gathered, django_assert_num_queries):
    customer = factories.CustomerFactory(organization=scoped)
    target = factories.TargetFactory(organization=scoped, holds_from=TODAY)
    with django_assert_num_queries(1):
        assert customer in gathered.read(TODAY).customers
    assert gathered.read(TODAY).targets == [target.pk]
    assert gathered.read(TODAY - timedelta(days=1)).targets == []
    customer.delete()
    assert customer not in gathered.read(TODAY).customers


def test_tables_are_those_of_whoever_asks(scoped, gathered):
    mine = factories.CustomerFactory(organization=scoped)
    assert mine in gathered.read(TODAY).customers
    other = factories.OrganizationFactory()
    with organization_scope(other):
        its = factories.CustomerFactory(organization=other)
        assert gathered.read(TODAY).customers == [its]
    assert its not in gathered.read(TODAY).customers


def test_table_of_all_organizations_is_refused_among_others(scoped):
    gathered = Gathered(
        customers=lambda _day: Customer.objects.all(),
        organizations=lambda _day: Organization.objects.values_list("pk", flat=True),
    )
    with pytest.raises(ValueError, match="organization"):
        gathered.read()


def test_tables_are_read_in_the_scope_of_one_organization_alone(scoped, gathered):
    gathered.read(TODAY)
    with scopes_disabled(), pytest.raises(ScopeError):
        gathered.read(TODAY)
