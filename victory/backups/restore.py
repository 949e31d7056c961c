"""Putting a backup back."""

import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import F

from victory.backups.archive import Manifest, read_manifest
from victory.backups.backup import check
from victory.backups.engines import ENGINES, engine
from victory.backups.refused import Refused
from victory.models import Organization


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    is_older: bool
    """Whether `manage.py migrate` has something to do now."""


def put_back(file: Path, *, overwrite: bool = False) -> Restored:
    """Make the database what the backup holds. It is read to its end before anything changes."""
    manifest = read_manifest(file)
    _refuse_another_engine(manifest)
    _refuse_what_is_newer(manifest)
    if not overwrite and not engine().is_empty():
        raise Refused("The database is not empty. With --overwrite all that is in it is replaced.")
    with tempfile.TemporaryDirectory(prefix="winning-restore.") as folder:
        database = Path(folder, "database")
        check(file, manifest, database)
        engine().load(database)
    _leave_states_behind()
    return Restored(manifest, is_older=bool(_known() - set(manifest.migrations)))


def _leave_states_behind():
    """Let every workbook stand in a state in which it never stood.

    What was written after the backup is lost, and what is written now would come to the same states: browsers
    still have pages of these.
    """
    beyond = secrets.randbelow(10**12) + 10**6
    Organization.objects.update(revision=F("revision") + beyond)


def _refuse_another_engine(manifest: Manifest):
    if manifest.engine != connection.vendor:
        of = ENGINES[manifest.engine].NAME if manifest.engine in ENGINES else manifest.engine
        raise Refused(
            f"This is a backup of {of}, and DATABASE_URL names {engine().NAME}. From one to the other, "
            "organizations go as exports."
        )


def _refuse_what_is_newer(manifest: Manifest):
    if newer := sorted(set(manifest.migrations) - _known()):
        raise Refused(f"The backup was written by a newer version: this one does not know {newer[0]}.")


def _known() -> set[str]:
    """The migrations of this program, as “app.name”."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
