"""What is frozen with a closed review, as a form: which of its texts are keys, and which are names."""

from collections.abc import Callable
from dataclasses import fields

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from actionplans.reviews.pack import ROWS, ActionState, Flip, Pack
from metrics.models import Verdict

TEXTS = ("organization", "closed_by", "closed")
ACTIONS = ("decided", "open")


def exchange_keys(frozen: dict, new_key: Callable[[int], int]) -> dict:
    """The same with other keys of actions. Raises ValidationError where it is not what a review freezes."""
    try:
        return {
            **{name: _text(frozen[name]) for name in TEXTS},
            "people": [_text(person) for person in frozen["people"]],
            "counts": {str(Verdict(verdict)): _count(n) for verdict, n in frozen["counts"].items()},
            **{name: [_row(ActionState, row, new_key) for row in frozen[name]] for name in ACTIONS},
            "pack": _pack(frozen["pack"], new_key),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValidationError(_("what was frozen with a review cannot be read")) from error


NAMES = {"closed_by", "closed", "people", "who", "by"}
"""Where the application itself names somebody; the other texts are what people wrote, or name things."""


def exchange_names(told: dict, replace: Callable[[str], str]) -> dict:
    """The same with other names of people."""
    return {key: _named(value, replace, key in NAMES) for key, value in told.items()}


def _named(value, replace: Callable[[str], str], is_name: bool):
    if isinstance(value, dict):
        return exchange_names(value, replace)
    if isinstance(value, list):
        return [_named(each, replace, is_name) for each in value]
    return replace(value) if is_name and isinstance(value, str) else value


def _pack(pack: dict, new_key: Callable[[int], int]) -> dict:
    if not pack.keys() <= {each.name for each in fields(Pack)}:
        raise KeyError
    return {
        name: [_row(ROWS[name], row, new_key) for row in value] if name in ROWS else _text(value)
        for name, value in pack.items()
    }


def _row(kind: type, row: dict, new_key: Callable[[int], int]) -> dict:
    kind(**row)
    kinds = {each.name: each.type for each in fields(kind)}
    if any(type(value) is not kinds[name] for name, value in row.items()):
        raise TypeError
    if kind is Flip:
        Verdict(row["was"]), Verdict(row["now"])
    row = row | {"url": ""}
    return row | {"key": new_key(row["key"])} if kind is ActionState else row


def _text(value: str) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(value: int) -> int:
    if type(value) is not int:
        raise TypeError
    return value
