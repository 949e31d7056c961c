"""Migrations that came since the old release may do only what its code does not notice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

from tests.upgrade.releases import OLD_RELEASE, git, need_history
from victory.models import Organization

OURS = ("victory", "customers", "metrics", "actionplans")

EXCUSED: dict[str, str] = {}
"""Operations that are refused below and do no harm, as “app.migration: what they do”, and why."""

HARMLESS = (
    migrations.AddIndex,
    migrations.AlterModelManagers,
    migrations.AlterModelOptions,
    migrations.RemoveConstraint,
    migrations.RemoveIndex,
    migrations.RunPython,
)
"""What old code neither reads nor writes differently for; `RunPython` is tried in test_rolling.py."""


def filled_by_the_database(field) -> bool:
    """Whether an old INSERT, which does not name the column, gets through."""
    return field.null or field.many_to_many or field.generated or field.db_default is not NOT_PROVIDED


def lets_go(field) -> bool:
    """Whether an old DELETE, of what the column points to, gets through."""
    reference = getattr(field, "remote_field", None)
    if not reference or field.many_to_many or not field.db_constraint:
        return True
    return reference.on_delete in (models.DB_CASCADE, models.DB_SET_NULL, models.DB_SET_DEFAULT)


def complaints_of(operation, before) -> Iterator[str]:
    """What the code that knows the models of `before` stumbles over once this has run."""
    app, state = before
    match operation:
        case migrations.SeparateDatabaseAndState():
            for each in operation.database_operations:
                yield from complaints_of(each, before)
        case migrations.CreateModel():
            for name, field in operation.fields:
                if not lets_go(field):
                    yield f"{operation.name}.{name} holds rows that old code deletes"
        case migrations.AddField():
            if not filled_by_the_database(operation.field):
                yield f"{operation.model_name}.{operation.name} is filled by nobody once old code writes"
            if not lets_go(operation.field):
                yield f"{operation.model_name}.{operation.name} holds rows that old code deletes"
        case migrations.AlterField():
            old = state.models[app, operation.model_name_lower].fields[operation.name]
            new = operation.field
            if old.null and not filled_by_the_database(new):
                yield f"{operation.model_name}.{operation.name} is no longer left empty"
            if type(old) is not type(new) or (new.unique and not old.unique) or shorter(new, old):
                yield f"{operation.model_name}.{operation.name} takes less than before"
        case migrations.AlterConstraint():
            pass  # another sentence for who breaks it
        case _ if not isinstance(operation, HARMLESS):
            yield operation.describe()


def shorter(new, old) -> bool:
    return new.max_length is not None and (old.max_length is None or new.max_length < old.max_length)


def complaints_of_migration(loader, key) -> list[str]:
    migration, state = loader.get_migration(*key), loader.project_state(key, at_end=False)
    found = []
    for operation in migration.operations:
        found += complaints_of(operation, (key[0], state))
        operation.state_forwards(key[0], state)
    return [f"{key[0]}.{key[1]}: {complaint}" for complaint in found]


@pytest.fixture(scope="module")
def released() -> set[Path]:
    """The migrations that the old release had."""
    need_history()
    listed = git("ls-tree", "-r", "--name-only", OLD_RELEASE).decode().splitlines()
    paths = [Path(name) for name in listed]
    return {p for p in paths if p.match("*/migrations/0*.py") and p.parts[0] in OURS}


def test_migrations_of_the_old_release_are_as_they_were(released):
    """Where they ran already, what is changed in them never happens."""
    assert len(released) > 20
    for path in released:
        assert (settings.BASE_DIR / path).read_bytes() == git("show", f"{OLD_RELEASE}:{path}"), path


def test_new_migrations_leave_old_code_working(released):
    loader = MigrationLoader(connection=None)
    known = {(path.parts[0], path.stem) for path in released}
    new = sorted(key for key in loader.graph.nodes if key[0] in OURS and key not in known)
    print(f"{len(new)} migrations since {OLD_RELEASE[:7]}")
    complaints = [complaint for key in new for complaint in complaints_of_migration(loader, key)]
    assert not set(complaints) - set(EXCUSED)
    assert set(EXCUSED) <= set(complaints), "an excuse is no longer needed"


# --- The control: what is refused, and what is not ---

TEXT = models.CharField(max_length=20)
EMPTY = models.CharField(max_length=20, null=True)
BY_DATABASE = models.CharField(max_length=20, db_default="")


def to_organization(on_delete, **options):
    return models.ForeignKey(Organization, on_delete, **options)


@pytest.mark.parametrize(
    ("operation", "complaint"),
    [
        (migrations.AddField("note", "mood", TEXT), "filled by nobody"),
        (
            migrations.AddField("note", "mood", models.CharField(max_length=20, default="")),
            "filled by nobody",
        ),
        (migrations.AddField("note", "mood", EMPTY), None),
        (migrations.AddField("note", "mood", BY_DATABASE), None),
        (migrations.AddField("note", "of", to_organization(models.SET_NULL, null=True)), "holds rows"),
        (migrations.AddField("note", "of", to_organization(models.DB_SET_NULL, null=True)), None),
        (migrations.CreateModel("Mood", [("of", to_organization(models.CASCADE))]), "holds rows"),
        (migrations.CreateModel("Mood", [("of", to_organization(models.DB_CASCADE))]), None),
        (
            migrations.CreateModel("M", [("of", to_organization(models.CASCADE, db_constraint=False))]),
            None,
        ),
        (migrations.AlterField("member", "user", to_organization(models.CASCADE)), "no longer left empty"),
        (migrations.AlterField("note", "text", models.TextField(max_length=5)), "takes less"),
        (migrations.AlterField("note", "step", TEXT), None),
        (migrations.RemoveField("note", "text"), "Remove field text"),
        (migrations.RenameField("note", "text", "words"), "Rename field text"),
        (migrations.RenameModel("Note", "Insight"), "Rename model"),
        (migrations.DeleteModel("Note"), "Delete model"),
        (migrations.AlterModelTable("Note", "notes"), "Rename table"),
        (migrations.RunSQL("DROP TABLE victory_note"), "Raw SQL"),
        (
            migrations.AddConstraint("note", models.UniqueConstraint(fields=["text"], name="once")),
            "Create constraint once",
        ),
        (
            migrations.SeparateDatabaseAndState(database_operations=[migrations.DeleteModel("Note")]),
            "Delete model",
        ),
        (migrations.AddIndex("note", models.Index(fields=["text"], name="by_text")), None),
        (migrations.RunPython(migrations.RunPython.noop), None),
    ],
)
def test_what_old_code_stumbles_over_is_refused(operation, complaint):
    state = MigrationLoader(connection=None).project_state()
    found = list(complaints_of(operation, ("victory", state)))
    assert bool(found) == (complaint is not None)
    assert complaint is None or complaint in found[0]
