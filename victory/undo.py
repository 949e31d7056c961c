"""Deleting rows so that they can be put back, with everything that went with them."""

import json
from collections import Counter

from django.apps import apps
from django.contrib.admin.utils import NestedObjects
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from victory.models import Deletion, Member
from victory.rows import WorkbookRow
from victory.tenancy import is_tenant_key
from victory.trail import Verb, all_or_nothing, note_change


@all_or_nothing()
def delete(row: WorkbookRow, *, by: Member) -> Deletion:
    """Delete the row and what hangs on it, and keep all of it for `put_back`.

    Raises ValidationError where other rows still need this one.
    """
    collector = NestedObjects(using=row._state.db)
    collector.collect([row])
    if collector.protected:
        raise ValidationError(
            _("“%(row)s” is still needed by: %(others)s"),
            params={"row": row, "others": ", ".join(str(other) for other in list(collector.protected)[:5])},
        )
    gone = [each for instances in collector.data.values() for each in instances]
    deletion = Deletion.objects.create(
        organization=row.organization,
        label=str(row)[:200],
        rows=json.loads(serializers.serialize("json", [row, *(each for each in gone if each != row)])),
        cut=[
            [each._meta.label, each.pk, field.name, getattr(each, field.attname)]
            for (field, _value), groups in collector.field_updates.items()
            for group in groups
            for each in group
        ],
        by=by,
    )
    row.delete()
    return deletion


@all_or_nothing()
def put_back(deletion: Deletion) -> WorkbookRow:
    """Put a deleted row back as it was, and return it.

    What hung on it and on another row that has been deleted since stays away; an optional
    reference to such a row is left empty. Raises ValidationError where the row's place is taken, or it
    no longer fits.
    """
    deletion = Deletion.objects.select_for_update().filter(pk=deletion.pk).first()
    if deletion is None:
        raise ValidationError(_("This is back already."))
    rows = _read(deletion)
    first = rows[0]
    coming = {(type(row), row.pk) for row in rows}
    kept = [row for row in rows if _reattach(row, coming, needed_for=deletion if row is first else None)]
    first.prepare()
    first.check_return(deletion.at)
    for row in kept:
        if type(row)._base_manager.filter(pk=row.pk).exists():
            raise ValidationError(_("“%(row)s” is there already."), params={"row": row})
        row.validate_constraints()
        row.save_base(force_insert=True)
    for label, pk, field, value in deletion.cut:
        model = apps.get_model(label)
        model.objects.filter(pk=pk, **{field: None}).update(**{field: value})
    deletion.delete()
    first.settle()
    note_change(first, Verb.PUT_BACK)
    return first


def _read(deletion: Deletion) -> list[WorkbookRow]:
    try:
        return [item.object for item in serializers.deserialize("python", deletion.rows)]
    except (DeserializationError, FieldDoesNotExist) as error:
        raise ValidationError(
            _("“%(row)s” was deleted too long ago to be put back."), params={"row": deletion}
        ) from error


def repoint(model: type[WorkbookRow], old: int, new: int):
    """Let what was deleted, and would point to one row when it is put back, point to another instead."""
    for deletion in Deletion.objects.select_for_update():
        for row in deletion.rows:
            for field in apps.get_model(row["model"])._meta.concrete_fields:
                if field.related_model is model and row["fields"].get(field.name) == old:
                    row["fields"][field.name] = new
        for cut in deletion.cut:
            field = apps.get_model(cut[0])._meta.get_field(cut[2])
            if field.related_model is model and cut[3] == old:
                cut[3] = new
        deletion.save(update_fields=["rows", "cut"])


def kind(deletion: Deletion) -> str:
    """What kind of row was deleted, as people call it."""
    return str(apps.get_model(deletion.rows[0]["model"])._meta.verbose_name) if deletion.rows else ""


def went_along(deletion: Deletion) -> str:
    """How many rows of which kinds were deleted with it: "2 metrics and 14 measurements"."""
    counts = Counter(row["model"] for row in deletion.rows[1:])
    return get_text_list(
        [_counted(apps.get_model(label), count) for label, count in counts.items()], _("and")
    )


def _counted(model, count: int) -> str:
    name = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
    return f"{count} {name}"


def _reattach(row, coming, *, needed_for: Deletion | None) -> bool:
    """Whether the rows that this one needs are there, or come back with it.

    Raises ValidationError where the deletion cannot be taken back without this row.
    """
    for field in row._meta.concrete_fields:
        key = getattr(row, field.attname)
        if not is_tenant_key(field) or key is None or (field.related_model, key) in coming:
            continue
        if field.related_model.objects.filter(pk=key).exists():
            continue
        if field.null:
            setattr(row, field.attname, None)
        elif needed_for:
            raise ValidationError(
                _(
                    "“%(row)s” cannot be put back: the %(other)s it belonged to was deleted too."
                    " Put that back first."
                ),
                params={"row": needed_for.label, "other": field.verbose_name},
            )
        else:
            return False
    return True
