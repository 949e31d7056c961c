from django.urls import path

from metrics import views
from metrics.worksheets import BASELINES, METRICS, TARGETS
from victory.worksheets import worksheet_urls

urlpatterns = [
    path("metrics/", views.metrics, name="metrics"),
    *worksheet_urls("metrics/", METRICS),
    *worksheet_urls("metrics/", TARGETS),
    *worksheet_urls("metrics/", BASELINES),
    path("performance/", views.performance, name="performance"),
    path("performance/<int:pk>/", views.save_figure, name="figure-save"),
]
