"""Metrics, their targets and their measurements, in the administration."""

from django.contrib import admin

from metrics.models import Measurement, Metric, Target
from victory.admin import RowAdmin, RowInline


class TargetInline(RowInline):
    model = Target
    fields = ["direction", "low", "high", "holds_from", "reason"]


@admin.register(Metric)
class MetricAdmin(RowAdmin):
    list_display = ["measured_by", "organization", "deliverable", "unit", "frequency", "verdict"]
    list_filter = [*RowAdmin.list_filter, "verdict", "unit", "frequency"]
    list_select_related = ["organization", "deliverable"]
    search_fields = ["measured_by", "satisfied_when", "deliverable__name"]
    autocomplete_fields = ["deliverable", "need"]
    inlines = [TargetInline]


@admin.register(Measurement)
class MeasurementAdmin(RowAdmin):
    list_display = ["metric", "organization", "date", "written", "verdict", "by"]
    list_filter = [*RowAdmin.list_filter, "verdict", "date"]
    list_select_related = ["metric__organization", "organization", "by"]
    search_fields = ["metric__measured_by", "note"]
    date_hierarchy = "date"
    autocomplete_fields = ["metric"]

    def get_readonly_fields(self, request, obj=None):
        """A figure stays with its metric, in whose unit it is."""
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "metric"] if obj else fields
