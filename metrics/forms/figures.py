"""The forms of the figures of a metric: down the sheet of step E, and for any day on the metric's page."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.forms.fields import DayField, read_figure
from metrics.models import Measurement, Metric, Target
from metrics.quantities import MAX_LENGTH
from metrics.standing import answers_to
from victory import undo
from victory.forms import WorkbookForm, refuse_control_characters, refuse_long_ago
from victory.forms.copies import with_own_fields
from victory.models import Deletion, Member


def too_early(metric: Metric, member: Member) -> str:
    """The sentence for a figure from before the metric existed, with the way out for who may go it."""
    if not member.may_edit:
        return metric.not_measured_yet
    edit = reverse("metrics-edit", args=[metric.organization.slug, metric.pk])
    link = format_html('<a href="{}">{}</a>', edit, _("Edit “Measured since”"))
    return format_html("{} {}", metric.not_measured_yet, link)


class DayForm(forms.Form):
    """The day whose figures are entered."""

    on = DayField(label=gettext_lazy("Figures of"), validators=[refuse_long_ago])


@with_own_fields
class FigureForm(forms.Form):
    """One figure as it is typed on its day; `was` and `was_note` are what its fields showed.

    A blank figure takes the one of that day away. What somebody else entered meanwhile is said
    before it is replaced. `stored` is the figure of that day as it was, `recorded` as it was saved.
    """

    on = DayField(validators=[refuse_long_ago])
    value = forms.CharField(required=False)
    was = forms.CharField(required=False)
    note = forms.CharField(
        required=False,
        max_length=Measurement._meta.get_field("note").max_length,
        validators=[refuse_control_characters],
    )
    was_note = forms.CharField(required=False)

    def __init__(self, data, *, metric: Metric, by: Member):
        super().__init__(data)
        self.metric, self.by = metric, by
        self.stored = self.figure = self.recorded = None

    def clean(self):
        cleaned = super().clean()
        if "on" not in cleaned:
            return cleaned
        if cleaned["on"] < self.metric.begins_on:
            self.add_error("value", too_early(self.metric, self.by))
            return cleaned
        self.stored = self.metric.measurement_on(cleaned["on"])
        if cleaned.get("value"):
            try:
                self.figure = read_figure(cleaned["value"], self.metric.scale)
            except ValidationError as error:
                self.add_error("value", error)
        elif cleaned.get("note") and not cleaned.get("was"):
            self.add_error("value", _("Enter the figure that the note is about."))
        if not self.errors and self.asks_for_change and self.shown_before != self.text_now:
            self.add_error("value", self._what_somebody_else_did())
        return cleaned

    @property
    def text_now(self) -> tuple[str, str]:
        """The figure and the note that are stored, as the fields show them."""
        return (plain_spaces(self.stored.written), self.stored.note) if self.stored else ("", "")

    @property
    def shown_before(self) -> tuple[str, str]:
        return plain_spaces(self.data.get("was", "")), self.data.get("was_note", "")

    @property
    def asks_for_change(self) -> bool:
        """Whether what was typed is neither what the fields showed nor what is stored."""
        typed = plain_spaces(self.cleaned_data["value"]), self.cleaned_data["note"]
        if typed == self.shown_before:
            return False
        if self.stored is None or self.figure is None:
            return (self.figure is None) != (self.stored is None)
        return (self.figure, self.cleaned_data["note"]) != (self.stored.value, self.stored.note)

    def _what_somebody_else_did(self) -> str:
        if self.stored is None:
            return _("Somebody else took this figure away meanwhile. Enter yours again to keep it.")
        words = {"who": self.stored.by or _("Somebody else"), "figure": in_quotes(self.stored)}
        return _("%(who)s entered %(figure)s meanwhile. Enter yours again to replace it.") % words

    def save(self) -> Deletion | None:
        """Record the figure, or take it away: then its deletion is returned, to be undone."""
        if not self.asks_for_change:
            return None
        if self.figure is None:
            return undo.delete(self.stored, by=self.by)
        figure = self.stored or Measurement(
            organization=self.metric.organization, metric=self.metric, date=self.cleaned_data["on"]
        )
        figure.value, figure.note, figure.by = self.figure, self.cleaned_data["note"], self.by
        figure.save()
        self.recorded = figure
        return None


def in_quotes(measurement: Measurement) -> str:
    """A figure in the middle of a sentence, with the note on it, if there is one."""
    if not measurement.note:
        return measurement.written
    return _("%(figure)s “%(note)s”") % {"figure": measurement.written, "note": measurement.note}


def plain_spaces(text: str) -> str:
    return " ".join(text.split())


class MeasurementForm(WorkbookForm):
    """A figure of a metric for a day, on the page of the metric.

    A day that has a figure already is not overwritten unseen: then `there` is that figure, and posting
    its `mark` as `replaces` is the decision to replace it.
    """

    date = DayField(label=gettext_lazy("Date"))
    figure = forms.CharField(
        max_length=MAX_LENGTH, label=gettext_lazy("Figure"), widget=forms.TextInput({"autocomplete": "off"})
    )
    replaces = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ["date", "figure", "note"]

    class Meta(WorkbookForm.Meta):
        model = Measurement
        fields = ["date", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.there = None
        self.metric = self.instance.metric
        if self.instance.pk:
            self.initial["figure"] = self.instance.written
        else:
            self.initial["date"] = timezone.localdate()
        if answers := answers_to(self.metric):
            choices = [("", _("choose …")), *answers[1:]]
            self.fields["figure"] = forms.ChoiceField(choices=choices, label=_("Figure"))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("figure"):
            try:
                self.instance.value = read_figure(cleaned["figure"], self.metric.scale)
            except ValidationError as error:
                self.add_error("figure", error)
        day = cleaned.get("date")
        if day and day < self.metric.begins_on:
            self.add_error("date", too_early(self.metric, self.by))
        elif day and not self.errors:
            self.look_for_another(day)
        return cleaned

    def look_for_another(self, day):
        """Say that the day has a figure already, unless it is known and to be replaced."""
        others = self.metric.measurements.select_related("by").exclude(pk=self.instance.pk)
        there = others.filter(date=day).first()
        if there is None:
            return
        if self.instance.pk is None and self.cleaned_data["replaces"] == mark(there):
            there.value = self.instance.value
            self.instance = there
            return
        self.there = there if self.instance.pk is None else None
        self.add_error("date", self.what_is_there(there))

    def what_is_there(self, there: Measurement) -> str:
        words = {
            "day": date_format(there.date),
            "figure": in_quotes(there),
            "who": there.by or _("somebody"),
        }
        if self.cleaned_data["replaces"]:
            return _("%(who)s has changed it meanwhile: %(day)s has %(figure)s now.") % words
        return _("%(day)s has a figure already: %(figure)s, entered by %(who)s.") % words

    @property
    def offer(self) -> dict | None:
        """The decision to replace the figure that is there: what the button says and posts."""
        if self.there is None:
            return None
        return {"mark": mark(self.there), "label": _("Replace %(old)s") % {"old": self.there.written}}

    def save(self, commit=True):
        self.instance.by = self.by
        return super().save(commit)


class SeriesForm(forms.Form):
    """What is decided on a pasted series: to correct what is there, to let metrics begin earlier, and why."""

    correct = forms.BooleanField(required=False)
    earlier = forms.BooleanField(required=False)
    reason = forms.CharField(
        required=False,
        max_length=Target._meta.get_field("reason").max_length,
        validators=[refuse_control_characters],
        error_messages={"required": gettext_lazy("Say why these targets held: they change verdicts.")},
    )

    def __init__(self, data, *, why_needed: bool):
        super().__init__(data)
        self.fields["reason"].required = why_needed


def mark(measurement: Measurement) -> str:
    """By which a figure is known again, as long as nobody changes it."""
    return f"{measurement.pk}.{measurement.version}"
