"""The forms of a review: preparing it, what is noted on a metric, and what closes it."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.forms import enrol, refuse_who_left
from actionplans.models import Review, ReviewLine
from actionplans.reviews.actions import set_attendances
from customers.forms import NamesField, write_names
from victory.forms import DateInput, WorkbookForm
from victory.models import Member
from victory.once import by_lowered, lowered


class PrepareForm(WorkbookForm):
    """When a review is held, and who takes part. A name that is not known yet makes a member."""

    who = NamesField(Member, listed_in="member-names", label=gettext_lazy("Who takes part"))

    class Meta(WorkbookForm.Meta):
        model = Review
        fields = ["on"]
        labels = {"on": gettext_lazy("Date")}
        widgets = {"on": DateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.taking_part = []
        if self.instance.pk:
            self.taking_part = [each.member for each in self.instance.attendances.select_related("member")]
            self.initial["who"] = write_names(self.taking_part)

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        last = Review.objects.closed().first()
        if last and on < last.on:
            raise ValidationError(
                _("The last review was on %(day)s; the next one comes after it."),
                params={"day": date_format(last.on)},
            )
        return on

    def clean_who(self) -> list[Member]:
        names = [" ".join(name.split()) for name in self.cleaned_data["who"]]
        keys = lowered(names)
        known = by_lowered(Member.objects, keys)
        people = [
            known.get(key) or Member(name=name) for key, name in dict(zip(keys, names, strict=True)).items()
        ]
        for member in people:
            if member not in self.taking_part:
                refuse_who_left(member)
        return people

    def save(self, commit=True):
        review = super().save(commit)
        members = self.cleaned_data["who"]
        for member in members:
            self.notices += enrol(member, self.by.organization)
        set_attendances(review=review, members=members)
        return review


class NoteForm(WorkbookForm):
    """What is noted or decided on one metric in a review."""

    class Meta(WorkbookForm.Meta):
        model = ReviewLine
        fields = ["note"]
        labels = {"note": gettext_lazy("Note or decision")}
        widgets = {"note": forms.Textarea({"rows": 3, "data-keys": "d", "aria-keyshortcuts": "d"})}


class FindingsForm(WorkbookForm):
    """What a review comes to as a whole; `proposed` fills in the day of the next one while none is stored."""

    class Meta(WorkbookForm.Meta):
        model = Review
        fields = ["findings", "decisions", "next_on"]
        widgets = {
            "findings": forms.Textarea({"rows": 5}),
            "decisions": forms.Textarea({"rows": 5}),
            "next_on": DateInput,
        }

    def __init__(self, *args, proposed: date | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.proposed = proposed

    def get_initial_for_field(self, field, name):
        value = super().get_initial_for_field(field, name)
        return self.proposed if name == "next_on" and value is None else value
