"""The administration: what the admin pages of every app stand on, and those of people and of step W.

Superusers work on everything. Other staff work on the organizations in which they are members with
the role admin: that is their permission, so Django's permissions model by model play no part. The
middleware runs the admin in the scope of these organizations; what is not scoped, organizations and
users, is limited here.
"""

from contextlib import contextmanager

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.admin import SimpleHistoryAdmin

from victory.models import (
    AuditEntry,
    CustomerRight,
    FocusStatement,
    Invitation,
    Member,
    Note,
    Organization,
    User,
)
from victory.once import lowered
from victory.own_account import delete_account
from victory.tenancy import led_alone_by, memberships_of
from victory.trail import Event, all_or_nothing, call_write, is_writing, put_down

admin.site.site_header = admin.site.site_title = gettext_lazy("Winning Customers")
admin.site.index_title = gettext_lazy("Administration")
# One sign-in for everybody, with its limits on attempts.
admin.site.login = secure_admin_login(admin.site.login)
# Permissions by group are not used; what people sign in with is for nobody else to read.
admin.site.unregister(
    [Group, EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken]
)


def organizations_of(request) -> models.QuerySet:
    """The organizations that this member of staff administers."""
    if request.user.is_superuser:
        return Organization.objects.all()
    return Organization.objects.filter(pk__in=[organization.pk for organization in request.administers])


def people_of(request) -> models.QuerySet:
    """Those who sign in to one of these organizations, and the member of staff."""
    if request.user.is_superuser:
        return User.objects.all()
    return User.objects.filter(Q(pk__in=Member.objects.values("user")) | Q(pk=request.user.pk))


def administers(request, row=None) -> bool:
    """Whether the row, or any row at all, is this member of staff's business."""
    if row is None or request.user.is_superuser:
        return True
    key = row.pk if isinstance(row, Organization) else row.organization_id
    return key in {organization.pk for organization in request.administers}


class OneWrite:
    """Admin pages of which each post is one write: all of it or nothing, and one entry in the trail."""

    def changelist_view(self, request, *args, **kwargs):
        with all_or_nothing():
            return super().changelist_view(request, *args, **kwargs)

    def changeform_view(self, request, *args, **kwargs):
        with all_or_nothing():
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs):
        with all_or_nothing():
            return super().delete_view(request, *args, **kwargs)


class ToBeRead:
    """Admin pages on which nothing is added, changed or deleted."""

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_delete_permission = has_add_permission


class ForStaff:
    """Admin pages, and inlines on them, for staff within the organizations they administer."""

    def has_module_permission(self, request):
        return True

    def has_add_permission(self, request, obj=None):
        return administers(request, obj)

    def has_view_permission(self, request, obj=None):
        return administers(request, obj)

    def has_change_permission(self, request, obj=None):
        return administers(request, obj)

    def has_delete_permission(self, request, obj=None):
        return administers(request, obj)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.related_model is Organization:
            kwargs["queryset"] = organizations_of(request)
        elif db_field.related_model is User:
            kwargs["queryset"] = people_of(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class RowForm(forms.ModelForm):
    """A row whose organization is set for it, so that what must be unique within it is checked."""

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {"organization"}


class WholeRowForm(RowForm):
    """A row on a page of its own, which remembers the version that it showed."""

    shown = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["shown"] = self.instance.version

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and cleaned.get("shown") not in (None, self.instance.version):
            self.data = self.data.copy()
            self.data["shown"] = self.instance.version
            raise ValidationError(
                _("Somebody else changed this meanwhile: see its history. Save again to replace it by this.")
            )
        return cleaned


class RowFormSet(forms.BaseInlineFormSet):
    """Rows below an organization, or below another row, whose organization they share."""

    @classmethod
    def get_default_prefix(cls):
        """The reverse relation has no name that it could be taken from."""
        return cls.model._meta.model_name

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        if self.fk.name != "organization":
            form.instance.organization_id = self.instance.organization_id
        return form

    def clean(self):
        """Two new rows of one name are not in the database yet, where a constraint would find them."""
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms and form.is_valid()]
        for field in ("name", "email"):
            texts = {form: form.cleaned_data[field] for form in kept if form.cleaned_data.get(field)}
            seen = set()
            for form, key in zip(texts, lowered(list(texts.values())), strict=True):
                if key in seen:
                    form.add_error(field, _("This stands in another line already."))
                seen.add(key)


class RowInline(ForStaff, admin.TabularInline):
    form = RowForm
    formset = RowFormSet
    extra = 0


class RowAdmin(OneWrite, ForStaff, SimpleHistoryAdmin):
    """Rows of organizations. A row never moves from one organization to another."""

    form = WholeRowForm
    list_filter = [("organization", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["organization"]
    object_history_list_template = "admin/history_list.html"  # the package's own has an inline style

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "organization"] if obj else fields

    def get_object(self, request, object_id, from_field=None):
        """The row; where it is written, as nobody else writes it meanwhile."""
        row = super().get_object(request, object_id, from_field)
        return self.model.locked(row.pk) if row and is_writing() and request.method == "POST" else row

    def delete_queryset(self, request, queryset):
        """One by one, so that what is derived from each row is brought up to date."""
        for row in queryset:
            row.delete()

    def get_history_queryset(self, request, history_manager, pk_name, object_id):
        history = super().get_history_queryset(request, history_manager, pk_name, object_id)
        return history.filter(organization__in=organizations_of(request))

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """History is not scoped: whoever asks for another organization's gets no answer.

        A version is put in force again by those alone who may change the row as it is now.
        """
        history = self.model.history.filter(organization__in=organizations_of(request))
        get_object_or_404(history, history_id=version_id)
        now = self.get_object(request, object_id)
        if request.method == "POST" and not self.has_change_permission(request, now):
            raise PermissionDenied
        with all_or_nothing():
            return super().history_form_view(request, object_id, version_id, extra_context)


class MemberFormSet(RowFormSet):
    """The members of an organization, of whom at least one admin who signs in stays."""

    def clean(self):
        super().clean()
        stays = [form.instance for form in self.forms if form not in self.deleted_forms and form.is_valid()]
        had_somebody = self.instance.pk and self.queryset.in_charge().exists()
        if had_somebody and not any(member.would_be_in_charge for member in stays):
            raise ValidationError(_("Somebody who signs in has to stay an admin here."))


class MemberInline(RowInline):
    model = Member
    formset = MemberFormSet
    fields = ["name", "email", "role", "user", "active"]


@admin.register(Member)
class MemberAdmin(RowAdmin):
    list_display = ["name", "organization", "email", "role", "user", "active"]
    list_filter = [*RowAdmin.list_filter, "role", "active"]
    list_select_related = ["organization", "user"]
    search_fields = ["name", "email"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            call_write(Event.MEMBER_ADDED, organization_id=obj.organization_id, detail=str(obj))

    def get_deleted_objects(self, objs, request):
        """The last admin of an organization is needed there."""
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        going = {member.pk for member in objs}
        for organization in {member.organization for member in objs}:
            in_charge = Member.objects.filter(organization=organization).in_charge()
            if going.issuperset(in_charge.values_list("pk", flat=True)) and in_charge:
                protected.append(needed_by([organization]))
        return deleted, counts, missing, protected


@admin.register(Invitation)
class InvitationAdmin(ToBeRead, ForStaff, admin.ModelAdmin):
    """To be read: people are invited on their own page."""

    list_display = ["email", "organization", "member", "sent_at", "expires_at", "accepted_at", "withdrawn_at"]
    list_filter = [("organization", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["organization", "member"]
    search_fields = ["email", "member__name"]
    fields = ["organization", "member", "email", "invited_by", *list_display[3:]]


@admin.register(AuditEntry)
class AuditEntryAdmin(ToBeRead, ForStaff, admin.ModelAdmin):
    """To be read. Superusers alone see what belongs to no organization, such as failed sign-ins."""

    list_display = ["at", "organization", "by", "event", "detail", "address"]
    list_filter = [("organization", admin.RelatedOnlyFieldListFilter), "event"]
    list_select_related = ["organization"]
    search_fields = ["by", "detail"]
    date_hierarchy = "at"
    fields = [*list_display, "member", "user", "route", "rows", "count"]


@admin.register(FocusStatement)
class FocusStatementAdmin(RowAdmin):
    """To be read: statements are written and adopted on their own page."""

    list_display = ["__str__", "organization", "adopted_on", "adopted_by"]
    list_select_related = ["organization", "adopted_by"]
    search_fields = ["statement", "view_of_perfection"]

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(CustomerRight)
class CustomerRightAdmin(RowAdmin):
    list_display = ["text", "organization"]
    search_fields = ["text"]


@admin.register(Note)
class NoteAdmin(RowAdmin):
    list_display = ["__str__", "organization", "step", "by", "written_at"]
    list_filter = [*RowAdmin.list_filter, "step"]
    list_select_related = ["organization", "by"]
    search_fields = ["text"]


class UserAddForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]


class UserForm(DjangoUserAdmin.form):
    def clean_is_active(self):
        """The last admin of an organization is needed there."""
        active = self.cleaned_data["is_active"]
        if not active and (alone := led_alone_by(self.instance)):
            raise ValidationError(needed_by(alone))
        return active


def needed_by(organizations) -> str:
    return _("the last admin of %(name)s who signs in") % {"name": ", ".join(map(str, organizations))}


@admin.register(User)
class UserAdmin(OneWrite, DjangoUserAdmin):
    """Who can sign in. For superusers: an account may belong to several organizations.

    Each of them is told what becomes of it. Where it has no other admin, the account stays as it is.
    """

    form = UserForm
    add_form = UserAddForm
    ordering = ["email"]
    list_display = ["email", "name", "is_staff", "is_superuser", "is_active", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active"]
    search_fields = ["email", "name"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        (gettext_lazy("Permissions"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (gettext_lazy("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["remove_second_factors"]

    def save_model(self, request, obj, form, change):
        """Where the address changes, the new one is confirmed at the next sign-in."""
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()

    def user_change_password(self, request, *args, **kwargs):
        with all_or_nothing():
            return super().user_change_password(request, *args, **kwargs)

    def delete_view(self, request, object_id, extra_context=None):
        with self.saying_why_not(request):
            return super().delete_view(request, object_id, extra_context)
        return redirect("admin:victory_user_changelist")

    def changelist_view(self, request, extra_context=None):
        with self.saying_why_not(request):
            return super().changelist_view(request, extra_context)
        return redirect("admin:victory_user_changelist")

    @contextmanager
    def saying_why_not(self, request):
        """Accounts that were asked about one by one can be needed once the others are gone."""
        try:
            yield
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))

    def delete_model(self, request, obj):
        delete_account(user=obj, by=request.user)

    def delete_queryset(self, request, queryset):
        for user in queryset:
            delete_account(user=user, by=request.user)

    def get_deleted_objects(self, objs, request):
        """Nobody deletes their own account here, nor one without which an organization has no admin."""
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        for user in objs:
            if user == request.user:
                protected.append(_("your own account: delete it under “My account”"))
            if alone := led_alone_by(user):
                protected.append(needed_by(alone))
        return deleted, counts, missing, protected

    def log_addition(self, request, obj, message):
        entry = super().log_addition(request, obj, message)
        self.tell_organizations(obj, entry.get_change_message())
        return entry

    def log_change(self, request, obj, message):
        """Called for every change, that of a password too; an empty list says that there was none."""
        entry = super().log_change(request, obj, message)
        if message:
            self.tell_organizations(obj, entry.get_change_message())
        return entry

    def tell_organizations(self, user: User, what: str):
        """One entry in the trail of each of the person's organizations, under their name there.

        Whoever is a member nowhere leaves one that belongs to none.
        """
        told = [(membership.organization_id, membership) for membership in memberships_of(user)]
        for key, whose in told or [(None, user)]:
            put_down(Event.ACCOUNT_CHANGED, organization_id=key, detail=f"{whose}: {what}")

    @admin.action(description=gettext_lazy("Remove the second factors, for somebody who lost theirs"))
    def remove_second_factors(self, request, queryset):
        for user in queryset:
            Authenticator.objects.filter(user=user).delete()
            self.tell_organizations(user, _("second factors removed"))
        messages.success(request, _("They sign in with the password alone now."))

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission
