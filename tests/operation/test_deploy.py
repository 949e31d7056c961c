"""The files with which it is installed say what the program says."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands

from victory.settings import env

ROOT = Path(settings.BASE_DIR)
UNITS = sorted(path for path in (ROOT / "deploy/systemd").iterdir() if path.is_file())


def text(name: str) -> str:
    return (ROOT / name).read_text()


def variables_that_are_read() -> set[str]:
    """By the settings, by gunicorn and by the compose file."""
    reading = r'(?:env\.\w+\(|read\(\s*env\.\w+,|switch\()\s*"(\w+)"'
    by_settings = set(re.findall(reading, text("victory/settings.py"))) | env.dump().keys()
    by_gunicorn = set(re.findall(r'environment\.get\("(\w+)"', text("gunicorn.conf.py")))
    by_compose = set(re.findall(r"\$\{(\w+)", text("compose.yaml")))
    assert "HSTS_SECONDS" in by_settings and "OIDC_ISSUER" in by_settings and by_gunicorn and by_compose
    return by_settings | by_gunicorn | by_compose


def test_example_of_the_environment_has_every_variable_and_no_other():
    assert set(re.findall(r"^#(\w+)=", text(".env.example"), re.M)) == variables_that_are_read()


def test_table_in_the_readme_has_every_variable_and_no_other():
    table = text("README.md").partition("## Configuration")[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\| (`.+?) \|", table, re.M)
    assert {
        name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)
    } == variables_that_are_read()


def test_variables_that_containers_set_are_read_by_somebody():
    """The rest are those of PostgreSQL's own image, of Python and of gunicorn."""
    known = variables_that_are_read() | {
        "POSTGRES_USER",
        "POSTGRES_DB",
        "PYTHONUNBUFFERED",
        "GUNICORN_CMD_ARGS",
    }
    compose, image = text("compose.yaml"), text("Containerfile")
    assert set(re.findall(r"^ +([A-Z_]+):", compose, re.M)) <= known
    assert set(re.findall(r"\b([A-Z_]{4,})=", image)) <= known


@pytest.mark.parametrize("name", ["Containerfile", "compose.yaml", "docs/operation.md", *map(str, UNITS)])
def test_commands_that_are_told_exist(name):
    said = re.findall(r'manage\.py"?,? "?([a-z_]+)', text(name))
    assert set(said) <= get_commands().keys()


def test_image_is_made_of_all_that_runs_and_nothing_else():
    allowed = set(re.findall(r"^!(.+)$", text(".dockerignore"), re.M))
    ours = {Path(app.path).name for app in apps.get_app_configs() if Path(app.path).parent == ROOT}
    folders = {Path(path).name for path in (*settings.STATICFILES_DIRS, *settings.TEMPLATES[0]["DIRS"])}
    files = {"gunicorn.conf.py", "manage.py", "requirements-server.txt"}
    assert allowed == ours | folders | files
    assert "*" in text(".dockerignore").splitlines()


def test_units_are_those_that_the_page_on_operation_starts():
    told = text("docs/operation.md")
    names = {unit.name for unit in UNITS}
    timers = {name.removesuffix(".timer") for name in names if name.endswith(".timer")}
    web = {"winning-customers-web.socket", "winning-customers-web.service"}
    started = {f"{timer}.timer" for timer in timers} | web
    assert names == started | {f"{timer}.service" for timer in timers}
    assert all(name in told for name in started)


def test_commands_of_the_page_on_operation_reach_the_settings():
    """With systemd they are where root alone reads them, and any other command would ask for SECRET_KEY."""
    page = text("docs/operation.md")
    functions = dict(re.findall(r"^(\w+)\(\) \{(.+?)\}$", page, re.M | re.S))
    assert "EnvironmentFile=/etc/winning-customers.env" in functions["as_winning"]
    assert all("as_winning" in functions[name] for name in ("manage", "try"))
    for name, title in (("manage", "With systemd"), ("try", "Try a restore")):
        commands = page.partition(f"### {title}\n")[2].partition("\n### ")[0].partition(f"{name}() {{")[2]
        assert re.search(rf"^{name} \w+", commands, re.M)
        assert not re.search(r"^\S*python manage\.py|^manage\.py", commands, re.M)
    for by_cron in re.findall(r"(.+)\n\n```\n[\d *]+ cd ", page):
        assert "`manage.py`:" in by_cron  # beside which the file with the settings is
