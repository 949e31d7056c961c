"""What the pages are held against: as little as a page can do, and a table written the ordinary way."""

from random import Random

from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from metrics.models import Metric, Verdict
from metrics.quantities import Direction, Unit
from metrics.rhythm import Frequency
from victory.tenancy import Role, needs

KILOBYTES = 20
_WORDS = [str(each.label) for each in (*Verdict, *Frequency, *Unit, *Direction, *Role)]


def made_up_text() -> str:
    """So much text, which compresses about as well as a page does."""
    chance, lines = Random(1), []
    while sum(map(len, lines)) < KILOBYTES * 1000:
        lines.append(f"<p>{' '.join(chance.choices(_WORDS, k=12))} {chance.randrange(10**6)}</p>\n")
    return mark_safe("".join(lines)[: KILOBYTES * 1000])


TEXT = made_up_text()


@needs(Role.VIEWER)
@require_GET
def floor(request):
    """A signed-in page under the same middleware, which renders a constant."""
    return render(request, "bench/floor.html", {"text": TEXT})


@needs(Role.VIEWER)
@require_GET
def plain(request):
    """The table of the dashboard without any care: instances of the models, and a template that asks them."""
    metrics = (
        Metric.objects.not_met_first(request.organization.today)
        .with_verdict()
        .prefetch_related("ownerships__member", "actions__who", "deliverable__customers")
    )
    return render(request, "bench/plain.html", {"metrics": metrics, "today": timezone.localdate()})
