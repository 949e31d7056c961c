"""Run inside the application, on the database that is measured: signs somebody in, and says what is there.

`python -m bench.facts EMAIL` makes the account where there is none yet. It prints a session and, by
organization, the keys of rows that are opened and edited.
"""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from customers.models import Customer, Need  # noqa: E402
from metrics.models import Metric  # noqa: E402
from metrics.quantities import Unit  # noqa: E402
from victory.models import User  # noqa: E402
from victory.tenancy import memberships_of, organization_scope  # noqa: E402


def read(email: str) -> dict:
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name="Robin Bench")
    client = Client()
    client.force_login(user)
    return {
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "today": str(timezone.localdate()),
        "organizations": {
            membership.organization.slug: rows_of(membership.organization)
            for membership in memberships_of(user)
        },
    }


def rows_of(organization) -> dict:
    """Some keys of each kind; `to_enter` are metrics in percent that have no figure of today yet."""
    with organization_scope(organization):
        rows = {
            "metrics": Metric.objects,
            "to_enter": Metric.objects.filter(unit=Unit.PERCENT, latest__date__lt=organization.today),
            "needs": Need.objects,
            "customers": Customer.objects,
        }
        return {name: list(those.values_list("pk", flat=True)[:60]) for name, those in rows.items()}


if __name__ == "__main__":
    json.dump(read(sys.argv[1]), sys.stdout)
