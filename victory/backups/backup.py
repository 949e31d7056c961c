"""Writing a backup."""

import os
import tempfile
from pathlib import Path

from django.utils import timezone

from victory.backups.archive import Manifest, checksum, pack, read_manifest, unpack
from victory.backups.engines import engine, one_moment
from victory.backups.refused import Refused, damaged
from victory.backups.tables import applied, counted


def back_up(file: Path, *, overwrite: bool = False) -> Manifest:
    """Write the whole database as it stands now, and read it back. Nobody who saves waits for that.

    The file appears under its name once it is known to be whole. Its owner alone can read it.
    """
    if file.exists() and not overwrite:
        raise Refused(f"{file} is there already. With --overwrite it is replaced.")
    if not file.parent.is_dir():
        raise Refused(f"There is no folder {file.parent}.")
    with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
        written, database = Path(folder, "backup"), Path(folder, "database")
        manifest = _dump(database)
        pack(written, manifest, database, compress=engine().COMPRESS)
        database.unlink()
        check(written, read_manifest(written), database)
        written.chmod(0o600)
        _reach_the_disk(written)
        written.replace(file)
    _reach_the_disk(file.parent)
    return manifest


def check(file: Path, manifest: Manifest, database: Path):
    """Take what the engine wrote out of a backup, and read all of it. Refused is what is not whole."""
    unpack(file, manifest, database)
    found = engine().read_back(database)
    for table, rows in manifest.tables.items():
        if found.get(table, 0) != rows:
            raise damaged(f"{table} has {found.get(table, 0)} rows instead of {rows}.")


def _dump(database: Path) -> Manifest:
    written_at = timezone.now().isoformat(timespec="seconds")
    with one_moment() as seen:
        migrations = applied(seen)
        if not migrations:
            raise Refused("There is nothing in the database yet.")
        engine().dump(seen, database)
        tables = counted(seen)
        engine().after(seen)
    return Manifest(seen.vendor, written_at, migrations, tables, checksum(database))


def _reach_the_disk(path: Path):
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
