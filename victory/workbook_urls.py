"""The pages of an organization that no other app brings, under /o/<slug>/."""

from django.urls import path

from victory.addresses import under
from victory.tables import NOTES, RIGHTS
from victory.views import activity, ending, focus, forgetting, history, organizations, pages, people, portable
from victory.worksheets import worksheet_urls
from victory.worksheets.views import put_back

urlpatterns = [
    path("", pages.workbook, name="workbook"),
    under(
        "focus/",
        path("", focus.focus, name="focus"),
        path("save/", focus.save_focus, name="focus-save"),
        path("adopt/", focus.adopt_focus, name="focus-adopt"),
        path("print/", focus.focus_print, name="focus-print"),
        path("revisions/<int:number>/", focus.focus_revision, name="focus-revision"),
        worksheet_urls(RIGHTS),
    ),
    under(
        "notes/",
        path("", pages.notes, name="notes"),
        worksheet_urls(NOTES),
    ),
    under(
        "people/",
        path("", people.people, name="people"),
        path("add/", people.add_person, name="person-add"),
        path("<int:pk>/", people.person, name="person"),
        path("<int:pk>/save/", people.save_person, name="person-save"),
        path("<int:pk>/invite/", people.invite, name="person-invite"),
        path("<int:pk>/withdraw/", people.withdraw, name="person-withdraw"),
        path("<int:pk>/hand-over/", people.hand_over, name="person-hand-over"),
        path("<int:pk>/merge/", people.merge, name="person-merge"),
        path("<int:pk>/deactivate/", people.deactivate, name="person-deactivate"),
        path("<int:pk>/activate/", people.activate, name="person-activate"),
        path("<int:pk>/data/", forgetting.data, name="person-data"),
        path("<int:pk>/forget/", forgetting.forget_member, name="person-forget"),
    ),
    path("settings/", organizations.settings, name="settings"),
    path("deleted/", pages.deleted, name="deleted"),
    under(
        "history/",
        path("<slug:kind>/<int:pk>/", history.row_history, name="history"),
        path("<slug:kind>/<int:pk>/<int:state>/", history.earlier_state, name="history-state"),
    ),
    path("activity/", activity.activity, name="activity"),
    under(
        "audit/",
        path("", activity.audit, name="audit"),
        path("download/", activity.download_audit, name="audit-download"),
    ),
    path("undo/<int:pk>/", put_back, name="undo"),
    path("export/", portable.export, name="export"),
    under(
        "deletion/",
        path("", ending.deletion, name="deletion"),
        path("stop/", ending.stop, name="deletion-stop"),
    ),
]
