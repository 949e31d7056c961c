from django.urls import path

from actionplans.views import actions, dashboard, index, metric, plan, promised, thread
from actionplans.worksheets import ACTIONS
from victory.worksheets import worksheet_urls

urlpatterns = [
    path("metrics/<int:pk>/", metric.show_metric, name="metric"),
    path("plan/", plan.plan, name="plan"),
    path("plan/owners/<int:pk>/", plan.save_owner, name="owner-save"),
    path("plan/actions/<int:pk>/status/", actions.save_status, name="action-status"),
    *worksheet_urls("plan/", ACTIONS),
    path("actions/", actions.actions, name="actions"),
    path("actions/<int:pk>/", actions.show_action, name="action"),
    path("actions/<int:pk>/answers/", actions.save_answers, name="action-answers"),
    path("thread/", thread.thread, name="thread"),
    path("index/", index.index, name="index"),
    path("promised/", promised.promised, name="promised"),
    path("chain/", promised.chain, name="chain"),
    path("promised/<int:pk>/answer/", promised.answer, name="promise-answer"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/changed/", dashboard.dashboard_changed, name="dashboard-changed"),
]
