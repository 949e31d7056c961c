from django.urls import path

from actionplans.views import dashboard, metric, plan, thread
from actionplans.worksheets import ACTIONS
from victory.worksheets import worksheet_urls

urlpatterns = [
    path("metrics/<int:pk>/", metric.show_metric, name="metric"),
    path("metrics/<int:pk>/print/", metric.print_metric, name="metric-print"),
    path("plan/", plan.plan, name="plan"),
    path("plan/owners/<int:pk>/", plan.save_owner, name="owner-save"),
    path("plan/actions/<int:pk>/status/", plan.save_status, name="action-status"),
    *worksheet_urls("plan/", ACTIONS),
    path("thread/", thread.thread, name="thread"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
]
