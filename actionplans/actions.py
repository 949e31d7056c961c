"""Writes of step R that touch more than one row, and of the workbook as a whole."""

from collections import Counter

from django.utils.translation import gettext as _

from customers.models import Criterion, CustomerGroup, Deliverable
from metrics.models import Metric, Target
from victory.actions import make_admin_member
from victory.models import CustomerRight, Organization, User
from victory.rows import WorkbookRow
from victory.tenancy import organization_scope
from victory.trail import Event, all_or_nothing, call_write

# What makes up each row of a setup, apart from its organization and the rows it points to.
SETUP_FIELDS = {
    CustomerRight: ["position", "text"],
    CustomerGroup: ["position", "name", "side"],
    Criterion: ["position", "name", "weight"],
    Deliverable: ["position", "name"],
    Metric: [
        *("position", "satisfied_when", "measured_by", "unit", "scale_top", "frequency", "source"),
    ],
    Target: ["position", "direction", "low", "high", "reason"],
}


@all_or_nothing()
def copy_setup(*, organization: Organization, by: User) -> tuple[Organization, Counter]:
    """Start a new organization with this one's setup, and say how many rows of each model it got.

    Taken over are the kind, the time zone and the currency, the Bill of Rights, customer groups,
    criteria, deliverables, and metrics with the target in force, which holds from today. Customers,
    their scores and needs, measurements and people stay where they are. Whoever is not a superuser
    becomes the new organization's admin member.
    """
    copy = Organization.objects.create(
        name=(_("Copy of %(name)s") % {"name": organization.name})[:120],
        slug=Organization.objects.free_slug(f"copy-of-{organization.slug}"),
        kind=organization.kind,
        time_zone=organization.time_zone,
        currency=organization.currency,
    )
    today = organization.today
    with organization_scope(organization):
        plain = [row for model in (CustomerRight, CustomerGroup, Criterion) for row in model.objects.all()]
        deliverables = list(Deliverable.objects.prefetch_related("metrics__targets"))
    with organization_scope(copy):
        for row in plain:
            _copy_row(row, copy)
        for deliverable in deliverables:
            new_deliverable = _copy_row(deliverable, copy)
            for metric in deliverable.metrics.all():
                new_metric = _copy_row(metric, copy, deliverable=new_deliverable, begins_on=today)
                if target := metric.target_on(today):
                    _copy_row(target, copy, metric=new_metric, holds_from=today)
        copied = Counter({model: model.objects.count() for model in SETUP_FIELDS})
    if not by.is_superuser:
        make_admin_member(organization=copy, user=by)
    call_write(
        Event.ORGANIZATION_ADDED,
        organization_id=copy.pk,
        detail=_("%(copy)s, from the setup of %(name)s") % {"copy": copy, "name": organization},
    )
    return copy, copied


def _copy_row(row: WorkbookRow, organization: Organization, **others) -> WorkbookRow:
    values = {name: getattr(row, name) for name in SETUP_FIELDS[type(row)]}
    copy = type(row)(organization=organization, **values, **others)
    copy.save()
    return copy
