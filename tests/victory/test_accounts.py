"""Signing in, finding the way to one's organizations, and moving between them."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.urls import reverse

from tests import factories
from victory.models import User
from victory.tenancy import Role


@pytest.fixture
def person(organization):
    user = factories.UserFactory(email="robin@example.org", name="Robin")
    factories.MemberFactory(organization=organization, user=user, role=Role.MANAGER)
    return user


def sign_in(client, email, password=factories.PASSWORD, **further):
    return client.post(reverse("account_login"), {"login": email, "password": password} | further)


@pytest.mark.parametrize("email", ["robin@example.org", "Robin@Example.ORG", " robin@example.org "])
def test_sign_in_by_email(client, person, email):
    response = sign_in(client, email)
    assert response.status_code == 302
    assert client.get(response.url, follow=True).request["PATH_INFO"] == "/o/enfield/"


def test_sign_in_returns_to_the_page_asked_for(client, person):
    address = client.get("/o/enfield/drivers/").url
    assert (
        client.post(
            address, {"login": person.email, "password": factories.PASSWORD, "next": "/o/enfield/drivers/"}
        ).url
        == "/o/enfield/drivers/"
    )


def test_sign_in_does_not_lead_to_another_site(client, person):
    assert sign_in(client, person.email, next="https://example.com/").url == "/"


@pytest.mark.protects("known")
@pytest.mark.parametrize(
    ("email", "password"), [("robin@example.org", "wrong"), ("nobody@example.org", "wrong")]
)
def test_wrong_password_and_unknown_email_get_the_same_message(client, person, email, password):
    response = sign_in(client, email, password)
    assert response.status_code == 200
    assert "The email address and/or password you specified are not correct." in response.text
    assert f'value="{email}"' in response.text
    assert "_auth_user_id" not in client.session


def test_password_is_not_shown_again(client, person):
    assert "wrong-one" not in sign_in(client, person.email, "wrong-one").text


def test_inactive_user_cannot_sign_in(client, person):
    person.is_active = False
    person.save()
    sign_in(client, person.email)
    assert "_auth_user_id" not in client.session


def test_sign_in_page_needs_no_organization(client, db):
    assert client.get(reverse("account_login")).status_code == 200


def test_sign_out_ends_the_session(client, person):
    client.force_login(person)
    client.post(reverse("account_logout"))
    assert client.get("/o/enfield/").status_code == 302


def test_home_leads_into_the_only_organization(client, person):
    client.force_login(person)
    assert client.get("/").url == "/o/enfield/"


def test_home_offers_several_organizations(client, person):
    parks = factories.OrganizationFactory(name="Parks", slug="parks")
    factories.MemberFactory(organization=parks, user=person, role=Role.VIEWER)
    former = factories.OrganizationFactory(name="Former", slug="former")
    factories.MemberFactory(organization=former, user=person, active=False)
    factories.OrganizationFactory(name="Strangers", slug="strangers")
    client.force_login(person)
    page = client.get("/", follow=True)
    assert page.request["PATH_INFO"] == "/organizations/"
    assert 'href="/o/enfield/"' in page.text and 'href="/o/parks/"' in page.text
    assert "Former" not in page.text and "Strangers" not in page.text


def test_person_moves_between_two_organizations(client, person, organization):
    parks = factories.OrganizationFactory(name="Parks", slug="parks")
    factories.MemberFactory(organization=parks, user=person, role=Role.VIEWER)
    factories.CustomerFactory(organization=organization, name="Residents")
    factories.CustomerFactory(organization=parks, name="Gardeners")
    client.force_login(person)
    for slug, own, other in (("enfield", "Residents", "Gardeners"), ("parks", "Gardeners", "Residents")):
        page = client.get(f"/o/{slug}/drivers/").text
        assert own in page and other not in page
        assert f'href="{reverse("organizations")}"' in page
    assert client.post("/o/parks/focus/rights/", {"text": "An answer"}).status_code == 403


def test_home_of_somebody_without_an_organization_says_whom_to_ask(client, db, settings):
    settings.OPEN_SIGNUP = False  # else they can begin one of their own
    client.force_login(factories.UserFactory())
    assert "You are not a member of an organization yet." in client.get("/", follow=True).text


def test_organizations_lead_to_the_portfolio_only_above_units_of_the_persons_own(
    client, person, organization
):
    team = factories.OrganizationFactory(
        slug="team", parent=factories.OrganizationFactory(slug="between", parent=organization)
    )
    client.force_login(person)
    assert "/portfolio/" not in client.get("/organizations/").text

    factories.MemberFactory(organization=team, user=person)

    page = client.get("/organizations/").text
    assert 'href="/o/enfield/portfolio/"' in page and "/o/team/portfolio/" not in page
    assert "between" not in page


def test_organizations_of_one_name_are_told_apart_by_their_addresses(client, db):
    user = factories.UserFactory()
    client.force_login(user)
    for name, slug in (("Library", "library-north"), ("Library", "library-south"), ("Museum", "museum")):
        factories.MemberFactory(organization=factories.OrganizationFactory(name=name, slug=slug), user=user)
    page = client.get("/organizations/").text

    assert "· /o/library-north/<" in page and "· /o/library-south/<" in page
    assert "· /o/museum/" not in page


@pytest.mark.parametrize("organizations", [1, 3, 30])
def test_organizations_take_the_same_queries_however_many(
    client, person, organization, django_assert_num_queries, organizations
):
    for _ in range(organizations):
        organization = factories.OrganizationFactory(parent=organization)
        factories.MemberFactory(organization=organization, user=person)
    client.force_login(person)

    with django_assert_num_queries(4):
        client.get("/organizations/")


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("/account/", {}),
        ("/accounts/signup/", {"email": "kim@example.org", "password1": factories.PASSWORD}),
    ],
)
def test_name_with_a_control_character_is_refused(page, typed, viewer, client):
    answer = (viewer if page == "/account/" else client).post(page, typed | {"name": "Kim\x07"})
    assert answer.status_code == 200 and "U+0007" in answer.text
    assert not User.objects.filter(name__contains="\x07").exists()


@pytest.mark.parametrize(
    "page", ["totp/activate", "recovery-codes/generate", "recovery-codes", "recovery-codes/download"]
)
def test_page_with_secrets_is_kept_by_no_browser(page, viewer):
    Authenticator.objects.create(user=viewer.user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    RecoveryCodes.activate(viewer.user)
    if page == "totp/activate":
        Authenticator.objects.all().delete()
    viewer.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    answer = viewer.get(f"/accounts/2fa/{page}/")
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
