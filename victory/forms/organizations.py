"""The forms of an organization as a whole: a new one, and its settings."""

import zoneinfo
from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from victory.forms.workbook import refuse_control_characters
from victory.models import RESERVED_ADDRESSES, Organization, User
from victory.tenancy import administered_by, second_factors_of

CURRENCIES = [
    "AUD",
    "BRL",
    "CAD",
    "CHF",
    "CNY",
    "CZK",
    "DKK",
    "EUR",
    "GBP",
    "HUF",
    "INR",
    "JPY",
    "KRW",
    "MXN",
    "NOK",
    "NZD",
    "PLN",
    "SEK",
    "SGD",
    "TRY",
    "USD",
    "ZAR",
]
PARTS_OF_THE_WORLD = (
    "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip


def time_zone_choices(chosen: str) -> list:
    """Every zone that is named for a place, by part of the world, and the one that is chosen."""
    places = [name for name in zoneinfo.available_timezones() if name.startswith(PARTS_OF_THE_WORLD)]
    by_region = groupby(sorted(places), key=lambda name: name.split("/")[0])
    regions = [
        (region, [(name, name.split("/", 1)[1].replace("_", " ")) for name in names])
        for region, names in by_region
    ]
    others = ["UTC"] if chosen in places else sorted({"UTC", chosen})
    return [*((name, name) for name in others), *regions]


class OrganizationForm(forms.ModelForm):
    """What a new organization and one with a workbook have in common."""

    class Meta:
        model = Organization
        fields = ["name", "kind", "time_zone", "currency", "parent"]

    def __init__(self, *args, by: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        for name in ("name", "currency"):
            self.fields[name].validators.append(refuse_control_characters)
        zone = self.fields["time_zone"]
        self.fields["time_zone"] = forms.ChoiceField(
            label=zone.label, choices=time_zone_choices(self.instance.time_zone), help_text=zone.help_text
        )
        self.fields["currency"].widget = forms.TextInput({"list": "currencies", "autocomplete": "off"})
        self.fields["currency"].help_text = _("Of figures in money, in three letters.")
        self.currencies = CURRENCIES
        self.offer_parents()

    def offer_parents(self):
        """It can be part of what the person administers. What it is part of already is not theirs to undo."""
        parents = [each.pk for each in administered_by(self.by) if each.pk != self.instance.pk]
        if not parents or (self.instance.parent_id and self.instance.parent_id not in parents):
            del self.fields["parent"]
            return
        field = self.fields["parent"]
        field.queryset = Organization.objects.filter(pk__in=parents)
        field.empty_label = _("none")

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_currency(self):
        currency = self.cleaned_data["currency"].strip().upper()
        if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
            raise ValidationError(_("Write the currency in three letters, such as EUR."))
        return currency


class NewOrganizationForm(OrganizationForm):
    """An organization that begins. Its address comes from its name unless somebody chooses it."""

    class Meta(OrganizationForm.Meta):
        fields = ["name", "kind", "slug", "time_zone", "currency", "parent"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        slug = self.fields["slug"]
        slug.required = False
        slug.help_text = _("Stands in the address of every page. Left empty, it is made from the name.")
        slug.widget.attrs |= {"data-slug-of": "id_name", "autocapitalize": "none", "spellcheck": "false"}
        if not self.is_bound:  # afterwards it is what was chosen
            self.fields["time_zone"].widget.attrs["data-guess-time-zone"] = ""

    def clean_slug(self):
        slug = self.cleaned_data["slug"].lower()
        if slug in RESERVED_ADDRESSES:
            raise ValidationError(_("“%(slug)s” is kept for the application itself."), params={"slug": slug})
        return slug

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("name") and cleaned.get("slug") == "":
            cleaned["slug"] = Organization.objects.free_slug(cleaned["name"])
        return cleaned


class SettingsForm(OrganizationForm):
    """The settings of an organization. What somebody else changed meanwhile is not overwritten unseen.

    The page says what each field showed (its hidden initial value): only a field that differs from that
    was changed by this person, and only what was changed is saved.
    """

    class Meta(OrganizationForm.Meta):
        fields = ["name", "kind", "time_zone", "currency", "second_factor", "parent"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True
        self.before = {name: getattr(self.instance, name) for name in self.fields}
        self.fields["time_zone"].help_text = _(
            "When a day begins and ends here. Changed, what is due or late goes by the new zone from now on."
        )
        self.fields["currency"].help_text = _(
            "Of figures in money, in three letters. Changed, figures stay as they are: 5 EUR become 5 GBP."
        )
        self.fields["second_factor"].label = _("Demand a second factor")
        self.fields["second_factor"].help_text = _(
            "Members see the workbook only once they sign in with a code or a passkey as well."
        )

    def clean_second_factor(self):
        """Whoever demands it has one: else they would shut themselves out with the same click."""
        demanded = self.cleaned_data["second_factor"]
        if demanded and not self.before["second_factor"] and not second_factors_of(self.by).exists():
            raise ValidationError(_("Set up a second factor for your own sign-in first, under “My account”."))
        return demanded

    def clean(self):
        cleaned = super().clean()
        for name in self.changed_data:
            self.refuse_if_changed_meanwhile(name)
        return cleaned

    def refuse_if_changed_meanwhile(self, name: str):
        bound = self[name]
        hidden = self.add_initial_prefix(name)
        stored = bound.field.prepare_value(self.get_initial_for_field(bound.field, name))
        shown = self.data.get(hidden)
        if shown is None or shown == ("" if stored is None else str(stored)):
            return
        self.data = self.data.copy()
        self.data[hidden] = "" if stored is None else str(stored)
        self.add_error(
            name,
            ValidationError(
                _("Somebody else changed this meanwhile: it is “%(value)s” now. Save again to keep yours."),
                params={"value": self.in_words(name, self.before[name])},
            ),
        )

    def changes_in_words(self) -> str:
        """What was changed from what to what, for the audit trail."""
        changes = [
            f"{self.fields[name].label}: {self.in_words(name, self.before[name])}"
            f" → {self.in_words(name, self.cleaned_data[name])}"
            for name in self.changed_data
        ]
        return "; ".join(changes)

    def in_words(self, name: str, value) -> str:
        """The value of a setting as people read it."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        labels = dict(getattr(self.fields[name], "choices", ())) if name == "kind" else {}
        return str(labels.get(value, "" if value is None else value))
