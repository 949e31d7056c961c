"""The pages of an organization that no other app brings, under /o/<slug>/."""

from django.urls import path

from victory.tables import NOTES, RIGHTS
from victory.views import activity, ending, focus, forgetting, history, organizations, pages, people, portable
from victory.worksheets import worksheet_urls
from victory.worksheets.views import put_back

urlpatterns = [
    path("", pages.workbook, name="workbook"),
    path("focus/", focus.focus, name="focus"),
    path("focus/save/", focus.save_focus, name="focus-save"),
    path("focus/adopt/", focus.adopt_focus, name="focus-adopt"),
    path("focus/print/", focus.focus_print, name="focus-print"),
    path("focus/revisions/<int:number>/", focus.focus_revision, name="focus-revision"),
    *worksheet_urls("focus/", RIGHTS),
    path("notes/", pages.notes, name="notes"),
    *worksheet_urls("notes/", NOTES),
    path("people/", people.people, name="people"),
    path("people/add/", people.add_person, name="person-add"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/save/", people.save_person, name="person-save"),
    path("people/<int:pk>/invite/", people.invite, name="person-invite"),
    path("people/<int:pk>/withdraw/", people.withdraw, name="person-withdraw"),
    path("people/<int:pk>/hand-over/", people.hand_over, name="person-hand-over"),
    path("people/<int:pk>/merge/", people.merge, name="person-merge"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="person-deactivate"),
    path("people/<int:pk>/activate/", people.activate, name="person-activate"),
    path("settings/", organizations.settings, name="settings"),
    path("deleted/", pages.deleted, name="deleted"),
    path("history/<slug:kind>/<int:pk>/", history.row_history, name="history"),
    path("history/<slug:kind>/<int:pk>/<int:state>/", history.earlier_state, name="history-state"),
    path("activity/", activity.activity, name="activity"),
    path("audit/", activity.audit, name="audit"),
    path("audit/download/", activity.download_audit, name="audit-download"),
    path("undo/<int:pk>/", put_back, name="undo"),
    path("export/", portable.export, name="export"),
    path("people/<int:pk>/data/", forgetting.data, name="person-data"),
    path("people/<int:pk>/forget/", forgetting.forget_member, name="person-forget"),
    path("deletion/", ending.deletion, name="deletion"),
    path("deletion/stop/", ending.stop, name="deletion-stop"),
]
