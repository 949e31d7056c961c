"""An organization as a whole: setting a new one up, and the settings of one."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from victory.actions import set_up_organization
from victory.forms import NewOrganizationForm, SettingsForm
from victory.models import Organization
from victory.once import again_if_taken
from victory.tenancy import Role, memberships_of, needs
from victory.trail import Event, all_or_nothing, call_write


@require_http_methods(["GET", "POST"])
def new_organization(request):
    """Begin an organization, and be its admin."""
    if not request.user.may_set_up:
        raise Http404
    form = save_new(request) if request.method == "POST" else NewOrganizationForm(by=request.user)
    if request.method == "POST" and form.is_valid():
        return redirect("workbook", form.instance.slug)
    page = {"form": form, "is_first": not memberships_of(request.user).exists()}
    return render(request, "victory/organization_new.html", page)


@again_if_taken
@all_or_nothing()
def save_new(request) -> NewOrganizationForm:
    form = NewOrganizationForm(request.POST, by=request.user)
    if form.is_valid():
        set_up_organization(organization=form.instance, by=request.user)
    return form


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def settings(request):
    """What holds for the whole organization."""
    if request.method == "GET":
        return settings_page(request, SettingsForm(by=request.user, instance=request.organization))
    form = save_settings(request)
    if not form.is_valid():
        return settings_page(request, form)
    messages.success(request, _("Saved."))
    return redirect("settings", request.organization.slug)


def settings_page(request, form: SettingsForm):
    return render(request, "victory/settings.html", {"form": form})


@all_or_nothing()
def save_settings(request) -> SettingsForm:
    organization = Organization.objects.select_for_update(no_key=True).get(pk=request.organization.pk)
    form = SettingsForm(request.POST, by=request.user, instance=organization)
    if form.is_valid() and form.changed_data:
        organization.save(update_fields=form.changed_data)
        call_write(Event.SETTINGS_CHANGED, organization_id=organization.pk, detail=form.changes_in_words())
    return form
