"""The page of all actions: a list and a board of the same, late first, filtered by the address."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from actionplans.models import Action, Status
from tests import factories
from victory.models import Member

ACTIONS = "/o/enfield/actions/"
BOARD = f"{ACTIONS}?view=board"


def shown(html):
    """What the part of the page with the actions says, without the filters above it."""
    return html.partition('id="action-list"')[2]


def in_order(html, *texts):
    return sorted(texts, key=html.index) == list(texts)


def action(organization, what, **fields):
    return factories.ActionFactory(organization=organization, what=f"it is {what}", **fields)


def missed(organization, **fields):
    metric = factories.MetricFactory(organization=organization, **fields)
    factories.TargetFactory(organization=organization, metric=metric)
    factories.MeasurementFactory(organization=organization, metric=metric, value=50)
    return metric


@pytest.mark.parametrize("view", [ACTIONS, BOARD])
def test_actions_say_who_when_and_how_the_metric_stands(scoped, viewer, view):
    late = timezone.localdate() - timedelta(days=3)
    mine = action(scoped, "late", metric=missed(scoped, measured_by="calls answered"), due=late)

    page = shown(viewer.get(view).text)

    assert f'<a href="{ACTIONS}{mine.pk}/"' in page
    assert mine.who.name in page and '<span class="late">late</span>' in page
    assert "calls answered" in page and '<span class="verdict not-met">' in page


def test_actions_show_the_verdict_as_of_today(scoped, viewer):
    metric, today = missed(scoped), timezone.localdate()
    factories.DeviationFactory(organization=scoped, metric=metric, holds_from=today, holds_until=today)
    action(scoped, "planned", metric=metric)

    assert '<span class="verdict accepted">' in viewer.get(ACTIONS).text


@pytest.mark.parametrize("view", [ACTIONS, BOARD])
def test_actions_put_off_say_so(scoped, viewer, view):
    put_off = action(scoped, "put off", due=date(2030, 5, 12))
    assert "put off once" not in viewer.get(view).text

    for day in (date(2030, 6, 1), date(2030, 7, 1)):
        put_off.due = day
        put_off.save()

    assert "put off twice, first promised for May 12, 2030" in viewer.get(view).text


@pytest.mark.parametrize("view", [ACTIONS, BOARD])
def test_actions_name_the_review_that_decided_them(scoped, viewer, view):
    review = factories.ReviewFactory(organization=scoped, on=date(2026, 3, 3))
    action(scoped, "decided", decided_in=review)

    link = f'decided in: <a href="/o/enfield/reviews/{review.pk}/">review of March 3, 2026</a>'
    assert link in viewer.get(view).text


def test_list_has_late_ones_first_and_the_latest_that_are_over_last(scoped, viewer):
    today = timezone.localdate()
    action(scoped, "done long ago", status=Status.DONE, done_on=today - timedelta(days=90))
    action(scoped, "done", status=Status.DONE, done_on=today)
    action(scoped, "due later", due=today + timedelta(days=9))
    action(scoped, "due today", due=today)
    action(scoped, "late", due=today - timedelta(days=1), status=Status.BLOCKED)

    page = shown(viewer.get(ACTIONS).text)

    assert in_order(
        page, "it is late", "it is due today", "it is due later", "it is done<", "it is done long"
    )


def test_board_has_a_pile_for_each_status(scoped, viewer):
    for status in Status:
        action(scoped, status.value, status=status)

    page = viewer.get(BOARD).text

    for status in Status:
        pile = page.partition(f'data-pile="{status}"')[2].partition("</section>")[0]
        assert [each for each in Status if f"it is {each}<" in pile] == [status]


@pytest.mark.parametrize("view", [ACTIONS, BOARD])
def test_actions_that_are_over_are_shown_up_to_ten_until_all_are_asked_for(scoped, viewer, view):
    for n in range(12):
        action(scoped, f"done {n:02}", status=Status.DONE, done_on=date(2026, 1, 1) + timedelta(days=n))

    page = viewer.get(view).text
    assert "it is done 11" in page and "it is done 01" not in page
    assert "Show 2 more that are over" in page

    with_all = viewer.get(f"{view}{'&' if '?' in view else '?'}all=1").text
    assert "it is done 00" in with_all and "more that are over" not in with_all


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("late=yes", {"late"}),
        ("status=blocked", {"blocked"}),
        ("answers=unanswered", {"late", "half"}),
        ("answers=no-key", {"neither", "blocked"}),
        ("answers=no-loyalty", {"neither", "half"}),
        ("answers=neither", {"neither"}),
        ("answers=both", {"both"}),
        ("status=nonsense", {"late", "blocked", "neither", "half", "both"}),
    ],
)
@pytest.mark.parametrize("view", ["list", "board"])
def test_actions_are_filtered_by_the_address(scoped, viewer, asked, kept, view):
    action(scoped, "late", due=date(2020, 1, 1))
    action(scoped, "blocked", status=Status.BLOCKED, key_to_success=False, earns_loyalty=True)
    action(scoped, "neither", key_to_success=False, earns_loyalty=False)
    action(scoped, "half", earns_loyalty=False)
    action(scoped, "both", key_to_success=True, earns_loyalty=True)

    page = shown(viewer.get(f"{ACTIONS}?view={view}&{asked}").text)

    names = {"late", "blocked", "neither", "half", "both"}
    assert {name for name in names if f"it is {name}<" in page} == kept


@pytest.mark.parametrize("name", ["who", "metric", "deliverable"])
def test_actions_are_filtered_by_what_they_belong_to(scoped, viewer, name):
    chosen, _other = action(scoped, "this"), action(scoped, "that")
    metric, deliverable = chosen.metric, chosen.metric.deliverable
    row, words = {
        "who": (chosen.who, f"Who: {chosen.who}"),
        "metric": (metric, f"Customer metric: {metric} · {deliverable}"),
        "deliverable": (deliverable, f"Deliverable: {deliverable}"),
    }[name]

    page = viewer.get(f"{ACTIONS}?{name}={row.pk}").text

    assert "it is this" in shown(page) and "it is that" not in shown(page)
    assert f"<b>{words}</b>" in page


def test_actions_keep_their_filters_when_the_view_changes(scoped, viewer):
    action(scoped, "late", due=date(2020, 1, 1))

    page = viewer.get(f"{ACTIONS}?late=yes&other=1").text

    assert 'href="?late=yes&amp;view=board"' in page


def test_actions_that_fit_no_filter_say_so(scoped, viewer):
    action(scoped, "planned")

    assert "No action fits these filters." in viewer.get(f"{ACTIONS}?status=done").text


def test_actions_before_there_is_one_lead_to_the_plan(scoped, viewer):
    assert "No action is planned yet." in viewer.get(ACTIONS).text


def test_actions_count_what_is_open_late_and_unanswered(scoped, viewer):
    action(scoped, "late", due=date(2020, 1, 1), key_to_success=True)
    action(scoped, "answered", key_to_success=True, earns_loyalty=False)
    action(scoped, "unanswered")
    action(scoped, "over", status=Status.DONE)

    page = viewer.get(ACTIONS).text

    assert "3 open actions, 1 late." in page
    assert '<a href="?view=list&amp;answers=unanswered">2 are not put to both questions yet.</a>' in page


def test_actions_all_answered_leave_the_count_out(scoped, viewer):
    action(scoped, "answered", key_to_success=True, earns_loyalty=True)

    assert "both questions yet" not in viewer.get(ACTIONS).text


@pytest.mark.parametrize("view", [ACTIONS, BOARD])
def test_action_that_nobody_would_miss_is_marked(scoped, viewer, view):
    asked = action(scoped, "asked", key_to_success=False, earns_loyalty=True)
    assert "would not miss it." not in viewer.get(view).text

    asked.earns_loyalty = False
    asked.save()

    assert "Our customer would not miss it." in viewer.get(view).text


@pytest.mark.parametrize("view", [ACTIONS, BOARD])
def test_actions_are_updated_by_those_who_may(scoped, viewer, contributor, manager, view):
    own = action(scoped, "mine", who=Member.objects.get(user=contributor.user))
    other = action(scoped, "of somebody else")

    def forms(client):
        page = client.get(view).text
        return [
            each.what
            for each in (own, other)
            if f'action="/o/enfield/plan/actions/{each.pk}/status/"' in page
            and f'action="{ACTIONS}{each.pk}/answers/"' in page
        ]

    assert forms(viewer) == []
    assert forms(contributor) == ["it is mine"]
    assert forms(manager) == ["it is mine", "it is of somebody else"]


def test_card_moved_without_javascript_returns_to_the_board_and_says_so(scoped, manager):
    moved = action(scoped, "moved")
    typed = {"status": "blocked", "version": moved.version, "page": f"{BOARD}&late=yes"}

    response = manager.post(f"/o/enfield/plan/actions/{moved.pk}/status/", typed)
    assert response.url == f"{BOARD}&late=yes"

    page = manager.get(response.url).text
    assert "“it is moved” is now blocked." in page.partition('role="status"')[2]


def answer(client, asked, key="yes", loyalty="no", **fields):
    typed = {"key_to_success": key, "earns_loyalty": loyalty, "version": asked.version} | fields
    return client.post(f"{ACTIONS}{asked.pk}/answers/", {"page": ACTIONS} | typed, follow=True)


def test_answers_are_kept_and_said(scoped, contributor):
    asked = action(scoped, "asked", who=Member.objects.get(user=contributor.user))

    page = answer(contributor, asked).text

    asked.refresh_from_db()
    assert asked.answers == (True, False)
    assert asked.moves == 0
    assert "key to their success:\N{NO-BREAK SPACE}yes; earns their loyalty:\N{NO-BREAK SPACE}no" in page


def test_answers_can_be_taken_back(scoped, manager):
    asked = action(scoped, "asked", key_to_success=True, earns_loyalty=True)

    answer(manager, asked, key="unanswered", loyalty="yes")

    asked.refresh_from_db()
    assert asked.answers == (None, True)


def test_answers_for_the_action_of_somebody_else_are_refused(scoped, contributor):
    asked = action(scoped, "asked")

    assert answer(contributor, asked).status_code == 403
    assert Action.objects.get().answers == (None, None)


def test_answers_given_by_somebody_else_meanwhile_are_said_and_kept(scoped, manager):
    asked = action(scoped, "asked")
    before = asked.version
    asked.key_to_success = False
    asked.save()

    page = answer(manager, asked, version=before).text

    assert Action.objects.get().answers == (False, None)
    assert "changed “it is asked” meanwhile. It says: key to their success:\N{NO-BREAK SPACE}no" in page


def test_answer_that_does_not_exist_is_refused(scoped, manager):
    asked = action(scoped, "asked")

    assert "is none of these" in answer(manager, asked, key="perhaps").text
    assert Action.objects.get().answers == (None, None)


def test_answers_for_an_action_deleted_meanwhile_say_so(scoped, manager):
    asked = action(scoped, "asked")
    Action.objects.get().delete()

    assert "deleted by somebody else" in answer(manager, asked).text


PLAN = "/o/enfield/plan/"


def as_typed(metric, **fields):
    typed = {
        "metric": metric.pk,
        "what": "Second desk",
        "who": "Ana",
        "due": "2030-01-31",
        "status": "planned",
    }
    return typed | fields


def test_plan_asks_the_two_questions_of_a_new_action(scoped, manager):
    page = manager.get(PLAN).text
    assert "Would our customer call it a key to their success?" in page
    assert "Does it earn their loyalty?" in page

    answers = {"key_to_success": "yes", "earns_loyalty": "unanswered"}
    page = manager.post(f"{PLAN}actions/", as_typed(missed(scoped)) | answers, follow=True).text

    assert Action.objects.get().answers == (True, None)
    assert "key to their success:\N{NO-BREAK SPACE}yes" in page


def test_plan_says_what_somebody_else_answered_in_words(scoped, manager):
    asked = action(scoped, "asked", key_to_success=True)
    typed = as_typed(asked.metric, key_to_success="no", earns_loyalty="unanswered", version=asked.version - 1)

    page = manager.post(f"{PLAN}actions/{asked.pk}/edit/", typed).text

    assert "<b>Now stored:</b> yes</p>" in page
    assert Action.objects.get().answers == (True, None)


def test_plan_takes_pasted_answers_and_refuses_others(scoped, manager):
    metric = missed(scoped, measured_by="calls answered")
    lines = ["Metric\tAction\tWho\tWhen\tKey to their success\tLoyalty"]
    lines += [f"{metric}\t{what}\tAna\t2030-01-31\t{key}\t{loyalty}" for what, key, loyalty in (
        ("A", "Yes", "no"), ("B", "", "not answered yet"), ("C", "perhaps", "no"))]  # fmt: skip
    names = ("metric", "what", "who", "due", "key_to_success", "earns_loyalty")
    columns = {f"column-{n}": name for n, name in enumerate(names)}
    columns |= {"columns": "6", "heading": "on", "take": "1", "all-status": "planned"}

    page = manager.post(f"{PLAN}actions/paste/", {"text": "\n".join(lines)} | columns).text

    taken = {each.what: each.answers for each in Action.objects.all()}
    assert taken == {"A": (True, False), "B": (None, None)}
    assert "“perhaps” is none of these" in page


def test_plan_leads_to_the_actions_and_to_each_of_them(scoped, viewer):
    one = action(scoped, "planned")

    page = viewer.get(PLAN).text

    assert f'href="{ACTIONS}"' in page and f'href="{BOARD}"' in page
    assert f'<a href="{ACTIONS}{one.pk}/">it is planned</a>' in page


def test_action_is_linked_from_its_metric_and_the_dashboard(scoped, viewer):
    to_do = action(scoped, "to do", metric=missed(scoped))
    done = action(scoped, "done", metric=to_do.metric, status=Status.DONE)

    metric_page = viewer.get(f"/o/enfield/metrics/{to_do.metric.pk}/").text

    assert all(f'<a href="{ACTIONS}{each.pk}/">' in metric_page for each in (to_do, done))
    assert f'<a href="../actions/{to_do.pk}/">it is to do</a>' in viewer.get("/o/enfield/dashboard/").text


@pytest.mark.parametrize("view", [ACTIONS, BOARD])
@pytest.mark.parametrize("rows", [1, 3, 300])
def test_actions_take_the_same_queries_however_many_rows(
    scoped, manager, django_assert_num_queries, rows, view
):
    review = factories.ReviewFactory(organization=scoped)
    by = {"number": rows, "organization": scoped}
    deliverables = factories.many(factories.DeliverableFactory, **by)
    metrics = factories.many(factories.MetricFactory, deliverable=deliverables, **by)
    members = factories.many(factories.MemberFactory, **by)
    factories.many(factories.ActionFactory, metric=metrics, who=members, decided_in=review, **by)

    with django_assert_num_queries(5):
        manager.get(view)
