"""Weights, totals and shares as people read them."""

from decimal import Decimal

from django.utils import formats


def number(value: Decimal, digits: int | None = None) -> str:
    """The number as people of the active locale write it, without trailing zeros."""
    return formats.number_format(
        value.normalize() if digits is None else value, digits, use_l10n=True, force_grouping=True
    )
