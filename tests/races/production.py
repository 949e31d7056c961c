"""The application as it serves in production, but for static files, which nobody collects for a test."""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "victory.settings")
assert not settings.DEBUG
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STORAGES = settings.STORAGES | {"staticfiles": plain}

from victory.wsgi import application  # noqa: E402, F401
