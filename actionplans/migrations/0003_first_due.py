"""An action that is there already was promised for the day it is due."""

from django.db import migrations
from django.db.models import F


def take_due(apps, schema_editor):
    apps.get_model("actionplans", "Action").objects.update(first_due=F("due"))


class Migration(migrations.Migration):
    dependencies = [("actionplans", "0002_evaluate_and_review")]

    operations = [migrations.RunPython(take_due, migrations.RunPython.noop)]
