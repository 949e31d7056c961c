from django.urls import path

from metrics import views
from metrics.worksheets import BASELINES, DEVIATIONS, METRICS, TARGETS
from victory.worksheets import worksheet_urls

urlpatterns = [
    path("metrics/", views.metrics, name="metrics"),
    *worksheet_urls("metrics/", METRICS),
    *(page for page in worksheet_urls("metrics/", TARGETS) if page.name != "targets-delete"),
    path(
        "metrics/targets/<int:pk>/delete/",
        views.delete_target,
        {"worksheet": TARGETS},
        name="targets-delete",
    ),
    *worksheet_urls("metrics/", BASELINES),
    *worksheet_urls("metrics/", DEVIATIONS),
    path("metrics/<int:pk>/figures/", views.enter_figure, name="figure-enter"),
    path("metrics/<int:pk>/figures/download/", views.download_figures, name="figures-download"),
    path("metrics/figures/<int:pk>/", views.figure, name="figure"),
    path("metrics/figures/<int:pk>/delete/", views.delete_figure, name="figure-delete"),
    path("performance/", views.performance, name="performance"),
    path("performance/paste/", views.paste_series, name="series-paste"),
    path("performance/<int:pk>/", views.save_figure, name="figure-save"),
]
