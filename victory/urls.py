"""Every address of the application, but for the two that `victory.health` answers before all others."""

from django.contrib import admin
from django.urls import include, path

from actionplans.views.mine import mine
from victory.addresses import under
from victory.views import invitations, kept, organizations, pages, portable

handler500 = "victory.views.pages.broken"

urlpatterns = [
    under(
        "o/<slug:slug>/",
        path("", include("victory.workbook_urls")),
        path("", include("customers.urls")),
        path("", include("metrics.urls")),
        path("", include("actionplans.urls")),
    ),
    path("", pages.home, name="home"),
    path("organizations/", pages.organizations, name="organizations"),
    path("organizations/restore/", portable.restore_organization, name="organization-restore"),
    path("organizations/new/", organizations.new_organization, name="organization-new"),
    path("invitations/accept/", invitations.accept, name="invitation-accept"),
    path("invitations/switch/", invitations.switch, name="invitation-switch"),
    path("invitations/<int:pk>/<slug:secret>/", invitations.invitation, name="invitation"),
    path("mine/", mine, name="mine"),
    path("", include("victory.account_urls")),
    path("kept/", kept.kept, name="kept"),
    path("token/", kept.token, name="token"),
    path("admin/", admin.site.urls),
]
