from django.urls import path

from metrics import views
from metrics.worksheets import BASELINES, DEVIATIONS, METRICS, TARGETS
from victory.addresses import under
from victory.worksheets import worksheet_urls

urlpatterns = [
    under(
        "metrics/",
        path("", views.metrics, name="metrics"),
        worksheet_urls(METRICS),
        worksheet_urls(TARGETS, delete=views.delete_target),
        worksheet_urls(BASELINES),
        worksheet_urls(DEVIATIONS),
        path("<int:pk>/figures/", views.enter_figure, name="figure-enter"),
        path("<int:pk>/figures/download/", views.download_figures, name="figures-download"),
        path("figures/<int:pk>/", views.figure, name="figure"),
        path("figures/<int:pk>/delete/", views.delete_figure, name="figure-delete"),
    ),
    under(
        "performance/",
        path("", views.performance, name="performance"),
        path("paste/", views.paste_series, name="series-paste"),
        path("<int:pk>/", views.save_figure, name="figure-save"),
    ),
]
