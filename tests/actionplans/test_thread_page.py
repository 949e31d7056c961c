import re

import pytest

from tests import factories
from victory.tenancy import Role

THREAD = "/o/enfield/thread/"


@pytest.fixture
def residents_thread(scoped):
    """Residents, a driver, need a short wait, which the helpline answers; calls answered are missed."""
    residents = factories.CustomerFactory(organization=scoped, name="Residents")
    factories.DriverChoiceFactory(organization=scoped, customer=residents)
    need = factories.NeedFactory(organization=scoped, customer=residents, text="A short wait")
    helpline = factories.DeliverableFactory(organization=scoped, name="Helpline")
    factories.TranslationFactory(organization=scoped, need=need, deliverable=helpline)
    metric = factories.MetricFactory(organization=scoped, deliverable=helpline, measured_by="calls answered")
    factories.TargetFactory(organization=scoped, metric=metric)
    factories.MeasurementFactory(organization=scoped, metric=metric, value=50)
    ana = factories.MemberFactory(organization=scoped, name="Ana Costa")
    factories.OwnershipFactory(organization=scoped, metric=metric, member=ana)
    action = factories.ActionFactory(organization=scoped, metric=metric, what="Second desk", who=ana)
    return {"customer": residents, "need": need, "deliverable": helpline, "metric": metric, "action": action}


@pytest.fixture
def another_thread(scoped):
    """Businesses, with a need and a deliverable of their own."""
    need = factories.NeedFactory(
        organization=scoped, text="A clear bill", customer__name="Businesses", customer__organization=scoped
    )
    return factories.TranslationFactory(
        organization=scoped, need=need, deliverable__name="Billing", deliverable__organization=scoped
    )


def shown(client, at=""):
    """The names of the rows that stand in the columns."""
    return re.findall(r'class="name"[^>]*>([^<]+)</a>', client.get(THREAD, {"at": at} if at else {}).text)


def test_thread_shows_every_row(viewer, residents_thread, another_thread):
    assert shown(viewer) == [
        *("Residents", "Businesses", "A short wait", "A clear bill"),
        *("Helpline", "Billing", "calls answered", "Second desk"),
    ]


@pytest.mark.parametrize("kind", ["customer", "need", "deliverable", "metric", "action"])
def test_thread_can_be_followed_from_any_row_both_ways(viewer, residents_thread, another_thread, kind):
    rows = shown(viewer, f"{kind}-{residents_thread[kind].pk}")

    assert rows == ["Residents", "A short wait", "Helpline", "calls answered", "Second desk"]


def test_thread_does_not_turn_back_on_its_way(scoped, viewer, residents_thread):
    """Another need of the same customer is no part of the chain through this one."""
    factories.NeedFactory(organization=scoped, customer=residents_thread["customer"], text="A friendly voice")

    assert "A friendly voice" not in shown(viewer, f"need-{residents_thread['need'].pk}")
    assert "A friendly voice" in shown(viewer, f"customer-{residents_thread['customer'].pk}")


def test_thread_reaches_a_customer_who_receives_without_a_named_need(scoped, viewer, residents_thread):
    factories.DeliveryFactory(
        organization=scoped, deliverable=residents_thread["deliverable"],
        customer__name="Visitors", customer__organization=scoped,
    )  # fmt: skip

    assert "Visitors" in shown(viewer, f"metric-{residents_thread['metric'].pk}")


def test_thread_says_the_chain_in_words_and_marks_what_was_chosen(manager, residents_thread):
    page = manager.get(THREAD, {"at": f"metric-{residents_thread['metric'].pk}"}).text

    assert (
        "For Residents: A short wait, answered by Helpline, measured by calls answered (not met);"
        " action: Second desk." in page
    )
    assert page.count('aria-current="true"') == 1
    assert f"/o/enfield/metrics/metrics/{residents_thread['metric'].pk}/edit/" in page


def test_thread_says_what_a_chain_lacks(scoped, viewer):
    report = factories.DeliverableFactory(organization=scoped, name="Report")

    page = viewer.get(THREAD, {"at": f"deliverable-{report.pk}"}).text

    assert "For nobody: no need is named, answered by Report, measured by nothing; no action is open." in page


@pytest.mark.parametrize("at", ["need-999999", "nonsense", "<b>"])
def test_thread_asked_for_what_is_not_there_says_so_and_shows_all(viewer, residents_thread, at):
    page = viewer.get(THREAD, {"at": at})

    assert "no longer in the workbook" in page.text
    assert "Residents" in page.text and "<b>" not in page.text.partition("<main")[2].partition("Only")[0]


def test_thread_marks_drivers_verdicts_owners_and_gaps_in_words(scoped, viewer, residents_thread):
    factories.NeedFactory(organization=scoped, customer=residents_thread["customer"], text="A friendly voice")

    page = viewer.get(THREAD).text

    assert '<span class="tag">driver</span>' in page
    assert "Not met</span>" in page
    assert "owner: Ana Costa" in page
    assert "… is a need no deliverable answers." in page


def test_thread_lists_all_gaps_with_the_way_to_mend_them(scoped, manager):
    need = factories.NeedFactory(organization=scoped, text="A short wait")

    gaps = manager.get(THREAD).text.partition('id="gaps"')[2]

    link = f'<a href="/o/enfield/needs/needs/{need.pk}/edit/">A short wait</a>'
    assert f"{link} is a need no deliverable answers." in gaps


@pytest.mark.parametrize(
    ("role", "mended"),
    [(Role.VIEWER, []), (Role.CONTRIBUTOR, ["performance"]), (Role.MANAGER, ["performance", "plan"])],
)
def test_gap_is_a_link_only_for_those_who_may_mend_it(scoped, sign_in, role, mended):
    metric = factories.MetricFactory(organization=scoped, measured_by="calls <answered>")

    page = sign_in(role).get(THREAD).text

    columns, _, gaps = page.partition('id="gaps"')
    links = {"performance": f"performance/#figure-{metric.pk}", "plan": f"plan/#owner-{metric.pk}"}
    assert [step for step, url in links.items() if f'"/o/enfield/{url}">… ' in columns] == mended
    assert [step for step, url in links.items() if f'"/o/enfield/{url}">calls' in gaps] == mended
    assert "… is not measured." in columns
    assert ("calls &lt;answered&gt; is not measured." in gaps) == ("performance" not in mended)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_gaps_of_metrics_that_are_measured_alike_name_their_deliverables(scoped, sign_in, role):
    for name in ("Letters", "Calls"):
        deliverable = factories.DeliverableFactory(organization=scoped, name=name)
        factories.MetricFactory(organization=scoped, deliverable=deliverable, measured_by="Answered in time")
    page = sign_in(role).get(THREAD).text.partition('id="gaps"')[2]

    for name in ("Letters", "Calls"):
        assert f'has no target. <span class="note">{name}</span>' in page


def test_thread_outline_lists_what_a_shared_deliverable_brings_once(scoped, viewer, residents_thread):
    second = factories.NeedFactory(organization=scoped, customer=residents_thread["customer"])
    factories.TranslationFactory(
        organization=scoped, need=second, deliverable=residents_thread["deliverable"]
    )

    outline = viewer.get(THREAD).text.partition('class="outline"')[2].partition('id="gaps"')[0]

    assert outline.count("Helpline") == 2
    assert outline.count("(as above)") == 1
    assert outline.count("calls answered") == 1


def test_thread_shows_text_as_text(scoped, viewer):
    factories.CustomerFactory(organization=scoped, name="<script>alert(1)</script>")

    assert "<script>alert" not in viewer.get(THREAD).text


def test_thread_of_another_organization_stays_there(viewer):
    theirs = factories.ActionFactory(what="Theirs")

    assert "Theirs" not in viewer.get(THREAD, {"at": f"action-{theirs.pk}"}).text


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_thread_takes_the_same_queries_however_many_rows(scoped, viewer, django_assert_num_queries, rows):
    by = {"number": rows, "organization": scoped}
    deliverables = factories.many(factories.DeliverableFactory, **by)
    metrics = factories.many(factories.MetricFactory, deliverable=deliverables, **by)
    members = factories.many(factories.MemberFactory, **by)
    factories.many(factories.ActionFactory, metric=metrics, who=members, **by)
    needs = factories.many(
        factories.NeedFactory, customer=factories.many(factories.CustomerFactory, **by), **by
    )
    factories.many(factories.TranslationFactory, need=needs, deliverable=deliverables, **by)

    with django_assert_num_queries(5):
        viewer.get(THREAD)


def test_objection_of_a_unit_that_stands_marks_its_deliverable(manager, organization):
    said = {"organization": organization, "agrees": False}
    delivery, taken_back = (
        factories.DeliveryFactory(
            organization=organization, customer__name=name, customer__unit=factories.OrganizationFactory()
        )
        for name in ("Billing", "Payroll")
    )
    factories.AnswerFactory(delivery=delivery, sentence="Two weeks are too late.", **said)
    factories.AnswerFactory(delivery=taken_back, sentence="Too short.", **said)
    factories.AnswerFactory(organization=organization, delivery=taken_back, said_on="2026-06-01")

    page = manager.get(THREAD).text

    mark = '<a href="/o/enfield/promised/#given">Billing objects: Two weeks are too late.</a>'
    assert mark in page and "Too short." not in page
