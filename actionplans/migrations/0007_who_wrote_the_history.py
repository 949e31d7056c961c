"""Say in every history which member wrote each entry, as far as their sign-in tells."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def name_members(apps, schema_editor):
    member = apps.get_model("victory", "Member")
    for model in apps.get_models():
        fields = {field.name for field in model._meta.concrete_fields}
        if {"history_member", "history_user", "organization"} <= fields:
            writer = member._base_manager.filter(
                organization=OuterRef("organization_id"), user=OuterRef("history_user_id")
            )
            model._base_manager.filter(history_member=None).exclude(history_user=None).update(
                history_member=Subquery(writer.values("pk")[:1])
            )


class Migration(migrations.Migration):
    dependencies = [
        ("victory", "0003_people_and_trail"),
        ("customers", "0004_people_and_trail"),
        ("metrics", "0006_people_and_trail"),
        ("actionplans", "0006_people_and_trail"),
    ]

    operations = [migrations.RunPython(name_members, migrations.RunPython.noop, elidable=True)]
