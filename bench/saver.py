"""Run inside the application: somebody who saves a row of their own, again and again.

`python -m bench.saver SLUG NUMBER FILE` says when it begins, ends once the file is there, and prints the
moments between which each save was waited for.
"""

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from customers.models import Need  # noqa: E402
from victory.models import Organization  # noqa: E402
from victory.tenancy import organization_scope  # noqa: E402

BREATH = 0.002
"""Seconds between two saves."""


def save_until(slug: str, number: int, end: Path) -> list[tuple[float, float]]:
    saved = []
    with organization_scope(Organization.objects.get(slug=slug)):
        need = Need.objects.order_by("pk")[number]
        need.save()
        print("begun", flush=True)
        while not end.exists():
            need.text = f"{number} for the {len(saved)}. time"
            began = time.time()
            need.save()
            saved.append((began, time.time()))
            time.sleep(BREATH)
    return saved


if __name__ == "__main__":
    slug, number, end = sys.argv[1:]
    json.dump(save_until(slug, int(number), Path(end)), sys.stdout)
