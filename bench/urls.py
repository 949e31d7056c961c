from django.urls import path

from bench import views
from victory.urls import handler500, urlpatterns

__all__ = ["handler500", "urlpatterns"]

urlpatterns = [
    path("o/<slug:slug>/bench/floor/", views.floor),
    path("o/<slug:slug>/bench/plain/", views.plain),
    *urlpatterns,
]
