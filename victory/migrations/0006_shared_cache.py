"""The table of the cache that all processes share."""

from django.core.management import call_command
from django.db import migrations


def make(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE IF EXISTS victory_cache")


class Migration(migrations.Migration):
    dependencies = [("victory", "0005_out_and_gone")]

    operations = [migrations.RunPython(make, drop)]
