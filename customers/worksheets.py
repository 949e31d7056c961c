"""The worksheet tables of step I and of the first N, as they are printed."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.figures import number
from customers.forms import (
    CriterionForm,
    CustomerForm,
    CustomerGroupForm,
    DeliverableForm,
    DriverChoiceForm,
    NeedForm,
)
from customers.models import Criterion, Customer, CustomerGroup, Deliverable, DriverChoice, Need
from victory.guide import CRITERIA_TO_START_WITH, GROUPS_TO_START_WITH
from victory.prepared import known
from victory.worksheets import Column, Worksheet


def names_of(relation: str):
    """A cell that lists the rows of a prefetched relation."""
    return lambda row: "; ".join(str(other) for other in known(row, relation))


def name_and_unit(customer: Customer) -> str:
    """The customer's name, and below it the unit that it is."""
    if customer.unit is None:
        return customer.name
    return "{}\n{}".format(customer.name, gettext("the unit %(unit)s") % {"unit": customer.unit})


DELIVERABLES = Worksheet(
    name="deliverables",
    step="drivers",
    title=_("Outputs and deliverables"),
    about=_("everything we put out, and everybody who receives it or is affected by it"),
    form=DeliverableForm,
    columns=(
        Column("name", _("Output/Deliverable(s)"), aliases=("output", "deliverable", "product", "service")),
        Column("customers", _("Customers"), show=names_of("customers"), aliases=("customer", "received by")),
    ),
    rows=lambda: Deliverable.objects.prefetch_related("customers"),
)

CUSTOMERS = Worksheet(
    name="customers",
    step="drivers",
    title=_("Customers"),
    about=_("the same from the customers’ side, each in its group"),
    form=CustomerForm,
    columns=(
        Column("name", _("Customers"), show=name_and_unit, aliases=("customer", "name")),
        Column("group", _("Customer Group"), aliases=("group", "segment")),
        Column(
            "deliverables", _("Receives"), show=names_of("deliverables"), aliases=("deliverables", "outputs")
        ),
    ),
    rows=lambda: Customer.objects.select_related("group", "unit").prefetch_related("deliverables"),
)

GROUPS = Worksheet(
    name="groups",
    step="drivers",
    title=_("Customer groups"),
    form=CustomerGroupForm,
    columns=(Column("name", _("Customer Group")), Column("side", _("Internal or external"))),
    rows=lambda: CustomerGroup.objects.all(),
    starting_points=tuple({"name": name, "side": side} for name, side in GROUPS_TO_START_WITH),
)

CRITERIA = Worksheet(
    name="criteria",
    step="drivers",
    title=_("Criteria for Success"),
    about=_("what makes a customer critical for our success, and how much it weighs"),
    form=CriterionForm,
    columns=(
        Column("name", _("Criteria for Success"), aliases=("criterion", "criteria")),
        Column("weight", _("Weight"), show=lambda criterion: number(criterion.weight), number=True),
    ),
    rows=lambda: Criterion.objects.all(),
    starting_points=tuple({"name": name, "weight": weight} for name, weight in CRITERIA_TO_START_WITH),
)

CHOICES = Worksheet(
    name="choices",
    step="drivers",
    title=_("My customer driver(s) are:"),
    about=_("chosen from the ranking; somebody from outside its top needs a good reason"),
    form=DriverChoiceForm,
    columns=(
        Column("customer", _("Customer driver"), aliases=("customer", "driver")),
        Column("reason", _("Because"), aliases=("reason", "why")),
    ),
    rows=lambda: DriverChoice.objects.select_related("customer"),
)

NEEDS = Worksheet(
    name="needs",
    step="needs",
    title=_("Customer needs and expectations"),
    form=NeedForm,
    columns=(
        Column(
            "text", _("They depend on me for:"), aliases=("need", "needs and expectations", "expectation")
        ),
        Column("importance", _("Importance")),
        Column("aspect", _("Aspect of satisfaction"), aliases=("aspect",)),
        Column(
            "deliverables",
            _("I meet customer needs and expectations by:"),
            show=names_of("deliverables"),
            aliases=("deliverables", "met by"),
        ),
    ),
    rows=lambda: Need.objects.select_related("customer").prefetch_related("deliverables"),
    within="customer",
)
