"""The application without what keeps two people from overwriting each other: for the controls.

Without the form's guard, a stale text is taken as it comes. Without the lock on the row, two who save at
the same moment both read what stood there before either of them.
"""

import os
import time

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "victory.settings")
application = get_wsgi_application()

from django.db.models import QuerySet  # noqa: E402

from victory.forms import WorkbookForm  # noqa: E402
from victory.models import CustomerRight  # noqa: E402


def dawdle(row):
    time.sleep(0.02)


if os.environ["WITHOUT"] == "guard":
    WorkbookForm.compare_with_theirs = lambda form: None
else:
    QuerySet.select_for_update = lambda rows, **kwargs: rows
    CustomerRight.prepare = dawdle
