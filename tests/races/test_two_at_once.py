"""Eight people edit the same rows over HTTP: nobody overwrites anybody unseen.

With SECURITY=1 they make a thousand edits.
"""

import os
import random
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from itertools import pairwise

import pytest
from django.db import connection

from tests import factories
from tests.forms import form_to
from tests.races.server import Person, Server, a_person
from victory.models import CustomerRight
from victory.tenancy import organization_scope

PEOPLE = 8
EDITS = 1000 if os.environ.get("SECURITY") else 80
STORED = re.compile(r'class="stored"><b>Now stored:</b> (.*?)</p>', re.DOTALL)


@pytest.fixture
def rights(transactional_db):
    organization = factories.OrganizationFactory(slug="enfield")
    return [
        factories.CustomerRightFactory(organization=organization, text=f"right {n} | new")
        for n in range(2)
    ]  # fmt: skip


@pytest.fixture
def serve(monkeypatch):
    servers = []

    def serve(without: str = "") -> Server:
        monkeypatch.setenv("WITHOUT", without)
        servers.append(Server("tests.races.unguarded" if without else "victory.wsgi"))
        servers[-1].start()
        return servers[-1]

    yield serve
    for server in servers:
        server.kill()


class Editor:
    """One of the people: each text says on which text it was written."""

    def __init__(self, person: Person, name: str, rights: list[CustomerRight]):
        self.person, self.name, self.rights = person, name, rights
        self.accepted, self.refused, self.unshown = [], 0, []

    def edit(self, number: int):
        right = random.choice(self.rights)
        address = f"/o/enfield/focus/rights/{right.pk}/edit/"
        shown = form_to(address, self.person.get(address).text)
        mine = f"{self.name}.{number} | on {shown['text'].partition(' | ')[0]}"
        answer = self.person.post(address, shown | {"text": mine})
        assert answer.status == 200
        if answer.saved:
            self.accepted.append((right.pk, mine))
        else:
            self.refused += 1
            theirs = STORED.search(answer.text)
            both = theirs and unescape(theirs[1]).strip() and form_to(address, answer.text)["text"] == mine
            if not both:
                self.unshown.append(answer.text)


def edit_together(server: Server, rights) -> list[Editor]:
    editors = [Editor(a_person(server, rights[0].organization), f"person {n}", rights) for n in range(PEOPLE)]

    def work(editor):
        for number in range(EDITS // PEOPLE):
            editor.edit(number)

    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(work, editors))
    return editors


def overwritten_unseen(rights) -> int:
    """How many stored texts were written on another text than the one they replaced."""
    count = 0
    for right in rights:
        texts = list(right.history.order_by("version").values_list("text", flat=True))
        for before, after in pairwise(texts):
            count += not after.endswith(f" | on {before.partition(' | ')[0]}")
    return count


@pytest.mark.protects("races", "overwrites")
def test_nobody_overwrites_anybody_unseen(rights, serve):
    editors = edit_together(serve(), rights)

    accepted = [saved for editor in editors for saved in editor.accepted]
    refused = sum(editor.refused for editor in editors)
    with organization_scope(rights[0].organization):
        for right in rights:
            right.refresh_from_db()
            assert right.version == 1 + sum(pk == right.pk for pk, _text in accepted)
            stored = set(right.history.values_list("text", flat=True))
            assert {text for pk, text in accepted if pk == right.pk} <= stored
        assert overwritten_unseen(rights) == 0
    assert not [page for editor in editors for page in editor.unshown]
    assert len(accepted) + refused == EDITS // PEOPLE * PEOPLE
    assert refused, "nobody met anybody: this has shown nothing"
    print(f"{len(accepted)} edits accepted, {refused} refused with both texts, none overwritten unseen")


def test_without_the_guard_texts_are_overwritten(rights, serve):
    """The control: what the test above would see."""
    edit_together(serve(without="guard"), rights)

    with organization_scope(rights[0].organization):
        assert overwritten_unseen(rights)


def test_without_the_lock_saves_are_lost(rights, serve):
    """The other control: two who save at the same moment, after both were found to be up to date."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time, whether rows are locked or not")
    editors = edit_together(serve(without="lock"), rights)

    with organization_scope(rights[0].organization):
        versions = sum(right.version - 1 for right in CustomerRight.objects.all())
    assert versions < sum(len(editor.accepted) for editor in editors)
