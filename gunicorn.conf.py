"""How gunicorn runs the application; it finds this file by itself. See docs/operation.md.

Anything else is for the environment to say: `GUNICORN_CMD_ARGS="--bind 0.0.0.0:8000"`.
"""

import gc
import os
import shutil
import tempfile
from importlib import import_module
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values

environment = dotenv_values(Path(__file__).parent / ".env") | os.environ

workers = environment.get("WEB_PROCESSES") or "2"
if not workers.isdecimal() or not int(workers):
    raise SystemExit("Set WEB_PROCESSES to how many processes serve, such as 4, or leave it out.")
# Said once and before there is any process: each would say it again, with its trace.
try:
    import_module(os.environ.setdefault("DJANGO_SETTINGS_MODULE", "victory.settings"))
except ImproperlyConfigured as error:
    raise SystemExit(str(error)) from None
# Nobody asks for it, and two servers of one account would take it from each other.
control_socket_disable = True


def on_starting(server):
    """The processes of this server count together for Prometheus, from zero (`victory.prometheus`)."""
    if environment.get("PROMETHEUS_TOKEN"):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="winning-prometheus.")


def on_exit(server):
    shutil.rmtree(os.environ.get("PROMETHEUS_MULTIPROC_DIR", ""), ignore_errors=True)


def post_worker_init(worker):
    """Look for garbage less often: a page makes ten thousand objects, and nearly all go by themselves."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
