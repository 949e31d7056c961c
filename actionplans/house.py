"""The chain of internal customers: who in the house promises what to whom, up to those outside of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from actionplans.layers import Layout, lay_out
from customers.models import Customer, CustomerGroup, Deliverable, Delivery, Translation
from metrics.models import Metric
from metrics.split import Split
from victory.models import Organization
from victory.tenancy import scope_of_person, scope_of_suppliers

type Place = tuple[str, int | str]


class Kind(models.TextChoices):
    """What somebody in the chain is."""

    US = "us", gettext_lazy("this unit")
    UNIT = "unit", gettext_lazy("unit")
    INTERNAL = "internal", gettext_lazy("internal customer")
    EXTERNAL = "external", gettext_lazy("external customer")


@dataclass(frozen=True)
class Station:
    """A unit of the house, or a customer at the end of its chain; `url` is for its members."""

    place: Place
    name: str
    kind: Kind
    url: str = ""


@dataclass(frozen=True)
class Link:
    """What one station promises to another: how many deliverables, and how their metrics stand."""

    giver: Station
    receiver: Station
    promises: int
    split: Split

    @property
    def promises_in_words(self) -> str:
        return ngettext("%(count)d promise", "%(count)d promises", self.promises) % {"count": self.promises}

    @property
    def sentence(self) -> str:
        return _("%(giver)s to %(receiver)s: %(what)s.") % {
            "giver": self.giver.name,
            "receiver": self.receiver.name,
            "what": ", ".join([self.promises_in_words, *(part.words for part in self.split.parts)]),
        }


@dataclass(frozen=True)
class House:
    """The chain as one member may see it.

    It holds what the units promise in which they are a member, and what is promised to this one: of any
    other unit no more than the name.
    """

    us: Station
    links: list[Link]

    @property
    def rows(self) -> list[Link]:
        """The links from the beginning of the chain to its end, as the picture has them."""
        return sorted(self.links, key=lambda link: self.layout.columns[link.giver.place])

    @cached_property
    def layout(self) -> Layout:
        """The picture: units from left to right, the customers outside of the house at its end."""
        stations = {station.place: station for link in self.links for station in (link.giver, link.receiver)}
        ends = {place for place, station in stations.items() if station.kind == Kind.EXTERNAL}
        return lay_out(stations, self.links, ends)


def read_house(unit: Organization, user, today: date) -> House:
    """Read the chain around a unit for one person, in a fixed number of queries."""
    with scope_of_person(user) as memberships:
        own = {each.organization_id: each.organization for each in memberships}
        found = read_links(Customer.objects.filter(organization__in=unit.house), unit, own, today)
    with scope_of_suppliers(unit, Customer) as as_customer:
        theirs = Customer.objects.filter(pk__in=[customer.pk for customer in as_customer])
        found |= read_links(theirs, unit, own, today)
    links = sorted(found.values(), key=lambda link: (link.giver.name, link.receiver.name))
    return House(unit_station(unit, unit, own), links)


def read_links(
    customers: models.QuerySet, us: Organization, own: dict[int, Organization], today: date
) -> dict[tuple[Place, Place], Link]:
    """What is promised to these customers by the organizations in scope, by giver and receiver."""
    promised = promised_deliverables(customers)
    stands = defaultdict(list)
    metrics = Metric.objects.standing_on(today).filter(
        deliverable__in=Deliverable.objects.promised_to(customers)
    )
    for deliverable, verdict in metrics.order_by().values_list("deliverable", "stands"):
        stands[deliverable].append(verdict)
    found = {}
    for customer in customers.select_related("organization", "unit", "group"):
        if deliverables := promised[customer.pk]:
            giver, receiver = (
                unit_station(customer.organization, us, own),
                customer_station(customer, us, own),
            )
            split = Split.of(chain.from_iterable(stands[deliverable] for deliverable in deliverables))
            found[giver.place, receiver.place] = Link(giver, receiver, len(deliverables), split)
    return found


def promised_deliverables(customers: models.QuerySet) -> dict[int, set[int]]:
    """By customer, the deliverables they receive or that answer a need of theirs."""
    found = defaultdict(set)
    received = Delivery.objects.filter(customer__in=customers).values_list("customer", "deliverable")
    needed = Translation.objects.filter(need__customer__in=customers)
    for customer, deliverable in [*received, *needed.values_list("need__customer", "deliverable")]:
        found[customer].add(deliverable)
    return found


def unit_station(unit: Organization, us: Organization, own: Iterable[int]) -> Station:
    """A unit of the house, with the way to its own chain for those who are members there."""
    kind = Kind.US if unit.pk == us.pk else Kind.UNIT
    url = reverse("chain", args=[unit.slug]) if kind == Kind.UNIT and unit.pk in own else ""
    return Station(("unit", unit.pk), unit.name, kind, url)


def customer_station(customer: Customer, us: Organization, own: Iterable[int]) -> Station:
    """Whom a customer stands for: a unit of the house, or somebody who is the same under one name."""
    if customer.unit_id in us.house:
        return unit_station(customer.unit, us, own)
    is_internal = customer.group and customer.group.side == CustomerGroup.Side.INTERNAL
    kind = Kind.INTERNAL if is_internal else Kind.EXTERNAL
    return Station((kind.value, customer.name.casefold()), customer.name, kind)
