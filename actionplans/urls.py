from django.urls import path

from actionplans.views import (
    actions,
    dashboard,
    index,
    metric,
    plan,
    portfolio,
    promised,
    reviews,
    thread,
)
from actionplans.worksheets import ACTIONS
from victory.addresses import under
from victory.worksheets import worksheet_urls

urlpatterns = [
    under(
        "metrics/",
        path("<int:pk>/", metric.show_metric, name="metric"),
        path("<int:pk>/print/", metric.print_metric, name="metric-print"),
    ),
    under(
        "plan/",
        path("", plan.plan, name="plan"),
        path("owners/<int:pk>/", plan.save_owner, name="owner-save"),
        path("actions/<int:pk>/status/form/", actions.status_form, name="action-status-form"),
        path("actions/<int:pk>/status/", actions.save_status, name="action-status"),
        worksheet_urls(ACTIONS),
    ),
    under(
        "actions/",
        path("", actions.actions, name="actions"),
        path("<int:pk>/", actions.show_action, name="action"),
        path("<int:pk>/answers/", actions.save_answers, name="action-answers"),
    ),
    path("thread/", thread.thread, name="thread"),
    under(
        "reviews/",
        path("", reviews.reviews, name="reviews"),
        path("add/", reviews.add_review, name="review-add"),
        path("<int:pk>/", reviews.review, name="review"),
        path("<int:pk>/save/", reviews.save_review, name="review-save"),
        path("<int:pk>/delete/", reviews.delete_review, name="review-delete"),
        path("<int:pk>/hold/", reviews.hold, name="review-hold"),
        path("<int:pk>/hold/<int:metric>/", reviews.hold_metric, name="review-metric"),
        path("<int:pk>/hold/<int:metric>/note/", reviews.save_note, name="review-note"),
        path("<int:pk>/hold/<int:metric>/owner/", reviews.assign_owner, name="review-owner"),
        path("<int:pk>/hold/<int:metric>/action/", reviews.decide_action, name="review-action"),
        path("<int:pk>/close/", reviews.close, name="review-close"),
        path("<int:pk>/compare/", reviews.compare, name="review-compare"),
        path("<int:pk>/print/", reviews.print_minutes, name="review-print"),
    ),
    path("index/", index.index, name="index"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    under(
        "promised/",
        path("", promised.promised, name="promised"),
        path("<int:pk>/answer/", promised.answer, name="promise-answer"),
    ),
    path("chain/", promised.chain, name="chain"),
    under(
        "dashboard/",
        path("", dashboard.dashboard, name="dashboard"),
        path("changed/", dashboard.dashboard_changed, name="dashboard-changed"),
    ),
]
