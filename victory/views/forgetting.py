"""A person's data on request: handed out, or replaced by “former member”."""

import json

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from victory.forgetting import data_of, forget, what_is_theirs
from victory.forms.typed_name import TypedNameForm
from victory.models import Member
from victory.tenancy import Role, needs
from victory.trail import Event, all_or_nothing, call_write


def as_download(told: dict, file_name: str) -> HttpResponse:
    """What is told of a person as a file for them."""
    text = json.dumps(told, ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{file_name}.json"'
    return answer


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def data(request, pk):
    """Everything that names a person here, to be handed to them."""
    member = get_object_or_404(Member, pk=pk)
    if request.method == "GET":
        return render(request, "victory/data.html", {"person": member, "theirs": what_is_theirs(member)})
    with all_or_nothing():
        told = data_of(member)
        detail = _("the data of %(name)s") % {"name": member}
        call_write(Event.EXPORTED, organization_id=member.organization_id, detail=detail)
    return as_download(told, f"{request.organization.slug}-person-{pk}")


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def forget_member(request, pk):
    """Replace a person by “former member” everywhere, once their name has been typed."""
    member = get_object_or_404(Member, pk=pk)
    form = TypedNameForm(request.POST or None, expected=member.name)
    if request.method == "POST" and form.is_valid():
        try:
            forget(member=member, by=request.member)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("Here they are “%(name)s” from now on.") % {"name": member})
            return redirect("person-data", request.organization.slug, pk)
    page = {"person": member, "form": form, "theirs": what_is_theirs(member)}
    return render(request, "victory/forget.html", page)
