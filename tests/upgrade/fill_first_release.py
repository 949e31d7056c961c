"""Fill a database of the first release, and write it down row by row. Run by the code of that release.

    git archive 2babea9 | tar x -C FOLDER      # and there, with DEBUG=1 and a DATABASE_URL of its own:
    manage.py migrate
    manage.py shell -v 0 -c "exec(open('…/tests/upgrade/fill_first_release.py').read())" > first_release.jsonl

Everybody in it is made up, and nobody has a password.
"""

import json
import sys
from datetime import date, timedelta
from decimal import Decimal

from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.test import Client
from django_scopes import scopes_disabled

from customers.models import Deliverable
from metrics.models import Measurement, Metric, Target
from metrics.quantities import Unit
from victory import undo
from victory.models import CustomerRight, FocusStatement, Member, Organization, User
from victory.tenancy import Role, organization_scope

LEFT_OUT = ("contenttypes", "sessions", "auth.permission")
MONTHLY = [60, 70, 64, 66, 58, 68] * 2


def a_series(metric, values, first):
    for number, value in enumerate(values):
        Measurement(
            organization=metric.organization,
            metric=metric,
            date=first + timedelta(days=30 * number),
            value=Decimal(value),
        ).save()


def metric_of(deliverable, measured_by, unit=Unit.PERCENT):
    metric = Metric(
        organization=deliverable.organization, deliverable=deliverable, measured_by=measured_by, unit=unit
    )
    metric.save()
    return metric


def fill():
    call_command("demo", stdout=sys.stderr)
    User.objects.update(password="!")
    clinic = Organization.objects.create(name="Ångström Clinic", slug="clinic", time_zone="Europe/Stockholm")
    elodie = User.objects.create_user("Elodie.Berg@example.org", None, name="Élodie Berg")
    with organization_scope(clinic):
        by = Member(organization=clinic, name="Élodie Berg", email=elodie.email, user=elodie, role=Role.ADMIN)
        by.save()
        Member(organization=clinic, name="Åke Lund", role=Role.CONTRIBUTOR).save()
        FocusStatement(organization=clinic, revision=1, view_of_perfection="Nobody waits.").save()
        right = CustomerRight(organization=clinic, text="An answer on the same day")
        right.save()
        deliverable = Deliverable(organization=clinic, name="Visits")
        deliverable.save()
        waiting = metric_of(deliverable, "Share seen within an hour")
        target = {"organization": clinic, "metric": waiting, "direction": "at-least"}
        Target(**target, low=Decimal(60), holds_from=date(2025, 3, 1)).save()
        Target(**target, low=Decimal(65), holds_from=date(2025, 9, 1)).save()
        a_series(waiting, [*MONTHLY, 20], date(2025, 1, 15))  # the last one is far outside
        judged = metric_of(deliverable, "Is the door open on Sundays?", Unit.YES_NO)
        Target(organization=clinic, metric=judged, direction="judged", holds_from=date(2025, 1, 1)).save()
        a_series(judged, [1, 0, 1], date(2025, 1, 15))
        metric_of(deliverable, "Not measured yet")
        gone = metric_of(deliverable, "Letters answered within a week")
        Target(organization=clinic, metric=gone, direction="at-least", low=90, holds_from="2025-01-01").save()
        a_series(gone, [91, 88], date(2025, 2, 1))
        undo.delete(gone, by=by)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(elodie)
    edited = f"/o/clinic/focus/rights/{right.pk}/edit/"
    answer = client.post(edited, {"text": "An answer on the same day, by whichever way", "version": 1})
    assert answer.status_code == 302


def written(field, row):
    value = field.value_from_object(row)
    return value if value is None or isinstance(field, models.JSONField) else field.value_to_string(row)


def write_down():
    for model in apps.get_models():
        label = model._meta.label_lower
        fields = model._meta.concrete_fields
        rows = list(model._base_manager.order_by("pk"))
        if rows and not label.startswith(LEFT_OUT):
            print(json.dumps({"table": label, "columns": [field.attname for field in fields]}))
            for row in rows:
                print(json.dumps([written(field, row) for field in fields], ensure_ascii=False))


fill()
with scopes_disabled():
    write_down()
