"""Where the demo is not loaded."""

import pytest
from django.core.management import CommandError, call_command

from actionplans.management.commands.demo import EMAIL
from victory.models import Organization, User


def test_demo_where_there_are_organizations_loads_nothing(organization, settings, capsys):
    settings.DEBUG = True
    call_command("demo")
    assert "already" in capsys.readouterr().out
    assert not User.objects.filter(email=EMAIL).exists()


def test_demo_is_refused_outside_of_development(db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="a password that everybody knows"):
        call_command("demo")
    assert not User.objects.exists() and not Organization.objects.exists()
