from datetime import date, timedelta

import pytest
from django.utils import timezone

from actionplans.models import Action, Status
from metrics.models import Metric, Verdict
from tests import factories
from victory.models import Member

PLAN = "/o/enfield/plan/"


def missed(organization, **fields):
    metric = factories.MetricFactory(organization=organization, **fields)
    factories.TargetFactory(organization=organization, metric=metric)
    factories.MeasurementFactory(organization=organization, metric=metric, value=50)
    return Metric.objects.get(pk=metric.pk)


def typed(metric, **fields):
    fields = {"what": "Second desk", "who": "Ana Costa", "due": "2030-01-31", "status": "planned"} | fields
    return {"metric": metric.pk, **fields}


def in_order(html, *texts):
    return sorted(texts, key=html.index) == list(texts)


def test_plan_lists_every_metric_not_met_first(scoped, viewer):
    met = factories.MetricFactory(organization=scoped, measured_by="is met")
    factories.TargetFactory(organization=scoped, metric=met)
    factories.MeasurementFactory(organization=scoped, metric=met)
    factories.MetricFactory(organization=scoped, measured_by="is not measured")
    missed(scoped, measured_by="is missed")

    page = viewer.get(PLAN).text.partition('id="owners"')[2]

    assert in_order(page, "is missed", "is not measured", "is met")


def test_plan_names_the_deliverables_of_metrics_that_are_measured_alike(scoped, viewer):
    for name in ("Letters", "Calls"):
        deliverable = factories.DeliverableFactory(organization=scoped, name=name)
        factories.MetricFactory(organization=scoped, deliverable=deliverable, measured_by="Answered in time")
    page = viewer.get(PLAN).text.partition('id="owners"')[2]

    for name in ("Letters", "Calls"):
        assert f'Answered in time</a><p class="note">{name}</p>' in page


def test_plan_marks_a_missed_metric_until_it_has_an_open_action(scoped, manager):
    metric = missed(scoped)
    gap = f'<a href="{PLAN}?metric={metric.pk}#actions-add">no action is planned</a>'
    assert gap in manager.get(PLAN).text

    action = factories.ActionFactory(organization=scoped, metric=metric)
    assert gap not in manager.get(PLAN).text

    action.status = Status.DROPPED
    action.save()
    assert gap in manager.get(PLAN).text


def test_plan_tells_a_contributor_of_a_missing_action_without_a_link(scoped, contributor):
    missed(scoped)

    assert '<span class="gap-mark">no action is planned</span>' in contributor.get(PLAN).text


def test_plan_opened_from_a_gap_has_the_metric_chosen_already(scoped, manager):
    metric = missed(scoped)

    assert f'<option value="{metric.pk}" selected>' in manager.get(f"{PLAN}?metric={metric.pk}").text


def test_plan_offers_metrics_with_their_verdict_not_met_first(scoped, manager):
    factories.MetricFactory(organization=scoped, measured_by="second")
    missed(scoped, measured_by="first", deliverable__name="Helpline", deliverable__organization=scoped)

    page = manager.get(PLAN).text

    assert "Not met: first (Helpline)</option>" in page
    assert in_order(page, "Not met: first", "Not measured: second")


def test_action_added_with_a_new_name_makes_a_member_and_says_so(scoped, manager):
    metric = missed(scoped)

    page = manager.post(f"{PLAN}actions/", typed(metric), follow=True).text

    action = Action.objects.get()
    assert (action.what, action.who.name, action.due) == ("Second desk", "Ana Costa", date(2030, 1, 31))
    assert action.who.user is None
    assert "Ana Costa is new here" in page


def test_action_edited_keeps_who_is_typed_as_they_were(scoped, manager_htmx):
    ana = factories.MemberFactory(organization=scoped, name="Ana Costa", active=False)
    action = factories.ActionFactory(organization=scoped, who=ana)
    address = f"{PLAN}actions/{action.pk}/edit/"
    assert 'value="Ana Costa"' in manager_htmx.get(address).text

    manager_htmx.post(address, typed(action.metric, status="done", version=action.version))

    action.refresh_from_db()
    assert (action.who, action.status) == (ana, "done")
    assert action.done_on == timezone.localdate()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"due": "2031-02-30"}, "Enter a valid date."),
        ({"due": "2203-01-31"}, "This day is more than 50 years away."),
        ({"who": ""}, "This field is required."),
        ({"what": "x" * 301}, "at most 300 characters"),
        ({"status": "soon"}, "is none of these"),
    ],
)
def test_action_with_a_fault_says_so_beside_the_field_and_makes_nobody(scoped, manager, fault, sentence):
    members = Member.objects.count()

    page = manager.post(f"{PLAN}actions/", typed(missed(scoped)) | fault)

    assert page.status_code == 200
    assert sentence in page.text
    assert 'value="Second desk"' in page.text or "what" in fault
    assert not Action.objects.exists()
    assert Member.objects.count() == members


def test_action_for_a_metric_of_another_organization_is_refused(scoped, manager):
    theirs = factories.MetricFactory()

    manager.post(f"{PLAN}actions/", typed(theirs))

    assert not Action.objects.exists()


def test_actions_pasted_make_members_only_once_they_are_taken(scoped, manager):
    metric = missed(scoped, measured_by="Calls answered")
    address = f"{PLAN}actions/paste/"
    cells = "Metric\tAction\tWho\tWhen\tStatus\ncalls answered\tSecond desk\tAna Costa\t2030-01-31\tunder way"
    preview = manager.post(address, {"text": cells})
    assert "Jan. 31, 2030" in preview.text
    assert not Member.objects.filter(name="Ana Costa").exists()

    columns = {f"column-{n}": name for n, name in enumerate(("metric", "what", "who", "due", "status"))}
    page = manager.post(
        address, {"text": cells, "take": "1", "columns": "5", "heading": "on"} | columns, follow=True
    )

    action = Action.objects.get()
    assert (action.metric, action.who.name, action.status) == (metric, "Ana Costa", Status.UNDER_WAY)
    assert "Ana Costa is new here" in page.text


def test_actions_stand_open_ones_by_their_day_then_those_that_are_over(scoped, viewer):
    for what, due, status in (
        ("over", date(2020, 1, 1), Status.DONE),
        ("later", date(2031, 1, 1), Status.PLANNED),
        ("sooner", date(2030, 1, 1), Status.BLOCKED),
    ):
        factories.ActionFactory(organization=scoped, what=f"it is {what}", due=due, status=status)

    assert in_order(viewer.get(PLAN).text, "it is sooner", "it is later", "it is over")


def test_action_past_its_day_is_called_late_while_it_is_open(scoped, viewer):
    yesterday = timezone.localdate() - timedelta(days=1)
    action = factories.ActionFactory(organization=scoped, due=yesterday)
    assert '<span class="late">late</span>' in viewer.get(PLAN).text

    action.status = Status.DONE
    action.save()
    assert '<span class="late">late</span>' not in viewer.get(PLAN).text


def test_actions_cannot_be_moved_by_hand(scoped, manager):
    first, _second = (factories.ActionFactory(organization=scoped) for _ in range(2))

    assert "Reorder Action Plan" not in manager.get(PLAN).text
    assert "Move " not in manager.get(f"{PLAN}?reorder=actions").text
    assert manager.post(f"{PLAN}actions/{first.pk}/move/", {"to": "down"}).status_code == 404


def set_status(client, action, status, version=None):
    version = action.version if version is None else version
    address = f"{PLAN}actions/{action.pk}/status/"
    return client.post(address, {"status": status, "version": version}, follow=True)


def test_contributor_says_how_far_their_own_action_has_come(scoped, contributor):
    me = Member.objects.get(user=contributor.user)
    action = factories.ActionFactory(organization=scoped, who=me)
    assert f'action="{PLAN}actions/{action.pk}/status/"' in contributor.get(PLAN).text

    page = set_status(contributor, action, "under-way")

    action.refresh_from_db()
    assert action.status == Status.UNDER_WAY
    assert "is now under way." in page.text


def test_contributor_cannot_change_the_action_of_somebody_else(scoped, contributor, manager):
    action = factories.ActionFactory(organization=scoped)

    assert f'action="{PLAN}actions/{action.pk}/status/"' not in contributor.get(PLAN).text
    assert set_status(contributor, action, "done").status_code == 403
    assert set_status(manager, action, "done").status_code == 200
    assert Action.objects.get().status == Status.DONE


def test_status_changed_by_somebody_else_meanwhile_is_said_and_kept(scoped, manager):
    action = factories.ActionFactory(organization=scoped)
    shown = action.version
    action.status = Status.BLOCKED
    action.save()

    page = set_status(manager, action, "done", version=shown)

    assert Action.objects.get().status == Status.BLOCKED
    assert "to blocked meanwhile" in page.text


def test_status_that_does_not_exist_is_refused(scoped, manager):
    action = factories.ActionFactory(organization=scoped)

    assert "is none of these" in set_status(manager, action, "soon").text
    assert Action.objects.get().status == Status.PLANNED


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_plan_takes_the_same_queries_however_many_rows(scoped, manager, django_assert_num_queries, rows):
    me = Member.objects.get(user=manager.user)
    by = {"number": rows, "organization": scoped}
    deliverables = factories.many(factories.DeliverableFactory, **by)
    metrics = factories.many(factories.MetricFactory, deliverable=deliverables, **by)
    owners = factories.many(factories.MemberFactory, **by)
    factories.many(factories.OwnershipFactory, metric=metrics, member=owners, **by)
    factories.many(factories.ActionFactory, metric=metrics, who=me, **by)
    assert Metric.objects.filter(verdict=Verdict.NOT_MEASURED).count() == rows

    with django_assert_num_queries(10):
        manager.get(PLAN)
