"""Customers, what they receive and what they need, in the administration."""

from django.contrib import admin

from customers.models import (
    Criterion,
    Customer,
    CustomerGroup,
    Deliverable,
    Delivery,
    DriverChoice,
    DriverStatement,
    Need,
    Score,
    Translation,
)
from victory.admin import RowAdmin, RowInline


class CustomerGroupInline(RowInline):
    model = CustomerGroup
    fields = ["name", "side"]


class CriterionInline(RowInline):
    model = Criterion
    fields = ["name", "weight"]


class DeliveryInline(RowInline):
    model = Delivery
    fields = ["customer"]
    autocomplete_fields = ["customer"]


class ScoreInline(RowInline):
    model = Score
    fields = ["criterion", "value"]
    autocomplete_fields = ["criterion"]


class TranslationInline(RowInline):
    model = Translation
    fields = ["deliverable", "strength"]
    autocomplete_fields = ["deliverable"]


@admin.register(CustomerGroup)
class CustomerGroupAdmin(RowAdmin):
    list_display = ["name", "organization", "side"]
    list_filter = [*RowAdmin.list_filter, "side"]
    search_fields = ["name"]


@admin.register(Customer)
class CustomerAdmin(RowAdmin):
    """Which unit a customer is, is chosen on the worksheet: there the units of its house are offered."""

    readonly_fields = ["unit"]
    list_display = ["name", "organization", "group"]
    list_select_related = ["organization", "group"]
    search_fields = ["name"]
    autocomplete_fields = ["group"]
    inlines = [ScoreInline]


@admin.register(Deliverable)
class DeliverableAdmin(RowAdmin):
    list_display = ["name", "organization"]
    search_fields = ["name"]
    inlines = [DeliveryInline]


@admin.register(Criterion)
class CriterionAdmin(RowAdmin):
    list_display = ["name", "organization", "weight"]
    search_fields = ["name"]


@admin.register(DriverChoice)
class DriverChoiceAdmin(RowAdmin):
    list_display = ["customer", "organization", "reason"]
    list_select_related = ["organization", "customer"]
    search_fields = ["customer__name", "reason"]
    autocomplete_fields = ["customer"]


@admin.register(DriverStatement)
class DriverStatementAdmin(RowAdmin):
    list_display = ["__str__", "organization"]
    search_fields = ["text"]


@admin.register(Need)
class NeedAdmin(RowAdmin):
    list_display = ["text", "organization", "customer", "importance", "aspect"]
    list_filter = [*RowAdmin.list_filter, "importance", "aspect"]
    list_select_related = ["organization", "customer"]
    search_fields = ["text", "customer__name"]
    autocomplete_fields = ["customer"]
    inlines = [TranslationInline]
