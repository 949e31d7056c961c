"""What the administration leaves in the audit trail: one entry for each save, in each organization."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import CustomerGroup
from tests import factories
from victory.models import AuditEntry, Member, Organization, User
from victory.tenancy import Role, organization_scope, scopes_disabled
from victory.trail import Event


@pytest.fixture
def superuser(db):
    client = Client()
    client.user = User.objects.create_superuser("root@example.org", "a-long-password", name="Root")
    client.force_login(client.user)
    return client


@pytest.fixture
def staff(organization):
    user = factories.UserFactory(is_staff=True, name="Sam Staff")
    factories.MemberFactory(organization=organization, user=user, role=Role.ADMIN, name="Sam of Enfield")
    client = Client()
    client.user = user
    client.force_login(user)
    return client


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def entries(organization) -> list[AuditEntry]:
    with organization_scope(organization):
        return list(AuditEntry.objects.filter(organization=organization))


def organization_page(organization, **changes) -> dict:
    """What the page of the organization posts, with its members as they are."""
    with organization_scope(organization):
        members = list(Member.objects.all())
    data = {
        "name": organization.name,
        "slug": organization.slug,
        "kind": organization.kind,
        "time_zone": organization.time_zone,
        "currency": organization.currency,
        "member-TOTAL_FORMS": len(members),
        "member-INITIAL_FORMS": len(members),
    }
    for inline in ("customergroup", "criterion"):
        data |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    for number, member in enumerate(members):
        fields = {
            "id": member.pk,
            "organization": organization.pk,
            "name": member.name,
            "email": member.email,
            "role": int(member.role),
            "user": member.user_id or "",
            "active": "on",
        }
        data |= {f"member-{number}-{name}": value for name, value in fields.items()}
    return data | changes


def save_page(client, organization, **changes):
    page = address(Organization, "change", organization.pk)
    assert client.post(page, organization_page(organization, **changes)).status_code == 302


def test_settings_roles_and_rows_of_one_save_are_one_entry(staff, organization):
    with organization_scope(organization):
        factories.MemberFactory(organization=organization, name="Robin", email="")
    group = {"customergroup-0-name": "Partners", "customergroup-0-side": "external"}
    changes = {"currency": "NOK", "member-1-role": 3, "customergroup-TOTAL_FORMS": 1}
    save_page(staff, organization, **changes, **group)
    (entry,) = entries(organization)
    assert (entry.event, entry.user) == (Event.SETTINGS_CHANGED, staff.user)
    assert "→ NOK" in entry.detail and "Robin: manager" in entry.detail
    assert {row["kind"] for row in entry.rows} == {"victory.member", "customers.customergroup"}


def test_roles_alone_are_named_all(staff, organization):
    for name in ("Robin", "Toni"):
        factories.MemberFactory(organization=organization, name=name, email="")
    save_page(staff, organization, **{"member-1-role": 2, "member-2-role": 3})
    (entry,) = entries(organization)
    assert (entry.event, entry.detail) == (Event.ROLE_CHANGED, "Robin: contributor; Toni: manager")


def test_page_saved_as_it_was_leaves_none(staff, organization):
    save_page(staff, organization)
    assert entries(organization) == []


def test_new_organization_leaves_one(staff):
    data = {"name": "Parks", "slug": "parks", "kind": "public", "time_zone": "UTC", "currency": "GBP"}
    for inline in ("member", "customergroup", "criterion"):
        data |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    assert staff.post(address(Organization, "add"), data).status_code == 302
    (entry,) = entries(Organization.objects.get(slug="parks"))
    assert (entry.event, entry.detail, entry.user) == (Event.ORGANIZATION_ADDED, "Parks", staff.user)


def test_copied_organization_leaves_one_and_the_source_none(staff, organization):
    data = {"action": "copy_the_setup", "_selected_action": [organization.pk]}
    staff.post(address(Organization, "changelist"), data)
    (entry,) = entries(Organization.objects.exclude(pk=organization.pk).get())
    assert entry.event == Event.ORGANIZATION_ADDED
    assert entry.detail == "Copy of Enfield, from the setup of Enfield"
    assert entries(organization) == []


def test_rows_deleted_from_a_list_are_one_entry(staff, organization):
    groups = [factories.CustomerGroupFactory(organization=organization) for _ in range(3)]
    data = {"action": "delete_selected", "_selected_action": [group.pk for group in groups], "post": "yes"}
    staff.post(address(CustomerGroup, "changelist"), data)
    (entry,) = entries(organization)
    assert (entry.event, entry.count) == (Event.EDITED, 3)


def test_member_added_is_named(staff, organization):
    data = {"organization": organization.pk, "name": "Robin", "role": 1, "active": "on"}
    assert staff.post(address(Member, "add"), data).status_code == 302
    (entry,) = entries(organization)
    assert (entry.event, entry.detail) == (Event.MEMBER_ADDED, "Robin")


@pytest.fixture
def robin(organization):
    """Somebody who is a member of two organizations, under another name in one of them."""
    user = factories.UserFactory(email="robin@example.org", name="Robin")
    factories.MemberFactory(organization=organization, user=user, name="Robin of Enfield")
    factories.MemberFactory(user=user, name="Robin")
    return user


def user_page(user, **changes) -> dict:
    data = {"email": user.email, "name": user.name, "is_active": "on"}
    data |= {"date_joined_0": "2026-01-01", "date_joined_1": "12:00:00"}
    return data | changes


def details_everywhere() -> list[tuple[str, str]]:
    with scopes_disabled():
        return sorted((entry.by, entry.detail) for entry in AuditEntry.objects.all())


def test_each_organization_is_told_of_a_changed_account(superuser, robin):
    page = address(User, "change", robin.pk)
    assert superuser.post(page, user_page(robin, is_staff="on")).status_code == 302
    told = details_everywhere()
    assert [by for by, _ in told] == ["Root", "Root"]
    assert {detail.split(":")[0] for _, detail in told} == {"Robin", "Robin of Enfield"}
    assert all("Staff status" in detail for _, detail in told)


def test_each_organization_is_told_of_a_new_password(superuser, robin):
    passwords = {"password1": "a-quite-different-horse", "password2": "a-quite-different-horse"}
    page = reverse("admin:auth_user_password_change", args=[robin.pk])
    assert superuser.post(page, passwords | {"usable_password": "true"}).status_code == 302
    told = details_everywhere()
    assert len(told) == 2 and all("assword" in detail for _, detail in told)
    assert "horse" not in str(told)


def test_new_account_leaves_an_entry_that_belongs_to_no_organization(superuser):
    data = {"email": "new@example.org", "name": "New", "usable_password": "false"}
    assert superuser.post(address(User, "add"), data).status_code == 302
    with scopes_disabled():
        entry = AuditEntry.objects.get()
    assert (entry.event, entry.organization, entry.by) == (Event.ACCOUNT_CHANGED, None, "Root")


@pytest.mark.parametrize("by_action", [False, True])
def test_account_deleted_by_a_superuser_leaves_the_members_and_tells_them(
    superuser, robin, organization, by_action
):
    if by_action:
        data = {"action": "delete_selected", "_selected_action": [robin.pk], "post": "yes"}
        superuser.post(address(User, "changelist"), data)
    else:
        superuser.post(address(User, "delete", robin.pk), {"post": "yes"})
    assert not User.objects.filter(pk=robin.pk).exists()
    (entry,) = entries(organization)
    assert (entry.by, entry.detail) == ("Root", "account of Robin of Enfield deleted")
    with organization_scope(organization):
        assert (Member.objects.get().user, Member.objects.get().version) == (None, 2)


def test_account_of_the_last_admin_is_neither_deleted_nor_locked_out(superuser, staff):
    answer = superuser.post(address(User, "delete", staff.user.pk), {"post": "yes"})
    assert "the last admin of Enfield who signs in" in answer.text
    page = user_page(staff.user)
    del page["is_active"]
    answer = superuser.post(address(User, "change", staff.user.pk), page)
    assert answer.status_code == 200 and "the last admin of Enfield who signs in" in answer.text
    assert User.objects.get(pk=staff.user.pk).is_active


def test_both_accounts_that_lead_an_organization_are_not_deleted_at_once(superuser, staff, organization):
    other = factories.MemberFactory(organization=organization, user=factories.UserFactory(), role=Role.ADMIN)
    keys = [staff.user.pk, other.user.pk]
    data = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    answer = superuser.post(address(User, "changelist"), data, follow=True)
    assert "Nobody else is an admin of Enfield" in answer.text
    assert User.objects.filter(pk__in=keys).count() == 2


def test_own_account_is_not_deleted_in_the_administration(superuser):
    answer = superuser.post(address(User, "delete", superuser.user.pk), {"post": "yes"})
    assert "delete it under “My account”" in answer.text
    assert User.objects.filter(pk=superuser.user.pk).exists()


def test_no_organization_is_deleted_in_the_administration(superuser, organization):
    assert (
        superuser.post(address(Organization, "delete", organization.pk), {"post": "yes"}).status_code == 403
    )
    data = {"action": "delete_selected", "_selected_action": [organization.pk], "post": "yes"}
    superuser.post(address(Organization, "changelist"), data)
    assert Organization.objects.filter(pk=organization.pk).exists()


def test_entries_are_read_by_those_they_belong_to(superuser, staff, organization):
    for where, detail in (
        (organization, "of Enfield"),
        (factories.OrganizationFactory(), "of others"),
        (None, "of nobody"),
    ):
        AuditEntry(organization=where, event=Event.SIGN_IN_FAILED, detail=detail).save()
    of_staff = staff.get(address(AuditEntry, "changelist")).text
    assert "of Enfield" in of_staff and "of others" not in of_staff and "of nobody" not in of_staff
    of_superuser = superuser.get(address(AuditEntry, "changelist")).text
    assert all(detail in of_superuser for detail in ("of Enfield", "of others", "of nobody"))
    with scopes_disabled():
        for entry in AuditEntry.objects.all():
            mine = entry.organization_id == organization.pk
            page = address(AuditEntry, "change", entry.pk)
            assert superuser.get(page).status_code == 200
            assert staff.get(page).status_code == (200 if mine else 302)


def test_no_page_of_the_administration_changes_an_entry(superuser, organization):
    AuditEntry(organization=organization, event=Event.EDITED, by="Robin", detail="as it was").save()
    (entry,) = entries(organization)
    for page in (
        address(AuditEntry, "add"),
        address(AuditEntry, "change", entry.pk),
        address(AuditEntry, "delete", entry.pk),
    ):
        data = {"detail": "different", "by": "Sam", "event": Event.JOINED, "post": "yes"}
        assert superuser.post(page, data).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    superuser.post(address(AuditEntry, "changelist"), data)
    assert [(each.pk, each.by, each.detail) for each in entries(organization)] == [
        (entry.pk, "Robin", "as it was")
    ]
