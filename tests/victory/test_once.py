"""Two people who add the same row at the same moment."""

from django.db import IntegrityError

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
