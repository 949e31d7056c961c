"""Rows that are read within the statement of the row that they hang on: a save sends fewer statements."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.functions import JSONArray

AS_IT_IS = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey)
"""Fields whose values JSON says as they are."""

MOST = 2**31
"""Rows, more than there are: no database leaves out the order of what is cut off."""


class Along(models.Subquery):
    """A list of rows that hang on the one that is read, which `rows` names with `OuterRef`.

    They hold their keys and these fields, or all where none are named. `make` makes something else of the
    values, which come in the order of the model. Like `rows` itself, they are of the organization in scope.
    """

    def __init__(self, rows: models.QuerySet, *names: str, make: Callable[[list], object] | None = None):
        every = rows.model._meta.concrete_fields
        fields = [each for each in every if not names or each.primary_key or each.attname in names]
        self._readers = [reader_of(field) for field in fields]
        self._make = make or partial(rows.model.from_db, DEFAULT_DB_ALIAS, [each.attname for each in fields])
        told = rows.annotate(told=JSONArray(*[field.attname for field in fields])).values("told")
        super().__init__(told[:MOST], output_field=models.JSONField())

    def as_sqlite(self, compiler, connection, **context):
        template = '(SELECT JSON_GROUP_ARRAY(JSON("told")) FROM (%(subquery)s) "along")'
        return self.as_sql(compiler, connection, template, **context)

    def as_postgresql(self, compiler, connection, **context):
        template = '(SELECT JSONB_AGG("told") FROM (%(subquery)s) "along")'
        return self.as_sql(compiler, connection, template, **context)

    def get_db_converters(self, connection):
        return [self._read]

    def _read(self, told: str | None, expression, connection) -> list:
        """What is told of the rows; where there are none, PostgreSQL tells nothing."""
        return [
            self._make([None if v is None else read(v) for read, v in zip(self._readers, row, strict=True)])
            for row in json.loads(told or "[]", parse_float=Decimal)
        ]


def reader_of(field: models.Field) -> Callable:
    """What makes of a value in JSON what the field holds."""
    if isinstance(field, AS_IT_IS):
        return lambda value: value
    if type(field) is models.DateField:
        return date.fromisoformat
    if isinstance(field, models.DecimalField):
        return partial(as_decimal, field)
    raise ValueError(f"{field} cannot be read along.")


def as_decimal(field: models.DecimalField, value: Decimal | int) -> Decimal:
    """With all of its places, as the field is read by itself."""
    return Decimal(value).quantize(Decimal(1).scaleb(-field.decimal_places), context=field.context)
