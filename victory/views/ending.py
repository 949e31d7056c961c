"""The pages on which the deletion of an organization is asked for, and stopped."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from victory.ending import ask_for_deletion, stop_deletion
from victory.forms.typed_name import TypedNameForm
from victory.models import Organization
from victory.tenancy import Role, needs


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def deletion(request):
    """Ask for everything to be deleted, once its name has been typed."""
    if request.method == "POST" and request.organization.deleted_from:
        messages.info(request, _("The deletion was asked for already."))
        return redirect("deletion", request.organization.slug)
    form = TypedNameForm(request.POST or None, expected=request.organization.name)
    if request.method == "POST" and form.is_valid():
        address = request.build_absolute_uri()
        try:
            ask_for_deletion(organization=request.organization, by=request.member, address=address)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("It is going to be deleted. All admins are told by e-mail."))
            return redirect("deletion", request.organization.slug)
    page = {"form": form, "units": request.organization.units.all(), "days": Organization.WAIT.days}
    return render(request, "victory/deletion.html", page)


@needs(Role.ADMIN)
@require_POST
def stop(request):
    try:
        stop_deletion(organization=request.organization, by=request.member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(name)s stays.") % {"name": request.organization})
    return redirect("workbook", request.organization.slug)
