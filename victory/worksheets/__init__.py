"""The worksheet table: declared once, and the same for every table of the workbook.

A `Worksheet` names the form of a row, the columns with the labels of the printed sheet and the
rows. `worksheet_urls` gives it its pages. With htmx they answer with the piece of the table that
changed, without it they redirect to the page the table stands on.
"""

from collections.abc import Callable

from django.urls import URLResolver, include, path

from victory.worksheets import paste, views
from victory.worksheets.declared import Column, Worksheet
from victory.worksheets.download import download

__all__ = ["Column", "Worksheet", "worksheet_urls"]


def worksheet_urls(worksheet: Worksheet, delete: Callable = views.delete) -> URLResolver:
    """The pages of one worksheet, to be put under the address of its step."""
    pages = [
        ("", views.add, "add"),
        ("start/", views.start, "start"),
        ("paste/", paste.paste, "paste"),
        ("download/", download, "download"),
        ("<int:pk>/", views.show, "show"),
        ("<int:pk>/edit/", views.edit, "edit"),
        ("<int:pk>/delete/", delete, "delete"),
        ("<int:pk>/move/", views.move, "move"),
    ]
    named = [path(route, view, name=f"{worksheet.name}-{name}") for route, view, name in pages]
    return path(f"{worksheet.name}/", include(named), {"worksheet": worksheet})
