"""The forms of people: members, handing over, merging, and joining by invitation."""

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_scopes.forms import SafeModelChoiceField

from victory.forms.accounts import PASSWORD_HINT, Named
from victory.forms.workbook import WorkbookForm
from victory.invitations import check_can_be_invited
from victory.models import Member, User


class MemberForm(WorkbookForm):
    """Who somebody is, and what they may do."""

    class Meta(WorkbookForm.Meta):
        model = Member
        fields = ["name", "email", "role"]

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_email(self):
        """Two members never share an address: else an invitation would be for either of them."""
        email = self.cleaned_data["email"]
        others = Member.objects.exclude(pk=self.instance.pk)
        other = email and others.filter(email__iexact=email).first()
        if other:
            raise ValidationError(self.whose(other))
        return email

    def whose(self, other: Member) -> str:
        """Who has this address already, and whether they are invited with it."""
        invitation = other.invitations.open().first()
        words = {"name": other, "day": invitation and day_of(invitation.expires_at)}
        if invitation and not invitation.is_expired:
            return _("%(name)s is invited with this e-mail already, until %(day)s.") % words
        return _("%(name)s has this e-mail already.") % words

    def save(self, commit=True):
        invited = self.instance.invitations.open()
        was_invited = invited.exists()
        member = super().save(commit)
        if was_invited and not invited.exists():
            self.notices = [_("The invitation went to the earlier address and is withdrawn: invite again.")]
        return member


class NewMemberForm(MemberForm):
    """Somebody new, who may be invited at once."""

    invite = forms.BooleanField(
        label=gettext_lazy("Invite them by e-mail to sign in"), required=False, initial=True
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("invite") and cleaned.get("email") and not self.errors:
            candidate = Member(name=cleaned["name"], email=cleaned["email"])
            try:
                check_can_be_invited(candidate)
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned


def day_of(moment) -> str:
    """The day of a moment, where the organization works."""
    return date_format(timezone.localtime(moment))


class AnotherMemberForm(forms.Form):
    """Another member, chosen from those who are active."""

    other = SafeModelChoiceField(queryset=Member.objects.none())

    def __init__(self, *args, than: Member, label: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"].label = label
        self.fields["other"].queryset = Member.objects.active().exclude(pk=than.pk).order_by("name")
        self.fields["other"].empty_label = _("choose …")


class JoinForm(Named):
    """A new account for somebody who was invited. The address is the one that the invitation went to."""

    password = forms.CharField(
        label=gettext_lazy("A password for your sign-in"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=PASSWORD_HINT,
    )

    def __init__(self, *args, email: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self):
        user = User(email=self.email, name=self.cleaned_data.get("name", ""))
        return get_adapter().clean_password(self.cleaned_data["password"], user)
