"""The forms of what a metric is held to: targets, accepted deviations, and the baselines of its limits."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from metrics.behaviour import FEWEST_FIGURES
from metrics.forms.fields import TargetField, read_target
from metrics.models import (
    Baseline,
    Deviation,
    Metric,
    Target,
)
from metrics.quantities import MAX_LENGTH, Direction
from metrics.rejudging import RejudgingForm
from victory.forms import DateInput, WorkbookForm


class TargetForm(RejudgingForm):
    """A target on the page of its metric."""

    aliases = {"reason": ("why", "because")}
    field_order = ["target", "holds_from", "reason", "metric"]

    target = TargetField()

    class Meta(WorkbookForm.Meta):
        model = Target
        fields = ["metric", "holds_from", "reason"]
        widgets = {"holds_from": DateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["metric"].disabled = True
            self.fields["metric"].widget = forms.HiddenInput()
            self.initial["target"] = str(self.instance)
        else:
            self.initial.setdefault("holds_from", timezone.localdate())

    def clean(self):
        cleaned = super().clean()
        metric = cleaned.get("metric")
        if metric and cleaned.get("target"):
            try:
                scale = metric.scale if metric.has_figures else None
                self.instance.aim, self.scale = read_target(cleaned["target"], scale, metric.organization)
            except ValidationError as error:
                self.add_error("target", error)
        return cleaned

    def targets_as_typed(self) -> tuple[Metric, list[Target]]:
        metric = self.instance.metric
        return metric, [*metric.targets.exclude(pk=self.instance.pk), self.instance]

    def save(self, commit=True):
        self.instance.set_by = self.by
        metric = self.instance.metric
        if self.scale != metric.scale:
            metric.unit, metric.scale_top = self.scale.unit, self.scale.top
            metric.save(update_fields=["unit", "scale_top"])
        target = super().save(commit)
        if count := target.verdicts_changed:
            sentence = ngettext("%(count)d verdict changed.", "%(count)d verdicts changed.", count)
            self.notices.append(sentence % {"count": count})
        return target


class PastedTargetForm(TargetForm):
    """A target as it comes from a spreadsheet: the preview says how many verdicts it changes."""

    def ask(self, foreseen):
        pass


class DeviationForm(WorkbookForm):
    """A deviation from the target that is accepted for some days, on the page of its metric."""

    aliases = {"reason": ("why", "because")}
    field_order = ["holds_from", "holds_until", "accepted", "reason", "metric"]

    accepted = forms.CharField(
        required=False,
        max_length=MAX_LENGTH,
        label=gettext_lazy("Accepted figures"),
        widget=forms.TextInput({"placeholder": gettext_lazy("any figure"), "autocomplete": "off"}),
    )

    class Meta(WorkbookForm.Meta):
        model = Deviation
        fields = ["metric", "holds_from", "holds_until", "reason"]
        widgets = {"holds_from": DateInput, "holds_until": DateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["metric"].disabled = True
            self.fields["metric"].widget = forms.HiddenInput()
            self.initial["accepted"] = self.instance.accepted_figures
        else:
            self.initial.setdefault("holds_from", timezone.localdate())

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("holds_from"), cleaned.get("holds_until")
        if first and last and last < first:
            self.add_error("holds_until", _("A deviation ends on the day it begins or later."))
        metric = cleaned.get("metric")
        if metric:
            try:
                self.instance.low, self.instance.high = read_accepted(cleaned.get("accepted"), metric)
            except ValidationError as error:
                self.add_error("accepted", error)
        return cleaned

    def save(self, commit=True):
        self.instance.accepted_by = self.by
        deviation = super().save(commit)
        if not deviation.metric.targets.exists():
            self.notices.append(_("No target is set, so there is nothing to deviate from yet."))
        return deviation


def read_accepted(text: str | None, metric: Metric) -> tuple:
    """The low and the high end of the figures that are accepted, as they were typed; None is no limit."""
    if not text:
        return None, None
    aim = read_target(text, metric.scale, metric.organization)[0]
    if aim.direction == Direction.JUDGED:
        raise ValidationError(_("Where a person judges, any answer is accepted. Leave this empty."))
    return aim.low, aim.high


class BaselineForm(WorkbookForm):
    """From when on the limits of a metric rest on which figures, on the page of the metric."""

    aliases = {"reason": ("why", "because")}
    field_order = ["starts_on", "ends_on", "reason", "metric"]

    class Meta(WorkbookForm.Meta):
        model = Baseline
        fields = ["metric", "starts_on", "ends_on", "reason"]
        widgets = {"starts_on": DateInput, "ends_on": DateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["metric"].disabled = True
            self.fields["metric"].widget = forms.HiddenInput()

    def clean(self):
        cleaned = super().clean()
        metric, starts_on, ends_on = (cleaned.get(name) for name in ("metric", "starts_on", "ends_on"))
        if not metric or not starts_on:
            return cleaned
        self._check_start(metric, starts_on)
        if ends_on:
            self._check_end(metric, starts_on, ends_on)
        self._check_neighbours(metric, starts_on, ends_on)
        return cleaned

    def _check_start(self, metric: Metric, starts_on: date):
        first = metric.measurements.order_by("date").values_list("date", flat=True).first()
        if starts_on > timezone.localdate():
            self.add_error("starts_on", _("This day is still to come. Limits start on a day that has come."))
        elif first is None:
            self.add_error("starts_on", _("There are no figures yet that limits could rest on."))
        elif starts_on < first:
            self.add_error(
                "starts_on",
                _("The first figure is of %(date)s: limits start on that day or later.")
                % {"date": date_format(first)},
            )

    def _check_end(self, metric: Metric, starts_on: date, ends_on: date):
        """Days that have passed bring no more figures, so there have to be enough of them."""
        if ends_on < starts_on:
            self.add_error("ends_on", _("This day lies before the one the limits start on."))
        elif ends_on <= timezone.localdate():
            count = metric.measurements.filter(date__range=(starts_on, ends_on)).count()
            if count < FEWEST_FIGURES:
                sentence = ngettext(
                    "Only %(count)d figure lies in these days, and limits take six.",
                    "Only %(count)d figures lie in these days, and limits take six.",
                    count,
                )
                self.add_error("ends_on", sentence % {"count": count})

    def _check_neighbours(self, metric: Metric, starts_on: date, ends_on: date | None):
        """The figures of one baseline end before the next one starts."""
        others = metric.baselines.exclude(pk=self.instance.pk)
        reaching = others.filter(starts_on__lt=starts_on, ends_on__gte=starts_on).first()
        if reaching:
            words = {"start": date_format(reaching.starts_on), "end": date_format(reaching.ends_on)}
            self.add_error(
                "starts_on",
                _("The limits from %(start)s rest on the figures up to %(end)s. Start later.") % words,
            )
        following = others.filter(starts_on__gt=starts_on).first()
        if ends_on and following and ends_on >= following.starts_on:
            words = {"date": date_format(following.starts_on)}
            self.add_error("ends_on", _("Other limits start on %(date)s. End before that day.") % words)

    def save(self, commit=True):
        self.instance.set_by = self.by
        return super().save(commit)
