"""Putting an action off is counted, and its history says by whom and from when to when."""

from datetime import date

import pytest

from actionplans.changes import changes_of
from actionplans.days import write_moves
from actionplans.models import Action, Status
from tests import factories
from victory import undo
from victory.models import Member

PLAN = "/o/enfield/plan/"
FIRST, LATER = date(2030, 5, 12), date(2030, 6, 1)


def as_typed(action, **fields):
    return {
        "metric": action.metric_id,
        "what": action.what,
        "who": action.who.name,
        "due": action.due.isoformat(),
        "status": action.status,
        "version": action.version,
    } | fields


def edit(client, action, **fields):
    action.refresh_from_db()
    return client.post(f"{PLAN}actions/{action.pk}/edit/", as_typed(action, **fields))


def counted(action):
    action.refresh_from_db()
    return action.moves, action.first_due


@pytest.fixture
def action(scoped):
    return factories.ActionFactory(organization=scoped, due=FIRST)


def test_action_is_first_promised_for_the_day_it_is_added_with(action):
    assert counted(action) == (0, FIRST)
    assert write_moves(action) == ""


def test_action_put_off_is_counted_each_time(action, manager):
    edit(manager, action, due="2030-06-01")
    assert counted(action) == (1, FIRST)
    assert write_moves(action) == "put off once, first promised for May 12, 2030"

    edit(manager, action, due="2030-07-01")
    assert counted(action) == (2, FIRST)
    assert write_moves(action) == "put off twice, first promised for May 12, 2030"

    edit(manager, action, due="2030-08-01")
    assert write_moves(Action.objects.get()) == "put off 3 times, first promised for May 12, 2030"


def test_action_brought_forward_is_not_counted(action, manager):
    edit(manager, action, due="2030-05-01")

    assert counted(action) == (0, FIRST)


def test_action_changed_on_its_day_is_not_counted(action, manager):
    edit(manager, action, what="Third desk")
    action.refresh_from_db()
    manager.post(f"{PLAN}actions/{action.pk}/status/", {"status": "done", "version": action.version})

    assert counted(action) == (0, FIRST)
    assert action.status == Status.DONE


def test_action_put_off_before_this_was_counted_begins_with_the_day_it_has(action, manager):
    Action.objects.update(first_due=None)

    edit(manager, action, due="2030-06-01")

    assert counted(action) == (1, FIRST)


def test_actions_pasted_are_promised_for_their_day(scoped, manager):
    factories.MetricFactory(organization=scoped, measured_by="Calls answered")
    cells = "Metric\tAction\tWho\tWhen\nCalls answered\tSecond desk\tAna Costa\t2030-05-12"
    columns = {f"column-{n}": name for n, name in enumerate(("metric", "what", "who", "due"))}
    columns |= {"columns": "4", "heading": "on", "take": "1", "all-status": "planned"}

    manager.post(f"{PLAN}actions/paste/", {"text": cells} | columns)

    assert counted(Action.objects.get()) == (0, FIRST)


def test_action_put_back_keeps_its_count(action, scoped):
    action.due = LATER
    action.save()

    undo.put_back(undo.delete(action, by=factories.MemberFactory(organization=scoped)))

    assert counted(Action.objects.get()) == (1, FIRST)


def test_action_put_back_with_its_metric_keeps_its_count(action, scoped):
    action.due = LATER
    action.save()

    undo.put_back(undo.delete(action.metric, by=factories.MemberFactory(organization=scoped)))

    assert counted(Action.objects.get()) == (1, FIRST)


def told(action):
    return [(change.by, change.sentences) for change in changes_of(action)]


def test_changes_say_each_move_and_who_made_it(action, manager):
    edit(manager, action, due="2030-06-01")
    edit(manager, action, due="2030-05-20", status="under-way")

    by = manager.user.name
    assert told(action) == [
        (by, ["Brought forward from June 1, 2030 to May 20, 2030.", "Status: planned → under way"]),
        (by, ["Put off from May 12, 2030 to June 1, 2030."]),
        ("", ["Promised for May 12, 2030."]),
    ]


def test_changes_name_people_answers_and_words(action, manager, scoped):
    before, metric = action.who, factories.MetricFactory(organization=scoped, measured_by="chats answered")
    measured_by = action.metric.measured_by
    edit(
        manager,
        action,
        who="Ana Costa",
        what="Third desk",
        metric=metric.pk,
        key_to_success="no",
        earns_loyalty="unanswered",
    )

    (_by, sentences), _first = told(action)
    assert sentences == [
        f"Who: {before} → Ana Costa",
        f"Metric: {measured_by} → chats answered",
        f"Action: {action.what} → Third desk",
        "Answered: key to their success:\N{NO-BREAK SPACE}no.",
    ]


def test_changes_of_somebody_deleted_since_are_still_told(action, manager):
    before = action.who
    edit(manager, action, who="Ana Costa")
    Member.objects.get(pk=before.pk).delete()

    assert told(action)[0][1] == ["Who: no longer here → Ana Costa"]


def test_changes_leave_out_a_save_that_changed_nothing(action):
    action.save()

    assert len(told(action)) == 1


def test_changes_tell_that_it_was_deleted_and_put_back(action, scoped):
    back = undo.put_back(undo.delete(action, by=factories.MemberFactory(organization=scoped)))

    assert [sentences for _by, sentences in told(back)] == [
        ["Put back."],
        ["Deleted."],
        ["Promised for May 12, 2030."],
    ]
