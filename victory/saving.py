"""Rows that are saved as they stand.

To put the statement of a save together takes Django several times as long as the database takes to carry it
out, and a save of the workbook sends several: the row, its history, the entry of the audit trail.
"""

from collections.abc import Iterable

from django.db import connections, models, router


class SavedAsItStands(models.Model):
    """A row whose values go to its table as they are, in a statement as plain as that.

    Where a value is an expression, or the database fills in more than the key, Django saves the row as ever.
    It relies on how Django 6.1 saves: `tests/test_saving.py` notices another Django.
    """

    class Meta:
        abstract = True

    def insert(self):
        """Store a new row, to which the database gives its key, and tell nobody of it: no signal is sent."""
        using = router.db_for_write(type(self), instance=self)
        pk = self._meta.pk
        fields = [field for field in self._meta.concrete_fields if field is not pk]
        [(self.pk,)] = self._do_insert(type(self)._base_manager, using, fields, [pk], raw=False)
        self._state.adding, self._state.db = False, using

    def _do_insert(self, manager, using, fields, returning_fields, raw):
        connection = connections[using]
        values = [getattr(self, field.attname) if raw else field.pre_save(self, True) for field in fields]
        if any(field is not self._meta.pk for field in returning_fields) or not are_plain(values):
            return super()._do_insert(manager, using, fields, returning_fields, raw)
        quote = connection.ops.quote_name
        names, places = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
        sql = f"INSERT INTO {quote(self._meta.db_table)} ({names}) VALUES ({places})"
        if returning_fields:
            sql += f" RETURNING {quote(self._meta.pk.column)}"
        with connection.cursor() as cursor:
            cursor.execute(sql, as_stored(fields, values, connection))
            return cursor.fetchall() if returning_fields else []

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
        quote = connection.ops.quote_name
        names = ", ".join(f"{quote(field.column)} = %s" for field in fields)
        sql = f"UPDATE {quote(self._meta.db_table)} SET {names} WHERE {quote(self._meta.pk.column)} = %s"
        with connection.cursor() as cursor:
            cursor.execute(sql, as_stored([*fields, self._meta.pk], [*values, pk], connection))
            return cursor.rowcount


def are_plain(values: list) -> bool:
    """Whether none of them is something that the database works out."""
    return not any(hasattr(value, "resolve_expression") for value in values)


def as_stored(fields: list[models.Field], values: list, connection) -> list:
    """The values as the database takes them."""
    return [field.get_db_prep_save(value, connection) for field, value in zip(fields, values, strict=True)]
