"""What is thrown away by the clock: what is kept of metrics that are gone."""

from metrics.models import Touch
from victory.jobs import Job


def forget_touches() -> list[str]:
    Touch.forget_gone()
    return []


JOBS = (Job("forget touches", forget_touches),)
