"""What the units of one house promise each other: who sees what of whom, and who answers."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from customers.models import Answer, Delivery
from metrics.models import Metric
from tests import factories
from tests.forms import form_to
from victory.tenancy import Role, organization_scope

PAGE = "/o/enfield/promised/"


@pytest.fixture
def house(organization):
    house = factories.OrganizationFactory(name="The house")
    organization.parent = house
    organization.save()
    return house


@pytest.fixture
def billing(house):
    """The unit that delivers to the one under test."""
    return factories.OrganizationFactory(name="Billing", slug="billing", parent=house, currency="GBP")


@pytest.fixture
def us(billing, organization):
    """The unit under test, as Billing's customer."""
    return factories.CustomerFactory(organization=billing, name="Enfield team", unit=organization)


@pytest.fixture
def bills(us, billing):
    """A deliverable that Billing promises, met at 95 of at least 90 %."""
    bills = factories.DeliverableFactory(organization=billing, name="Monthly bills")
    factories.DeliveryFactory(organization=billing, deliverable=bills, customer=us)
    metric = factories.MetricFactory(organization=billing, deliverable=bills, measured_by="bills right")
    factories.TargetFactory(organization=billing, metric=metric)
    factories.MeasurementFactory(organization=billing, metric=metric)
    return bills


def say(client, deliverable, stance="agree", sentence="This is what we need.", said_on=""):
    address = f"{PAGE}{deliverable.pk}/answer/"
    shown = form_to(address, client.get(PAGE, {"answer": deliverable.pk}).text)
    typed = {"stance": stance, "sentence": sentence, "said_on": said_on or timezone.localdate()}
    return client.post(address, shown | typed)


def answers(billing) -> list[tuple]:
    with organization_scope(billing):
        return list(Answer.objects.values_list("agrees", "sentence"))


def test_promise_is_shown_with_its_figure_target_and_verdict(viewer, bills):
    page = viewer.get(PAGE).text

    assert "Billing" in page and "Monthly bills" in page and "bills right" in page
    assert "<b>95\N{NO-BREAK SPACE}%</b>" in page and "target ≥\N{NO-BREAK SPACE}90" in page
    assert 'class="verdict met"' in page


def test_deviation_that_the_supplier_accepted_shows_as_accepted(viewer, bills, billing):
    with organization_scope(billing):
        metric = bills.metrics.get()
    factories.MeasurementFactory(
        organization=billing, metric=metric, date=date(2026, 3, 31), value=Decimal(50)
    )
    today = timezone.localdate()
    factories.DeviationFactory(
        organization=billing, metric=metric, holds_from=today, holds_until=today + timedelta(days=1)
    )

    assert 'class="verdict accepted"' in viewer.get(PAGE).text


def test_deliverable_for_a_need_of_ours_is_promised_too(viewer, us, billing):
    need = factories.NeedFactory(organization=billing, customer=us, text="One bill a month")
    reports = factories.DeliverableFactory(organization=billing, name="Reports")
    factories.TranslationFactory(organization=billing, need=need, deliverable=reports)

    page = viewer.get(PAGE).text

    assert "Reports" in page and "for our need: One bill a month" in page


def test_nothing_else_of_the_supplier_is_shown(viewer, bills, us, billing):
    secret = {"organization": billing}
    other = factories.CustomerFactory(name="Secret customer", **secret)
    need = factories.NeedFactory(customer=other, text="Secret need", **secret)
    factories.TranslationFactory(need=need, deliverable=bills, **secret)
    factories.DeliveryFactory(deliverable=bills, customer=other, **secret)
    theirs = factories.DeliverableFactory(name="Secret deliverable", **secret)
    factories.DeliveryFactory(deliverable=theirs, customer=other, **secret)
    factories.MetricFactory(deliverable=theirs, measured_by="Secret metric", **secret)
    factories.AnswerFactory(
        delivery=factories.DeliveryFactory(customer=other, **secret), sentence="Secret answer", **secret
    )
    with organization_scope(billing):
        metric = bills.metrics.get()
    owner = factories.MemberFactory(name="Secret owner", **secret)
    factories.OwnershipFactory(metric=metric, member=owner, **secret)
    factories.ActionFactory(metric=metric, what="Secret action", who=owner, **secret)
    factories.MeasurementFactory(metric=metric, date=date(2026, 2, 1), by=owner, note="Secret note", **secret)

    page = viewer.get(PAGE).text

    assert "Monthly bills" in page
    assert "Secret" not in page
    assert "/o/billing/" not in page


def test_other_organizations_show_nothing(viewer, bills, organization):
    stranger = factories.OrganizationFactory(name="Strangers", slug="strangers")
    named = factories.CustomerFactory(organization=stranger, unit=organization)
    factories.DeliveryFactory(
        organization=stranger,
        customer=named,
        deliverable=factories.DeliverableFactory(organization=stranger, name="Foreign deliverable"),
    )

    page = viewer.get(PAGE).text

    assert "Monthly bills" in page
    assert "Foreign deliverable" not in page and "Strangers" not in page


def test_unit_that_left_the_house_sees_and_answers_no_more(contributor, bills, organization, billing):
    organization.parent = None
    organization.save()

    assert "Monthly bills" not in contributor.get(PAGE).text
    assert say(contributor, bills).status_code == 404
    assert answers(billing) == []


def test_supplier_is_a_link_for_its_members(viewer, bills, billing):
    factories.MemberFactory(organization=billing, user=viewer.user)

    assert '<a href="/o/billing/promised/">Billing</a>' in viewer.get(PAGE).text


def test_answer_is_kept_in_the_suppliers_workbook(contributor, bills, billing):
    response = say(contributor, bills, "object", "Two weeks are too late.")

    assert response.status_code == 302 and "#promise-" in response.url
    with organization_scope(billing):
        answer = Answer.objects.get()
    assert (answer.organization, answer.agrees, answer.sentence) == (
        billing,
        False,
        "Two weeks are too late.",
    )
    assert (answer.said_by, answer.said_on) == (contributor.user.name, timezone.localdate())
    assert "Two weeks are too late." in contributor.get(PAGE).text


def test_answers_are_added_and_the_newest_stands(contributor, bills, billing):
    say(contributor, bills, "object", "Too late.", "2026-01-05")
    say(contributor, bills, "agree", "Better now.", "2026-02-05")

    assert set(answers(billing)) == {(False, "Too late."), (True, "Better now.")}
    page = contributor.get(PAGE).text
    assert page.index("Better now.") < page.index("1 earlier answer") < page.index("Too late.")


def test_answer_dated_before_the_one_that_stands_is_refused(contributor, bills, billing):
    say(contributor, bills, "object", "Too late.", "2026-02-05")

    response = say(contributor, bills, "agree", "Kept text", "2026-02-04")

    assert response.status_code == 200 and "Kept text" in response.text
    assert "Your answer of Feb. 5, 2026 stands." in response.text
    assert answers(billing) == [(False, "Too late.")]


def test_unit_that_follows_as_the_customer_is_not_told_what_the_one_before_said(
    contributor, bills, us, billing, house
):
    say(contributor, bills, "object", "Too late.")
    payroll = factories.OrganizationFactory(name="Payroll", slug="payroll", parent=house)
    us.unit = payroll
    with organization_scope(billing):
        us.save()
    for unit in (payroll, billing):
        factories.MemberFactory(organization=unit, user=contributor.user, role=Role.CONTRIBUTOR)

    page = contributor.get("/o/payroll/promised/").text
    assert "Monthly bills" in page and "not answered yet" in page and "Too late." not in page

    given = contributor.get("/o/billing/promised/").text.partition('id="given"')[2]
    now, before = given.split("</table>")
    assert "Payroll" in now and "not answered yet" in now and "Too late." not in now
    assert "1 answer by a unit that was the customer before" in before
    assert "Enfield" in before and "Monthly bills" in before and "Too late." in before
    with organization_scope(billing):
        assert not Answer.objects.standing().exists()

    answer = {"stance": "agree", "sentence": "Fine for us.", "said_on": "2020-01-01"}
    contributor.post(f"/o/payroll/promised/{bills.pk}/answer/", answer)
    with organization_scope(billing):
        assert [each.sentence for each in Answer.objects.standing()] == ["Fine for us."]


def test_what_was_said_before_units_were_kept_is_of_the_unit_that_is_the_customer(
    contributor, bills, billing, organization
):
    say(contributor, bills)
    with organization_scope(billing):
        Answer.objects.update(unit=None)
        import_module("customers.migrations.0003_answers_by_unit").name_units(apps, None)

        assert Answer.objects.get().unit == organization


def test_answer_that_is_sent_twice_is_said_once(contributor, bills, billing):
    for stance in ("agree", "agree", "object", "agree"):
        say(contributor, bills, stance)

    assert [agrees for agrees, _sentence in answers(billing)] == [True, False, True]


def test_agreeing_takes_no_sentence(contributor, bills, billing):
    assert say(contributor, bills, "agree", "").status_code == 302
    assert answers(billing) == [(True, "")]


@pytest.mark.parametrize(
    ("stance", "sentence", "said_on", "message"),
    [
        ("object", " ", "", "Say in a sentence what is missing."),
        ("", "Kept text", "", "This field is required."),
        ("agree", "Kept text", "2999-01-01", "This day is still to come."),
        ("agree", "Kept text", "1899-12-31", "This day is long before any answer."),
        ("agree", "Kept text", "soon", "Enter a valid date."),
        ("agree", "x" * 301, "", "at most 300 characters"),
        ("agree", "Kept \x00 text", "", "Null characters are not allowed."),
    ],
)
def test_bad_answer_is_told_and_loses_nothing(
    contributor, bills, billing, stance, sentence, said_on, message
):
    response = say(contributor, bills, stance, sentence, said_on)

    assert response.status_code == 200 and message in response.text
    assert "Kept text" not in sentence or "Kept text" in response.text
    assert answers(billing) == []


def test_promise_to_another_unit_is_not_found(contributor, bills, billing, house):
    sister = factories.OrganizationFactory(parent=house)
    theirs = factories.CustomerFactory(organization=billing, unit=sister)
    delivery = factories.DeliveryFactory(organization=billing, customer=theirs)

    assert say(contributor, delivery.deliverable).status_code == 404
    assert answers(billing) == []


def test_viewer_cannot_answer(viewer, bills, billing):
    assert say(viewer, bills).status_code == 403
    assert "<form" not in viewer.get(f"{PAGE}?answer={bills.pk}").text.split("<main")[1].split("</main>")[0]


def test_form_opens_for_the_promise_that_is_asked_for(contributor, bills):
    page = contributor.get(f"{PAGE}?answer={bills.pk}").text

    assert f'action="{PAGE}{bills.pk}/answer/"' in page
    assert f'value="{timezone.localdate():%Y-%m-%d}"' in page


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 30, "٣"])
def test_form_asked_for_with_nonsense_stays_closed(contributor, bills, asked):
    response = contributor.get(PAGE, {"answer": asked})

    assert response.status_code == 200 and "Give this answer" not in response.text


def test_promise_through_a_need_becomes_a_delivery_with_the_first_answer(contributor, us, billing):
    need = factories.NeedFactory(organization=billing, customer=us)
    reports = factories.DeliverableFactory(organization=billing, name="Reports")
    factories.TranslationFactory(organization=billing, need=need, deliverable=reports)

    say(contributor, reports)
    say(contributor, reports, "object", "Too short.")

    with organization_scope(billing):
        delivery = Delivery.objects.get()
        version = reports.version
        reports.refresh_from_db()
    assert (delivery.deliverable, delivery.customer) == (reports, us)
    assert reports.version == version + 1
    assert len(answers(billing)) == 2


def test_supplier_sees_what_it_promises_and_the_answer(sign_in, bills, billing, contributor):
    say(contributor, bills, "object", "Two weeks are too late.")
    factories.MemberFactory(organization=billing, user=contributor.user)

    page = contributor.get("/o/billing/promised/").text

    given = page[page.index('id="given"') :]
    assert "Enfield" in given and "Monthly bills" in given and "1 met" in given
    assert "objects" in given and "Two weeks are too late." in given


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_page_asks_the_database_the_same_number_of_times(
    viewer, house, organization, django_assert_num_queries, rows
):
    suppliers = factories.many(factories.OrganizationFactory, rows, parent=house)
    for givers, receivers in ((suppliers, organization), (organization, suppliers)):
        by = {"number": rows, "organization": givers}
        customers = factories.many(factories.CustomerFactory, unit=receivers, **by)
        deliverables = factories.many(factories.DeliverableFactory, **by)
        given = {"customer": customers, "deliverable": deliverables}
        deliveries = factories.many(factories.DeliveryFactory, **given, **by)
        factories.many(factories.AnswerFactory, delivery=deliveries, **by)
        needs = factories.many(factories.NeedFactory, customer=customers, **by)
        factories.many(factories.TranslationFactory, need=needs, deliverable=deliverables, **by)
        metrics = factories.many(factories.MetricFactory, deliverable=deliverables, **by)
        targets = factories.many(factories.TargetFactory, metric=metrics, **by)
        judged = {"judged_by": targets, "verdict": "met"}
        latest = factories.many(factories.MeasurementFactory, metric=metrics, **judged, **by)
        for metric, measurement in zip(metrics, latest, strict=True):
            metric.latest, metric.verdict = measurement, measurement.verdict
        Metric._base_manager.bulk_update(metrics, ["latest", "verdict"])

    with django_assert_num_queries(24):
        viewer.get(PAGE)
