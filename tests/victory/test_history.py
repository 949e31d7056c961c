"""What became of a row, on a page, and the way back to an earlier state."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from actionplans.models import Action
from customers.models import Customer, Need
from metrics.models import Measurement, Metric, Target
from metrics.worksheets import METRICS, TARGETS
from tests import factories
from victory import undo
from victory.forgetting import forget
from victory.models import AuditEntry, CustomerRight, FocusStatement, Member
from victory.past import kind_of, kinds
from victory.process import EDITING
from victory.tables import RIGHTS
from victory.tenancy import Role


def history(row, **query) -> str:
    return reverse("history", args=[row.organization.slug, kind_of(type(row)), row.pk], query=query)


def state(row, number: int) -> str:
    """The page that brings back what the row was, counted from its first state."""
    record = row.history.order_by("history_id")[number]
    return reverse("history-state", args=[row.organization.slug, kind_of(type(row)), row.pk, record.pk])


def bring_back(client, row, number: int):
    return press(client, client.get(state(row, number)))


def press(client, answer):
    """Press the button of the page that brings an earlier state back."""
    page = answer.text
    form = page[page.index('<form method="post" action="', page.index("would-title")) :]
    address = re.search(r'action="([^"]+)"', form)[1]
    form = form[: form.index("</form>")]
    fields = re.findall(r'<input type="hidden" name="(?!csrf)([^"]+)"(?: value="([^"]*)")?', form)
    return client.post(address, dict(fields))


def read(client, row, **query) -> str:
    """The changes on the page, without markup."""
    page = client.get(history(row, **query)).text
    main = re.sub(r"<[^>]+>", " ", page[page.index('id="changes-title"') :])
    return " ".join(main.split())


@pytest.fixture
def right(scoped):
    right = factories.CustomerRightFactory(organization=scoped, text="a short wait")
    right.text = "no wait"
    right.save()
    return right


def test_every_kind_of_row_has_a_word_and_says_how_it_is_edited():
    hidden = {model for model in kinds().values() if model.history_role is None}
    assert {"metric", "need", "customer-right", "focus-statement"} <= set(kinds())
    assert set(EDITING) == set(kinds().values()) - hidden


def test_changes_are_told_from_and_to_the_newest_first(viewer, right):
    text = read(viewer, right)
    assert text.index("a short wait → no wait") < text.index("added")
    assert "A customer has the right to" in text


def test_change_says_who_made_it_by_the_name_they_have_now(manager, viewer, scoped):
    manager.post(RIGHTS.address(scoped), {"text": "a short wait"})
    member = manager.user.memberships.get()
    member.name = "Robin Now"
    member.save()
    assert "Robin Now" in read(viewer, CustomerRight.objects.get())


def test_save_that_changed_nothing_is_not_shown(viewer, right):
    before = read(viewer, right).count("changed")
    right.save()
    assert read(viewer, right).count("changed") == before


def test_choices_days_and_other_rows_are_told_in_words(viewer, scoped):
    anna, bob = (factories.MemberFactory(organization=scoped, name=name) for name in ("Anna", "Bob"))
    action = factories.ActionFactory(organization=scoped, who=anna, due=date(2026, 12, 1))
    action.who, action.due, action.status = bob, date(2026, 12, 24), "under-way"
    action.earns_loyalty = True
    action.save()
    text = read(viewer, action)
    assert "Anna → Bob" in text
    assert "Dec. 1, 2026 → Dec. 24, 2026" in text
    assert "planned → under way" in text
    assert "Does it earn their loyalty? yes" in text


def test_row_that_was_pointed_to_and_is_gone_keeps_its_last_name(viewer, scoped):
    group = factories.CustomerGroupFactory(organization=scoped, name="Passers-by")
    customer = factories.CustomerFactory(organization=scoped, group=group)
    customer.group = None
    customer.save()
    group.delete()
    assert "Passers-by" in read(viewer, customer)


def test_figures_are_written_in_the_unit_they_had_then(viewer, scoped):
    metric = factories.MetricFactory(organization=scoped)
    target = factories.TargetFactory(organization=scoped, metric=metric, low=Decimal(90))
    target.low = Decimal(95)
    target.save()
    metric.unit = "duration"
    Metric.save(metric)
    assert "90 % → 95 %" in read(viewer, target)


def test_long_texts_are_compared_word_by_word(viewer, scoped):
    draft = factories.FocusStatementFactory(
        organization=scoped, statement="We answer everybody who calls us within three rings, day and night."
    )
    draft.statement = draft.statement.replace("three", "two")
    draft.save()
    page = viewer.get(history(draft)).text
    assert "<del> three</del><ins> two</ins>" in page


def test_deleted_row_has_its_history_and_leads_to_recently_deleted(manager, viewer, right, scoped):
    undo.delete(CustomerRight.objects.get(), by=manager.user.memberships.get())
    page = manager.get(history(right)).text
    assert "no wait" in page and "deleted" in read(manager, right)
    assert reverse("deleted", args=["enfield"]) in page
    assert "Bring it back" not in page
    assert viewer.get(history(right)).status_code == 200


def test_row_that_was_put_back_says_so(viewer, right, scoped):
    member = factories.MemberFactory(organization=scoped)
    undo.put_back(undo.delete(CustomerRight.objects.get(), by=member))
    text = read(viewer, right)
    assert text.index("put back") < text.index("deleted") < text.index("added")


@pytest.mark.parametrize("kind", ["nonsense", "user", "audit-entry", "own-score"])
def test_kind_that_has_no_history_is_not_found(kind, sign_in, scoped):
    row = factories.OwnScoreFactory(organization=scoped)
    admin = sign_in(Role.ADMIN)
    assert admin.get(f"/o/enfield/history/{kind}/{row.pk}/").status_code == 404


def test_row_that_never_was_is_not_found(viewer, organization):
    assert viewer.get("/o/enfield/history/need/123456/").status_code == 404


def test_history_of_a_person_is_read_by_admins_alone(manager, sign_in, scoped):
    member = factories.MemberFactory(organization=scoped, email="anna@example.org")
    assert manager.get(history(member)).status_code == 404
    assert "anna@example.org" in sign_in(Role.ADMIN).get(history(member)).text


def test_history_is_shown_in_pages(viewer, right):
    for number in range(30):
        right.text = f"version {number}."
        right.save()
    text = read(viewer, right)
    assert "version 29." in text and "version 9." in text and "version 8. →" not in text
    earlier = re.search(r"\?before=(\d+)", viewer.get(history(right)).text)[1]
    text = read(viewer, right, before=earlier)
    assert "no wait" in text and "version 29." not in text


@pytest.mark.parametrize("changes", [1, 3, 15])
def test_history_asks_the_database_the_same_number_of_times(
    viewer, scoped, django_assert_num_queries, changes
):
    metric = factories.MetricFactory(organization=scoped)
    figure = factories.MeasurementFactory(organization=scoped, metric=metric)
    for value in range(changes):
        figure.value = Decimal(value)
        figure.by = factories.MemberFactory(organization=scoped)
        figure.save()
    viewer.get(history(figure))
    with django_assert_num_queries(14):
        viewer.get(history(figure))


# Bringing back


def test_earlier_state_is_brought_back_as_one_more_change(manager, right):
    answer = bring_back(manager, right, 0)
    assert answer.status_code == 302
    right.refresh_from_db()
    assert right.text == "a short wait"
    assert right.history.count() == 3
    entry = AuditEntry.objects.get()
    assert (entry.count, entry.route) == (1, "rights-edit")


def test_page_says_what_would_change(manager, right):
    page = manager.get(state(right, 0)).text
    assert re.search(r"<del>no wait</del>.*<ins>a short wait</ins>", page, re.DOTALL)


def test_state_that_stands_now_is_not_brought_back(manager, right):
    page = manager.get(state(right, 1)).text
    assert "it stands like this now" in page and "Bring it back" not in page


def test_earlier_state_is_not_brought_back_over_somebody_elses_change(manager, right):
    page = manager.get(state(right, 0))
    right.text = "a kind word"
    right.save()
    answer = press(manager, page)
    right.refresh_from_db()
    assert right.text == "a kind word"
    assert "a short wait" in answer.text and "a kind word" in answer.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR])
def test_role_below_that_of_the_rows_edit_is_offered_no_way_back(role, sign_in, right):
    client = sign_in(role)
    assert "Bring back" not in client.get(history(right)).text
    assert '<form method="post" action="/o/enfield/focus' not in client.get(state(right, 0)).text


def test_contributor_brings_a_figure_back(contributor, scoped):
    figure = factories.MeasurementFactory(organization=scoped, value=Decimal(80), note="guessed")
    figure.value, figure.note = Decimal("90.5"), ""
    figure.save()
    bring_back(contributor, figure, 0)
    figure = Measurement.objects.get()
    assert (figure.value, figure.note) == (80, "guessed")


def test_target_that_changes_verdicts_asks_before_it_is_back(manager, scoped):
    metric = factories.MetricFactory(organization=scoped)
    target = factories.TargetFactory(organization=scoped, metric=metric, low=Decimal(90), reason="")
    factories.MeasurementFactory(organization=scoped, metric=metric, value=Decimal(85))
    target.low = Decimal(80)
    target.save()
    answer = bring_back(manager, target, 0)
    assert answer.status_code == 200
    assert "Nothing is kept yet" in answer.text and "at least 90 %" in answer.text
    assert Target.objects.get().low == 80


def test_state_that_is_invalid_now_opens_the_edit_page_with_its_values(manager, right, scoped):
    factories.CustomerRightFactory(organization=scoped, text="A short wait")
    answer = bring_back(manager, right, 0)
    assert answer.status_code == 200
    assert "This right is on the list already." in answer.text and 'value="a short wait"' in answer.text


def test_draft_is_brought_back(manager, scoped):
    draft = factories.FocusStatementFactory(organization=scoped, statement="One.\nTwo “three” & four.")
    draft.statement = "Five."
    draft.save()
    page = manager.get(state(draft, 0)).text
    assert reverse("focus-save", args=["enfield"]) in page
    bring_back(manager, draft, 0)
    assert FocusStatement.objects.get().statement.startswith("One.\nTwo “three”")


def test_rows_that_are_settled_say_why(manager, scoped):
    adopted = factories.FocusStatementFactory(organization=scoped, adopted_on=date(2026, 1, 1))
    closed = factories.close(factories.ReviewFactory(organization=scoped))
    score = factories.ScoreFactory(organization=scoped)
    for row, sentence in (
        (adopted, "An adopted revision never changes again."),
        (closed, "The review is closed"),
        (score, "A score is written in its grid."),
    ):
        for page in (manager.get(history(row)).text, manager.get(state(row, 0)).text):
            assert sentence in page and "Bring it back" not in page


@pytest.mark.parametrize("model", EDITING, ids=kind_of)
def test_history_of_every_kind_is_told(model, sign_in, scoped):
    """From nothing to all that a filled row holds."""
    factories.a_row_of_every_model(scoped, text="as they said")
    row = model.objects.get() if model is not Member else Member.objects.first()
    assert "added" in read(sign_in(Role.ADMIN), row)


@pytest.mark.parametrize("model", [m for m, editing in EDITING.items() if editing.form], ids=kind_of)
def test_earlier_state_of_every_kind_stands_ready(model, sign_in, scoped):
    """Each has a form that can be filled with what it was, and an address that takes it."""
    row = factories.a_row_of_every_model(scoped)[model]
    admin = sign_in(Role.ADMIN)
    row.save()
    answer = admin.get(state(row, 0))
    assert answer.status_code == 200
    assert "it stands like this now" in answer.text, "its form would change something that did not change"


def test_state_of_another_row_is_not_found(manager, right, scoped):
    other = factories.CustomerRightFactory(organization=scoped)
    address = state(right, 0).replace(f"/{right.pk}/", f"/{other.pk}/", 1)
    assert manager.get(address).status_code == 404


def test_member_is_brought_back_by_an_admin(sign_in, scoped):
    admin = sign_in(Role.ADMIN)
    member = factories.MemberFactory(organization=scoped, name="Robin", role=Role.VIEWER)
    member.name, member.role = "Robyn", Role.MANAGER
    member.save()
    assert f'href="{history(member)}"' in admin.get(f"/o/enfield/people/{member.pk}/").text
    bring_back(admin, member, 0)
    member.refresh_from_db()
    assert (member.name, member.role) == ("Robin", Role.VIEWER)


def test_history_of_a_forgotten_member_leads_to_the_people(sign_in, scoped):
    admin = sign_in(Role.ADMIN)
    member = factories.MemberFactory(organization=scoped)
    forget(member=member, by=Member.objects.get(user=admin.user))
    page = admin.get(history(member)).text
    assert 'href="/o/enfield/people/"' in page and "Nothing says any longer who this was" in page


def test_action_is_brought_back_with_who_carries_it_out(manager, scoped):
    anna, bob = (factories.MemberFactory(organization=scoped, name=name) for name in ("Anna", "Bob"))
    action = factories.ActionFactory(organization=scoped, who=anna, due=date(2026, 12, 1))
    action.who, action.due = bob, date(2026, 12, 24)
    action.save()
    bring_back(manager, action, 0)
    action = Action.objects.get()
    assert (action.who, action.due) == (anna, date(2026, 12, 1))


def test_history_is_linked_from_where_rows_are_opened(manager, scoped):
    rows = factories.a_row_of_every_model(scoped)
    metric, need, figure = rows[Metric], rows[Need], rows[Measurement]
    for address, row in (
        (f"{METRICS.address(scoped)}{metric.pk}/edit/", metric),
        (f"{TARGETS.address(scoped)}{rows[Target].pk}/edit/", rows[Target]),
        (metric.get_absolute_url(), metric),
        (rows[Action].get_absolute_url(), rows[Action]),
        (reverse("figure", args=["enfield", figure.pk]), figure),
        (reverse("needs-edit", args=["enfield", need.pk]), need),
        (reverse("customers-edit", args=["enfield", rows[Customer].pk]), rows[Customer]),
        (reverse("focus", args=["enfield"]), rows[FocusStatement]),
    ):
        assert f'href="{history(row)}"' in manager.get(address).text, address
