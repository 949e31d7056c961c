"""Every address, as every role, as an outsider, and as somebody who is not signed in: against the table."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests import factories, role_matrix
from tests.routes import PREFIX, ROUTES
from tests.rows import address_of
from victory.tenancy import Role

pytestmark = pytest.mark.protects("roles")

NAMED = {name: role for role, names in role_matrix.PAGES.items() for name in names.split()} | {
    f"{worksheet}-{part}": role if part in role_matrix.CHANGES_A_WORKSHEET else Role.VIEWER
    for role, worksheets in role_matrix.WORKSHEETS.items()
    for worksheet in worksheets.split()
    for part in role_matrix.CHANGES_A_WORKSHEET + role_matrix.READS_A_WORKSHEET
}
OUTSIDE = {line.split()[0]: line.split()[1:] for line in role_matrix.OUTSIDE.strip().splitlines()}
ADMINISTRATION = {
    line.split()[0]: line.split()[1:] for line in role_matrix.ADMINISTRATION.strip().splitlines()
}


def addresses_outside(patterns=None, prefix="/") -> Iterator[str]:
    """Every address that is not of an organization, with a 1 for each number or key in it."""
    for pattern in patterns or get_resolver().url_patterns:
        path = prefix + str(pattern.pattern)
        if path.startswith(f"/{PREFIX}"):
            continue
        if isinstance(pattern, URLResolver):
            yield from addresses_outside(pattern.url_patterns, path)
        else:
            path = re.sub(r"\(\?P<key>[^)]*\)", "set-password", path)
            path = re.sub(r"\(\?P<provider_id>[^)]*\)", "none", path)
            yield re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]+>", "1", path).replace("^", "").replace("$", "")


ALL_OUTSIDE = sorted(set(addresses_outside()))
IN_ADMINISTRATION = [address for address in ALL_OUTSIDE if address.startswith("/admin/")]


@pytest.fixture
def organization(house, db):
    return house.organization


@pytest.fixture
def signed_in(sign_in):
    """An outsider, an admin of an organization, and one who is staff as well."""
    clients = {"outsider": sign_in(None), "member": sign_in(Role.ADMIN), "staff": sign_in(Role.ADMIN)}
    clients["staff"].user.is_staff = True
    clients["staff"].user.save()
    return clients


def word(answer) -> str:
    """What became of a request, as the table says it."""
    if answer.status_code == 200:
        return "page"
    if answer.status_code in (301, 302):
        return "sign-in" if "login/?next=" in answer.url else "on"
    return str(answer.status_code)


def ask(client, method, address) -> str:
    """The answer; somebody who was signed out by an address before is signed in again."""
    if (user := getattr(client, "user", None)) and SESSION_KEY not in client.session:
        client.force_login(user)
    return word(getattr(client, method)(address))


def test_table_names_every_page_of_an_organization_and_no_other():
    people = len(Role) + 2
    print(f"{len(ROUTES)} routes of an organization as {people} people, by GET and POST:", end=" ")
    print(f"{len(ROUTES) * people * 2} requests; {len(ALL_OUTSIDE)} addresses outside of organizations")
    assert set(NAMED) == {route.name for route in ROUTES}


def test_table_names_every_address_outside_and_no_other():
    assert set(OUTSIDE) == set(ALL_OUTSIDE) - set(IN_ADMINISTRATION)
    assert set(ADMINISTRATION) <= set(IN_ADMINISTRATION)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_page_of_an_organization_is_for_the_roles_of_the_table(route, method, house, organization):
    address = address_of(route, organization)
    answer = getattr(Client(), method)(address)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/o/enfield/")
    outsider, *members = (
        word(getattr(house.sign_in(role), method)(address)) for role in (None, *sorted(Role))
    )
    assert outsider == "404"
    for role, said in zip(sorted(Role), members, strict=True):
        if role < least_role(route.name, method):
            assert said == "403", role.label
        else:  # a row that somebody before took away is gone
            assert said in ("page", "on", "204", "405") or (said == "404" and method == "post"), role.label


def least_role(name: str, method: str) -> Role:
    """The role from which on somebody may use the page for a row that is not their own."""
    own_alone = role_matrix.CONTRIBUTORS_OWN_ALONE.get(name) == method
    return Role.MANAGER if own_alone else NAMED[name]


@pytest.mark.parametrize(("name", "method"), role_matrix.CONTRIBUTORS_OWN_ALONE.items())
@pytest.mark.parametrize("own", [True, False])
def test_contributor_changes_own_actions_alone(name, method, own, contributor, scoped):
    member = contributor.user.memberships.get()
    owned = {"who": member} if own else {}
    action = factories.ActionFactory(organization=scoped, **owned)
    address = reverse(name, args=["enfield", action.pk])
    assert ask(contributor, method, address) == ("on" if own else "403")


@pytest.mark.parametrize("address", OUTSIDE)
def test_address_outside_of_an_organization_answers_as_in_the_table(address, signed_in):
    anonymous_gets, gets, anonymous_posts, posts = OUTSIDE[address]
    for method, as_anonymous, as_somebody in (
        ("get", anonymous_gets, gets),
        ("post", anonymous_posts, posts),
    ):
        assert ask(Client(), method, address) == as_anonymous
        for name, client in signed_in.items():
            assert ask(client, method, address) == as_somebody, name


def test_administration_is_for_staff(signed_in):
    for address in IN_ADMINISTRATION:
        anonymous, others, staff = ADMINISTRATION.get(address, ("sign-in", "sign-in", None))
        assert ask(Client(), "get", address) == anonymous, address
        for name in ("outsider", "member"):
            assert ask(signed_in[name], "get", address) == others, address
        said = ask(signed_in["staff"], "get", address)
        assert said == staff if staff else said in ("page", "on", "403", "404"), address
