"""Single values as they stand in the file, and read from there again."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from victory.forms import FIRST_DAY, refuse_control_characters

LARGEST_KEY = 2**63 - 1

LARGEST_COUNT = 10**9
"""Of positions and versions, which go on counting from there."""

LAST_YEAR = 9990
"""Later days cannot be counted on from."""


def plain(value: Any) -> Any:
    """The value as JSON holds it: days and times in ISO form, decimals as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value


def read_value(field: models.Field, value: Any) -> Any:
    """What the field of a model holds for this value of the file; raises ValidationError."""
    if value is None:
        if not field.null:
            raise ValidationError(_("is missing"))
        return None
    if isinstance(field, models.JSONField):
        return value
    if not isinstance(value, _kind_of(field)) or (isinstance(value, bool) and not _is_yes_no(field)):
        raise ValidationError(_("is not of the right kind"))
    value = _read_text(field, value)
    choices = {key for key, _label in field.flatchoices}
    if choices and value not in choices and value not in field.empty_values:
        raise ValidationError(_("is not on the list"))
    if isinstance(field, models.TextField) and field.max_length and len(value) > field.max_length:
        raise ValidationError(_("is too long"))
    if isinstance(value, str):
        refuse_control_characters(value)
    if isinstance(field, models.IntegerField) and value > LARGEST_COUNT:
        raise ValidationError(_("is too large"))
    field.run_validators(value)
    return value


def read_key(value: Any) -> int:
    """A key of the file; raises ValidationError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_KEY:
        raise ValidationError(_("is not a key"))
    return value


def _is_yes_no(field: models.Field) -> bool:
    return isinstance(field, models.BooleanField)


def _kind_of(field: models.Field) -> type:
    if _is_yes_no(field):
        return bool
    return int if isinstance(field, models.IntegerField) else str


def _read_text(field: models.Field, value: Any) -> Any:
    """Days, times and decimals from their texts; anything else stays as it is."""
    if isinstance(field, models.DecimalField):
        return _read_decimal(field, value)
    if isinstance(field, models.DateField):
        return _read_day(datetime if isinstance(field, models.DateTimeField) else date, value)
    return value


def _read_day(kind: type[date], text: str) -> date:
    try:
        day = kind.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("is not a day or a time")) from error
    if not FIRST_DAY.year <= day.year <= LAST_YEAR:
        raise ValidationError(_("is too long ago or too far off"))
    if isinstance(day, datetime) and timezone.is_naive(day):
        raise ValidationError(_("does not say in which time zone"))
    return day


def _read_decimal(field: models.DecimalField, text: str) -> Decimal:
    value = field.to_python(text)
    if not value.is_finite():
        raise ValidationError(_("is not a number"))
    return value
