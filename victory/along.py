"""Rows that are read within the statement of another row.

A statement costs Python more than it costs the database to find some more rows. So what is always read
together is told by one statement, in which each of the lists is a value of JSON.
"""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from operator import itemgetter

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesIterable, ValuesListIterable

AS_IT_IS = (models.CharField, models.TextField, models.IntegerField)
"""Fields whose values JSON says as they are."""

OF_ORGANIZATION = '"organization_id" = '
"""What stands in a statement that is narrowed down to one organization."""

MOST = 2**31
"""Rows, more than there are: no database leaves out the order of what is cut off."""


class Along(models.Subquery):
    """A list of what this queryset reads: of its rows, or of their values where it says so.

    Which rows hang on the one that is read, it says with `OuterRef`. One that is not narrowed down to an
    organization is refused where its statement is put together, and one whose rows hold more than values
    that JSON can say, at once. Both raise ValueError.
    """

    def __init__(self, rows: models.QuerySet):
        read, *_rest = rows.query.get_compiler(DEFAULT_DB_ALIAS).get_select()
        columns = [column for column, _sql, _alias in read]
        self._are_figures = [isinstance(column.output_field, models.DecimalField) for column in columns]
        self._readers = [reader_of(column, column.output_field) for column in columns]
        self._make = maker_of(rows, columns)
        super().__init__(rows[:MOST], output_field=models.TextField())

    def as_sqlite(self, compiler, connection, **context):
        # Written by JSON itself, the figures of SQLite lose what is behind their fifteenth digit.
        exactly = "IIF({0} IS NULL, NULL, PRINTF('%%%%!.17g', {0}))"
        return self._as_json(compiler, connection, "JSON_GROUP_ARRAY(JSON_ARRAY({}))", exactly, **context)

    def as_postgresql(self, compiler, connection, **context):
        return self._as_json(compiler, connection, "JSON_AGG(JSON_BUILD_ARRAY({}))::text", "{}", **context)

    def _as_json(self, compiler, connection, together: str, figure: str, **context):
        names = [f"column_{place}" for place in range(len(self._readers))]
        told = [
            figure.format(name) if is_figure else name
            for name, is_figure in zip(names, self._are_figures, strict=True)
        ]
        template = f"(WITH along({', '.join(names)}) AS (%(subquery)s) SELECT {together} FROM along)"
        sql, values = self.as_sql(compiler, connection, template.format(", ".join(told)), **context)
        if OF_ORGANIZATION not in sql:
            raise ValueError("What is read along is not narrowed down to an organization.")
        return sql, values

    def get_db_converters(self, connection):
        return [self._read]

    def _read(self, told: str | None, expression, connection) -> list:
        """What is told of the rows; where there are none, PostgreSQL tells nothing."""
        rows = json.loads(told or "[]", parse_float=Decimal)
        for place, read in enumerate(self._readers):
            if read is not None:
                for row in rows:
                    if row[place] is not None:
                        row[place] = read(row[place])
        return list(map(self._make, rows))


def maker_of(rows: models.QuerySet, columns: list[models.Expression]) -> Callable[[list], object]:
    """What makes of the values of these columns what the queryset hands out."""
    shape = rows._iterable_class
    holds_more = rows.query.select_related or rows.query.annotations or rows._prefetch_related_lookups
    if shape is ModelIterable and not holds_more:
        names = [column.target.attname for column in columns]
        return partial(rows.model.from_db, DEFAULT_DB_ALIAS, names)
    if shape is ValuesListIterable:
        return tuple
    if shape is FlatValuesListIterable:
        return itemgetter(0)
    if shape is ValuesIterable and rows._fields:
        return lambda values: dict(zip(rows._fields, values, strict=True))
    raise ValueError("These rows hold more than their own fields, and cannot be read along.")


def reader_of(column: models.Expression, field: models.Field) -> Callable | None:
    """What makes of a value in JSON what the field holds; None where it is that already."""
    if isinstance(field, models.ForeignKey):
        return reader_of(column, field.target_field)
    if isinstance(field, AS_IT_IS) and not hasattr(field, "from_db_value"):
        return None
    if isinstance(field, models.BooleanField):
        return bool
    if type(field) is models.DateField:
        return date.fromisoformat
    if isinstance(field, models.DecimalField) and field.decimal_places is not None:
        return partial(as_sqlite_reads, column) if is_sqlite() else partial(as_decimal, field)
    raise ValueError(f"{field} cannot be read along.")


def is_sqlite() -> bool:
    return connections[DEFAULT_DB_ALIAS].vendor == "sqlite"


def as_sqlite_reads(column: models.Expression, figure: str) -> Decimal:
    """As Django reads the number that SQLite keeps of a figure."""
    connection = connections[DEFAULT_DB_ALIAS]
    return connection.ops.get_decimalfield_converter(column)(float(figure), column, connection)


def as_decimal(field: models.DecimalField, figure: Decimal | int) -> Decimal:
    """With all of its places, as PostgreSQL keeps it."""
    return Decimal(figure).quantize(Decimal(1).scaleb(-field.decimal_places), context=field.context)
