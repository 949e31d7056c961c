"""The forms of step I and of the first N."""

import re
from collections.abc import Callable, Iterable
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import (
    Answer,
    Criterion,
    Customer,
    CustomerGroup,
    Deliverable,
    Delivery,
    DriverChoice,
    DriverStatement,
    Need,
    Translation,
)
from victory import undo
from victory.forms import DateInput, WorkbookForm, refuse_control_characters
from victory.models import Organization
from victory.once import by_lowered, lowered
from victory.rows import WorkbookRow

FIRST_ANSWERS = date(1900, 1, 1)
"""An answer dated before this day has a wrong year."""

MOST_NAMES = 100
"""How many rows one cell may name."""


class NamesField(forms.CharField):
    """Several rows of another table, typed by their names.

    They are parted by semicolons or line breaks; where there are none, by commas. A single name with
    a comma in it therefore ends with a semicolon, as `write_names` writes it.
    """

    def __init__(self, model, *, listed_in: str, **kwargs):
        self.model = model
        super().__init__(required=False, **kwargs)
        self.widget.attrs |= {"data-names": True, "list": listed_in, "autocomplete": "off"}
        self.widget.attrs["placeholder"] = gettext_lazy("one; another one")

    def clean(self, value) -> list[str]:
        text = super().clean(value)
        parted_by = r"[;\n]" if re.search(r"[;\n]", text) else ","
        names = [name.strip() for name in re.split(parted_by, text) if name.strip()]
        if len(names) > MOST_NAMES:
            raise ValidationError(
                _("These are %(count)s names; at most %(limit)s fit here."),
                params={"count": len(names), "limit": MOST_NAMES},
            )
        longest = self.model._meta.get_field("name").max_length
        for name in names:
            if len(name) > longest:
                raise ValidationError(
                    _("“%(name)s…” is longer than %(limit)s characters."),
                    params={"name": name[:30], "limit": longest},
                )
        return names


def write_names(rows: Iterable) -> str:
    """The rows as a NamesField shows them, so that it reads the same rows again."""
    names = [str(row) for row in rows]
    return f"{names[0]};" if len(names) == 1 and "," in names[0] else "; ".join(names)


def rows_named(model, names: list[str], organization) -> tuple[list, list]:
    """The rows of these names, however they are capitalised, and those that were made for a new name."""
    keys = lowered(names)
    known = by_lowered(model.objects, keys)
    new = {}
    for key, name in zip(keys, names, strict=True):
        if key not in known:
            new.setdefault(key, name)
    last = model.objects.aggregate(last=Max("position"))["last"] or 0 if new else 0
    places = {key: place for place, key in enumerate(new, start=last + 1)}
    for key in sorted(new):  # whoever types the same names in another order waits, and not each for the other
        known[key] = model(organization=organization, name=new[key], position=places[key])
        known[key].save()
    return [known[key] for key in dict.fromkeys(keys)], [known[key] for key in new]


def link(through, present_links: list, *, of: str, row, to: str, others: list, unlink: Callable):
    """Make the row's links to others be just these, leaving those that stay untouched.

    `unlink` takes away a link that is there and not wanted.

    The rows at the other end list their links too. They move on to a new version, so that somebody
    who has one of them open is told, and does not undo the link by saving the old list.
    """
    wanted = {other.pk: other for other in others}
    changed = []
    for present in present_links:
        if wanted.pop(getattr(present, f"{to}_id"), None) is None:
            unlink(present)
            changed.append(getattr(present, f"{to}_id"))
    for other in wanted.values():
        through(organization=row.organization, **{of: row, to: other}).save()
        changed.append(other.pk)
    if not changed:
        return
    model = through._meta.get_field(to).related_model
    model.objects.filter(pk__in=changed).update(version=F("version") + 1)


class NamesForm(WorkbookForm):
    """A row that is linked to several rows of another table, which are typed by name.

    `names` is the field and the relation; `links` the table of links; `of` and `to` name its two ends.
    """

    names: str
    links: type
    of: str
    to: str

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial[self.names] = write_names(getattr(self.instance, self.names).all())

    @classmethod
    def typed_for(cls, row):
        return {cls.names: write_names(getattr(row, cls.names).all())}

    def save(self, commit=True):
        if self.names not in self.changed_data:
            return super().save(commit)
        present = list(self.links.objects.filter(**{self.of: self.instance})) if self.instance.pk else []
        row = super().save(commit)
        model = self.fields[self.names].model
        others, new = rows_named(model, self.cleaned_data[self.names], row.organization)
        if new:
            words = {"kind": model._meta.verbose_name_plural, "names": "; ".join(map(str, new))}
            self.notices.append(_("New among the %(kind)s: %(names)s.") % words)
        link(self.links, present, of=self.of, row=row, to=self.to, others=others, unlink=self.unlink)
        return row

    def unlink(self, present: WorkbookRow):
        present.delete()


class DeliveriesForm(NamesForm):
    """A row that is linked to others by deliveries. An answered one can be put back, with its answers."""

    links = Delivery

    def unlink(self, present: Delivery):
        if present.answers.exists():
            self.deletions.append(undo.delete(present, by=self.by))
        else:
            super().unlink(present)


class CustomerGroupForm(WorkbookForm):
    class Meta(WorkbookForm.Meta):
        model = CustomerGroup
        fields = ["name", "side"]


class CustomerForm(DeliveriesForm):
    names, of, to = "deliverables", "customer", "deliverable"

    deliverables = NamesField(Deliverable, label=gettext_lazy("receives"), listed_in="deliverable-names")

    class Meta(WorkbookForm.Meta):
        model = Customer
        fields = ["name", "group", "unit"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        others = [key for key in self.by.organization.house if key != self.by.organization_id]
        if not others and not self.instance.unit_id:
            del self.fields["unit"]
            return
        self.fields["unit"].queryset = Organization.objects.filter(pk__in=others)
        self.fields["unit"].error_messages["invalid_choice"] = _("Choose another unit of the same house.")


class DeliverableForm(DeliveriesForm):
    names, of, to = "customers", "deliverable", "customer"

    customers = NamesField(Customer, label=gettext_lazy("customers"), listed_in="customer-names")

    class Meta(WorkbookForm.Meta):
        model = Deliverable
        fields = ["name"]


class WeightField(forms.DecimalField):
    """A weight as people write it, 2.5 or 2,5. Typed as text: a browser's number field drops the comma."""

    widget = forms.TextInput({"inputmode": "decimal"})

    def to_python(self, value):
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class CriterionForm(WorkbookForm):
    class Meta(WorkbookForm.Meta):
        model = Criterion
        fields = ["name", "weight"]
        field_classes = {"weight": WeightField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= self.typed_for(self.instance)

    @classmethod
    def typed_for(cls, row):
        return {"weight": f"{row.weight.normalize():f}"}


class DriverChoiceForm(WorkbookForm):
    class Meta(WorkbookForm.Meta):
        model = DriverChoice
        fields = ["customer", "reason"]


class DriverStatementForm(WorkbookForm):
    class Meta(WorkbookForm.Meta):
        model = DriverStatement
        fields = ["text"]
        widgets = {"text": forms.Textarea({"rows": 5})}


class NeedForm(NamesForm):
    names, links, of, to = "deliverables", Translation, "need", "deliverable"

    deliverables = NamesField(Deliverable, label=gettext_lazy("I meet it by"), listed_in="deliverable-names")

    class Meta(WorkbookForm.Meta):
        model = Need
        fields = ["customer", "text", "importance", "aspect"]


class AnswerForm(forms.Form):
    """What a unit says of a promise made to it: that it agrees or, with the reason, that it objects."""

    AGREE, OBJECT = "agree", "object"

    stance = forms.ChoiceField(
        label=gettext_lazy("What we say"),
        choices=[(AGREE, gettext_lazy("We agree")), (OBJECT, gettext_lazy("We object"))],
        widget=forms.RadioSelect,
    )
    sentence = forms.CharField(
        label=gettext_lazy("In a sentence"),
        help_text=gettext_lazy("An objection says what is missing."),
        max_length=Answer._meta.get_field("sentence").max_length,
        required=False,
        validators=[refuse_control_characters],
    )
    said_on = forms.DateField(label=gettext_lazy("Said on"), initial=timezone.localdate, widget=DateInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, standing: Answer | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.standing = standing
        self.initial["shown"] = self.key_of_standing = str(standing.pk) if standing else ""

    def clean_said_on(self):
        said_on = self.cleaned_data["said_on"]
        if said_on > timezone.localdate():
            raise ValidationError(_("This day is still to come. An answer is dated on its day or earlier."))
        if said_on < FIRST_ANSWERS:
            raise ValidationError(_("This day is long before any answer. Look at the year."))
        if self.standing and said_on < self.standing.said_on:
            raise ValidationError(
                _("Your answer of %(day)s stands. A new one is dated on that day or later."),
                params={"day": date_format(self.standing.said_on)},
            )
        return said_on

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("stance") == self.OBJECT and not cleaned.get("sentence", "x"):
            self.add_error("sentence", _("Say in a sentence what is missing."))
        if self.standing and cleaned.get("shown") != self.key_of_standing and not self.says_the_same:
            self.say_what_stands_now()
        return cleaned

    @property
    def says_the_same(self) -> bool:
        """Whether what stands is what was typed: it was sent twice."""
        typed = self.cleaned_data
        stands = (self.standing.agrees, self.standing.sentence, self.standing.said_on)
        return stands == (typed.get("stance") == self.AGREE, typed.get("sentence"), typed.get("said_on"))

    def say_what_stands_now(self):
        """Somebody else answered for this unit meanwhile; giving the answer once more is a decision."""
        self.data = self.data.copy()
        self.data["shown"] = self.key_of_standing
        words = {
            "who": self.standing.said_by,
            "stance": self.standing.stance,
            "sentence": self.standing.sentence,
        }
        self.add_error(
            None,
            _(
                "%(who)s answered meanwhile: %(stance)s. %(sentence)s"
                " Give your answer once more if it is to stand instead."
            )
            % words,
        )
