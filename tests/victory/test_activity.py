"""What happened: in the workbook for everybody, and the whole audit trail for admins."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.worksheets import CUSTOMERS
from tests import factories
from victory.activity import edit_in_words, line_of
from victory.models import AuditEntry, CustomerRight, Member
from victory.spreadsheets import read_file
from victory.tables import RIGHTS
from victory.tenancy import Role
from victory.trail import Event

ACTIVITY, AUDIT = "/o/enfield/activity/", "/o/enfield/audit/"


def an_entry(organization, **fields) -> AuditEntry:
    entry = AuditEntry(organization=organization, **({"event": Event.EDITED, "by": "Robin"} | fields))
    entry.save()
    return entry


def a_change(organization, verb="changed", kind="metrics.metric", label="Calls answered", **fields):
    rows = [{"verb": verb, "kind": kind, "key": 7, "label": label}]
    return an_entry(organization, rows=rows, **({"count": 1} | fields))


def words(client, address, **query) -> str:
    page = client.get(address, query).text
    main = page[page.index("</form>", page.index('class="filters')) : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", "", main).split())


# Activity


def test_edit_is_told_with_who_what_and_a_way_to_its_history(manager, viewer, scoped):
    manager.post(RIGHTS.address(scoped), {"text": "a short wait"})
    assert f"{manager.user} added the customer right “a short wait”" in words(viewer, ACTIVITY)
    address = reverse("history", args=["enfield", "customer-right", CustomerRight.objects.get().pk])
    assert f'href="{address}"' in viewer.get(ACTIVITY).text


@pytest.mark.parametrize(
    ("verb", "count", "sentence"),
    [
        ("added", 1, "added the metric “Calls answered”"),
        ("changed", 2, "changed the metric “Calls answered” and 1 more row"),
        ("deleted", 3, "deleted the metric “Calls answered” and 2 more rows"),
        ("put back", 1, "put back the metric “Calls answered”"),
    ],
)
def test_sentence_says_the_verb_and_how_many_more_rows(verb, count, sentence, viewer, organization):
    a_change(organization, verb, count=count)
    assert f"Robin {sentence}" in words(viewer, ACTIVITY)


def test_pasted_rows_are_one_line(manager, scoped):
    lines = "\n".join(f"Visitor {number}" for number in range(500))
    manager.post(f"{CUSTOMERS.address(scoped)}paste/", {"text": lines, "take": "yes"})
    assert "added the customer “Visitor 0” and 499 more rows" in words(manager, ACTIVITY)
    assert manager.get(ACTIVITY).text.count('class="time"') == 1


def test_days_are_those_of_the_organization(viewer, organization):
    a_change(organization, at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))  # it is the second in London
    text = words(viewer, ACTIVITY)
    assert "July 2, 2026" in text and "12:30 a.m." in text


def test_person_is_called_as_they_are_now(viewer, scoped):
    a_change(scoped, member=factories.MemberFactory(organization=scoped, name="Former member"))
    text = words(viewer, ACTIVITY)
    assert "Former member changed" in text and "Robin" not in text


def test_what_is_not_of_the_workbook_is_left_to_the_audit_trail(viewer, organization):
    an_entry(organization, event=Event.SIGNED_IN, by="Robin Signed")
    an_entry(organization, event=Event.JOINED, by="Robin Joined")
    text = words(viewer, ACTIVITY)
    assert "Robin Joined joined" in text and "Robin Signed" not in text


def test_what_others_do_elsewhere_is_not_told(viewer, organization):
    a_change(factories.OrganizationFactory(), label="Elsewhere")
    assert "Elsewhere" not in words(viewer, ACTIVITY)


def test_own_scores_are_told_without_the_score_and_without_a_link(contributor, viewer, scoped):
    customer = factories.CustomerFactory(organization=scoped)
    criterion = factories.CriterionFactory(organization=scoped)
    address = reverse("own-scores-save", args=["enfield", customer.pk])
    contributor.post(address, {f"cell-{criterion.pk}": "9", f"was-{criterion.pk}": ""})
    entry = AuditEntry.objects.get()
    assert "9" not in re.sub(r"Person \d+|Customer \d+|Criterion \d+", "", entry.rows[0]["label"])
    assert "<a" not in str(edit_in_words(entry, viewer.user.memberships.get()))
    assert "added the own score" in words(viewer, ACTIVITY)


def test_kind_of_row_that_is_no_more_is_still_told(viewer, organization):
    a_change(organization, kind="metrics.nonsense")
    assert "edited the workbook: Calls answered" in words(viewer, ACTIVITY)


def test_long_names_are_shortened(viewer, organization):
    a_change(organization, label="x" * 200)
    assert "x" * 79 + "…”" in words(viewer, ACTIVITY)


def test_filters_narrow_it_down(viewer, scoped):
    anna = factories.MemberFactory(organization=scoped, name="Anna")
    a_change(scoped, member=anna, label="by Anna", at=datetime(2026, 3, 2, 12, tzinfo=UTC))
    a_change(scoped, kind="customers.need", label='of a need, not a "metrics.metric"')
    for query in ({"person": anna.pk}, {"kind": "metric"}, {"until": "2026-03-02"}):
        text = words(viewer, ACTIVITY, **query)
        assert "by Anna" in text and "of a need" not in text, query
    for query in ({"kind": "need"}, {"since": "2026-03-03"}):
        text = words(viewer, ACTIVITY, **query)
        assert "by Anna" not in text and "of a need" in text, query
    assert "Nothing fits these filters." in words(viewer, ACTIVITY, kind="action")


def test_rows_behind_the_first_count_for_their_kind_too(viewer, organization):
    rows = [
        {"verb": "changed", "kind": kind, "key": 7, "label": "x"}
        for kind in ("metrics.metric", "metrics.target")
    ]
    an_entry(organization, rows=rows, count=2)
    assert "changed the metric" in words(viewer, ACTIVITY, kind="target")


@pytest.mark.parametrize(
    "query",
    [
        {"since": "nonsense"},
        {"since": "9999-12-31", "until": "9999-12-31"},
        {"until": "0001-01-01"},
        {"person": "x"},
        {"person": "99999999999999999999"},
        {"kind": "'"},
        {"before": "-1"},
        {"before": "999999999999999999"},
    ],
)
def test_address_that_makes_no_sense_is_answered(query, viewer, sign_in, organization):
    a_change(organization)
    assert viewer.get(ACTIVITY, query).status_code == 200
    assert sign_in(Role.ADMIN).get(AUDIT, query).status_code == 200


def test_filter_that_cannot_be_read_says_so_and_keeps_the_others(viewer, organization):
    a_change(organization)
    page = viewer.get(ACTIVITY, {"since": "nonsense", "kind": "need"}).text
    assert "Enter a valid date." in page and "Calls answered" not in page


def test_lines_come_in_pages(viewer, organization):
    for number in range(120):
        a_change(organization, label=f"row {number}.", at=timezone.now())
    seen, address = [], ACTIVITY + "?kind=metric"
    while address:
        page = viewer.get(address).text
        seen += re.findall(r">(row \d+\.)<", page)
        earlier = re.search(r'href="(\?[^"]+before=[^"]+)"', page)
        address = ACTIVITY + earlier[1].replace("&amp;", "&") if earlier else ""
    assert seen == [f"row {number}." for number in reversed(range(120))]


@pytest.mark.parametrize("entries", [1, 3, 300])
def test_pages_ask_the_database_the_same_number_of_times(sign_in, scoped, entries, django_assert_num_queries):
    admin = sign_in(Role.ADMIN)
    for member in factories.many(factories.MemberFactory, entries, organization=scoped):
        a_change(scoped, member=member)
    for address, queries in ((ACTIVITY, 6), (AUDIT, 5)):  # what the stepper shows is remembered
        with django_assert_num_queries(queries):
            admin.get(address)


def test_workbook_page_tells_the_last_five(viewer, organization):
    for number in range(6):
        a_change(organization, label=f"row {number}.")
    page = viewer.get("/o/enfield/").text
    assert "row 5." in page and "row 1." in page and "row 0." not in page


# Audit trail


def test_audit_trail_is_for_admins(manager, sign_in, organization):
    assert manager.get(AUDIT).status_code == 403
    assert AUDIT not in manager.get("/o/enfield/").text
    assert f'href="{AUDIT}"' in sign_in(Role.ADMIN).get("/o/enfield/").text


def test_audit_trail_tells_every_event_and_where_it_came_from(sign_in, organization):
    for event in Event:
        an_entry(organization, event=event, detail=f"about {event.value}", address="192.0.2.7")
    text = words(sign_in(Role.ADMIN), AUDIT)
    for event in Event:
        assert f"{event.label}: about {event.value}" in text
    assert text.count("192.0.2.7") == len(Event)


def test_audit_trail_is_filtered_by_event(sign_in, organization):
    an_entry(organization, event=Event.SIGNED_IN, by="Robin Signed")
    an_entry(organization, event=Event.EXPORTED, by="Robin Exported")
    text = words(sign_in(Role.ADMIN), AUDIT, event="exported")
    assert "Robin Exported" in text and "Robin Signed" not in text


def test_entry_of_no_member_is_told_by_the_name_it_had(organization, scoped):
    member = Member(organization=organization, role=Role.ADMIN)
    assert line_of(an_entry(organization, by="somebody@example.org"), member).who == "somebody@example.org"


# The audit trail as a spreadsheet

DOWNLOAD = f"{AUDIT}download/"


def cells_of(answer) -> list[list[str]]:
    return read_file(answer.content)


def test_audit_trail_is_downloaded_as_a_spreadsheet(sign_in, organization):
    at = datetime(2026, 7, 1, 10, 30, tzinfo=UTC)
    a_change(organization, label="Calls answered", at=at, address="192.0.2.7")
    an_entry(organization, event=Event.EXPORTED, by="=1+1", detail="@all", at=at)
    answer = sign_in(Role.ADMIN).post(DOWNLOAD)
    assert answer["Content-Disposition"].endswith('.csv"') and "'=1+1" in answer.text
    heads, exported, edited = cells_of(answer)
    assert len(heads) == 7
    assert exported == ["2026-07-01 11:30:00+01:00", "=1+1", "exported", "@all", "", "0", ""]
    assert edited[4:] == ["changed: metric “Calls answered”", "1", "192.0.2.7"]


def test_download_holds_what_the_page_was_narrowed_to(sign_in, organization):
    an_entry(organization, event=Event.SIGNED_IN, by="Robin Signed")
    an_entry(organization, event=Event.EXPORTED, by="Robin Exported")
    admin = sign_in(Role.ADMIN)
    assert f'action="{DOWNLOAD}?event=exported"' in admin.get(AUDIT, {"event": "exported"}).text
    answer = admin.post(f"{DOWNLOAD}?event=exported")
    assert [line[1] for line in cells_of(answer)[1:]] == ["Robin Exported"]


def test_download_is_put_down_and_not_had_by_a_link(sign_in, manager, scoped):
    admin = sign_in(Role.ADMIN)
    assert admin.get(DOWNLOAD).status_code == 405 and manager.post(DOWNLOAD).status_code == 403
    assert not AuditEntry.objects.exists()
    admin.post(DOWNLOAD)
    entry = AuditEntry.objects.get()
    assert (entry.event, entry.detail, entry.member.user) == (Event.EXPORTED, "the audit trail", admin.user)


@pytest.mark.parametrize("count", [1, 3])
def test_download_reads_all_entries_at_once(sign_in, organization, django_assert_num_queries, count):
    for _ in range(count):
        a_change(organization, member=factories.MemberFactory(organization=organization))
    admin = sign_in(Role.ADMIN)
    with django_assert_num_queries(8):
        admin.post(DOWNLOAD)
