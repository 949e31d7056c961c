"""The settings of production, with the pages and the middleware that are measured with."""

import os
from pathlib import Path

from victory.settings import *  # noqa: F403
from victory.settings import MIDDLEWARE, TEMPLATES

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.meter.MeterMiddleware", *MIDDLEWARE]
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
STATIC_ROOT = Path(os.environ["BENCH_STATIC"])
