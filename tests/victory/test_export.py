"""Everything of an organization as one file."""

import json

import pytest
from django.apps import apps

from tests import factories
from tests.victory.exports import told
from victory import undo
from victory.models import AuditEntry, Member
from victory.portable.tables import exported_fields, tables
from victory.tenancy import OrganizationModel, Role, organization_scope
from victory.trail import Event

pytestmark = pytest.mark.protects("gone")

SCOPED = [model for model in apps.get_models() if issubclass(model, OrganizationModel)]


def test_every_row_of_every_table_is_in_it(filled):
    exported = told(filled)["tables"]
    for model in SCOPED:
        export = exported[model._meta.label_lower]
        with organization_scope(filled):
            keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
        assert [row["id"] for row in export["rows"]] == keys and keys, model
        if hasattr(model, "history"):
            history = model.history.filter(organization=filled).order_by("history_id")
            assert [row["id"] for row in export["history"]] == list(history.values_list("id", flat=True))
            assert export["history"], model


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_every_field_is_in_it_but_secrets_and_accounts(model):
    left_out = {field.name for field in model._meta.concrete_fields} - {
        f.name for f in exported_fields(model)
    }
    assert left_out <= {"organization", "user", "digest"}


def test_no_rows_are_hidden_behind_a_table_without_a_model_of_its_own():
    assert not [
        f for model in SCOPED for f in model._meta.many_to_many if f.remote_field.through._meta.auto_created
    ]


def test_values_are_told_as_the_documentation_says(filled):
    export = told(filled)["tables"]
    figure = export["metrics.measurement"]["rows"][0]
    assert (figure["value"], figure["date"]) == ("95.000000", "2026-01-31")
    assert export["victory.note"]["rows"][0]["written_at"].endswith("+00:00")
    assert export["victory.customerright"]["rows"][0]["text"] == "Ångström’s right, corrected"
    [answer] = export["customers.answer"]["rows"]
    assert answer["unit"] == "Another unit"


def test_nothing_of_another_organization_is_in_it(filled):
    other = factories.OrganizationFactory(name="Secretive Ltd")
    factories.a_row_of_every_model(other, text="not for you")
    export = json.dumps(told(filled))
    assert "Secretive" not in export and "not for you" not in export


def test_no_account_is_in_it(filled):
    user = factories.UserFactory(email="own@example.org")
    factories.MemberFactory(organization=filled, user=user, email="as-member@example.org")
    export = json.dumps(told(filled))
    assert "as-member@example.org" in export
    assert "own@example.org" not in export and user.password not in export and '"user"' not in export
    assert "digest" not in export and "0" * 64 not in export


def test_account_of_a_deleted_member_is_not_in_it(filled):
    user = factories.UserFactory()
    member = factories.MemberFactory(organization=filled, user=user)
    with organization_scope(filled):
        undo.delete(member, by=Member.objects.first())
    deletion = told(filled)["tables"]["victory.deletion"]["rows"][-1]
    assert deletion["rows"][0]["model"] == "victory.member"
    assert {"user", "organization"}.isdisjoint(deletion["rows"][0]["fields"])


def test_download_holds_it_and_leaves_an_entry(sign_in, filled):
    client = sign_in(Role.ADMIN)
    answer = client.post(f"/o/{filled.slug}/export/")
    assert answer["Content-Disposition"].startswith('attachment; filename="enfield-20')
    export = json.loads(b"".join(answer.streaming_content))
    assert export["organization"]["name"] == "Enfield"
    with organization_scope(filled):
        entry = AuditEntry.objects.get()
    assert entry.event == Event.EXPORTED and entry.user == client.user


def test_looking_at_the_page_exports_nothing(sign_in, scoped):
    assert b"Download the export" in sign_in(Role.ADMIN).get("/o/enfield/export/").content
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_number_of_queries_stays(count, organization, django_assert_num_queries):
    factories.CustomerRightFactory.create_batch(count, organization=organization)
    told(organization)  # whatever is cached is cached then
    with django_assert_num_queries(sum(1 + bool(table.history) for table in tables()) + 3):
        export = told(organization)
    assert len(export["tables"]["victory.customerright"]["rows"]) == count
