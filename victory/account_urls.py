"""Signing in, signing up, and one's own account. The pages of django-allauth that we use, and ours."""

from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp.views import activate_totp
from django.urls import include, path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from victory.views import account, mails, own_account

to_account = RedirectView.as_view(pattern_name="account")

urlpatterns = [
    path("account/", account.account, name="account"),
    path("account/data/", own_account.account_data, name="account-data"),
    path("account/delete/", own_account.account_delete, name="account-delete"),
    path("account/mails/", mails.account_mails, name="account-mails"),
    path("mails/<str:token>/", mails.mails_off, name="mails-off"),
    path("account/second-factor/", account.second_factor, name="second-factor"),
    path("account/devices/others/", account.sign_other_devices_out, name="devices-sign-out"),
    path("account/devices/<int:pk>/", account.sign_device_out, name="device-sign-out"),
    # What these two of allauth's pages show stands on the account page.
    path("accounts/2fa/", to_account),
    path("accounts/2fa/webauthn/", to_account),
    # These show secrets: no browser keeps them.
    path("accounts/2fa/totp/activate/", never_cache(activate_totp), name="mfa_activate_totp"),
    path(
        "accounts/2fa/recovery-codes/",
        never_cache(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/generate/",
        never_cache(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/download/",
        never_cache(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/provider/", include("allauth.socialaccount.urls")),
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("accounts/", include("allauth.account.urls")),
]
