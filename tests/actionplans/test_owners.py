from actionplans.models import Ownership
from tests import factories
from victory.models import Member
from victory.tenancy import Role, organization_scope


def save(client, metric, owner, was=""):
    return client.post(f"/o/enfield/plan/owners/{metric.pk}/", {"owner": owner, "was": was}, follow=True)


def the_owner(metric):
    return Ownership.objects.filter(metric=metric).values_list("member__name", flat=True).first()


def test_owner_known_by_name_is_taken_however_it_is_capitalised(scoped, manager):
    metric = factories.MetricFactory(organization=scoped)
    ana = factories.MemberFactory(organization=scoped, name="Ana Costa")

    save(manager, metric, "  ana  COSTA ")

    assert Ownership.objects.get(metric=metric).member == ana


def test_owner_with_a_new_name_becomes_a_member_without_a_sign_in_and_is_said(scoped, manager):
    metric = factories.MetricFactory(organization=scoped)

    page = save(manager, metric, "Ben Okafor")

    ben = Member.objects.get(name="Ben Okafor")
    assert (ben.user, ben.role) == (None, Role.VIEWER)
    assert the_owner(metric) == "Ben Okafor"
    assert "Ben Okafor is new here: now a member, without a sign-in." in page.text


def test_owner_emptied_takes_the_ownership_away(scoped, manager):
    ownership = factories.OwnershipFactory(organization=scoped)

    save(manager, ownership.metric, "", was=ownership.member.name)

    assert the_owner(ownership.metric) is None


def test_owner_changed_replaces_the_one_before(scoped, manager):
    ownership = factories.OwnershipFactory(organization=scoped)

    save(manager, ownership.metric, "Ben Okafor", was=ownership.member.name)

    assert the_owner(ownership.metric) == "Ben Okafor"


def test_owner_changed_by_somebody_else_meanwhile_says_both_and_saves_nothing(scoped, manager):
    ana = factories.MemberFactory(organization=scoped, name="Ana Costa")
    metric = factories.OwnershipFactory(organization=scoped, member=ana).metric

    page = save(manager, metric, "Ben Okafor", was="")

    assert the_owner(metric) == "Ana Costa"
    assert not Member.objects.filter(name="Ben Okafor").exists()
    assert "Somebody else entered Ana Costa meanwhile." in page.text
    assert 'value="Ben Okafor"' in page.text
    assert (
        f'id="owner-{metric.pk}-was" name="was" form="owner-{metric.pk}-form" value="Ana Costa"' in page.text
    )


def test_owner_entered_again_after_the_conflict_replaces_theirs(scoped, manager):
    ana = factories.MemberFactory(organization=scoped, name="Ana Costa")
    metric = factories.OwnershipFactory(organization=scoped, member=ana).metric

    save(manager, metric, "Ben Okafor", was="Ana Costa")

    assert the_owner(metric) == "Ben Okafor"


def test_owner_who_is_no_longer_active_is_refused(scoped, manager):
    metric = factories.MetricFactory(organization=scoped)
    factories.MemberFactory(organization=scoped, name="Ana Costa", active=False)

    page = save(manager, metric, "Ana Costa")

    assert the_owner(metric) is None
    assert "Ana Costa is no longer active here." in page.text


def test_owner_too_long_or_unreadable_is_said_and_makes_nobody(scoped, manager):
    metric = factories.MetricFactory(organization=scoped)
    members = Member.objects.count()

    assert "at most 120 characters" in save(manager, metric, "x" * 121).text
    assert "a character that cannot be shown (U+0007)" in save(manager, metric, "Ana\x07").text
    assert Member.objects.count() == members


def test_owner_with_htmx_answers_with_the_cell_and_the_notice(scoped, manager_htmx):
    metric = factories.MetricFactory(organization=scoped)

    answer = save(manager_htmx, metric, "Ben <b>")

    assert answer.headers["HX-Trigger"] == "workbook-changed"
    assert "Ben &lt;b&gt; is new here" in answer.text
    assert 'name="was"' in answer.text and 'value="Ben &lt;b&gt;"' in answer.text
    assert "<table" not in answer.text


def test_owner_of_a_metric_deleted_meanwhile_is_said_with_what_was_typed(scoped, manager):
    metric = factories.MetricFactory(organization=scoped)
    pk = metric.pk
    metric.delete()
    metric.pk = pk

    page = save(manager, metric, "Ben Okafor").text

    assert "This row was deleted by somebody else in the meantime. You had typed: Ben Okafor" in page
    assert not Member.objects.filter(name="Ben Okafor").exists()


def test_owner_of_a_metric_of_another_organization_is_not_changed(scoped, manager):
    theirs = factories.MetricFactory()

    save(manager, theirs, "Ben Okafor")

    with organization_scope(theirs.organization):
        assert the_owner(theirs) is None


def test_owner_is_not_for_contributors_to_change(scoped, contributor):
    metric = factories.MetricFactory(organization=scoped)

    assert save(contributor, metric, "Ana").status_code == 403
    assert the_owner(metric) is None
