"""The form of a metric, typed with its target, and pasted with its first figure too."""

from datetime import date
from functools import partial

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import Need, Translation
from metrics.actions import begin, set_target
from metrics.forms.fields import DayField, TargetField, read_figure, read_target
from metrics.models import (
    Measurement,
    Metric,
    Target,
    first_of_january,
)
from metrics.quantities import MAX_LENGTH, Scale, Unit
from metrics.rejudging import RejudgingForm
from victory.forms import DateInput, WorkbookForm


class WhyField(forms.CharField):
    """Why a target is set: asked for where it changes verdicts, and hidden until then."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            max_length=Target._meta.get_field("reason").max_length,
            label=gettext_lazy("Reason for the target"),
            widget=forms.HiddenInput,
            **kwargs,
        )


class MetricForm(RejudgingForm):
    """A metric with the target that is in force today, or else the next one to come.

    The date decides what becomes of a typed target: the date of a target corrects that one, another
    date adds one.
    """

    REASON = "target_reason"

    aliases = {
        "deliverable": ("output",),
        "need": ("need", "customer need"),
        "unit": ("unit", "measured in"),
        "holds_from": ("holds from", "since", "from"),
        "begins_on": ("measured since",),
        "source": ("source", "data source"),
    }
    field_order = [
        "satisfied_when", "measured_by", "target", "frequency",
        "deliverable", "need", "unit", "holds_from", "begins_on", "source",
    ]  # fmt: skip

    target = TargetField(required=False)
    unit = forms.ChoiceField(required=False, label=gettext_lazy("Unit"))
    holds_from = forms.DateField(
        required=False,
        label=gettext_lazy("The target holds from"),
        widget=DateInput,
        help_text=gettext_lazy(
            "Figures before this day are not judged by it. The day of a target corrects that one,"
            " another day adds one."
        ),
    )

    target_reason = WhyField()

    class Meta(WorkbookForm.Meta):
        model = Metric
        fields = [
            *("satisfied_when", "measured_by", "frequency", "deliverable", "need", "unit", "begins_on"),
            "source",
        ]
        widgets = {
            "begins_on": DateInput,
            "satisfied_when": forms.TextInput({"placeholder": gettext_lazy("when …")}),
            "measured_by": forms.TextInput({"placeholder": gettext_lazy("share of …")}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.aim = None
        self.initial |= {"unit": ""} | self._initial_of_instance()
        self.fields["begins_on"].required = False
        self.fields["unit"].choices = [("", _("as the target says")), *Unit.choices]
        self.fields["need"].label_from_instance = lambda need: f"{need} ({need.customer})"
        self.fields["need"].offer(partial(needs_answered_first, self.instance.deliverable_id))

    def _initial_of_instance(self) -> dict:
        if self.instance.pk is None:
            return {"holds_from": self.usual_start} | self.initial
        self.shown = self.instance.target_to_show(timezone.localdate())
        known = {"holds_from": self.usual_start}
        if self.instance.has_figures:
            known["unit"] = self.instance.unit
        if self.shown:
            known["target"] = str(self.shown)
        return known

    def clean(self):
        cleaned = super().clean()
        cleaned["holds_from"] = cleaned.get("holds_from") or self.usual_start
        self.read_beginning(cleaned)
        try:
            scale = self.read_scale(cleaned)
        except ValidationError as error:
            self.add_error("target", error)
            return cleaned
        if self.instance.pk and scale != self.instance.scale:
            self.check_free_to_change()
        if "unit" not in self.errors:
            cleaned["unit"], self.instance.scale_top = scale.unit, scale.top
        return cleaned

    @property
    def usual_start(self) -> date:
        """From when a target holds where nothing is said: as the one in force, or from this year on."""
        return self.shown.holds_from if self.instance.pk and self.shown else first_of_january()

    def read_beginning(self, cleaned):
        """Since when it is measured: where nothing is said, as before, or since its first target holds."""
        typed = cleaned.get("begins_on")
        if self.instance.pk:
            cleaned["begins_on"] = typed or self.initial["begins_on"]
            later = cleaned["begins_on"] > self.initial["begins_on"]
            first = self.instance.measurements.order_by("date").first() if later else None
            if first and first.date < cleaned["begins_on"]:
                self.add_error(
                    "begins_on",
                    _("There is a figure of %(date)s already, so it cannot begin later.")
                    % {"date": date_format(first.date)},
                )
        else:
            cleaned["begins_on"] = typed or min(self.usual_start, cleaned["holds_from"])

    def read_scale(self, cleaned) -> Scale:
        """The scale of the metric as it was typed; `aim` is then the target, if one was typed."""
        text, unit = cleaned.get("target"), cleaned.get("unit")
        chosen = self._chosen_scale(unit) if unit else None
        if text:
            self.aim, scale = read_target(text, chosen, self.by.organization)
            return scale
        if self.instance.pk and self.shown:
            raise ValidationError(
                format_html(
                    _("A target is not taken back by leaving it out. It can be deleted on {}."),
                    format_html(
                        '<a href="{}">{}</a>', self.instance.get_absolute_url(), _("the metric’s page")
                    ),
                )
            )
        return chosen or self.instance.scale

    def _chosen_scale(self, unit: str) -> Scale:
        same = self.instance.pk and unit == self.instance.unit
        return self.instance.scale if same else Scale(Unit(unit), currency=self.by.organization.currency)

    def check_free_to_change(self):
        """The unit stays where figures are written in it, other than the target that is being typed."""
        measured = self.instance.measurements.count()
        if measured:
            sentence = ngettext(
                "%(count)d figure is in %(unit)s already, so the unit stays. Add a new metric instead.",
                "%(count)d figures are in %(unit)s already, so the unit stays. Add a new metric instead.",
                measured,
            )
            unit = self.instance.get_unit_display()
            self.add_error("unit", sentence % {"count": measured, "unit": unit})
        elif self.instance.targets.exclude(holds_from=self.cleaned_data["holds_from"]).exists():
            self.add_error(
                "unit",
                _("Other targets are written in %(unit)s. Delete them first, or add a new metric instead.")
                % {"unit": self.instance.get_unit_display()},
            )
        elif self.instance.deviations_with_figures.exists():
            self.add_error(
                "unit",
                _("Accepted figures are written in %(unit)s. Delete these deviations first.")
                % {"unit": self.instance.get_unit_display()},
            )

    def save(self, commit=True):
        is_new = self.instance.pk is None
        metric = super().save(commit)
        if is_new:
            begin(metric=metric, target=self.first_target(), figure=self.first_figure())
        elif self.aims_anew:
            set_target(
                metric=metric,
                aim=self.aim,
                holds_from=self.cleaned_data["holds_from"],
                reason=self.cleaned_data["target_reason"],
                by=self.by,
            )
        return metric

    def metric_aimed(self) -> Metric | None:
        return self.instance if self.aims_anew else None

    @property
    def aims_anew(self) -> bool:
        """Whether something was typed for the target of a metric that is there."""
        asked = {"target", "holds_from", "unit", self.REASON}
        return bool(self.instance.pk and self.aim and asked.intersection(self.changed_data))

    def targets_as_typed(self) -> list[Target]:
        typed = Target(metric=self.instance, holds_from=self.cleaned_data["holds_from"])
        typed.aim = self.aim
        return [*self.instance.targets.exclude(holds_from=typed.holds_from), typed]

    def check_reason(self, foreseen):
        self.fields["target_reason"].widget = forms.TextInput(self.fields["target_reason"].widget.attrs)
        super().check_reason(foreseen)

    def first_target(self) -> Target | None:
        """The target that was typed with a new metric."""
        if not self.aim:
            return None
        target = Target(
            organization=self.by.organization,
            metric=self.instance,
            holds_from=self.cleaned_data["holds_from"],
            set_by=self.by,
        )
        target.aim = self.aim
        return target

    def first_figure(self) -> Measurement | None:
        """The figure that came with a new metric."""
        return None


def needs_answered_first(deliverable: int | None):
    """The needs, those that the deliverable is meant to answer before the others."""
    answered = Translation.objects.filter(need=OuterRef("pk"), deliverable=deliverable)
    return Need.objects.select_related("customer").order_by(
        Exists(answered).desc(), "customer__position", "customer", "position", "pk"
    )


class PastedMetricForm(MetricForm):
    """A metric as it comes from a spreadsheet, perhaps with its first figure."""

    aliases = MetricForm.aliases | {"measured_on": ("measured on", "date of the figure")}

    performance = forms.CharField(
        required=False, max_length=MAX_LENGTH, label=gettext_lazy("My current performance is")
    )
    measured_on = DayField(required=False, label=gettext_lazy("Measured on"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.value = None
        self.initial.setdefault("measured_on", timezone.localdate())

    @classmethod
    def typed_for(cls, row):
        """With the newest figure, unless its day is before the target begins: together they are refused."""
        target = row.target_to_show(timezone.localdate())
        figure = row.latest if row.latest and not (target and row.latest.date < target.holds_from) else None
        return {
            "target": target and str(target),
            "holds_from": target and target.holds_from,
            "performance": figure and row.scale.write(figure.value),
            "measured_on": figure and figure.date,
        }

    def read_scale(self, cleaned) -> Scale:
        scale = super().read_scale(cleaned)
        if not cleaned.get("performance"):
            return scale
        try:
            if not self.aim and not cleaned.get("unit"):
                scale = read_target(cleaned["performance"], None, self.by.organization)[1]
            self.value = read_figure(cleaned["performance"], scale)
        except ValidationError as error:
            self.add_error("performance", error)
        return scale

    def clean(self):
        cleaned = super().clean()
        cleaned["measured_on"] = cleaned.get("measured_on") or timezone.localdate()
        cleaned["begins_on"] = min(cleaned["begins_on"], cleaned["measured_on"])
        if self.value is not None and self.aim and cleaned["measured_on"] < cleaned["holds_from"]:
            self.add_error(
                "measured_on",
                _("The target holds from %(date)s only. Give it an earlier day, or the figure a later one.")
                % {"date": date_format(cleaned["holds_from"])},
            )
        return cleaned

    def first_figure(self) -> Measurement | None:
        if self.value is None:
            return None
        return Measurement(
            organization=self.by.organization,
            metric=self.instance,
            date=self.cleaned_data["measured_on"],
            value=self.value,
            by=self.by,
        )
