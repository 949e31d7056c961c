"""The forms of what a metric is held to: targets, accepted deviations, and the baselines of its limits."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from metrics.forms.fields import TargetField, read_target
from metrics.models import Baseline, Deviation, Metric, Target
from metrics.quantities import MAX_LENGTH, Direction
from metrics.rejudging import RejudgingForm
from victory.forms import DateInput, WorkbookForm


class RowOfMetricForm(WorkbookForm):
    """Something that a metric is held to, on the page of the metric: it never moves to another one."""

    aliases = {"reason": ("why", "because")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["metric"].disabled = True
            self.fields["metric"].widget = forms.HiddenInput()


class TargetForm(RejudgingForm, RowOfMetricForm):
    """A target on the page of its metric."""

    field_order = ["target", "holds_from", "reason", "metric"]

    target = TargetField()

    class Meta(WorkbookForm.Meta):
        model = Target
        fields = ["metric", "holds_from", "reason"]
        widgets = {"holds_from": DateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["target"] = str(self.instance)
        else:
            self.initial.setdefault("holds_from", timezone.localdate())

    @classmethod
    def typed_for(cls, row):
        return {"target": str(row)}

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

    def metric_aimed(self) -> Metric:
        return self.instance.metric

    def targets_as_typed(self) -> list[Target]:
        others = self.instance.metric.targets.exclude(pk=self.instance.pk)
        return [*others, self.instance]

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


class DeviationForm(RowOfMetricForm):
    """A deviation from the target that is accepted for some days, on the page of its metric."""

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
            self.initial["accepted"] = self.instance.accepted_figures
        else:
            self.initial.setdefault("holds_from", timezone.localdate())

    @classmethod
    def typed_for(cls, row):
        return {"accepted": row.accepted_figures}

    def clean(self):
        cleaned = super().clean()
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


class BaselineForm(RowOfMetricForm):
    """From when on the limits of a metric rest on which figures, on the page of the metric."""

    field_order = ["starts_on", "ends_on", "reason", "metric"]

    class Meta(WorkbookForm.Meta):
        model = Baseline
        fields = ["metric", "starts_on", "ends_on", "reason"]
        widgets = {"starts_on": DateInput, "ends_on": DateInput}

    def save(self, commit=True):
        self.instance.set_by = self.by
        return super().save(commit)
