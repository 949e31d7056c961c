"""What a database holds, as a manifest tells it."""

from django.db.backends.base.base import BaseDatabaseWrapper


def counted(database: BaseDatabaseWrapper) -> dict[str, int]:
    """How many rows each table has."""
    with database.cursor() as cursor:
        counts = {}
        for table in sorted(database.introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {database.ops.quote_name(table)}")
            (counts[table],) = cursor.fetchone()
        return counts


def applied(database: BaseDatabaseWrapper) -> list[str]:
    """The migrations that made its schema, as “app.name”."""
    with database.cursor() as cursor:
        if "django_migrations" not in database.introspection.table_names(cursor):
            return []
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return [f"{app}.{name}" for app, name in cursor.fetchall()]
