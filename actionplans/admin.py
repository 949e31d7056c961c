"""Owners and actions in the administration, and the organizations with their whole setup.

The organization itself belongs to `victory`, but its admin page shows rows of `customers` and copies
those of `metrics`. Imports point one way, so the page lives here, in the app that may name the others.
"""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.actions import copy_setup
from actionplans.models import Action, Attendance, Ownership, Review, ReviewLine
from customers.admin import CriterionInline, CustomerGroupInline
from victory.actions import make_admin_member
from victory.admin import (
    ForStaff,
    MemberInline,
    OneWrite,
    RowAdmin,
    RowInline,
    administers,
    organizations_of,
)
from victory.models import Member, Organization
from victory.trail import Event, call_write


def settings_in_words(form) -> list[str]:
    """What of the organization itself was changed from what to what."""
    return [
        f"{form.fields[name].label}: {in_words(form.fields[name], form.initial[name])}"
        f" → {in_words(form.fields[name], form.cleaned_data[name])}"
        for name in form.changed_data
    ]


def in_words(field, value) -> str:
    """The value of a setting as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    key = field.prepare_value(value)
    return str(dict(getattr(field, "choices", ())).get(key, "" if key is None else key))


def roles_in_words(formsets) -> list[str]:
    """Which members of the organization got which role."""
    return [
        f"{row}: {row.get_role_display()}"
        for formset in formsets
        for row, fields in formset.changed_objects
        if "role" in fields
    ]


@admin.register(Organization)
class OrganizationAdmin(OneWrite, ForStaff, admin.ModelAdmin):
    """Nobody deletes an organization here: on its own page that waits, and can be stopped."""

    list_display = ["name", "slug", "kind", "parent", "time_zone", "currency"]
    list_filter = ["kind", ("parent", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["parent"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MemberInline, CustomerGroupInline, CriterionInline]
    actions = ["copy_the_setup"]

    def get_queryset(self, request):
        return organizations_of(request)

    def get_readonly_fields(self, request, obj=None):
        """What this one is part of is left alone by those who do not administer that."""
        if obj and obj.parent and not administers(request, obj.parent):
            return ["parent"]
        return []

    def has_delete_permission(self, request, obj=None):
        return False

    def save_related(self, request, form, formsets, change):
        """Whoever makes an organization administers it, or they would not see it again.

        Superusers see all in any case: they do so only where nobody else could open the workbook.
        """
        super().save_related(request, form, formsets, change)
        signs_in = Member.objects.filter(organization=form.instance, user__isnull=False).exists()
        if not change and not (request.user.is_superuser and signs_in):
            make_admin_member(organization=form.instance, user=request.user)
        self.call_by_its_name(form, formsets, change)

    def call_by_its_name(self, form, formsets, change):
        """One entry says all that the page changed. Other rows than members name themselves in it."""
        if not change:
            event, details = Event.ORGANIZATION_ADDED, [form.instance.name]
        elif changed := settings_in_words(form):
            event, details = Event.SETTINGS_CHANGED, changed + roles_in_words(formsets)
        else:
            event, details = Event.ROLE_CHANGED, roles_in_words(formsets)
        if details:
            call_write(event, organization_id=form.instance.pk, detail="; ".join(details))

    @admin.action(description=gettext_lazy("Copy the setup into a new organization"))
    def copy_the_setup(self, request, queryset):
        if len(queryset) != 1:
            self.message_user(request, _("Choose one organization to copy from."), messages.WARNING)
            return None
        copy, copied = copy_setup(organization=queryset[0], by=request.user)
        rows = [f"{count} {model._meta.verbose_name_plural}" for model, count in copied.items()]
        self.message_user(
            request,
            _("“%(copy)s” has the kind, time zone and currency of “%(name)s”, and its %(rows)s.")
            % {"copy": copy, "name": queryset[0], "rows": get_text_list(rows, _("and"))},
            messages.SUCCESS,
        )
        return HttpResponseRedirect(reverse("admin:victory_organization_change", args=[copy.pk]))


@admin.register(Ownership)
class OwnershipAdmin(RowAdmin):
    list_display = ["metric", "organization", "member"]
    list_select_related = ["metric", "organization", "member"]
    search_fields = ["metric__measured_by", "member__name"]
    autocomplete_fields = ["metric", "member"]


@admin.register(Action)
class ActionAdmin(RowAdmin):
    list_display = ["what", "organization", "metric", "who", "due", "status"]
    list_filter = [*RowAdmin.list_filter, "status", "due"]
    list_select_related = ["organization", "metric", "who"]
    search_fields = ["what", "who__name", "metric__measured_by"]
    autocomplete_fields = ["metric", "who"]
    date_hierarchy = "due"


class OpenReviewOnly:
    """A review that is closed is to be read, and so is what hangs on it."""

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and not is_of_closed_review(obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not is_of_closed_review(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not is_of_closed_review(obj)


def is_of_closed_review(obj: Review | ReviewLine | None) -> bool:
    return obj is not None and getattr(obj, "review", obj).is_closed


class AttendanceInline(OpenReviewOnly, RowInline):
    model = Attendance
    fields = ["member"]
    autocomplete_fields = ["member"]


@admin.register(Review)
class ReviewAdmin(OpenReviewOnly, RowAdmin):
    list_display = ["__str__", "organization", "on", "next_on", "closed_at"]
    search_fields = ["findings", "decisions"]
    readonly_fields = ["closed_at"]
    inlines = [AttendanceInline]
    date_hierarchy = "on"


@admin.register(ReviewLine)
class ReviewLineAdmin(OpenReviewOnly, RowAdmin):
    """Lines come from the review itself; here what is noted can be read, and corrected while it is open."""

    list_display = ["metric", "organization", "review", "verdict", "performance", "target"]
    list_select_related = ["organization", "review"]
    search_fields = ["metric", "note"]
    fields = [
        "organization",
        "review",
        "metric",
        "verdict",
        "performance",
        "target",
        "reason",
        "owner",
        "note",
    ]
    readonly_fields = ["review", "metric", "verdict", "performance", "target", "reason", "owner"]

    def has_add_permission(self, request, obj=None):
        return False
