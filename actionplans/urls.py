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
from victory.worksheets import worksheet_urls

urlpatterns = [
    path("metrics/<int:pk>/", metric.show_metric, name="metric"),
    path("metrics/<int:pk>/print/", metric.print_metric, name="metric-print"),
    path("plan/", plan.plan, name="plan"),
    path("plan/owners/<int:pk>/", plan.save_owner, name="owner-save"),
    path("plan/actions/<int:pk>/status/form/", actions.status_form, name="action-status-form"),
    path("plan/actions/<int:pk>/status/", actions.save_status, name="action-status"),
    *worksheet_urls("plan/", ACTIONS),
    path("actions/", actions.actions, name="actions"),
    path("actions/<int:pk>/", actions.show_action, name="action"),
    path("actions/<int:pk>/answers/", actions.save_answers, name="action-answers"),
    path("thread/", thread.thread, name="thread"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/add/", reviews.add_review, name="review-add"),
    path("reviews/<int:pk>/", reviews.review, name="review"),
    path("reviews/<int:pk>/save/", reviews.save_review, name="review-save"),
    path("reviews/<int:pk>/delete/", reviews.delete_review, name="review-delete"),
    path("reviews/<int:pk>/hold/", reviews.hold, name="review-hold"),
    path("reviews/<int:pk>/hold/<int:metric>/", reviews.hold_metric, name="review-metric"),
    path("reviews/<int:pk>/hold/<int:metric>/note/", reviews.save_note, name="review-note"),
    path("reviews/<int:pk>/hold/<int:metric>/owner/", reviews.assign_owner, name="review-owner"),
    path("reviews/<int:pk>/hold/<int:metric>/action/", reviews.decide_action, name="review-action"),
    path("reviews/<int:pk>/close/", reviews.close, name="review-close"),
    path("reviews/<int:pk>/compare/", reviews.compare, name="review-compare"),
    path("reviews/<int:pk>/print/", reviews.print_minutes, name="review-print"),
    path("index/", index.index, name="index"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("promised/", promised.promised, name="promised"),
    path("chain/", promised.chain, name="chain"),
    path("promised/<int:pk>/answer/", promised.answer, name="promise-answer"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/changed/", dashboard.dashboard_changed, name="dashboard-changed"),
]
