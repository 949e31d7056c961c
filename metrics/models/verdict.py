"""What can be said of a metric: met, not met, and why neither."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from metrics.quantities import Aim


class Verdict(models.TextChoices):
    """What a metric's newest measurement says. Not measured is a state of its own, never a zero.

    Accepted is said on a day, and never stored: the target is not met, but a deviation from it has been
    accepted for the time being (see `Deviation`). When that ends, not met returns by itself.
    """

    MET = "met", _("Met")
    NOT_MET = "not-met", _("Not met")
    ACCEPTED = "accepted", _("Accepted")
    NOT_MEASURED = "not-measured", _("Not measured")
    NO_TARGET = "no-target", _("No target")

    @classmethod
    def of(cls, value: Decimal, aim: Aim | None) -> "Verdict":
        """Whether a figure reaches what was aimed at; without an aim, that there is none."""
        if aim is None:
            return cls.NO_TARGET
        return cls.MET if aim.holds(value) else cls.NOT_MET

    @property
    def urgency(self) -> int:
        """The lower, the more it needs somebody: not met, then without a verdict, then met."""
        return _URGENCY.get(self, 1)

    def count_in_words(self, count: int) -> str:
        """How many metrics stand under this verdict."""
        sentence = {
            Verdict.MET: ngettext("%(count)d met", "%(count)d met", count),
            Verdict.NOT_MET: ngettext("%(count)d not met", "%(count)d not met", count),
            Verdict.ACCEPTED: ngettext("%(count)d accepted", "%(count)d accepted", count),
            Verdict.NO_TARGET: ngettext("%(count)d no target", "%(count)d no target", count),
            Verdict.NOT_MEASURED: ngettext("%(count)d not measured", "%(count)d not measured", count),
        }[self]
        return sentence % {"count": count}


_URGENCY = {Verdict.NOT_MET: 0, Verdict.MET: 2}
