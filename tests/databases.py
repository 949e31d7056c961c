"""Other databases than that of the tests, on the same server or in the same folder."""

from contextlib import contextmanager
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.db import connection


@contextmanager
def an_empty_database(name: str, folder: Path):
    """Another database in the place of that of the tests, without a table; on SQLite it is in the folder."""
    known = connection.settings_dict
    own, on_server = known["NAME"], connection.vendor == "postgresql"
    # Others run at the same time, each with a name of its own for the database of its tests.
    name = f"{own}_{name}" if on_server else str(folder / name)
    if on_server:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    known["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        known["NAME"] = own
        ContentType.objects.clear_cache()  # their keys are those of the other database
        if on_server:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
            connection.close()
