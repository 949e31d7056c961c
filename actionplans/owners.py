"""The first table of step R: the person who can take action on each metric."""

from dataclasses import dataclass

from django.urls import reverse

from actionplans.forms import OwnerForm
from actionplans.thread import Thread
from metrics.models import Verdict


@dataclass(frozen=True)
class OwnerLine:
    """One metric with its verdict and its owner; `gap_url` leads to where the action it lacks is planned."""

    pk: int
    metric: str
    deliverable: str
    url: str
    verdict: Verdict
    owner: str
    was: str
    gap_url: str
    problems: tuple[str, ...]
    action: str

    @property
    def id(self) -> str:
        return f"owner-{self.pk}"


def owner_lines(thread: Thread, typed: dict[int, OwnerForm] | None = None) -> list[OwnerLine]:
    """Every metric, not met first; `typed` holds, by metric, a name as it was just posted."""
    slug = thread.organization.slug
    lines = []
    for metric in sorted(thread.metrics.values(), key=lambda metric: Verdict(metric.verdict).urgency):
        form = (typed or {}).get(metric.pk)
        wrong = form is not None and not form.is_valid()
        lines.append(
            OwnerLine(
                pk=metric.pk,
                metric=metric.measured_by,
                deliverable=thread.deliverable_of(metric),
                url=reverse("metric", args=[slug, metric.pk]),
                verdict=Verdict(metric.verdict),
                owner=form.data.get("owner", "") if wrong else metric.owner or "",
                was=metric.owner or "",
                gap_url=thread.page_to_plan(metric) if thread.lacks_action(metric) else "",
                problems=tuple(form.errors.get("owner", ())) if wrong else (),
                action=reverse("owner-save", args=[slug, metric.pk]),
            )
        )
    return lines
