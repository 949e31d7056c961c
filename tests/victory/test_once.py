"""Two people who add the same row at the same moment."""

from contextlib import nullcontext

import pytest
from django.db import IntegrityError, OperationalError

from customers.models import Customer
from victory.once import again_if_taken


def test_write_is_tried_again_and_finds_what_took_its_place(scoped):
    tries = []

    @again_if_taken
    def write():
        tries.append(Customer.objects.count())
        if len(tries) == 1:
            raise IntegrityError
        return "found"

    assert write() == "found" and len(tries) == 2


def test_add_that_is_overtaken_is_tried_again(manager, scoped, monkeypatch):
    save = Customer.save

    def be_overtaken(customer, **kwargs):
        monkeypatch.setattr(Customer, "save", save)
        raise IntegrityError

    monkeypatch.setattr(Customer, "save", be_overtaken)
    response = manager.post("/o/enfield/drivers/customers/", {"name": "Residents"})

    assert response.status_code == 302 and Customer.objects.get().name == "Residents"


class Deadlock(Exception):
    sqlstate = "40P01"


@pytest.mark.parametrize("cause, tries", [(Deadlock(), 2), (Exception(), 1)])
def test_write_that_waited_for_another_in_a_circle_is_tried_again(cause, tries):
    tried = []

    @again_if_taken
    def write():
        tried.append(None)
        if len(tried) == 1:
            raise OperationalError from cause

    with nullcontext() if tries == 2 else pytest.raises(OperationalError):
        write()
    assert len(tried) == tries


@pytest.mark.parametrize("address", ["performance/{}/", "needs/needs/{}/edit/", "metrics/metrics/{}/edit/"])
def test_key_that_no_database_holds_is_not_found(manager, scoped, address):
    assert manager.post(f"/o/enfield/{address.format(2**63)}").status_code == 404
