"""What a target would do to verdicts that have been given: said and asked before it is set."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from metrics.models import Judged, Metric, Target, Verdict
from victory.forms import WorkbookForm


@dataclass(frozen=True)
class Foreseen:
    """The verdicts that would change, the oldest first."""

    metric: Metric
    changes: list[Judged]

    MOST_SHOWN = 20

    @property
    def count(self) -> int:
        return len(self.changes)

    @property
    def shown(self) -> list[dict]:
        """The first of them, in ready-made texts."""
        return [
            {
                "day": date_format(each.measurement.date),
                "figure": self.metric.scale.write(each.measurement.value),
                "was": Verdict(each.measurement.verdict),
                "becomes": each.verdict,
            }
            for each in self.changes[: self.MOST_SHOWN]
        ]

    @property
    def more(self) -> int:
        return self.count - len(self.shown)

    @cached_property
    def fingerprint(self) -> str:
        """Whoever agrees agrees to exactly these: the same only for the same figures and verdicts."""
        told = [
            f"{each.measurement.pk} {each.measurement.value:f} {each.measurement.verdict} {each.verdict}"
            for each in self.changes
        ]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]

    @property
    def yes_to_set(self) -> str:
        sentence = ngettext(
            "Set it, and change %(count)d verdict", "Set it, and change %(count)d verdicts", self.count
        )
        return sentence % {"count": self.count}

    @property
    def yes_to_delete(self) -> str:
        sentence = ngettext(
            "Delete it, and change %(count)d verdict", "Delete it, and change %(count)d verdicts", self.count
        )
        return sentence % {"count": self.count}

    @property
    def why_needed(self) -> str:
        sentence = ngettext(
            "Say why: this changes %(count)d verdict that has been given.",
            "Say why: this changes %(count)d verdicts that have been given.",
            self.count,
        )
        return sentence % {"count": self.count}


def foresee_without(target: Target) -> Foreseen:
    """The verdicts that would change if the target were not there."""
    metric = target.metric
    metric.lock()
    return Foreseen(metric, metric.verdicts_under(metric.targets.exclude(pk=target.pk)))


class Consent(forms.HiddenInput):
    """A button that says what would change; hidden until there is something to ask."""

    use_fieldset = True

    def ask(self, foreseen: Foreseen):
        self.input_type, self.foreseen = "submit", foreseen

    def render(self, name, value, attrs=None, renderer=None):
        if self.is_hidden:
            return super().render(name, value, attrs, renderer)
        page = {"foreseen": self.foreseen, "yes": self.foreseen.yes_to_set, "form": self.attrs.get("form")}
        return render_to_string("metrics/consent.html", page)


class RejudgingForm(WorkbookForm):
    """A form whose target may change verdicts that have been given.

    It says which, and asks for a reason and a yes before it is valid. The yes carries the fingerprint of
    what was shown, so that it is asked again where the figures have changed meanwhile.
    """

    REASON = "reason"

    agreed = forms.CharField(required=False, widget=Consent, label=gettext_lazy("Verdicts that would change"))

    def metric_aimed(self) -> Metric | None:
        """The metric that is there and whose target is set, or None."""
        raise NotImplementedError

    def targets_as_typed(self) -> list[Target]:
        """All targets of this metric as they would be."""
        raise NotImplementedError

    def _post_clean(self):
        """Once the row itself is in order: nobody is asked about a target that cannot be set."""
        super()._post_clean()
        metric = None if self.errors else self.metric_aimed()
        if metric is None:
            return
        self.saved_at_once = False
        self.validate_constraints()
        if self.errors:
            return
        metric.lock()
        foreseen = Foreseen(metric, metric.verdicts_under(self.targets_as_typed()))
        if foreseen.changes:
            self.check_reason(foreseen)
            self.ask(foreseen)

    def check_reason(self, foreseen: Foreseen):
        if not self.cleaned_data.get(self.REASON, "").strip():
            self.add_error(self.REASON, foreseen.why_needed)

    def ask(self, foreseen: Foreseen):
        """Let it pass only with a yes to exactly these changes."""
        agreed = self.cleaned_data["agreed"]
        if agreed == foreseen.fingerprint and not self.errors:
            return
        self.fields["agreed"].widget.ask(foreseen)
        meanwhile = agreed and agreed != foreseen.fingerprint
        self.add_error(
            "agreed",
            _("What would change is not what you were asked about. Please look again.")
            if meanwhile
            else _("Nothing is kept yet: please look at what would change."),
        )
