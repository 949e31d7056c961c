from django.urls import path

from actionplans import views
from actionplans.worksheets import ACTIONS
from victory.worksheets import worksheet_urls

urlpatterns = [
    path("plan/", views.plan, name="plan"),
    path("plan/owners/<int:pk>/", views.save_owner, name="owner-save"),
    path("plan/actions/<int:pk>/status/", views.save_status, name="action-status"),
    *worksheet_urls("plan/", ACTIONS),
    path("thread/", views.thread, name="thread"),
    path("dashboard/", views.dashboard, name="dashboard"),
]
