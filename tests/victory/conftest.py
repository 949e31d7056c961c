"""An organization with a bit of everything in it, for what takes all of it along."""

from datetime import date
from decimal import Decimal

import pytest

from actionplans.models import Action, Review, ReviewLine
from customers.models import Answer, Customer
from metrics.models import Measurement, Metric
from tests import factories
from victory import undo
from victory.models import CustomerRight, Deletion, Member
from victory.tenancy import organization_scope


@pytest.fixture
def filled(organization):
    return fill(organization)


def fill(organization):
    """A row of every table and more, some of them corrected, some deleted, and a review that is closed."""
    rows = factories.a_row_of_every_model(organization)
    metric = rows[Metric]
    with organization_scope(organization):
        Deletion.objects.all().delete()
        ReviewLine.objects.all().delete()
        rows[CustomerRight].text = "Ångström’s right, corrected"
        rows[CustomerRight].save()
        rows[Customer].unit = factories.OrganizationFactory(name="Another unit")
        rows[Customer].save()
        rows[Answer].unit = rows[Customer].unit
        rows[Answer].save()
    factories.a_series(metric, [95, 80, Decimal("91.5")], first=date(2026, 2, 1))
    review = factories.ReviewFactory(organization=organization, on=date(2026, 3, 1))
    factories.AttendanceFactory(organization=organization, review=review, member=rows[Member])
    factories.close(review)
    other = factories.MetricFactory(organization=organization, need=rows[Metric].need)
    factories.MeasurementFactory(organization=organization, metric=other)
    with organization_scope(organization):
        undo.delete(other, by=rows[Member])
        undo.delete(Measurement.objects.filter(metric=metric).first(), by=rows[Member])
        action = Action.objects.get()
        action.decided_in = Review.objects.planned().first()
        action.save()
        undo.delete(action.decided_in, by=rows[Member])
    return organization
