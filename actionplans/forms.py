"""The forms of step R."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.models import FAR_AWAY, Action, Ownership, is_far_away
from actionplans.questions import ANSWER_CHOICES, ANSWERS
from metrics.models import Metric, Verdict
from victory.forms import DateInput, WorkbookForm, refuse_control_characters
from victory.models import Member, Organization
from victory.once import by_lowered, lowered


class PersonField(forms.CharField):
    """A person of the organization, typed by name. A name not known yet is a member not saved yet."""

    def __init__(self, **kwargs):
        super().__init__(max_length=Member._meta.get_field("name").max_length, **kwargs)
        self.widget.attrs |= {"list": "member-names", "autocomplete": "off"}

    def clean(self, value) -> Member | None:
        name = " ".join(super().clean(value).split())
        if not name:
            return None
        [key] = lowered([name])
        return by_lowered(Member.objects, [key]).get(key) or Member(name=name)


def refuse_who_left(member: Member | None):
    if member and not member.active:
        raise ValidationError(
            _("%(name)s is no longer active here. Choose somebody else."), params={"name": member}
        )


def enrol(member: Member, organization: Organization) -> list[str]:
    """Save somebody who was not known yet as a member without a sign-in; the sentences that say so."""
    if member.pk:
        return []
    member.organization = organization
    member.position = (Member.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    member.save()
    return [_("%(name)s is new here: now a member, without a sign-in.") % {"name": member}]


class OwnerForm(forms.Form):
    """Who can act on a metric, typed in place. `was` is the name that the page showed before.

    Somebody who saves one holds the row that stands until their transaction ends.
    """

    owner = PersonField(required=False, validators=[refuse_control_characters])
    was = forms.CharField(required=False)

    def __init__(self, data, *, metric: Metric, by: Member):
        super().__init__(data)
        self.by = by
        stored = Ownership.objects.filter(metric=metric)
        if self.is_bound:
            stored = stored.select_for_update()
        self.ownership = stored.first() or Ownership(organization=by.organization, metric=metric)
        self.now = self.ownership.member.name if self.ownership.pk else ""
        self.notices = []

    def clean_owner(self) -> Member | None:
        owner = self.cleaned_data["owner"]
        if str(owner or "") == self.now:
            return owner
        if self.now != self.data.get("was", ""):
            raise ValidationError(
                _("Somebody else entered %(now)s meanwhile. Enter yours again to replace it."),
                params={"now": self.now or _("nobody")},
            )
        refuse_who_left(owner)
        return owner

    def save(self):
        owner = self.cleaned_data["owner"]
        if str(owner or "") == self.now:
            return
        if owner is None:
            self.ownership.delete()
        else:
            self.notices = enrol(owner, self.by.organization)
            self.ownership.member = owner
            self.ownership.save()
        self.now = str(owner or "")


class MetricSelect(forms.Select):
    """Each metric with its verdict, and with its deliverable, since two may be measured alike."""

    def create_option(self, name, value, label, *args, **kwargs):
        metric = getattr(value, "instance", None)
        if metric:
            verdict = Verdict(metric.stands).label
            label = f"{verdict}: {metric} ({metric.deliverable})"
        return super().create_option(name, value, label, *args, **kwargs)


class AnswerField(forms.TypedChoiceField):
    """An answer to one of the two questions: yes, no, or not answered yet (None)."""

    def __init__(self, *, field: str):
        super().__init__(
            choices=ANSWER_CHOICES,
            coerce={name: answer for answer, name in ANSWERS.items()}.get,
            empty_value=None,
            required=False,
            label=Action._meta.get_field(field).verbose_name,
        )

    def prepare_value(self, value):
        return ANSWERS.get(value, value)


class ActionForm(WorkbookForm):
    who = PersonField(label=gettext_lazy("who"))
    key_to_success = AnswerField(field="key_to_success")
    earns_loyalty = AnswerField(field="earns_loyalty")

    aliases = {
        "key_to_success": ("key to their success", "key to success", "key factor"),
        "earns_loyalty": ("earns their loyalty", "loyalty"),
    }

    class Meta(WorkbookForm.Meta):
        model = Action
        fields = ["metric", "what", "due", "status", "key_to_success", "earns_loyalty"]
        widgets = {"metric": MetricSelect, "due": DateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["metric"].queryset = Metric.objects.not_met_first(timezone.localdate()).select_related(
            "deliverable"
        )
        if self.instance.pk:
            self.initial["who"] = self.instance.who.name

    @classmethod
    def typed_for(cls, row):
        answers = {name: ANSWERS[getattr(row, name)] for name in ("key_to_success", "earns_loyalty")}
        return {"who": row.who.name} | answers

    def clean_who(self) -> Member:
        who = self.cleaned_data["who"]
        if "who" in self.changed_data:
            refuse_who_left(who)
        return who

    def clean_due(self):
        """A day that has passed is allowed: late is what a plan has to be able to say."""
        due = self.cleaned_data["due"]
        if is_far_away(due):
            raise ValidationError(FAR_AWAY)
        return due

    def save(self, commit=True):
        who = self.cleaned_data["who"]
        self.notices = enrol(who, self.by.organization)
        self.instance.who = who
        return super().save(commit)


class ActionStatusForm(WorkbookForm):
    """How far an action has come, said by whoever carries it out."""

    class Meta(WorkbookForm.Meta):
        model = Action
        fields = ["status"]


class ActionAnswersForm(WorkbookForm):
    """The two questions, answered by whoever carries the action out."""

    key_to_success = AnswerField(field="key_to_success")
    earns_loyalty = AnswerField(field="earns_loyalty")

    class Meta(WorkbookForm.Meta):
        model = Action
        fields = ["key_to_success", "earns_loyalty"]
