"""An export taken in as a new organization: the same, all of it or nothing, and never anything else."""

import copy
import io
import json
import os

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actionplans.models import Action, Review
from actionplans.reviews.minutes import Minutes
from metrics.models import Measurement, Metric
from tests import factories
from tests.victory.conftest import fill
from tests.victory.exports import export_of, restored, told, with_own_keys
from victory import undo
from victory.models import AuditEntry, Deletion, Member, Organization, Upload
from victory.portable.reading import LARGEST_FILE
from victory.tenancy import Role, organization_scope
from victory.trail import Event

pytestmark = pytest.mark.protects("gone")

PAGE = "/organizations/restore/"


@pytest.fixture
def export(filled) -> bytes:
    return export_of(filled)


@pytest.fixture(scope="module")
def brought(django_db_setup, django_db_blocker) -> bytes:
    """An export from elsewhere: what it was made of is not here."""
    with django_db_blocker.unblock(), transaction.atomic():
        content = export_of(fill(factories.OrganizationFactory(name="Enfield", slug="enfield")))
        transaction.set_rollback(True)
    return content


@pytest.fixture
def bringer(db):
    return factories.UserFactory(email="bringer@example.org", name="Bringer")


def without_bringer(export: dict) -> dict:
    """The export without the member that the person who brought it became, who is the last one."""
    parts = export["tables"]["victory.member"]
    [key] = [row["id"] for row in parts["rows"] if row["email"] == "bringer@example.org"]
    for part, rows in parts.items():
        parts[part] = [row for row in rows if row["id"] != key]
    return export


def test_export_of_what_was_restored_says_the_same(export, bringer):
    organization = restored(export, bringer).organization
    first, second = json.loads(export), without_bringer(told(organization))
    for row in [each for rows in first["tables"]["customers.customer"].values() for each in rows]:
        row["unit"] = None
    for row in [each for rows in first["tables"]["customers.answer"].values() for each in rows]:
        row["unit"] = None
    before, after = with_own_keys(first), with_own_keys(second)
    for label in before:
        assert before[label] == after[label], label
    own = first["organization"] | {"slug": "enfield-2"}
    assert second["organization"] == own


def test_keys_are_new_and_what_is_there_stays_as_it_is(export, filled, bringer):
    organization = restored(export, bringer).organization
    assert organization.slug == "enfield-2"
    again = with_own_keys(told(filled))
    assert again == with_own_keys(json.loads(export))
    old, new = (told(each)["tables"]["metrics.metric"]["rows"] for each in (filled, organization))
    assert {row["id"] for row in old}.isdisjoint(row["id"] for row in new)


def test_what_was_deleted_can_be_put_back_there(export, bringer):
    organization = restored(export, bringer).organization
    with organization_scope(organization):
        assert Deletion.objects.count() == 3
        for deletion in Deletion.objects.order_by("-pk"):
            undo.put_back(deletion)
        assert Metric.objects.count() == 2
        assert Action.objects.get().decided_in == Review.objects.planned().get()
        assert Measurement.objects.count() == 5


def test_closed_review_reads_the_same_there(export, filled, bringer):
    def minutes_in(organization):
        with organization_scope(organization):
            minutes = Minutes.of_closed(Review.objects.closed().get())
            lines = [(line.metric, line.performance, line.verdict, line.owner) for line in minutes.lines]
            return minutes.people, minutes.closed, lines, [each.what for each in minutes.open]

    assert minutes_in(restored(export, bringer).organization) == minutes_in(filled)


def test_key_in_a_closed_review_leads_to_the_same_action(export, bringer):
    organization = restored(export, bringer).organization
    with organization_scope(organization):
        [frozen] = Review.objects.closed().get().frozen["open"]
        assert frozen["key"] == Action.objects.get().pk
        line = Review.objects.closed().get().lines.get(metric=Metric.objects.get().measured_by)
        assert line.metric_key == Metric.objects.get().pk


def test_verdicts_are_worked_out_and_not_believed(export, bringer):
    told = json.loads(export)
    for row in told["tables"]["metrics.measurement"]["rows"]:
        row["verdict"] = "no-target"
    told["tables"]["metrics.metric"]["rows"][0] |= {"verdict": "met", "attainment": "12.0", "recent": [[1]]}
    organization = restored(json.dumps(told).encode(), bringer).organization
    with organization_scope(organization):
        metric = Metric.objects.get()
        before = told["tables"]["metrics.metric"]["rows"][0]
        assert metric.verdict == metric.latest.verdict != Measurement._meta.get_field("verdict").default
        assert metric.recent != before["recent"] and str(metric.attainment) != "12.0"
        assert not Measurement.objects.filter(verdict="no-target", date__year=2026).exists()


def test_bringer_is_the_member_with_their_address(export, organization, bringer):
    factories.MemberFactory(organization=organization, name="B. Ringer", email="bringer@example.org")
    result = restored(export_of(organization), bringer)
    assert (result.admin.name, result.admin.role, result.admin.user) == ("B. Ringer", Role.ADMIN, bringer)
    with organization_scope(result.organization):
        assert not Member.objects.exclude(pk=result.admin.pk).exclude(user=None).exists()


def test_other_organizations_are_left_behind_and_named(filled, bringer):
    filled.parent = factories.OrganizationFactory(name="The whole")
    filled.save()
    result = restored(export_of(filled), bringer)
    assert result.cut_off == {"The whole", "Another unit"}
    assert result.organization.parent is None


def test_deletion_that_cannot_be_put_back_is_left_out_and_counted(export, bringer):
    told = json.loads(export)
    told["tables"]["victory.deletion"]["rows"][0]["rows"][0]["fields"]["gone_since"] = "x"
    assert restored(json.dumps(told).encode(), bringer).deletions_left_out == 1


# The page


def upload(content: bytes):
    return {"file": SimpleUploadedFile("export.json", content, "application/json")}


def test_page_shows_what_the_file_holds_and_takes_it_on_demand(client, export, bringer):
    client.force_login(bringer)
    answer = client.post(PAGE, upload(export))
    assert "/o/enfield-2/" in answer.text and "Another unit" in answer.text
    assert not Organization.objects.filter(slug="enfield-2").exists()
    answer = client.post(PAGE, {"take": "1"})
    assert answer.url == "/o/enfield-2/"
    organization = Organization.objects.get(slug="enfield-2")
    with organization_scope(organization):
        entry = AuditEntry.objects.get()
    assert entry.event == Event.RESTORED and entry.user == bringer
    assert client.get(answer.url).status_code == 200
    assert not Upload.objects.exists()


def test_second_of_a_name_is_told_apart_in_the_list_of_the_person(client, export, organization, bringer):
    factories.MemberFactory(organization=organization, user=bringer, email=bringer.email)
    client.force_login(bringer)
    assert "called “Enfield (2)”" in client.post(PAGE, upload(export)).text
    client.post(PAGE, {"take": "1"})
    assert Organization.objects.filter(slug__startswith="enfield").latest("pk").name == "Enfield (2)"


def test_taken_twice_is_taken_once(client, export, bringer):
    client.force_login(bringer)
    client.post(PAGE, upload(export))
    client.post(PAGE, {"take": "1"})
    answer = client.post(PAGE, {"take": "1"})
    assert "taken already" in str(list(get_messages(answer.wsgi_request))[-1])
    assert Organization.objects.filter(slug__startswith="enfield").count() == 2


def test_file_is_taken_by_whoever_brought_it_alone(client, export, bringer, outsider):
    client.force_login(bringer)
    client.post(PAGE, upload(export))
    assert outsider.post(PAGE, {"take": "1"}).url == PAGE
    assert not Organization.objects.filter(slug="enfield-2").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty."),
        (b"[1, 2]", "not an export of an organization"),
        (b"\xff\xfe", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b'{"format": "winning-customers", "version": 2}', "another version"),
        (b'{"format": "winning-customers", "version": 1}', "broken at"),
        (b'{"a": 1e999}', "cannot be read"),
        (b'{"a": NaN}', "cannot be read"),
        (b'{"a": "\\u0000"}', "broken at"),
        (b'{"a": "\\ud800"}', "broken at"),
        (b'{"a": ' + b"9" * 5000 + b"}", "cannot be read"),
    ],
)
def test_file_that_is_no_export_is_refused_beside_the_field(client, bringer, content, said):
    client.force_login(bringer)
    answer = client.post(PAGE, upload(content))
    assert answer.status_code == 200
    assert said in answer.text and "id_file_error" in answer.text


def test_file_that_is_too_large_is_not_read(client, bringer):
    client.force_login(bringer)
    answer = client.post(PAGE, upload(b" " * (LARGEST_FILE + 1)))
    assert answer.status_code == 200 and "at most" in answer.text


def test_post_without_a_file_asks_for_one(client, bringer):
    client.force_login(bringer)
    assert "Choose a file." in client.post(PAGE).text


def test_nobody_brings_an_export_where_that_is_closed(client, bringer, settings):
    settings.OPEN_SIGNUP = False
    client.force_login(bringer)
    assert client.get(PAGE).status_code == 404
    bringer.is_staff = True
    bringer.save()
    assert client.get(PAGE).status_code == 200


def test_sign_in_is_asked_for(client, db):
    assert client.get(PAGE).url.startswith(reverse("account_login"))


# The command


def test_command_takes_a_file(export, bringer, tmp_path, capsys):
    (tmp_path / "export.json").write_bytes(export)
    call_command("restore_organization", str(tmp_path / "export.json"), admin="bringer@example.org")
    assert "/o/enfield-2/" in capsys.readouterr().out


def test_command_reads_what_is_piped_in(export, bringer, monkeypatch, capsys):
    class Piped:
        buffer = io.BytesIO(export)

    monkeypatch.setattr("sys.stdin", Piped)
    call_command("restore_organization", "-", admin="bringer@example.org")
    assert "enfield-2" in capsys.readouterr().out


@pytest.mark.parametrize("admin", ["bringer@example.org", "nobody@example.org"])
def test_command_says_what_is_wrong(bringer, tmp_path, admin):
    (tmp_path / "export.json").write_bytes(b"{}")
    with pytest.raises(CommandError, match=r"not an export|Nobody signs in"):
        call_command("restore_organization", str(tmp_path / "export.json"), admin=admin)


# Broken and made-up files


def changed(export: bytes, table: str, part: str = "rows", **values) -> bytes:
    told = json.loads(export)
    told["tables"][table][part][0] |= values
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("metrics.metric", {"deliverable": 999_999}),
        ("metrics.metric", {"deliverable": None}),
        ("metrics.metric", {"deliverable": "1"}),
        ("metrics.metric", {"organization": 1}),
        ("metrics.metric", {"id": 0}),
        ("metrics.metric", {"id": True}),
        ("metrics.metric", {"id": 2**64}),
        ("metrics.metric", {"unit": "furlongs"}),
        ("metrics.metric", {"measured_by": "x" * 201}),
        ("metrics.metric", {"measured_by": ["x"]}),
        ("metrics.metric", {"measured_by": "a\x1b[2Jb"}),
        ("metrics.metric", {"begins_on": "2026-02-30"}),
        ("metrics.metric", {"begins_on": "0001-01-01"}),
        ("metrics.metric", {"begins_on": "9999-12-31"}),
        ("metrics.metric", {"position": -1}),
        ("metrics.metric", {"position": 2**70}),
        ("metrics.metric", {"position": 10**9 + 1}),
        ("metrics.measurement", {"value": "NaN"}),
        ("metrics.measurement", {"value": "Infinity"}),
        ("metrics.measurement", {"value": "1e400"}),
        ("metrics.measurement", {"value": "ninety"}),
        ("metrics.target", {"low": None}),
        ("metrics.target", {"direction": "sideways"}),
        ("victory.member", {"role": 5}),
        ("victory.member", {"user": 1}),
        ("victory.member", {"email": "not an address"}),
        ("victory.note", {"written_at": "2026-01-01T00:00:00"}),
        ("victory.note", {"text": "x" * 4001}),
        ("victory.note", {"text": "a\x1b[2Jb"}),
        ("customers.criterion", {"weight": "-1.00"}),
        ("customers.customer", {"name": "Ann; Bob"}),
        ("actionplans.review", {"frozen": {}}),
        ("actionplans.review", {"frozen": "text"}),
        ("actionplans.review", {"frozen": None, "closed_at": "2026-01-01T00:00:00+00:00"}),
    ],
)
def test_row_that_cannot_be_is_refused_with_its_place(brought, bringer, table, values):
    with pytest.raises(ValidationError) as error:
        restored(changed(brought, table, **values), bringer)
    [sentence] = error.value.messages
    assert "cannot be taken" in sentence or "contradicts itself" in sentence
    assert not Organization.objects.exists()


def test_row_that_stands_twice_is_refused(export, bringer):
    told = json.loads(export)
    row = copy.deepcopy(told["tables"]["victory.customerright"]["rows"][0])
    told["tables"]["victory.customerright"]["rows"].append(row | {"id": row["id"] + 1000})
    with pytest.raises(ValidationError, match="twice"):
        restored(json.dumps(told).encode(), bringer)


def test_deletion_cannot_smuggle_a_row_into_another_organization(export, bringer):
    victim = factories.MetricFactory()
    told = json.loads(export)
    for deletion in told["tables"]["victory.deletion"]["rows"]:
        for row in deletion["rows"]:
            row["fields"]["organization"] = victim.organization_id
        deletion["cut"].append(["metrics.Metric", victim.pk, "need", 1])
    before = told_without_moment(victim.organization)
    organization = restored(json.dumps(told).encode(), bringer).organization
    with organization_scope(organization):
        for deletion in Deletion.objects.order_by("-pk"):
            assert undo.put_back(deletion).organization == organization
    assert told_without_moment(victim.organization) == before


def told_without_moment(organization) -> dict:
    return told(organization) | {"written_at": None}


def places(value, path=()):
    """Every place in the file: the keys that lead to each value."""
    yield path
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in items:
            yield from places(each, (*path, key))


MUTILATED = 200 if os.environ.get("SECURITY") else 10  # files
NONSENSE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.just([]), st.just({}),
    st.sampled_from(["2026-01-01", "9990-12-31", "1e9", "-5", "Enfield", "+", "-", "\u202e", "é" * 300]),
    st.lists(st.integers(0, 3), max_size=2),
)  # fmt: skip


@settings(
    max_examples=MUTILATED, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_mutilated_file_is_taken_or_refused_in_words(export, filled, bringer, data):
    told_here = told_without_moment(filled)
    mutilated = json.loads(export)
    all_places = [path for path in places(mutilated) if path]
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(all_places))
        value = mutilated
        try:
            for key in way:
                value = value[key]
            if data.draw(st.booleans()):
                value[last] = data.draw(NONSENSE)
            elif isinstance(value, dict):
                value.pop(last)
            else:
                value.insert(0, value[last])
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
    count = Organization.objects.count()
    try:
        organization = restored(json.dumps(mutilated).encode(), bringer).organization
    except ValidationError as error:
        assert all(error.messages)
        assert Organization.objects.count() == count
    else:
        assert organization != filled
    assert told_without_moment(filled) == told_here
