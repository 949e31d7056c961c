"""How long people who save wait while a backup is written, and how long without one."""

import json
import subprocess
import sys
import time
from statistics import median

from bench.installation import ROOT, Installation
from bench.sizes import Sizes

WRITERS = 4


def measure_backup(here: Installation, slug: str, sizes: Sizes) -> dict:
    """Four save without a pause, first by themselves, then while `manage.py backup` runs, in milliseconds."""
    end, file = here.scratch / f"{here.name}.end", here.scratch / f"{here.name}.backup"
    savers = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.saver", slug, str(number), str(end)],
            cwd=ROOT,
            env=here.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    try:
        for saver in savers:
            saver.stdout.readline()
        alone = time.time()
        time.sleep(sizes.seconds / 2)
        began = time.time()
        here.run("manage.py", "backup", str(file))
        ended = time.time()
    finally:
        end.touch()
        saves = [save for saver in savers for save in json.loads(saver.communicate()[0] or "[]")]
    return {
        "without": waits([to - at for at, to in saves if alone < at and to < began]),
        "beside": waits([to - at for at, to in saves if to > began and at < ended]),
        "backup": {"seconds": round(ended - began, 1), "megabytes": round(file.stat().st_size / 1e6, 1)},
    }


def waits(seconds: list[float]) -> dict:
    in_order = sorted(seconds)
    return {
        "saves": len(in_order),
        "median": round(median(in_order) * 1000, 1),
        "99 of 100": round(in_order[len(in_order) * 99 // 100] * 1000, 1),
        "longest": round(in_order[-1] * 1000, 1),
    }
