"""A person who was typed twice is made one again."""

import pytest

from actionplans.models import Action, Attendance, Ownership
from customers.models import OwnScore
from tests import factories
from victory import undo
from victory.models import AuditEntry, Invitation, Member, Note
from victory.tenancy import Role, is_tenant_key


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


@pytest.fixture
def twice(scoped):
    return factories.MemberFactory(organization=scoped, name="Tom", email="tom@example.org")


@pytest.fixture
def into(scoped):
    return factories.MemberFactory(organization=scoped, name="Tom Okafor", user=factories.UserFactory())


def merge(client, twice, into):
    return client.post(f"/o/enfield/people/{twice.pk}/merge/", {"other": into.pk})


def test_page_says_what_it_means_and_changes_nothing(admin, twice, into, scoped):
    factories.OwnershipFactory(organization=scoped, member=twice)
    page = admin.get(f"/o/enfield/people/{twice.pk}/merge/", {"other": into.pk})
    assert "Are Tom and Tom Okafor one person?" in page.text and "1 metric" in page.text
    assert "This cannot be undone." in page.text
    assert Ownership.objects.get().member == twice


def test_everything_points_to_the_other_one(admin, twice, into, scoped):
    rows = factories.a_row_of_every_model(scoped)
    for model, row in rows.items():
        keys = [field for field in model._meta.concrete_fields if is_tenant_key(field)]
        names = [field.name for field in keys if field.related_model is Member]
        if names and model is not Invitation:
            model._base_manager.filter(pk=row.pk).update(**dict.fromkeys(names, twice))

    response = merge(admin, twice, into)

    assert response.url == f"/o/enfield/people/{into.pk}/"
    assert not Member.objects.filter(pk=twice.pk).exists()
    for relation in Member._meta.get_fields(include_hidden=True):
        if relation.one_to_many:
            field = relation.field
            assert not field.model._base_manager.filter(**{field.attname: twice.pk}).exists(), field
    assert Action.objects.get().who == Ownership.objects.get().member == into
    assert Note.objects.get().by == into
    assert Member.objects.get(pk=into.pk).email == "tom@example.org"


def test_one_entry_says_so(admin, twice, into, scoped):
    merge(admin, twice, into)
    assert AuditEntry.objects.get().detail == "Tom merged into Tom Okafor"


def test_row_that_both_have_is_there_once(admin, twice, into, scoped):
    score = factories.OwnScoreFactory(organization=scoped, member=into, value=7)
    same = {"customer": score.customer, "criterion": score.criterion}
    factories.OwnScoreFactory(organization=scoped, member=twice, value=2, **same)
    factories.OwnScoreFactory(organization=scoped, member=twice, value=3)
    review = factories.ReviewFactory(organization=scoped)
    for member in (twice, into):
        factories.AttendanceFactory(organization=scoped, review=review, member=member)
    factories.close(review)

    merge(admin, twice, into)

    assert sorted(OwnScore.objects.filter(member=into).values_list("value", flat=True)) == [3, 7]
    assert Attendance.objects.get().member == into


def test_deleted_row_comes_back_to_the_other_one(admin, twice, into, scoped):
    deletion = undo.delete(factories.OwnershipFactory(organization=scoped, member=twice), by=into)
    merge(admin, twice, into)
    assert undo.put_back(deletion).member == into


def test_invitation_of_the_one_that_goes_is_withdrawn(admin, twice, into, scoped):
    factories.InvitationFactory(organization=scoped, member=twice)
    merge(admin, twice, into)
    assert not Invitation.objects.open().exists()


def test_somebody_who_signs_in_is_not_merged_away(admin, twice, into):
    page = merge(admin, into, twice)
    assert page.status_code == 200
    assert "Open the page of Tom to merge." in page.context["form"].errors["other"][0]
    assert Member.objects.filter(pk__in=[twice.pk, into.pk]).count() == 2


@pytest.mark.parametrize("other", ["same", "inactive", "foreign"])
def test_merging_into_nobody_is_refused(admin, twice, scoped, other):
    others = {
        "same": lambda: twice,
        "inactive": lambda: factories.MemberFactory(organization=scoped, active=False),
        "foreign": lambda: factories.MemberFactory(),
    }
    page = merge(admin, twice, others[other]())
    assert page.status_code == 200 and page.context["form"].errors["other"]
    assert Member.objects.filter(pk=twice.pk).exists()
