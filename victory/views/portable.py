"""Taking an organization along: its export as a download, and an export taken in as a new organization."""

import io
import tempfile
import zlib

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from victory.models import Upload
from victory.portable import read_package, rehearse, restore, write_export
from victory.portable.forms import ExportFileForm
from victory.tenancy import Role, needs

IN_MEMORY = 1024 * 1024
"""Bytes of a download that are held in memory; a larger one waits in a file."""


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def export(request):
    """Everything of the organization as one file.

    It is written whole before the first byte is sent: a slow line must not hold the database.
    """
    if request.method == "GET":
        return render(request, "victory/export.html")
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 the response closes it
    text = io.TextIOWrapper(file, encoding="utf-8", newline="\n", write_through=True)
    write_export(request.organization, text)
    text.detach()
    file.seek(0)
    name = f"{request.organization.slug}-{request.organization.today.isoformat()}.json"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/json")


@require_http_methods(["GET", "POST"])
def restore_organization(request):
    """Take an export in as a new organization, after a look at what it holds."""
    if not request.user.may_set_up:
        raise Http404
    if "take" in request.POST:
        return take_in(request)
    if request.method == "GET":
        return render(request, "victory/restore.html", {"form": ExportFileForm()})
    form = ExportFileForm(request.POST, request.FILES)
    page = {"form": form}
    if form.is_valid():
        page |= preview(request, form)
    return render(request, "victory/restore.html", page)


def preview(request, form: ExportFileForm) -> dict:
    """What the file would become. It is kept until the person has decided."""
    package = form.cleaned_data["file"]
    try:
        restored = rehearse(package=package, by=request.user)
    except ValidationError as error:
        form.add_error("file", error)
        return {}
    kept = {"content": zlib.compress(form.content), "at": timezone.now()}
    Upload.objects.update_or_create(user=request.user, defaults=kept)
    others = [name for name in package.people if name != restored.admin.name]
    return {"package": package, "restored": restored, "others": others}


@transaction.atomic
def take_in(request):
    upload = Upload.objects.select_for_update().filter(user=request.user).first()
    if upload is None:
        messages.error(request, _("This file was taken already, or is no longer here. Choose it again."))
        return redirect("organization-restore")
    try:
        restored = restore(package=read_package(zlib.decompress(upload.content)), by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("organization-restore")
    upload.delete()
    messages.success(request, _("“%(name)s” is here.") % {"name": restored.organization})
    return redirect("workbook", restored.organization.slug)
