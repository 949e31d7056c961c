"""Addresses: those of pages that are asked for again and again, and how they are put together."""

from functools import lru_cache

from django.urls import URLPattern, URLResolver, include, path, reverse


@lru_cache(20_000)
def page_of(slug: str, name: str) -> str:
    """The address of a page of an organization.

    Looked up once: a portfolio has hundreds of units, and a workbook thousands of gaps.
    """
    return reverse(name, args=[slug])


def under(address: str, *pages: URLPattern | URLResolver) -> URLResolver:
    """Pages whose addresses begin alike: none is looked at for an address that begins otherwise."""
    return path(address, include(list(pages)))
