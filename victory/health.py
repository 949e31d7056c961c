"""Whether this process answers, and whether it can do its work: for load balancers and watchers.

They call by the address of the machine and without HTTPS, have no session and are nobody's members. So
these two are no routes: they are answered before anything asks for a host name, a session or a sign-in.
"""

import functools
import logging

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.cache import caches
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request):
    """The process answers. It says nothing of the database: starting anew would not mend that one."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    """The database has all that this version needs of it, and so have the static files; else 503, with why.

    A shared cache that is away is said and no more: people work on without it, and could not if all processes
    called themselves unable. Why is only for the log: everybody may ask here.
    """
    checks = {"database": "ok", "migrations": "ok", "static": "ok"}
    try:
        missing = migrations_missing()
    except Error:
        log.exception("The database cannot be reached")
        checks |= {"database": "cannot be reached", "migrations": "not known"}
    else:
        if missing:
            log.error("Not applied: %s. Run manage.py migrate", ", ".join(missing))
            checks["migrations"] = f"{len(missing)} not applied"
    if missing := static_files_missing():
        log.error(
            "Not collected: %s of %s static files. Run manage.py collectstatic, and restart the processes",
            len(missing),
            len(static_files_needed()),
        )
        checks["static"] = f"{len(missing)} not collected"
    ready = set(checks.values()) == {"ok"}
    if settings.CACHE_URL:
        checks["cache"] = "ok" if caches["shared"].answers() else "cannot be reached"
    return JsonResponse({"ready": ready, **checks}, status=200 if ready else 503)


def migrations_missing() -> list[str]:
    """What this version needs and the database has not got. A database that is ahead is fine."""
    missing = migrations_needed() - set(MigrationRecorder(connection).applied_migrations())
    return sorted(f"{app}.{name}" for app, name in missing)


@functools.cache
def migrations_needed() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.nodes)


def static_files_missing() -> frozenset[str]:
    """What was not collected when this process started, which looks only then. With DEBUG nothing need be."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        return frozenset()
    return static_files_needed() - staticfiles_storage.hashed_files.keys()


@functools.cache
def static_files_needed() -> frozenset[str]:
    ignored = StaticFilesConfig.ignore_patterns
    return frozenset(path for finder in get_finders() for path, _ in finder.list(ignored))


ANSWERS = {"/healthz": healthz, "/readyz": readyz}


class HealthMiddleware:
    """Answers the two, and leaves everything else to those after it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return ANSWERS.get(request.path_info, self.get_response)(request)
