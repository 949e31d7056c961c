"""Sign-in by e-mail, through django-allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.urls import reverse

from victory.kept import arrived, keep


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        """Accounts are made by the people who run the installation."""
        return False


class SignedInMiddleware(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless it says otherwise.

    A part of a page that is fetched by htmx is told so by its status: a redirect would put the
    sign-in page in the place of the row in which somebody has just typed. What was posted by a plain form
    is kept, and shown again after the sign-in.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.method == "POST" and request.user.is_authenticated:
            arrived(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        if request.htmx:
            return HttpResponse(status=401)
        if keep(request):
            return redirect_to_login(reverse("kept"))
        return super().handle_no_permission(request, view_func)
