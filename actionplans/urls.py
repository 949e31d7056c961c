from django.urls import path

from actionplans import views

urlpatterns = [
    path("plan/", views.plan, name="plan"),
    path("thread/", views.thread, name="thread"),
    path("dashboard/", views.dashboard, name="dashboard"),
]
