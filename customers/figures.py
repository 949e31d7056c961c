"""Weights, totals and shares as people read them."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils import formats, translation


def number(value: Decimal) -> str:
    """The number as people of the active locale write it, without trailing zeros."""
    return _written(str(value.normalize()), translation.get_language())


@lru_cache(10_000)
def _written(value: str, language: str | None) -> str:
    return formats.number_format(Decimal(value), use_l10n=True, force_grouping=True)


def percent(value: Decimal) -> str:
    return f"{number(value)}\N{NO-BREAK SPACE}%"


def whole_percent(value: Decimal) -> str:
    """A share rounded to a whole number."""
    return percent(value.quantize(Decimal(1), ROUND_HALF_UP))
