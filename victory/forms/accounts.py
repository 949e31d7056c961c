"""The forms of signing in, of signing up and of one's own account: django-allauth's, in our words."""

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as codes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.socialaccount.forms import SignupForm as BaseProviderSignUpForm
from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from victory.forms.workbook import refuse_control_characters
from victory.models import User

PASSWORDS = {
    "oldpassword": _("Password until now"),
    "password": _("Password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
}
PASSWORD_HINT = _(
    "At least 10 characters. A few words that belong to nobody else are easiest to keep in mind."
)


class Plain:
    """Labels in our words instead of placeholders, and in a few words what a new password has to be."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = PASSWORDS.get(name, field.label)
        if "password1" in self.fields:
            self.fields["password1"].help_text = PASSWORD_HINT


class Limited:
    """Says when to try again, after too many tries, and looks at nothing of what was typed."""

    def full_clean(self):
        if not (self.is_bound and context.request.refusal):
            return super().full_clean()
        self._errors, self.cleaned_data = ErrorDict(renderer=self.renderer), {}
        self.add_error(None, context.request.refusal.sentence)


class SignInForm(Limited, Plain, account.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["remember"].label = _("Keep me signed in on this device")


class Named(forms.Form):
    """A new account says what the person is called."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=User._meta.get_field("name").max_length,
        validators=[refuse_control_characters],
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]


class SignUpForm(Limited, Plain, Named, account.SignupForm):
    def try_save(self, request):
        """Take as long where there is an account already, so that the time tells nobody that there is."""
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])
        return super().try_save(request)


class ProviderSignUpForm(Plain, Named, BaseProviderSignUpForm):
    """What is still missing after a sign-in through the provider."""


class ChangePasswordForm(Plain, account.ChangePasswordForm):
    pass


class SetPasswordForm(Plain, account.SetPasswordForm):
    pass


class ResetPasswordForm(Limited, Plain, account.ResetPasswordForm):
    pass


class NewPasswordForm(Plain, account.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(Plain, account.ReauthenticateForm):
    pass


class ChangeEmailForm(Plain, account.AddEmailForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail")


class ConfirmEmailForm(Plain, account.ConfirmEmailVerificationCodeForm):
    pass


class CodeForm(Plain, codes.AuthenticateForm):
    pass


class ReauthenticateCodeForm(Plain, codes.ReauthenticateForm):
    pass


class ActivateAppForm(Plain, ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code that the app shows")


class AddPasskeyForm(Plain, AddWebAuthnForm):
    """A passkey always signs in alone: what it takes to unlock it is the second factor."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call it")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with it alone, without a password")
        self.fields["passwordless"].help_text = _("The device then asks for a fingerprint, a face or a PIN.")


class NameForm(forms.ModelForm):
    """What somebody is called on the pages that belong to no organization."""

    class Meta:
        model = User
        fields = ["name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].validators.append(refuse_control_characters)
