"""Rows that are saved as they stand.

To put the statement of a save together takes Django several times as long as the database takes to carry it
out, and a save of the workbook sends several: the row, its history, the entry of the audit trail.
"""

from collections.abc import Iterable, Mapping

from django.db import connections, models, router

TAKEN_AS_IT_IS = {
    int: (models.BigAutoField, models.BigIntegerField, models.ForeignKey, models.PositiveIntegerField),
    str: (models.CharField, models.TextField),
}
"""By the type of a value, the fields that have nothing to do to it. Nothing is nothing in all of them."""


class SavedAsItStands(models.Model):
    """A row whose values go to its table as they are, in a statement as plain as that.

    Where a value is an expression, or the database fills in more than the key, Django saves the row as ever.
    It relies on how Django 6.1 saves: `tests/test_saving.py` notices another Django.
    """

    class Meta:
        abstract = True

    def _do_insert(self, manager, using, fields, returning_fields, raw):
        values = [getattr(self, field.attname) if raw else field.pre_save(self, True) for field in fields]
        if any(field is not self._meta.pk for field in returning_fields) or not are_plain(values):
            return super()._do_insert(manager, using, fields, returning_fields, raw)
        return send_insert(type(self), fields, values, using, returning=bool(returning_fields))

    def _do_update(self, base_qs, using, pk_val, values, update_fields, forced_update, returning_fields):
        fields, new = [field for field, _model, _value in values], [value for _field, _model, value in values]
        if not fields or returning_fields or not are_plain(new):
            return super()._do_update(
                base_qs, using, pk_val, values, update_fields, forced_update, returning_fields
            )
        return [()] * self._send_update(connections[using], fields, new, pk_val)

    def store(self, names: Iterable[str]):
        """Store what these fields hold and nothing else: no version, no history, no entry of the trail.

        For rows that were read in the scope of their organization, and for values as they are.
        """
        fields = [self._meta.get_field(name) for name in names]
        connection = connections[self._state.db]
        self._send_update(connection, fields, [getattr(self, field.attname) for field in fields], self.pk)

    def _send_update(self, connection, fields: list[models.Field], values: list, pk: int) -> int:
        """Say how many rows that changed."""
        names = ", ".join([f'"{field.column}" = %s' for field in fields])
        sql = f'UPDATE "{self._meta.db_table}" SET {names} WHERE "{self._meta.pk.column}" = %s'
        with connection.cursor() as cursor:
            cursor.execute(sql, as_stored([*fields, self._meta.pk], [*values, pk], connection))
            return cursor.rowcount


def store_new(model: type[models.Model], values: Mapping[str, object]) -> int:
    """Store a new row of which every column is named but the key, and return the key that it is given.

    Nothing is made of it in Python and no signal is sent, for rows that are written along with others.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    using = router.db_for_write(model)
    [(key,)] = send_insert(model, fields, [values[each.attname] for each in fields], using, returning=True)
    return key


def send_insert(model, fields: list[models.Field], values: list, using: str, *, returning: bool) -> list:
    """Say which keys the database gave, if that is to be returned. Both databases quote names alike."""
    connection = connections[using]
    names, places = ", ".join([f'"{field.column}"' for field in fields]), ", ".join(["%s"] * len(fields))
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})'
    if returning:
        sql += f' RETURNING "{model._meta.pk.column}"'
    with connection.cursor() as cursor:
        cursor.execute(sql, as_stored(fields, values, connection))
        return cursor.fetchall() if returning else []


def are_plain(values: list) -> bool:
    """Whether none of them is something that the database works out."""
    return not any(hasattr(value, "resolve_expression") for value in values)


def as_stored(fields: list[models.Field], values: list, connection) -> list:
    """The values as the database takes them."""
    return [
        value
        if value is None or type(field) in TAKEN_AS_IT_IS.get(type(value), ())
        else field.get_db_prep_save(value, connection)
        for field, value in zip(fields, values, strict=True)
    ]
