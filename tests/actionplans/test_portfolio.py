"""The portfolio: how the units below an organization stand, and which of them a person sees."""

import re
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.utils import timezone

from actionplans.index import Total
from actionplans.portfolio import Portfolio, Unit, order_named
from metrics.models import Verdict
from metrics.split import Split
from tests import factories
from victory.models import Organization

PORTFOLIO = "/o/enfield/portfolio/"


@pytest.fixture
def unit(organization, viewer):
    """A unit in which the viewer is a member, unless said otherwise."""

    def unit(name, parent=organization, *, member=True, active=True):
        new = factories.OrganizationFactory(name=name, slug=name.lower().replace(" ", "-"), parent=parent)
        if member:
            factories.MemberFactory(organization=new, user=viewer.user, active=active)
        return new

    return unit


def metric_in(organization, verdict=Verdict.MET, **fields):
    """A metric measured today against 90 %, that answers the need of a new driver."""
    metric = factories.MetricFactory(organization=organization, **fields)
    translation = factories.TranslationFactory(organization=organization, deliverable=metric.deliverable)
    customer = translation.need.customer
    factories.DriverChoiceFactory(organization=organization, customer=customer)
    factories.ScoreFactory(organization=organization, customer=customer, value=5)
    factories.TargetFactory(organization=organization, metric=metric)
    if verdict != Verdict.NOT_MEASURED:
        value = {Verdict.MET: 95, Verdict.NOT_MET: 45}[verdict]
        factories.MeasurementFactory(
            organization=organization, metric=metric, value=value, date=timezone.localdate()
        )
    return metric


def rows(client, by="", path=PORTFOLIO):
    """The texts of each row of the table, from the top."""
    table = client.get(path, {"by": by} if by else {}).text.partition("<table")[2].partition("</table>")[0]
    found = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody")[2], flags=re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in found]


def names_in(rows):
    return [row.partition(" company")[0] for row in rows]


def names(client, by=""):
    return names_in(rows(client, by))


def test_portfolio_shows_how_each_unit_stands(unit, viewer):
    sales = unit("Sales")
    metric_in(sales)
    missed = metric_in(sales, Verdict.NOT_MET)
    metric_in(sales, Verdict.NOT_MEASURED, begins_on=date(2018, 1, 1))
    yesterday = timezone.localdate() - timedelta(days=1)
    for due, status in ((yesterday, "planned"), (yesterday, "done"), (timezone.localdate(), "planned")):
        factories.ActionFactory(organization=sales, metric=missed, due=due, status=status)

    [row] = rows(viewer)

    assert row == "Sales company 1 of 3 1 met, 1 not met, 1 not measured 75 1 1"
    html = viewer.get(PORTFOLIO).text
    assert 'href="/o/sales/dashboard/"' in html and 'href="/o/sales/index/"' in html
    assert '<rect class="met" x="0.0" width="33.33"' in html
    assert '<rect class="not-met" x="33.33" width="33.33"' in html


def test_portfolio_index_is_that_of_the_unit_itself(unit, viewer):
    for name, verdict in (("Sales", Verdict.NOT_MET), ("Billing", Verdict.MET)):
        metric_in(unit(name), verdict)
    unit("Empty")

    found = {row.partition(" ")[0]: row for row in rows(viewer)}

    assert "0 of 1 1 not met 50 0 0" in found["Sales"] and "1 of 1 1 met 100 0 0" in found["Billing"]
    assert "no metrics yet – 0 0" in found["Empty"]


def test_portfolio_accepts_a_deviation_on_the_day_of_the_unit(unit, viewer):
    sales = unit("Sales")
    Organization.objects.filter(pk=sales.pk).update(time_zone="Pacific/Kiritimati")
    sales.refresh_from_db()
    missed = metric_in(sales, Verdict.NOT_MET)
    factories.DeviationFactory(
        organization=sales, metric=missed, holds_from=sales.today, holds_until=sales.today
    )
    unit("Billing")

    assert "1 accepted" in viewer.get(PORTFOLIO).text


def test_portfolio_counts_an_action_late_by_the_day_of_the_unit(unit, viewer):
    east, west = unit("East"), unit("West")
    Organization.objects.filter(pk=east.pk).update(time_zone="Pacific/Kiritimati")
    Organization.objects.filter(pk=west.pk).update(time_zone="Pacific/Niue")
    east.refresh_from_db()
    for each in (east, west):
        factories.ActionFactory(organization=each, due=east.today - timedelta(days=1))

    late = {row.partition(" ")[0]: row.split()[-2] for row in rows(viewer)}

    assert late == {"East": "1", "West": "0"}


def standing(name, *, met=1, missed=1, attained=50, late=0, stale=0):
    return Unit(
        name=name,
        kind="company",
        url="",
        index_url="",
        portfolio_url="",
        place=[],
        split=Split.of([Verdict.MET] * met + [Verdict.NOT_MET] * missed),
        index=Total(None if attained is None else Fraction(attained)),
        late=late,
        stale=stale,
    )


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("met", ["none met", "late", "low index", "stale", "all met", "empty"]),
        ("index", ["low index", "all met", "late", "none met", "stale", "empty"]),
        ("late", ["late", "stale", "all met", "empty", "low index", "none met"]),
        ("stale", ["stale", "late", "all met", "empty", "low index", "none met"]),
        ("name", ["all met", "empty", "late", "low index", "none met", "stale"]),
    ],
)
def test_order_puts_the_worst_first_and_what_has_nothing_to_go_by_last(by, names):
    units = [
        standing("stale", late=1, stale=5),
        standing("empty", met=0, missed=0, attained=None),
        standing("all met", missed=0),
        standing("late", late=5, stale=1),
        standing("none met", met=0),
        standing("low index", attained=10),
    ]

    assert [unit.name for unit in Portfolio(units, order_named(by)).units] == names


def test_portfolio_is_in_the_order_of_the_address(unit, viewer):
    metric_in(unit("Sales"))
    factories.ActionFactory(organization=unit("Zoo"), due=date(2024, 1, 1))
    metric_in(unit("Billing"), Verdict.NOT_MET)

    assert names(viewer) == names(viewer, "nonsense") == ["Billing", "Zoo", "Sales"]
    assert names(viewer, "late") == ["Zoo", "Billing", "Sales"]
    html = viewer.get(PORTFOLIO, {"by": "late"}).text
    assert "most actions late first" in html
    assert '<a href="?by=late#units" aria-current="true">' in html


def test_portfolio_sums_all_units_up(unit, viewer):
    sales, billing = unit("Sales"), unit("Billing")
    for each, verdict in ((sales, Verdict.MET), (billing, Verdict.NOT_MET)):
        factories.ActionFactory(organization=each, metric=metric_in(each, verdict), due=date(2024, 1, 1))

    html = viewer.get(PORTFOLIO).text

    assert re.findall(r"<strong>([^<]+)</strong>", html) == ["1 of 2 met", "50–100", "2", "0"]
    assert "1 met, 1 not met" in html and "How 2 units below Enfield stand" in html


def test_portfolio_says_where_a_unit_stands_and_leads_to_its_own(unit, viewer):
    sales = unit("Sales")
    counter = unit("Counter", parent=unit("Shop", parent=sales))

    assert rows(viewer, "name")[0].startswith("Sales › Shop › Counter company")
    html = viewer.get(PORTFOLIO).text
    assert 'href="/o/sales/portfolio/"' in html and f'href="/o/{counter.slug}/portfolio/"' not in html
    assert names_in(rows(viewer, "name", "/o/sales/portfolio/")) == ["Shop › Counter", "Shop"]


@pytest.fixture
def hidden(unit):
    """All that the viewer may not see, each with a metric, a late action and a name of its own."""
    stranger = factories.OrganizationFactory(name="Foreign")
    found = [
        unit("Elsewhere", member=False),
        unit("Former", active=False),
        unit("Abroad", parent=stranger),
        stranger,
    ]
    for each in found:
        metric = metric_in(each, Verdict.NOT_MET, measured_by="hidden metric")
        factories.ActionFactory(organization=each, metric=metric, due=date(2024, 1, 1))
    return found


def test_portfolio_shows_nothing_of_units_in_which_one_is_no_member(unit, viewer, hidden):
    metric_in(unit("Sales"))

    html = viewer.get(PORTFOLIO).text

    assert names(viewer) == ["Sales"]
    assert not [each.name for each in hidden if each.name in html or each.slug in html]
    assert re.findall(r"<strong>([^<]+)</strong>", html) == ["1 of 1 met", "100", "0", "0"]


def test_portfolio_does_not_name_what_stands_between(unit, viewer):
    deep = unit("Counter", parent=unit("Shop", parent=unit("Secret", member=False)))

    assert rows(viewer, "name")[0].startswith("… › Shop › Counter company")
    assert "Secret" not in viewer.get(PORTFOLIO).text and deep.name in viewer.get(PORTFOLIO).text


def test_portfolio_is_each_persons_own(unit, viewer, manager):
    unit("Sales")

    assert names(viewer) == ["Sales"] and names(manager) == []


def test_portfolio_without_units_says_who_sees_them(viewer, hidden):
    html = viewer.get(PORTFOLIO).text

    assert "There is no unit below this organization of which you are a member." in html


def test_portfolio_of_a_circle_comes_to_an_end(organization, unit, viewer):
    sales = unit("Sales")
    Organization.objects.filter(pk=organization.pk).update(parent=sales)

    assert names(viewer) == ["Sales"]


@pytest.mark.parametrize("units", [1, 3, 200])
def test_portfolio_takes_the_same_queries_however_many_units(
    organization, viewer, django_assert_num_queries, units
):
    made = factories.many(factories.OrganizationFactory, units, parent=organization)
    factories.many(factories.MemberFactory, units, organization=made, user=viewer.user)
    for each in made[:20]:
        factories.ActionFactory(organization=each, metric=metric_in(each, Verdict.NOT_MET))

    with django_assert_num_queries(10):
        viewer.get(PORTFOLIO)
    with django_assert_num_queries(5):  # nothing of it changed
        viewer.get(PORTFOLIO)


def test_portfolio_is_another_once_a_unit_is(unit, viewer):
    one, other = unit("One"), unit("Other")
    metric_in(one)
    metric_in(other)
    before = rows(viewer)

    metric_in(one, Verdict.NOT_MET)
    after = rows(viewer)
    assert after != before and "1 of 2" in " ".join(after)

    other.name = "Another"
    other.save()
    assert "Another" in " ".join(rows(viewer))


def test_portfolio_is_in_the_language_of_whoever_looks(unit, viewer):
    factories.ActionFactory(organization=unit("One"), due=date(2020, 1, 1))
    assert rows(viewer) == rows(viewer)
    british = viewer.get(PORTFOLIO, headers={"Accept-Language": "en-gb"}).text
    assert 'lang="en-gb"' in british
