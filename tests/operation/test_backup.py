"""The database is backed up while people write, and put back as it was. PostgreSQL needs its programs."""

import shutil
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from tests import factories
from tests.databases import an_empty_database
from tests.races.server import environment
from victory.backups import Refused, archive, back_up, engines, postgresql, put_back, sqlite
from victory.models import Organization, State, Tries, Upload
from victory.tenancy import organization_scope

WRITERS = 4
LONGEST_WAIT = 2
"""Seconds. The aim is a tenth of one; a machine that runs other tests beside this one is slower."""

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="is about SQLite")
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="is about PostgreSQL")
pytestmark = pytest.mark.skipif(
    connection.vendor == "postgresql" and not shutil.which("pg_dump"), reason="pg_dump is missing"
)


@pytest.fixture
def filled(transactional_db):
    """A database with a row of every table of ours, and letters that SQLite alone would not sort."""
    organization = factories.OrganizationFactory(name="Ångström", slug="enfield")
    factories.a_row_of_every_model(organization)
    factories.MemberFactory(organization=organization, name="Élodie", email="ÉLODIE@example.org")
    return organization


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "night.backup"


def everything() -> dict[str, list]:
    """All rows of all tables, but for the states of workbooks: what is put back stands in another one."""
    with connection.cursor() as cursor:
        rows = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            kept = [
                n for n, name in enumerate(names) if (table, name) != ("victory_organization", "revision")
            ]
            rows[table] = sorted(repr([row[n] for n in kept]) for row in cursor.fetchall())
        return rows


def repacked(file: Path, **changes):
    """Let the manifest of a backup say something else."""
    database = file.with_name("database")
    manifest = archive.read_manifest(file)
    archive.unpack(file, manifest, database)
    archive.pack(file, replace(manifest, **changes), database, compress=True)
    database.unlink()


# --- There and back ---


def test_restored_database_equals_what_was_backed_up(filled, file):
    before = everything()
    back_up(file)
    assert sum(map(len, before.values())) > 100 and before["victory_historicalmember"]
    Organization.objects.update(name="Overwritten")
    Tries.objects.create(key="later", ends_at=timezone.now())

    put_back(file, overwrite=True)

    assert everything() == before
    assert not Organization.objects.filter(name="Overwritten").exists()
    factories.OrganizationFactory()  # keys go on where they were


def test_no_workbook_that_was_put_back_stands_in_a_state_of_which_pages_are_kept(filled, file):
    back_up(file)
    stood = {organization.pk: organization.state for organization in Organization.objects.all()}

    put_back(file, overwrite=True)

    assert all(each.state.frame > stood[each.pk].frame for each in Organization.objects.all())


def test_what_is_written_after_a_restore_comes_to_no_state_of_what_was_lost(filled, file, tmp_path):
    back_up(file)
    lost = state_after_another_customer(filled)
    with an_empty_database("new", tmp_path):
        put_back(file)
        assert state_after_another_customer(filled).frame > lost.frame


def state_after_another_customer(organization) -> State:
    with organization_scope(organization):
        factories.CustomerFactory(organization=organization)
    return Organization.objects.get(pk=organization.pk).state


def test_backup_is_restored_into_an_empty_database(filled, file, tmp_path):
    before = everything()
    back_up(file)
    with an_empty_database("new", tmp_path):
        restored = put_back(file)
        assert everything() == before
    assert not restored.is_older
    assert {table: len(rows) for table, rows in before.items()} == restored.manifest.tables


@on_postgresql
def test_database_knows_how_large_its_tables_are_once_they_are_put_back(filled, file, tmp_path):
    """Else the first pages would be planned for tables of which nothing is known."""
    back_up(file)
    with an_empty_database("new", tmp_path):
        put_back(file)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND reltuples < 0"
                " AND relnamespace = 'public'::regnamespace"
            )
            assert cursor.fetchone() == (0,)


def test_backup_of_an_empty_database_is_refused(transactional_db, file, tmp_path):
    with (
        an_empty_database("new", tmp_path),
        pytest.raises(Refused, match="nothing in the database"),
    ):
        back_up(file)
    assert not file.exists()


def test_backup_is_for_its_owner_alone_and_leaves_nothing_beside_it(filled, file):
    back_up(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_commands_say_what_they_did(filled, file, capsys):
    call_command("backup", str(file))
    call_command("restore", str(file), overwrite=True)
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"Wrote {file}, and read it back: ")
    assert told[1].startswith("Restored what stood at 20")
    assert "stop or restart them" in told[2] and "signs everybody out" in told[2] and len(told) == 3


# --- Refused ---


def test_file_that_is_there_is_kept_without_overwrite(transactional_db, file):
    file.write_text("precious")
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(file))
    assert file.read_text() == "precious"

    call_command("backup", str(file), overwrite=True)
    assert archive.read_manifest(file).tables


def test_database_that_is_not_empty_is_kept_without_overwrite(filled, file):
    back_up(file)
    Organization.objects.update(name="Precious")
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", str(file))
    assert {"Precious"} == set(Organization.objects.values_list("name", flat=True))


def test_folder_that_is_not_there_is_said(transactional_db, tmp_path):
    folder = tmp_path / "nowhere"
    with pytest.raises(CommandError, match=f"^No backup was written. There is no folder {folder}.$"):
        call_command("backup", str(folder / "night.backup"))


def test_backup_that_was_cut_or_changed_anywhere_is_refused(filled, file):
    back_up(file)
    before, whole = everything(), file.read_bytes()
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(Refused):
            put_back(file, overwrite=True)
    for place in (0, len(whole) // 4, len(whole) // 2, len(whole) * 3 // 4):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with pytest.raises(Refused):
            put_back(file, overwrite=True)
    assert everything() == before


def test_backup_that_holds_half_a_database_is_refused(filled, file):
    """The archive is whole, and its checksum right: only reading the rows can tell."""
    back_up(file)
    before, database = everything(), file.with_name("database")
    manifest = archive.read_manifest(file)
    archive.unpack(file, manifest, database)
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])
    half = replace(manifest, sha256=archive.checksum(database))
    archive.pack(file, half, database, compress=False)

    with pytest.raises(Refused, match="damaged"):
        put_back(file, overwrite=True)
    assert everything() == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database is a file")
def test_restore_that_is_refused_leaves_no_file_where_there_was_none(filled, file, tmp_path):
    """In a process of its own, with all that Django looks at before."""
    manifest = back_up(file)
    repacked(file, tables=manifest.tables | {"victory_member": 99})
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite3'}"}
    command = [sys.executable, "-W", "ignore", "manage.py", "restore", str(file)]
    result = subprocess.run(command, env=environment() | database, capture_output=True, text=True)
    assert result.returncode == 1 and "instead of 99" in result.stderr
    assert not list(tmp_path.rglob("new.sqlite3*"))


def test_backup_that_lacks_rows_is_refused(filled, file):
    manifest = back_up(file)
    repacked(file, tables=manifest.tables | {"victory_member": manifest.tables["victory_member"] + 1})
    with pytest.raises(Refused, match="victory_member has 2 rows instead of 3"):
        put_back(file, overwrite=True)


def test_backup_that_cannot_be_read_back_is_not_written(filled, file, monkeypatch):
    monkeypatch.setattr(engines.engine(), "read_back", lambda database: {})
    with pytest.raises(Refused, match="damaged"):
        back_up(file)
    assert not list(file.parent.iterdir())


def test_backup_of_a_newer_version_is_refused(filled, file):
    manifest = back_up(file)
    repacked(file, migrations=[*manifest.migrations, "victory.9999_later"])
    with pytest.raises(Refused, match=r"newer version: this one does not know victory\.9999_later"):
        put_back(file, overwrite=True)


def test_backup_of_an_older_version_asks_for_migrate(filled, file, capsys):
    manifest = back_up(file)
    repacked(file, migrations=manifest.migrations[:-1])
    call_command("restore", str(file), overwrite=True)
    assert "now run manage.py migrate" in capsys.readouterr().out


def test_backup_of_another_engine_is_refused(filled, file):
    back_up(file)
    repacked(file, engine={"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor])
    with pytest.raises(Refused, match="organizations go as exports"):
        put_back(file, overwrite=True)


def test_other_files_are_refused(transactional_db, file, tmp_path):
    file.write_text("a letter")
    with pytest.raises(Refused, match="is no backup"):
        put_back(file, overwrite=True)
    with pytest.raises(CommandError, match="Nothing was restored"):
        call_command("restore", str(tmp_path / "nowhere"), overwrite=True)


# --- While people write ---


class Writer:
    """Somebody who saves two rows that belong together, again and again, and remembers each answer."""

    def __init__(self, number: int):
        self.number, self.answered = number, []

    def write(self, until: threading.Event):
        try:
            while not until.is_set():
                begun = time.monotonic()
                key = f"{self.number}-{len(self.answered)}"
                with transaction.atomic():
                    for half in "ab":
                        Tries.objects.create(key=f"{key}-{half}", ends_at=timezone.now())
                self.answered.append((key, begun, time.monotonic()))
                time.sleep(0.002)
        finally:
            connection.close()


def test_backup_while_people_write_has_all_that_was_saved_before_it(transactional_db, file, tmp_path, capsys):
    """Put back into an empty installation, it equals row by row what people have in front of them."""
    factories.a_row_of_every_model(factories.OrganizationFactory())
    Upload.objects.create(user=factories.UserFactory(), content=b"much to copy " * 500_000)
    writers, until = [Writer(number) for number in range(WRITERS)], threading.Event()
    with ThreadPoolExecutor(WRITERS) as pool:
        working = [pool.submit(writer.write, until) for writer in writers]
        try:
            while not all(len(writer.answered) >= 20 for writer in writers):
                assert not any(each.done() for each in working)
                time.sleep(0.01)
            begun = time.monotonic()
            back_up(file)
            ended = time.monotonic()
        finally:
            until.set()
        for each in working:
            each.result()
    answered = [write for writer in writers for write in writer.answered]
    beside = [end - begin for _, begin, end in answered if end > begun and begin < ended]
    in_use = everything()
    with an_empty_database("new", tmp_path):
        put_back(file)
        kept = set(Tries.objects.values_list("key", flat=True))
        restored = everything()

    assert {f"{key}-{half}" for key, _, end in answered if end < begun for half in "ab"} <= kept
    assert all(f"{key[:-1]}a" in kept and f"{key[:-1]}b" in kept for key in kept), "half of a write"
    assert set(restored.pop("victory_tries")) < set(in_use.pop("victory_tries")), "a row is another one"
    assert restored == in_use
    assert len(beside) > WRITERS, "nobody wrote meanwhile: this has shown nothing"
    assert max(beside) < LONGEST_WAIT
    with capsys.disabled():
        print(
            f"\n{len(beside)} writes while the backup ran ({ended - begun:.1f} s), the longest of them "
            f"{max(beside) * 1000:.0f} ms"
        )


def test_no_write_waits_for_a_lock_of_the_backup(transactional_db, file, monkeypatch):
    """Whatever the machine has to do: a write that finds a lock fails at once here, and none does."""
    Upload.objects.create(user=factories.UserFactory(), content=b"much to copy " * 500_000)
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0)
    else:
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "options", "-c lock_timeout=1")
    writer, until = Writer(0), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(writer.write, until)
        try:
            while len(writer.answered) < 5:
                assert not working.done()
                time.sleep(0.01)
            before = len(writer.answered)
            back_up(file)
            beside = len(writer.answered) - before
        finally:
            until.set()
        working.result()
    assert beside > 10, "hardly anything was written meanwhile: this has shown nothing"


# --- The engines ---


@on_sqlite
def test_restore_gives_up_on_somebody_who_goes_on_writing(filled, file, monkeypatch):
    back_up(file)
    monkeypatch.setattr(sqlite, "LONGEST_WAIT", 0)
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)
    connection.close()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
        with pytest.raises(Refused, match="Somebody else is writing"):
            put_back(file, overwrite=True)
    finally:
        other.close()


@on_sqlite
def test_restore_is_seen_by_who_has_the_database_open(filled, file):
    """The file is not exchanged beneath them, which would damage it."""
    back_up(file)
    Organization.objects.update(name="Overwritten")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT name FROM victory_organization WHERE slug = 'enfield'")
            assert cursor.fetchone() == ("Overwritten",)
            put_back(file, overwrite=True)
            cursor.execute("SELECT name FROM victory_organization WHERE slug = 'enfield'")
            assert cursor.fetchone() == ("Ångström",)
    finally:
        other.close()


@on_postgresql
def test_half_a_script_is_taken_back(filled, tmp_path):
    before, database = everything(), tmp_path / "database"
    with engines.one_moment() as seen:
        postgresql.dump(seen, database)
    database.write_bytes(database.read_bytes()[: database.stat().st_size * 3 // 4])
    with pytest.raises(Refused):
        postgresql.load(database)
    assert everything() == before


@on_postgresql
def test_missing_programs_are_said(filled, file, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Refused, match=r"pg_dump is missing\. Install the client programs"):
        back_up(file)


@on_postgresql
def test_password_is_in_the_environment_alone(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "hush")
    assert postgresql._environment()["PGPASSWORD"] == "hush"
    assert "hush" not in " ".join(postgresql._where())


def test_rows_of_a_script_are_counted_by_table():
    script = b"SET x = 0;\nCOPY public.a (id) FROM stdin;\n1\nCOPY public.b (id) FROM stdin;\n\\.\n\n"
    script += b'COPY public."B" (id) FROM stdin;\n\\.\nCOPY public.c (id) FROM stdin;\n\n\\.\n'
    assert postgresql._rows_in(script.splitlines(keepends=True)) == {"a": 2, "c": 1}
