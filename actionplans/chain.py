"""The thread as its page shows it: every row a node, and the chain that runs through one of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.days import write_due
from actionplans.lines import Line
from actionplans.models import Status
from actionplans.thread import Gap, Thread
from metrics.models import Verdict
from victory.models import Step
from victory.wording import listed

COLUMNS = {
    "customer": gettext_lazy("Customers"),
    "need": gettext_lazy("Needs"),
    "deliverable": gettext_lazy("Deliverables"),
    "metric": gettext_lazy("Metrics"),
    "action": gettext_lazy("Open actions"),
}
WITH_VERDICT = {
    Verdict.MET: gettext_lazy("%(metric)s (met)"),
    Verdict.NOT_MET: gettext_lazy("%(metric)s (not met)"),
    Verdict.ACCEPTED: gettext_lazy("%(metric)s (deviation accepted)"),
    Verdict.NO_TARGET: gettext_lazy("%(metric)s (no target)"),
    Verdict.NOT_MEASURED: gettext_lazy("%(metric)s (not measured)"),
}


@dataclass(frozen=True)
class Node:
    """One row on the thread, ready to be shown."""

    place: str
    kind: str
    text: str
    mend_url: str
    is_driver: bool = False
    verdict: Verdict | None = None
    notes: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    objections: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnOfNodes:
    """One stage of the thread, with the nodes that are shown in it."""

    label: str
    nodes: list[Node]


@dataclass(frozen=True)
class Branch:
    """A node of the outline with what follows from it; `again` where that has been listed before."""

    node: Node
    branches: list["Branch"]
    again: bool


@dataclass
class Chain:
    """The whole thread, or only what runs through the node at the place that is `chosen`."""

    thread: Thread
    chosen_place: str = ""

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every row of the thread by its place, stage after stage."""
        thread = self.thread
        return {
            node.place: node
            for nodes in (
                map(self._customer, thread.customers.values()),
                map(self._need, thread.needs.values()),
                map(self._deliverable, thread.deliverables.values()),
                map(self._metric, thread.metrics.values()),
                map(self._action, thread.actions.values()),
            )
            for node in nodes
        }

    @property
    def chosen(self) -> Node | None:
        return self.nodes.get(self.chosen_place)

    @cached_property
    def downstream(self) -> dict[str, list[str]]:
        """What follows from each place: needs, deliverables, metrics, actions."""
        thread, following = self.thread, defaultdict(list)
        for need in thread.needs.values():
            following[f"customer-{need.customer_id}"].append(need.place)
        for need, deliverables in thread.deliverables_of_need.items():
            following[f"need-{need}"] += [f"deliverable-{pk}" for pk in deliverables]
        for deliverable, customers in thread.customers_of_deliverable.items():
            for customer in sorted(customers):
                following[f"customer-{customer}"].append(f"deliverable-{deliverable}")
        for metric in thread.metrics.values():
            following[f"deliverable-{metric.deliverable_id}"].append(metric.place)
        for action in thread.actions.values():
            following[f"metric-{action.metric_id}"].append(action.place)
        return following

    @cached_property
    def upstream(self) -> dict[str, list[str]]:
        """What each place goes back to: the same links, read the other way."""
        leading = defaultdict(list)
        for place, followers in self.downstream.items():
            for follower in followers:
                leading[follower].append(place)
        return leading

    @cached_property
    def places(self) -> Collection[str]:
        """The places that are shown."""
        if self.chosen is None:
            return self.nodes
        through = reached(self.chosen_place, self.upstream) | reached(self.chosen_place, self.downstream)
        return through & self.nodes.keys()

    @cached_property
    def columns(self) -> list[ColumnOfNodes]:
        shown = [node for node in self.nodes.values() if node.place in self.places]
        return [
            ColumnOfNodes(label, [node for node in shown if node.kind == kind])
            for kind, label in COLUMNS.items()
        ]

    @cached_property
    def sentence(self) -> str:
        """The chain through the chosen node in words."""
        customers, needs, deliverables, metrics, actions = (column.nodes for column in self.columns)
        return " ".join(
            _(clause) % {"names": names_of(nodes)} if nodes else without
            for nodes, clause, without in (
                (customers, _("For %(names)s:"), _("For nobody:")),
                (needs, "%(names)s,", _("no need is named,")),
                (deliverables, _("answered by %(names)s,"), _("answered by no deliverable,")),
                (metrics, _("measured by %(names)s;"), _("measured by nothing;")),
                (actions, _("action: %(names)s."), _("no action is open.")),
            )
        )

    @cached_property
    def outline(self) -> list[Branch]:
        """The thread as a nested list. What hangs on a node that stands in it twice is listed once."""
        listed, shown = set(), set(self.places)
        roots = [place for place in self.nodes if place in shown and shown.isdisjoint(self.upstream[place])]
        return [self._branch(place, listed) for place in roots]

    @cached_property
    def gaps_by_step(self) -> list[tuple[Step, list[Gap]]]:
        return [(step, gaps) for step, gaps in self.thread.gaps_by_step.items() if gaps]

    def _branch(self, place: str, listed: set[str]) -> Branch:
        followers = [each for each in self._outlined(place) if each in self.places]
        again = place in listed and bool(followers)
        listed.add(place)
        return Branch(
            self.nodes[place], [] if again else [self._branch(each, listed) for each in followers], again
        )

    def _outlined(self, place: str) -> list[str]:
        """What follows from a place, without the deliverables that are reached through a need anyway."""
        followers = self.downstream.get(place, [])
        through = {each for follower in followers for each in self.downstream.get(follower, ())}
        return [each for each in dict.fromkeys(followers) if each not in through]

    @cached_property
    def _gaps_at(self) -> dict[str, list[Gap]]:
        found = defaultdict(list)
        for gap in self.thread.gaps:
            found[gap.at].append(gap)
        return found

    def _node(self, line: Line, kind: str, mend_url: str, **shown) -> Node:
        return Node(line.place, kind, str(line), mend_url, gaps=tuple(self._gaps_at[line.place]), **shown)

    def _customer(self, customer) -> Node:
        page = f"{self.thread.page('drivers')}customers/{customer.pk}/edit/"
        return self._node(customer, "customer", page, is_driver=customer.pk in self.thread.drivers)

    def _need(self, need) -> Node:
        return self._node(need, "need", f"{self.thread.page('needs')}needs/{need.pk}/edit/")

    def _deliverable(self, deliverable) -> Node:
        page = f"{self.thread.page('drivers')}deliverables/{deliverable.pk}/edit/"
        objections = tuple(self.thread.objections_to(deliverable.pk))
        return self._node(deliverable, "deliverable", page, objections=objections)

    def _metric(self, metric) -> Node:
        page = f"{self.thread.page('metrics')}metrics/{metric.pk}/edit/"
        owner = (_("owner: %(name)s") % {"name": metric.owner},) if metric.owner else ()
        return self._node(metric, "metric", page, verdict=Verdict(metric.verdict), notes=owner)

    def _action(self, action) -> Node:
        page = f"{self.thread.page('plan')}actions/{action.pk}/edit/"
        due = write_due(action.due, late=action.is_late(self.thread.today))
        return self._node(action, "action", page, notes=(action.who, due, str(Status(action.status).label)))


def reached(start: str, links: dict[str, list[str]]) -> set[str]:
    """Every place that the links lead to from the start, and the start itself."""
    found, waiting = {start}, [start]
    while waiting:
        for place in links.get(waiting.pop(), ()):
            if place not in found:
                found.add(place)
                waiting.append(place)
    return found


def names_of(nodes: Iterable[Node]) -> str:
    """The nodes by name as a sentence lists them, metrics with their verdict."""
    return listed(
        [WITH_VERDICT[node.verdict] % {"metric": node.text} if node.verdict else node.text for node in nodes]
    )
