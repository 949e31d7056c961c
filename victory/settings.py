"""Settings, read from the environment alone. `.env.example` lists every variable.

Without anything set the application is safe for production and therefore does not start:
it asks for a secret and its host names. `make run` sets DEBUG for a checkout on a laptop.
"""

import logging
import re
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvError, validate

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)


def read(parse, name: str, otherwise, *, wanted: str, **checks):
    """What a variable says; where that cannot be read, the start is refused with what to set."""
    try:
        return parse(name, otherwise, **checks)
    except EnvError:
        raise ImproperlyConfigured(f"Set {name} to {wanted}, or leave it out.") from None


def switch(name: str, otherwise: bool) -> bool:
    return read(env.bool, name, otherwise, wanted="1 or 0")


DEBUG = switch("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "only-for-development-on-this-machine" if DEBUG else "")
ALLOWED_HOSTS = [
    name.strip()
    for name in env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost"] if DEBUG else [])
    if name.strip()
]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

if len(SECRET_KEY) < (1 if DEBUG else 32):
    raise ImproperlyConfigured(
        "Set SECRET_KEY to a random text of at least 32 characters, or DEBUG=1 for development. This makes"
        ' one: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
    )
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the names this server answers to, comma-separated.")
if not all(re.fullmatch(r"[^/:\s]+|\[[0-9A-Fa-f:.]+\]", name) for name in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "Set ALLOWED_HOSTS to names such as quality.example.org, comma-separated, without https://, a port or"
        " a path."
    )
if not all(re.fullmatch(r"https?://[^/\s]+", origin) for origin in CSRF_TRUSTED_ORIGINS):
    raise ImproperlyConfigured(
        "Set CSRF_TRUSTED_ORIGINS to origins such as https://quality.example.org, comma-separated, without a"
        " path, or leave it out."
    )


def need_package(name: str, package: str, module: str):
    """What only some installations want is installed where they want it."""
    if find_spec(module) is None:
        raise ImproperlyConfigured(
            f"{name} needs the package {package}: install requirements-server.txt, or leave {name} out."
        )


# --- Applications ---

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "django_htmx",
    "simple_history",
    "victory",
    "customers",
    "metrics",
    "actionplans",
]

MIDDLEWARE = [
    "victory.logs.RequestsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "victory.health.HealthMiddleware",
    "victory.static_files.StaticFilesMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "victory.accounts.SignedInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "victory.limits.LimitsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "victory.kept.SavedMiddleware",
    "victory.tenancy.TenancyMiddleware",
]

ROOT_URLCONF = "victory.urls"
WSGI_APPLICATION = "victory.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "victory.keeping.keys",
                "victory.process.workbook",
                "victory.accounts.sign_up",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = "paper"
CRISPY_TEMPLATE_PACK = "paper"
CRISPY_FAIL_SILENTLY = False

# --- Database ---

A_DATABASE = "postgres://user:password@host/name or sqlite:////folder/db.sqlite3"
DATABASES = {
    "default": read(env.dj_db_url, "DATABASE_URL", f"sqlite:///{BASE_DIR / 'db.sqlite3'}", wanted=A_DATABASE)
}
if (
    not DATABASES["default"]["ENGINE"].endswith((".sqlite3", ".backends.postgresql"))
    or DATABASES["default"]["NAME"] in ("", ":memory:")  # each process would have a database of its own
):
    raise ImproperlyConfigured(f"Set DATABASE_URL to {A_DATABASE}, or leave it out.")
DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    folder = Path(DATABASES["default"]["NAME"]).parent
    if not folder.is_dir():
        raise ImproperlyConfigured(
            f"Set DATABASE_URL to a file in a folder that is there: {folder.absolute()} is not."
        )
    # Readers beside one writer, and a writer that waits for its turn instead of failing. What was said to be
    # saved is on the disk: it outlives a power cut, as it does with PostgreSQL.
    DATABASES["default"]["ENGINE"] = "victory.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    # A file for the tests too: in memory, two threads lock each other out at once instead of waiting.
    DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / "test.sqlite3"}
else:
    # Seconds: where it cannot be reached, that is said before whoever asked gives up.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
CACHES = {
    # Where all processes see it. Beyond so many entries, those that are outdated are thrown away.
    "default": {
        "BACKEND": "victory.used_once.UsedOnce",
        "LOCATION": "victory_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
# What each process keeps as it was written, see `victory.keeping`: whole pages, compressed to 10 or 16 kB,
# and pieces of some 2 kB. Nothing where templates are edited.
for name, most in (("pages", 200), ("pieces", 5_000)):
    CACHES[name] = {
        "BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if DEBUG else 'locmem.LocMemCache'}",
        "LOCATION": name,
        "OPTIONS": {"MAX_ENTRIES": most},
    }
# Where there is a Redis, they keep the pages together.
CACHE_URL = env.str("CACHE_URL", "")
if CACHE_URL:
    need_package("CACHE_URL", "redis", "redis")
    from redis import ConnectionPool

    try:
        if not re.match(r"rediss?://[^/?#\s]*[^@/?#\s](/\d*)?(\?|$)|unix://([^/?#\s]*@)?/", CACHE_URL):
            raise ValueError
        ConnectionPool.from_url(CACHE_URL).make_connection()
    except (TypeError, ValueError):
        raise ImproperlyConfigured(
            "Set CACHE_URL to the address of a Redis, such as redis://:password@127.0.0.1:6379/0"
            " (rediss:// with TLS, unix:// for a socket), or leave it out."
        ) from None
    CACHES["shared"] = {
        "BACKEND": "victory.shared_cache.SharedCache",
        "LOCATION": [CACHE_URL],
        "KEY_PREFIX": "winning-customers",
        "OPTIONS": {
            "serializer": "victory.shared_cache.Bytes",
            **{"socket_connect_timeout": 0.5, "socket_timeout": 0.5},  # seconds that a page waits for it
        },
    }
    if not DEBUG:
        CACHES["pages"] = CACHES["shared"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Sign-in ---

AUTH_USER_MODEL = "victory.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
OPEN_SIGNUP = switch("OPEN_SIGNUP", True)
ACCOUNT_ADAPTER = "victory.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "victory.forms.accounts.SignInForm",
    "signup": "victory.forms.accounts.SignUpForm",
    "change_password": "victory.forms.accounts.ChangePasswordForm",
    "set_password": "victory.forms.accounts.SetPasswordForm",
    "reset_password": "victory.forms.accounts.ResetPasswordForm",
    "reset_password_from_key": "victory.forms.accounts.NewPasswordForm",
    "reauthenticate": "victory.forms.accounts.ReauthenticateForm",
    "add_email": "victory.forms.accounts.ChangeEmailForm",
    "confirm_email_verification_code": "victory.forms.accounts.ConfirmEmailForm",
}
# A code that is typed where the account is made: there is no link that could be followed by somebody else.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
# Unknown addresses get a mail as well, so that an answer says nothing about who has an account.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Ours are counted where all processes see them (see `victory.limits`).
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 2
MFA_ADAPTER = "victory.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Winning Customers"
MFA_TOTP_TOLERANCE = 1  # a clock that is half a minute off
MFA_FORMS = {
    "authenticate": "victory.forms.accounts.CodeForm",
    "reauthenticate": "victory.forms.accounts.ReauthenticateCodeForm",
    "activate_totp": "victory.forms.accounts.ActivateAppForm",
    "add_webauthn": "victory.forms.accounts.AddPasskeyForm",
}

# --- Sign-in through a provider of the organization's own, by OpenID Connect ---

OIDC = {name: env.str(f"OIDC_{name}", "") for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")}
if any(OIDC.values()) and not all(OIDC.values()):
    missing = ", ".join(f"OIDC_{name}" for name, value in OIDC.items() if not value)
    raise ImproperlyConfigured(f"Set {missing} as well, or none of the OIDC settings.")
if OIDC["ISSUER"] and not re.match(r"https?://[^/\s]", OIDC["ISSUER"]):
    raise ImproperlyConfigured("Set OIDC_ISSUER to an address such as https://id.example.org/realms/staff.")
SOCIALACCOUNT_ADAPTER = "victory.accounts.ProviderAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "mandatory"
SOCIALACCOUNT_FORMS = {"signup": "victory.forms.accounts.ProviderSignUpForm"}
SOCIALACCOUNT_PROVIDERS = {}
if all(OIDC.values()):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "provider",
                "name": env.str("OIDC_NAME", "OpenID Connect"),
                "client_id": OIDC["CLIENT_ID"],
                "secret": OIDC["CLIENT_SECRET"],
                "settings": {"server_url": OIDC["ISSUER"]},
            }
        ],
        "OAUTH_PKCE_ENABLED": True,
    }

# --- Language, dates and numbers ---

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("en-gb", _("British English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", "UTC")
try:
    ZoneInfo(TIME_ZONE)
except (KeyError, ValueError, OSError):
    raise ImproperlyConfigured(
        "Set TIME_ZONE to the name of a zone, such as Europe/London, or leave it out."
    ) from None
USE_TZ = True

# --- Files ---

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Protection ---

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
if OIDC["ISSUER"]:
    # The form that leads to the provider is answered by a redirect to it.
    SECURE_CSP["form-action"].append("{0.scheme}://{0.netloc}".format(urlsplit(OIDC["ISSUER"])))
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "victory.views.kept.forged"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # a load balancer asks without HTTPS
BEHIND_PROXY = switch("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
HSTS_SECONDS = read(
    env.int,
    "HSTS_SECONDS",
    31_536_000,
    wanted="a number of seconds, such as 31536000, or 0 for not at all",
    validate=validate.Range(min=0),
)
SECURE_HSTS_SECONDS = 0 if DEBUG else HSTS_SECONDS
SECURE_HSTS_INCLUDE_SUBDOMAINS = switch("HSTS_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = switch("HSTS_PRELOAD", False)
if SECURE_HSTS_PRELOAD and not SECURE_HSTS_INCLUDE_SUBDOMAINS:
    raise ImproperlyConfigured(
        "Set HSTS_SUBDOMAINS to 1 as well, or leave HSTS_PRELOAD out: browsers ship only with domains that"
        " are bound as a whole."
    )
# Whether all of a domain is bound to HTTPS is for its owner to say, so neither is missed by `check --deploy`.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# --- E-mail and logs ---

A_MAIL_SERVER = "an address such as submission://user:password@mail.example.org:587"
# Without it, mails that people ask for are printed; `tick` sends none (`actionplans.mails`).
EMAIL_URL = env.str("EMAIL_URL", "console:" if DEBUG else "")
mail = read(env.dj_email_url, "EMAIL_URL", "console:", wanted=A_MAIL_SERVER)
by_server = mail.get("EMAIL_BACKEND", "").endswith("smtp.EmailBackend")
if "EMAIL_BACKEND" not in mail or (by_server and not mail["EMAIL_HOST"]):
    raise ImproperlyConfigured(f"Set EMAIL_URL to {A_MAIL_SERVER}, or leave it out.")
MAIL_OPTIONS = {
    "host": mail["EMAIL_HOST"],
    "port": mail["EMAIL_PORT"],
    "username": mail["EMAIL_HOST_USER"],
    "password": mail["EMAIL_HOST_PASSWORD"],
    "use_tls": mail["EMAIL_USE_TLS"],
    "use_ssl": mail["EMAIL_USE_SSL"],
    # Without one, a mail server that says nothing would be waited for without end.
    "timeout": mail["EMAIL_TIMEOUT"] or (30 if mail["EMAIL_HOST"] else None),
}
MAILERS = {
    "default": {
        "BACKEND": mail["EMAIL_BACKEND"],
        "OPTIONS": {name: value for name, value in MAIL_OPTIONS.items() if value},
    }
}
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000" if DEBUG else "").rstrip("/")
if SITE_URL and not re.fullmatch(rf"{'https?' if DEBUG else 'https'}://[^/?#@\s]+", SITE_URL):
    raise ImproperlyConfigured(
        "Set SITE_URL to where people find this server, with https:// and without a path,"
        " such as https://quality.example.org."
    )
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Winning Customers <noreply@localhost>")
if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(DEFAULT_FROM_EMAIL)[1]):
    raise ImproperlyConfigured(
        "Set DEFAULT_FROM_EMAIL to an address, with or without a name before it, such as"
        " Winning Customers <noreply@example.org>, or leave it out."
    )

LOG_LEVEL = read(env.log_level, "LOG_LEVEL", logging.INFO, wanted="DEBUG, INFO, WARNING or ERROR")
LOG_FORMAT = env.str("LOG_FORMAT", "plain")
if LOG_FORMAT not in ("plain", "json"):
    raise ImproperlyConfigured("Set LOG_FORMAT to plain or json, or leave it out.")
# Naming a logger takes its own handlers away, which would say everything once more in another form.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "victory.logs.PlainLines",
            "format": "%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s",
        },
        "json": {"()": "victory.logs.JsonLines"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "none": {"class": "logging.NullHandler"},
    },
    "loggers": {
        "django": {"level": max(LOG_LEVEL, logging.INFO)},  # below, it says every query with its values
        "django.server": {
            "handlers": ["none"],
            "propagate": False,
        },  # `runserver`: a second line, with queries
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}

# --- Sentry and Prometheus, where they are asked for ---

SENTRY_DSN = env.str("SENTRY_DSN", "")
if SENTRY_DSN:
    need_package("SENTRY_DSN", "sentry-sdk", "sentry_sdk")
    from sentry_sdk.utils import BadDsn, Dsn

    try:
        Dsn(SENTRY_DSN)
    except BadDsn:
        raise ImproperlyConfigured(
            "Set SENTRY_DSN to the address that Sentry shows for the project, such as"
            " https://key@sentry.example.org/1, or leave it out."
        ) from None

PROMETHEUS_TOKEN = env.str("PROMETHEUS_TOKEN", "")
if PROMETHEUS_TOKEN:
    need_package("PROMETHEUS_TOKEN", "prometheus-client", "prometheus_client")
    if not re.fullmatch(r"[!-~]{20,}", PROMETHEUS_TOKEN):
        raise ImproperlyConfigured(
            "Set PROMETHEUS_TOKEN to a random text of at least 20 letters, digits and signs, or leave it out."
        )
    MIDDLEWARE.insert(
        MIDDLEWARE.index("victory.health.HealthMiddleware") + 1, "victory.prometheus.PrometheusMiddleware"
    )
    SECURE_REDIRECT_EXEMPT.append(r"^metrics$")  # asked for from inside, as the other two are
