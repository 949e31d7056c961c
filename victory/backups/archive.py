"""The file of a backup: a ZIP with a manifest and what the engine of the database wrote."""

import hashlib
import json
import lzma
import shutil
import zipfile
import zlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from victory.backups.refused import Refused, damaged

FORMAT = "winning-customers-backup"
VERSION = 1
MANIFEST = "manifest.json"
DATABASE = "database"
LARGEST_MANIFEST = 10_000_000
"""No manifest comes near this many bytes: a file that says so is not read into memory."""
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, LookupError, ValueError, RuntimeError)
"""How a ZIP is found to be none, by the byte that is wrong."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    engine: str
    written_at: str
    migrations: list[str]
    """What had been applied, as “app.name”: the schema that the rows are in."""
    tables: dict[str, int]
    """How many rows each table had."""
    sha256: str
    """Of what the engine wrote."""

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


def pack(file: Path, manifest: Manifest, database: Path, *, compress: bool):
    """Write the manifest and what the engine wrote into one file."""
    with zipfile.ZipFile(file, "w") as archive:
        said = {"format": FORMAT, "version": VERSION} | asdict(manifest)
        archive.writestr(MANIFEST, json.dumps(said, indent=1), zipfile.ZIP_DEFLATED)
        method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        # The quickest level: the usual one takes twice the time of a machine that others work on.
        archive.write(database, DATABASE, method, compresslevel=1)


def read_manifest(file: Path) -> Manifest:
    """What the backup says of itself. Refused is what is no backup, not whole, or of a later form."""
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise damaged("its manifest is too long.")
            said = json.loads(archive.read(MANIFEST))
    except DAMAGED as error:
        raise Refused(f"{file} is no backup, or not all of one: {error}") from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise Refused(f"{file} is no backup of Winning Customers.")
    if said.get("version") != VERSION:
        raise Refused(f"The backup is of form {said.get('version')}; this program reads form {VERSION}.")
    try:
        return Manifest(**{field.name: said[field.name] for field in fields(Manifest)})
    except KeyError as error:
        raise damaged(f"its manifest does not say {error}.") from error


def unpack(file: Path, manifest: Manifest, database: Path):
    """Write what the engine wrote into a file of its own, if it is what the manifest says."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(DATABASE) as packed, database.open("wb") as out:
            shutil.copyfileobj(packed, out, 1 << 20)
    except DAMAGED as error:
        raise damaged(error) from error
    if checksum(database) != manifest.sha256:
        raise damaged("its checksum is another one.")


def checksum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
