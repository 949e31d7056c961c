"""Whoever could sign in before addresses were confirmed can still do so afterwards.

Until now accounts were made by the people who run the installation, who vouched for the addresses.
"""

from django.db import migrations


def vouch(apps, schema_editor):
    User = apps.get_model("victory", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    for user in User.objects.all().iterator():
        addresses = EmailAddress.objects.filter(user=user)
        if not addresses.filter(email=user.email.lower()).update(verified=True, primary=True):
            addresses.update(primary=False)
            EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=True)


class Migration(migrations.Migration):
    dependencies = [
        ("victory", "0003_people_and_trail"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(vouch, migrations.RunPython.noop)]
