"""What is kept of one's account, and the end of it."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from victory.forms.typed_name import TypedNameForm
from victory.models import User
from victory.own_account import data_of_account, delete_account
from victory.tenancy import led_alone_by
from victory.views.forgetting import as_download


@require_POST
def account_data(request):
    return as_download(data_of_account(request.user), "account")


@reauthentication_required
@require_http_methods(["GET", "POST"])
def account_delete(request):
    """Delete one's account, shortly after one has shown who one is."""
    form = TypedNameForm(request.POST or None, expected=request.user.email)
    if request.method == "POST" and form.is_valid():
        user = User.objects.get(pk=request.user.pk)
        try:
            delete_account(user=user, by=user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            logout(request)
            messages.success(request, _("Your account is deleted."))
            return redirect("account_login")
    return render(request, "victory/account_delete.html", {"form": form, "alone": led_alone_by(request.user)})
