from django.urls import path

from customers import views
from customers.worksheets import CHOICES, CRITERIA, CUSTOMERS, DELIVERABLES, GROUPS, NEEDS
from victory.addresses import under
from victory.worksheets import worksheet_urls

urlpatterns = [
    under(
        "drivers/",
        path("", views.drivers, name="drivers"),
        path("scores/<int:pk>/", views.save_scores, name="scores-save"),
        path("own/", views.own_scores, name="own-scores"),
        path("own/<int:pk>/", views.save_own_scores, name="own-scores-save"),
        path("compare/", views.score_comparison, name="score-comparison"),
        path("compare/settle/", views.settle, name="scores-settle"),
        path("statement/", views.save_statement, name="driver-statement-save"),
        worksheet_urls(DELIVERABLES),
        worksheet_urls(CUSTOMERS),
        worksheet_urls(GROUPS),
        worksheet_urls(CRITERIA),
        worksheet_urls(CHOICES),
    ),
    under(
        "needs/",
        path("", views.name_needs, name="needs"),
        path("relations/<int:pk>/", views.save_relations, name="relations-save"),
        worksheet_urls(NEEDS),
    ),
]
