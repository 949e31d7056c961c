"""Run inside the application: what the totals of all units cost in the database."""

import json
import sys

import django

django.setup()

from django.db import connection  # noqa: E402

from actionplans.portfolio import read_portfolio  # noqa: E402
from bench.meter import Statements  # noqa: E402
from victory.models import Organization, User  # noqa: E402


def read(slug: str, email: str, times: int = 20) -> dict:
    """The least of some turns: what is above it is waiting for a machine that does other things as well."""
    organization, user = Organization.objects.get(slug=slug), User.objects.get(email=email)
    milliseconds = []
    for _turn in range(times):
        statements = Statements()
        with connection.execute_wrapper(statements):
            read_portfolio(organization, user, "met")
        milliseconds.append(statements.nanoseconds / 1e6)
    return {"queries": statements.count, "database_milliseconds": round(min(milliseconds), 2)}


if __name__ == "__main__":
    json.dump(read(*sys.argv[1:]), sys.stdout)
