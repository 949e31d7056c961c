"""Staff who are not superusers: nothing of another organization, on any page of the administration."""

import re
from datetime import date

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from customers.models import Criterion, CustomerGroup, Deliverable
from metrics.models import Measurement, Metric, Target, Verdict
from tests import factories
from tests.forms import form_to
from victory.models import Member, Organization, User
from victory.tenancy import OrganizationModel, Role, organization_scope

SECRET = "Zanzibar"
ROW_ADMINS = [model for model in admin.site._registry if issubclass(model, OrganizationModel)]
WITH_HISTORY = [model for model in ROW_ADMINS if hasattr(model, "history")]


@pytest.fixture
def staff(organization):
    """A client signed in as staff who administers the organization and is only a manager of a third one."""
    user = factories.UserFactory(is_staff=True, name="Sam Staff")
    factories.MemberFactory(organization=organization, user=user, role=Role.ADMIN, name="Sam Staff")
    third = factories.OrganizationFactory(name=f"{SECRET} third")
    factories.MemberFactory(organization=third, user=user, role=Role.MANAGER, name=f"{SECRET} Sam")
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def superuser(db):
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "a-long-password"))
    return client


@pytest.fixture
def foreign(db):
    """A row of every registered model in another organization, by model."""
    other = factories.OrganizationFactory(name=f"{SECRET} Ltd", slug="other")
    user = factories.UserFactory(name=f"{SECRET} user", email="zanzibar@example.org")
    rows = factories.a_row_of_every_model(other, text=SECRET)
    with organization_scope(other):
        Member.objects.filter(pk=rows[Member].pk).update(user=user)
    return rows | {Organization: other, User: user}


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", [Organization, *ROW_ADMINS], ids=lambda model: model.__name__)
def test_staff_finds_nothing_of_another_organization(staff, foreign, model):
    row = foreign[model]
    assert SECRET not in staff.get(address(model, "changelist")).text
    assert SECRET not in staff.get(address(model, "changelist"), {"q": SECRET[:4]}).text
    for page in ("change", "delete", "history"):
        response = staff.get(address(model, page, row.pk), follow=True)
        assert SECRET not in response.text, page
        assert response.status_code in (403, 404) or "doesn’t exist" in response.text, page
    response = staff.post(address(model, "delete", row.pk), {"post": "yes"})
    assert response.status_code in (302, 403, 404)
    staff.post(
        address(model, "changelist"),
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
    )
    assert type(row)._base_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", ROW_ADMINS, ids=lambda model: model.__name__)
def test_staff_is_offered_nothing_of_another_organization(staff, foreign, organization, model):
    own = factories.a_row_of_every_model(organization)[model]
    assert SECRET not in staff.get(address(model, "add"), follow=True).text
    page = staff.get(address(model, "change", own.pk))
    assert page.status_code == 200
    assert SECRET not in page.text and "zanzibar" not in page.text


@pytest.mark.parametrize("model", WITH_HISTORY, ids=lambda model: model.__name__)
def test_staff_cannot_read_a_foreign_version(staff, foreign, model):
    row = foreign[model]
    version = model.history.filter(id=row.pk).first()
    assert staff.get(address(model, "simple_history", row.pk, version.pk)).status_code == 404
    assert staff.get(address(model, "history", row.pk)).status_code == 404


def test_staff_autocomplete_offers_own_rows_only(staff, foreign, organization):
    factories.DeliverableFactory(organization=organization, name="Own deliverable")
    found = staff.get(
        reverse("admin:autocomplete"),
        {"app_label": "metrics", "model_name": "metric", "field_name": "deliverable", "term": ""},
    ).json()
    assert [each["text"] for each in found["results"]] == ["Own deliverable"]


def metric_data(**changes):
    return {
        "satisfied_when": "",
        "measured_by": "calls answered",
        "unit": "percent",
        "frequency": "monthly",
        "begins_on": "2026-01-01",
        "source": "",
        "target-TOTAL_FORMS": 0,
        "target-INITIAL_FORMS": 0,
    } | changes


def test_staff_cannot_post_foreign_keys(staff, foreign, organization):
    own = factories.DeliverableFactory(organization=organization)
    for organization_id, deliverable in (
        (organization.pk, foreign[Deliverable].pk),
        (foreign[Organization].pk, own.pk),
        (foreign[Organization].pk, foreign[Deliverable].pk),
    ):
        data = metric_data(organization=organization_id, deliverable=deliverable)
        response = staff.post(address(Metric, "add"), data)
        assert response.status_code == 200 and "Select a valid choice" in response.text
    assert Metric._base_manager.count() == 1


def test_row_of_another_own_organization_is_refused(staff, organization):
    second = factories.OrganizationFactory()
    factories.MemberFactory(organization=second, user=staff.user, role=Role.ADMIN)
    deliverable = factories.DeliverableFactory(organization=second)
    data = metric_data(organization=organization.pk, deliverable=deliverable.pk)
    response = staff.post(address(Metric, "add"), data)
    assert "This row belongs to another organization." in response.text
    assert not Metric._base_manager.exists()


def test_inline_takes_the_organization_of_its_row(staff, organization):
    deliverable = factories.DeliverableFactory(organization=organization)
    line = {"direction": "at-least", "low": "90", "high": "", "holds_from": "2026-01-01", "reason": ""}
    data = metric_data(organization=organization.pk, deliverable=deliverable.pk) | {
        "target-TOTAL_FORMS": 1,
        **{f"target-0-{name}": value for name, value in line.items()},
    }
    assert staff.post(address(Metric, "add"), data).status_code == 302
    assert Target._base_manager.get().organization == organization


def test_target_that_changes_verdicts_is_left_to_the_page_that_asks(staff, organization):
    metric = factories.MetricFactory(organization=organization)
    factories.MeasurementFactory(organization=organization, metric=metric)
    line = {"direction": "at-least", "low": "99", "high": "", "holds_from": "2026-01-01", "reason": ""}
    data = metric_data(deliverable=metric.deliverable_id) | {
        "target-TOTAL_FORMS": 1,
        **{f"target-0-{name}": value for name, value in line.items()},
    }
    answer = staff.post(address(Metric, "change", metric.pk), data)
    assert "This changes verdicts that have been given" in answer.text
    assert not Target._base_manager.exists()

    data["target-0-holds_from"] = "2026-03-01"
    assert staff.post(address(Metric, "change", metric.pk), data).status_code == 302
    assert Target._base_manager.get().set_by.user == staff.user


def test_second_target_of_one_day_gets_its_message(staff, organization):
    target = factories.TargetFactory(organization=organization)
    metric = target.metric
    line = {"direction": "at-least", "low": "80", "high": "", "holds_from": target.holds_from, "reason": ""}
    data = metric_data(deliverable=metric.deliverable_id) | {
        "target-TOTAL_FORMS": 2,
        "target-INITIAL_FORMS": 1,
        "target-0-id": target.pk,
        **{f"target-0-{name}": value for name, value in line.items()},
        **{f"target-1-{name}": value for name, value in line.items()},
    }
    response = staff.post(address(Metric, "change", metric.pk), data)
    assert response.status_code == 200
    assert "errornote" in response.text


@pytest.mark.parametrize("by_action", [True, False])
def test_deleting_a_measurement_brings_its_metric_up_to_date(staff, organization, by_action):
    older = factories.MeasurementFactory(
        organization=organization, date=date(2026, 1, 1), metric__organization=organization
    )
    newest = factories.MeasurementFactory(organization=organization, metric=older.metric)
    if by_action:
        data = {"action": "delete_selected", "_selected_action": [newest.pk], "post": "yes"}
        staff.post(address(Measurement, "changelist"), data)
    else:
        staff.post(address(Measurement, "delete", newest.pk), {"post": "yes"})
    metric = Metric._base_manager.get()
    assert metric.latest_id == older.pk
    assert metric.verdict == Verdict.NO_TARGET


def organization_data(**changes):
    data = {
        "name": "Parks",
        "slug": "parks",
        "kind": "department",
        "parent": "",
        "time_zone": "Europe/London",
        "currency": "GBP",
    }
    for inline in ("member", "customergroup", "criterion"):
        data |= {f"{inline}-TOTAL_FORMS": 0, f"{inline}-INITIAL_FORMS": 0}
    return data | changes


def test_new_organization_is_administered_by_who_made_it(staff):
    assert staff.post(address(Organization, "add"), organization_data()).status_code == 302
    parks = Organization.objects.get(slug="parks")
    with organization_scope(parks):
        member = Member.objects.get()
    assert (member.user, member.role) == (staff.user, Role.ADMIN)
    assert "parks" in staff.get(address(Organization, "changelist")).text


def test_new_organization_whose_maker_is_listed_by_email_has_them_once(staff):
    data = organization_data() | {
        "member-TOTAL_FORMS": 1,
        "member-0-name": "Sam",
        "member-0-email": staff.user.email.upper(),
        "member-0-role": 1,
        "member-0-active": "on",
    }
    staff.post(address(Organization, "add"), data)
    with organization_scope(Organization.objects.get(slug="parks")):
        member = Member.objects.get()
    assert (member.name, member.user, member.role) == ("Sam", staff.user, Role.ADMIN)


def test_new_organization_part_of_a_foreign_one_is_refused(staff, foreign):
    response = staff.post(address(Organization, "add"), organization_data(parent=foreign[Organization].pk))
    assert response.status_code == 200 and "Select a valid choice" in response.text


def test_member_with_a_foreign_login_is_refused(staff, foreign):
    data = organization_data() | {
        "member-TOTAL_FORMS": 1,
        "member-0-name": "Spy",
        "member-0-role": 1,
        "member-0-user": foreign[User].pk,
    }
    response = staff.post(address(Organization, "add"), data)
    assert response.status_code == 200 and "Select a valid choice" in response.text


def test_two_new_rows_of_one_name_get_their_message(staff):
    data = organization_data() | {
        "criterion-TOTAL_FORMS": 2,
        "criterion-0-name": "Reach",
        "criterion-0-weight": "1",
        "criterion-1-name": "REACH",
        "criterion-1-weight": "1",
    }
    response = staff.post(address(Organization, "add"), data)
    assert response.status_code == 200 and "stands in another line" in response.text
    assert not Criterion._base_manager.exists()


def test_unit_of_an_organization_of_others_stays_part_of_it(staff, organization, foreign):
    organization.parent = foreign[Organization]
    organization.save()
    data = organization_data(name="Enfield", slug="enfield")
    staff.post(address(Organization, "change", organization.pk), data)
    organization.refresh_from_db()
    assert organization.parent == foreign[Organization]


@pytest.mark.parametrize("levels", [0, 1, 2])
def test_unit_that_is_part_of_itself_is_told_beside_the_field(superuser, organization, levels):
    lowest = organization
    for _level in range(levels):
        lowest = factories.OrganizationFactory(parent=lowest)
    data = organization_data(name="Enfield", slug="enfield", parent=lowest.pk)

    page = superuser.post(address(Organization, "change", organization.pk), data)

    assert page.status_code == 200
    assert page.context["adminform"].form.errors["parent"] == ["A unit cannot be part of itself."]
    assert 'id="id_parent_error"' in page.text
    organization.refresh_from_db()
    assert organization.parent is None


def test_unit_below_a_circle_can_still_be_saved(superuser, organization):
    """Two people can close a circle at the same moment; looking up then has to end."""
    upper = factories.OrganizationFactory()
    lower = factories.OrganizationFactory(parent=upper)
    Organization.objects.filter(pk=upper.pk).update(parent=lower)
    data = organization_data(name="Enfield", slug="enfield", parent=lower.pk)

    assert superuser.post(address(Organization, "change", organization.pk), data).status_code == 302


def test_staff_deletes_no_organization(staff, organization):
    assert staff.get(address(Organization, "delete", organization.pk)).status_code == 403


def test_staff_without_an_organization_sees_none(organization, client):
    factories.CustomerFactory(organization=organization, name=SECRET)
    client.force_login(factories.UserFactory(is_staff=True))
    for model in [Organization, *ROW_ADMINS]:
        response = client.get(address(model, "changelist"))
        assert response.status_code == 200
        assert re.search(r"\b0 ", response.text) and SECRET not in response.text


def test_inactive_admin_member_sees_nothing(organization, client):
    user = factories.UserFactory(is_staff=True)
    factories.MemberFactory(organization=organization, user=user, role=Role.ADMIN, active=False)
    client.force_login(user)
    assert "enfield" not in client.get(address(Organization, "changelist")).text


def test_superuser_sees_all_organizations(superuser, foreign, organization):
    page = superuser.get(address(Organization, "changelist")).text
    assert SECRET in page and "enfield" in page
    for model in WITH_HISTORY:
        assert superuser.get(address(model, "change", foreign[model].pk)).status_code == 200
        assert superuser.get(address(model, "history", foreign[model].pk)).status_code == 200
        version = model.history.filter(id=foreign[model].pk).first()
        assert (
            superuser.get(address(model, "simple_history", foreign[model].pk, version.pk)).status_code == 200
        )


def test_focus_statements_are_read_only(superuser, foreign):
    model = next(model for model in ROW_ADMINS if model.__name__ == "FocusStatement")
    assert superuser.get(address(model, "add")).status_code == 403
    assert superuser.post(address(model, "change", foreign[model].pk), {}).status_code == 403


def test_change_form_leaves_the_organization_as_it_is(superuser, organization, foreign):
    group = factories.CustomerGroupFactory(organization=organization)
    data = {"name": "Renamed", "side": "internal", "organization": foreign[Organization].pk}
    superuser.post(address(CustomerGroup, "change", group.pk), data)
    with organization_scope(organization):
        group = CustomerGroup.objects.get(pk=group.pk)
    assert (group.name, group.organization) == ("Renamed", organization)


def test_users_are_for_superusers(staff, superuser):
    for page in ("changelist", "add"):
        assert staff.get(address(User, page)).status_code == 403
        assert superuser.get(address(User, page)).status_code == 200
    data = {
        "email": "New.Person@Example.org",
        "name": "New",
        "usable_password": "true",
        "password1": "a-very-long-word",
        "password2": "a-very-long-word",
    }
    assert superuser.post(address(User, "add"), data).status_code == 302
    new = User.objects.get(email="new.person@example.org")
    assert new.check_password("a-very-long-word") and not new.is_staff
    assert superuser.get(address(User, "change", new.pk)).status_code == 200


def test_user_whose_email_exists_in_other_case_is_refused(superuser):
    factories.UserFactory(email="new.person@example.org")
    data = {"email": "NEW.person@example.org", "name": "", "usable_password": "false"}
    response = superuser.post(address(User, "add"), data)
    assert response.status_code == 200 and "already exists" in response.text


def test_admin_is_closed_to_everybody_else(manager, client):
    assert manager.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).url.startswith("/accounts/login/")


def test_page_of_before_somebody_else_saved_asks_before_it_replaces(staff, organization):
    with organization_scope(organization):
        criterion = factories.CriterionFactory(organization=organization, name="Income", weight=2)
    page = address(Criterion, "change", criterion.pk)
    assert f'name="shown" value="{criterion.version}"' in staff.get(page).text
    typed = {"name": "Income", "weight": "3", "shown": str(criterion.version)}
    with organization_scope(organization):
        criterion.name = "Mission"
        criterion.save()

    answer = staff.post(page, typed)

    assert answer.status_code == 200 and "Somebody else changed this meanwhile" in answer.text
    kept = form_to(page, answer.text.replace("<form ", f'<form action="{page}" '))
    assert (kept["name"], kept["weight"], kept["shown"]) == ("Income", "3", str(criterion.version))
    with organization_scope(organization):
        assert Criterion.objects.get().name == "Mission"
    again = staff.post(page, kept)
    assert again.status_code == 302
    with organization_scope(organization):
        assert Criterion.objects.get().weight == 3
