"""The pages of what the units of one house promise each other."""

import re

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from actionplans.house import read_house
from actionplans.promises import Received, promise_to, promises_of, promises_to
from customers.actions import answer_promise
from customers.forms import AnswerForm
from customers.models import Answer
from victory.once import again_if_taken
from victory.tenancy import Role, needs
from victory.trail import all_or_nothing


@needs(Role.VIEWER)
@require_GET
def promised(request):
    """What other units promise this one, and what it promises them; `?answer=` opens the form of one."""
    asked = request.GET.get("answer", "")
    if request.member.may_record and re.fullmatch(r"[0-9]{1,18}", asked):
        promise = promise_to(request.organization, int(asked), timezone.localdate())
        return promised_page(request, int(asked), AnswerForm(standing=promise and promise.standing))
    return promised_page(request)


def promised_page(request, answered: int | None = None, form: AnswerForm | None = None):
    """The page, with the form for the promise of the deliverable that is `answered`."""
    today = timezone.localdate()
    page = {
        "received": Received(promises_to(request.organization, today), request.member),
        "given": promises_of(request.organization, today),
        "former": Answer.objects.by_former_customers().select_related("unit", "delivery__deliverable"),
        "answered": answered,
        "form": form,
    }
    return render(request, "actionplans/promised.html", page)


@needs(Role.CONTRIBUTOR)
@require_POST
@again_if_taken
@all_or_nothing()
def answer(request, pk):
    """Say of a deliverable that another unit promises this one whether that is what is needed."""
    promise = promise_to(request.organization, pk, timezone.localdate())
    if promise is None:
        raise Http404
    form = AnswerForm(request.POST, standing=promise.standing)
    if not form.is_valid():
        return promised_page(request, pk, form)
    answer_promise(
        deliverable=promise.deliverable,
        customer=promise.customer,
        agrees=form.cleaned_data["stance"] == AnswerForm.AGREE,
        sentence=form.cleaned_data["sentence"],
        said_on=form.cleaned_data["said_on"],
        by=request.member,
    )
    messages.success(
        request,
        _("Your answer stands, and %(unit)s sees it.") % {"unit": promise.deliverable.organization},
    )
    return redirect(f"{reverse('promised', args=[request.organization.slug])}#{promise.id}")


@needs(Role.VIEWER)
@require_GET
def chain(request):
    """The chain of internal customers around this unit, up to the customers outside of the house."""
    house = read_house(request.organization, request.user, timezone.localdate())
    return render(request, "actionplans/house.html", {"house": house})
