"""The pages of an organization that no other app brings, under /o/<slug>/."""

from django.urls import path

from victory import views
from victory.tables import NOTES, RIGHTS
from victory.worksheets import worksheet_urls
from victory.worksheets.views import put_back

urlpatterns = [
    path("", views.workbook, name="workbook"),
    path("focus/", views.focus, name="focus"),
    path("focus/save/", views.save_focus, name="focus-save"),
    path("focus/adopt/", views.adopt_focus, name="focus-adopt"),
    path("focus/print/", views.focus_print, name="focus-print"),
    path("focus/revisions/<int:number>/", views.focus_revision, name="focus-revision"),
    *worksheet_urls("focus/", RIGHTS),
    path("notes/", views.notes, name="notes"),
    *worksheet_urls("notes/", NOTES),
    path("deleted/", views.deleted, name="deleted"),
    path("undo/<int:pk>/", put_back, name="undo"),
]
