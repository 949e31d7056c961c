"""Addresses of pages that are asked for again and again."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(20_000)
def page_of(slug: str, name: str) -> str:
    """The address of a page of an organization.

    Looked up once: a portfolio has hundreds of units, and a workbook thousands of gaps.
    """
    return reverse(name, args=[slug])
