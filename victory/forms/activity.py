"""What the pages of what happened can be narrowed down by."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django_scopes.forms import SafeModelChoiceField

from victory.forms.workbook import DateInput, refuse_long_ago
from victory.models import Member
from victory.past import kinds
from victory.trail import Event


class PeriodFilter(forms.Form):
    """Who did it, and from which day to which."""

    person = SafeModelChoiceField(
        Member.objects.none(), required=False, label=_("Who"), empty_label=_("everybody")
    )
    since = forms.DateField(required=False, label=_("From"), widget=DateInput, validators=[refuse_long_ago])
    until = forms.DateField(required=False, label=_("Until"), widget=DateInput, validators=[refuse_long_ago])

    field_order = ["person", "kind", "event", "since", "until"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["person"].queryset = Member.objects.order_by("name")
        self.fields["person"].error_messages["invalid_choice"] = _("Nobody here. Choose from the list.")

    @property
    def chosen(self) -> dict:
        """What was chosen, without what could not be read."""
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}


class ActivityFilter(PeriodFilter):
    kind = forms.ChoiceField(required=False, label=_("What"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = sorted((str(model._meta.verbose_name), kind) for kind, model in kinds().items())
        self.fields["kind"].choices = [("", _("everything")), *((kind, word) for word, kind in words)]


class AuditFilter(PeriodFilter):
    event = forms.ChoiceField(
        required=False, label=_("What"), choices=[("", _("everything")), *Event.choices]
    )
