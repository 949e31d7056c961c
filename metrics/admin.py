"""Metrics, their targets and their measurements, in the administration."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from metrics.models import Measurement, Metric, Target
from victory.admin import RowAdmin, RowFormSet, RowInline
from victory.models import Member


class TargetFormSet(RowFormSet):
    """Targets that change no verdict which has been given: the page of the metric shows these and asks."""

    def clean(self):
        super().clean()
        if any(self.errors) or self.instance.pk is None:
            return
        kept = [form for form in self.forms if form not in self.deleted_forms]
        targets = [form.instance for form in kept if form.instance.pk or form.has_changed()]
        if self.instance.verdicts_under(targets):
            raise ValidationError(
                _(
                    "This would change verdicts that have been given. The metric’s own page shows them and asks."
                )
            )


class TargetInline(RowInline):
    model = Target
    formset = TargetFormSet
    fields = ["direction", "low", "high", "holds_from", "reason"]


@admin.register(Metric)
class MetricAdmin(RowAdmin):
    list_display = ["measured_by", "organization", "deliverable", "unit", "frequency", "verdict"]
    list_filter = [*RowAdmin.list_filter, "verdict", "unit", "frequency"]
    list_select_related = ["organization", "deliverable"]
    search_fields = ["measured_by", "satisfied_when", "deliverable__name"]
    autocomplete_fields = ["deliverable", "need"]
    inlines = [TargetInline]

    def save_formset(self, request, form, formset, change):
        """Whoever sets a target here is known by it, where they are a member."""
        by = Member.objects.filter(organization=form.instance.organization, user=request.user).first()
        for line in formset.forms:
            if line.has_changed():
                line.instance.set_by = by
        super().save_formset(request, form, formset, change)


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
