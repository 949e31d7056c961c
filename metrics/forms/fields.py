"""Days, targets and figures as they are typed into the forms."""

from dataclasses import replace
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.models import STILL_TO_COME, Metric
from metrics.quantities import MAX_LENGTH, Aim, Scale, Unreadable, read_aim
from victory.forms import DateInput
from victory.models import Organization


def read_target(text: str, scale: Scale | None, organization: Organization) -> tuple[Aim, Scale]:
    """The target that was typed, on the scale given, or else on the one that the text speaks of.

    Raises ValidationError with a sentence for the person.
    """
    try:
        if scale is None:
            scale = replace(read_aim(text)[1], currency=organization.currency)
        aim, scale = read_aim(text, scale)
    except Unreadable as error:
        raise ValidationError(str(error)) from error
    check_top(scale)
    return aim, scale


def check_top(scale: Scale):
    if scale.top is not None:
        try:
            Metric._meta.get_field("scale_top").run_validators(scale.top)
        except ValidationError as error:
            raise ValidationError(
                _("A rating scale goes to 9,999.99 at most, with two digits after the decimal sign.")
            ) from error


def read_figure(text: str, scale: Scale):
    try:
        return scale.read(text)
    except Unreadable as error:
        raise ValidationError(str(error)) from error


def refuse_future(day: date):
    if day > timezone.localdate():
        raise ValidationError(STILL_TO_COME)


class DayField(forms.DateField):
    """A day that has come."""

    widget = DateInput
    default_validators = [refuse_future]
    default_error_messages = {
        "invalid": gettext_lazy("There is no such date. Write it like 2026-03-31, the year first.")
    }


class TargetField(forms.CharField):
    """A target as people say it."""

    def __init__(self, **kwargs):
        super().__init__(
            max_length=MAX_LENGTH,
            label=gettext_lazy("Target"),
            widget=forms.TextInput({"placeholder": gettext_lazy("at least 90 %"), "autocomplete": "off"}),
            **kwargs,
        )
