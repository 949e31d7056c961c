from django.urls import path

from customers import views
from customers.worksheets import CHOICES, CRITERIA, CUSTOMERS, DELIVERABLES, GROUPS, NEEDS
from victory.worksheets import worksheet_urls

urlpatterns = [
    path("drivers/", views.drivers, name="drivers"),
    path("drivers/scores/<int:pk>/", views.save_scores, name="scores-save"),
    path("drivers/own/", views.own_scores, name="own-scores"),
    path("drivers/own/<int:pk>/", views.save_own_scores, name="own-scores-save"),
    path("drivers/compare/", views.score_comparison, name="score-comparison"),
    path("drivers/compare/settle/", views.settle, name="scores-settle"),
    path("drivers/statement/", views.save_statement, name="driver-statement-save"),
    *worksheet_urls("drivers/", DELIVERABLES),
    *worksheet_urls("drivers/", CUSTOMERS),
    *worksheet_urls("drivers/", GROUPS),
    *worksheet_urls("drivers/", CRITERIA),
    *worksheet_urls("drivers/", CHOICES),
    path("needs/", views.name_needs, name="needs"),
    path("needs/relations/<int:pk>/", views.save_relations, name="relations-save"),
    *worksheet_urls("needs/", NEEDS),
]
