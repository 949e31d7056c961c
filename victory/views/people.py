"""The people of an organization: who they are, what they may do, and what they hand over."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from victory import actions, holdings, invitations
from victory.forms import AnotherMemberForm, MemberForm, NewMemberForm
from victory.models import Invitation, Member
from victory.once import again_if_taken
from victory.people import last_sign_in, read_people, state_of
from victory.tenancy import Role, needs
from victory.trail import Event, all_or_nothing, call_write


@needs(Role.VIEWER)
@require_GET
def people(request):
    """Who belongs to the organization. E-mails, and those who left, are for admins alone."""
    form = NewMemberForm(by=request.member) if request.member.may_administer else None
    return people_page(request, form)


def people_page(request, form: NewMemberForm | None):
    everybody = read_people(request.organization)
    page = {
        "people": [person for person in everybody if person.active],
        "former": [person for person in everybody if not person.active],
        "form": form,
    }
    return render(request, "victory/people.html", page)


@needs(Role.ADMIN)
@require_POST
def add_person(request):
    """Add somebody, with or without asking them to sign in."""
    form, invitation = save_new(request)
    if not form.is_valid():
        return people_page(request, form)
    if invitation:
        mail(request, invitation)
    else:
        messages.success(request, _("%(name)s is a member now, without a sign-in.") % {"name": form.instance})
    return redirect(f"{reverse('people', args=[request.organization.slug])}#main")  # up from the form


@again_if_taken
@all_or_nothing()
def save_new(request) -> tuple[NewMemberForm, Invitation | None]:
    form = NewMemberForm(request.POST, by=request.member)
    if not form.is_valid():
        return form, None
    member = form.instance
    member.position = (Member.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    try:
        with all_or_nothing():
            member.save()
            call_write(Event.MEMBER_ADDED, organization_id=member.organization_id, detail=str(member))
            asked = form.cleaned_data["invite"] and member.email
            return form, invitations.invite(member=member, by=request.member) if asked else None
    except ValidationError as error:
        form.add_error(None, error)
        return form, None


def mail(request, invitation: Invitation):
    """Send the link once the invitation stands, and say what became of it."""
    words = {"name": invitation.member, "email": invitation.email}
    try:
        invitations.send(invitation, site=request.build_absolute_uri("/"))
    except OSError:
        messages.error(
            request,
            _("%(name)s is invited, but the mail to %(email)s was not sent. Send it again later.") % words,
        )
    else:
        messages.success(request, _("%(name)s is invited: the mail to %(email)s is on its way.") % words)


@needs(Role.ADMIN)
@require_GET
def person(request, pk):
    """One member, with everything that can be done about them."""
    member = find(pk)
    return person_page(request, member, MemberForm(by=request.member, instance=member))


def find(pk) -> Member:
    return get_object_or_404(Member.objects.filter(forgotten_at=None).select_related("user"), pk=pk)


def person_page(request, member: Member, form: MemberForm, *, taker: AnotherMemberForm | None = None):
    invitation = member.invitations.open().first()
    page = {
        "person": Member.objects.get(pk=member.pk),
        "form": form,
        "state": state_of(member, invitation),
        "last_sign_in": last_sign_in(member),
        "invitation": invitation,
        "has": holdings.in_words().get(member.pk, []),
        "taker": taker or taker_form(member),
        "twin": twin_form(member),
    }
    return render(request, "victory/person.html", page)


def taker_form(member: Member, data=None) -> AnotherMemberForm:
    return AnotherMemberForm(data, than=member, label=_("To whom"), auto_id="taker-%s")


def twin_form(member: Member, data=None) -> AnotherMemberForm:
    return AnotherMemberForm(data, than=member, label=_("The same person as"), auto_id="twin-%s")


@needs(Role.ADMIN)
@require_POST
def save_person(request, pk):
    """Change the name, the e-mail or the role."""
    form = save_changed(request, pk)
    if not form.is_valid():
        return person_page(request, find(pk), form)
    messages.success(request, " ".join([_("Saved."), *form.notices]))
    return back_to(request, form.instance)


@again_if_taken
@all_or_nothing()
def save_changed(request, pk) -> MemberForm:
    form = MemberForm(request.POST, by=request.member, instance=locked(pk))
    if form.is_valid():
        try:
            with all_or_nothing():
                form.save()
        except ValidationError as error:
            form.add_error(None, error)
    return form


def locked(pk) -> Member:
    find(pk)
    return Member.locked(pk)


def back_to(request, member: Member):
    """The member's page, unless the person has just taken the right to it from themselves."""
    if member.pk == request.member.pk:
        return redirect("people", request.organization.slug) if member.active else redirect("home")
    return redirect("person", request.organization.slug, member.pk)


@needs(Role.ADMIN)
@require_POST
def deactivate(request, pk):
    """Let somebody in no longer. What they did and own stays, and they can be activated again."""
    member = set_active(request, pk, False)
    return back_to(request, member)


@needs(Role.ADMIN)
@require_POST
def activate(request, pk):
    """Let somebody in again who was deactivated."""
    member = set_active(request, pk, True)
    return back_to(request, member)


def set_active(request, pk, active: bool) -> Member:
    sentence = _("%(name)s is active again.") if active else _("%(name)s is no longer active.")
    try:
        with all_or_nothing():
            member = locked(pk)
            member.active = active
            member.save()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return find(pk)
    messages.success(request, sentence % {"name": member})
    return member


@needs(Role.ADMIN)
@require_POST
def invite(request, pk):
    """Ask somebody to sign in, or ask them once more."""
    try:
        with all_or_nothing():
            invitation = invitations.invite(member=locked(pk), by=request.member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        mail(request, invitation)
    return redirect("person", request.organization.slug, pk)


@needs(Role.ADMIN)
@require_POST
@all_or_nothing()
def withdraw(request, pk):
    """Take an invitation back: its link is dead."""
    if invitations.withdraw(member=locked(pk)):
        messages.success(request, _("The invitation is withdrawn. Its link no longer works."))
    else:
        messages.info(request, _("There is no invitation any more that could be withdrawn."))
    return redirect("person", request.organization.slug, pk)


@needs(Role.ADMIN)
@require_POST
@again_if_taken
def hand_over(request, pk):
    """Let somebody else have everything that a member owns, in one go."""
    member = find(pk)
    taker = taker_form(member, request.POST)
    if taker.is_valid():
        try:
            actions.hand_over(giver=member, taker=taker.cleaned_data["other"])
        except ValidationError as error:
            taker.add_error("other", error)
    if not taker.is_valid():
        return person_page(request, member, MemberForm(by=request.member, instance=member), taker=taker)
    words = {"name": member, "other": taker.cleaned_data["other"]}
    messages.success(request, _("%(other)s has now what %(name)s had.") % words)
    return redirect("person", request.organization.slug, pk)


@needs(Role.ADMIN)
@require_http_methods(["GET", "POST"])
@again_if_taken
def merge(request, pk):
    """Make one of a person who was typed twice: first what that means, and then the button that does it."""
    member = find(pk)
    form = twin_form(member, request.POST or request.GET)
    if form.is_valid() and (into := merged(request, member, form)):
        words = {"twice": member.name, "name": into}
        messages.success(request, _("%(twice)s and %(name)s are one: %(name)s.") % words)
        return redirect("person", request.organization.slug, into.pk)
    page = {
        "person": member,
        "form": form,
        "into": form.cleaned_data.get("other"),
        "has": holdings.in_words().get(member.pk, []),
    }
    return render(request, "victory/merge.html", page)


def merged(request, member: Member, form: AnotherMemberForm) -> Member | None:
    """The one that the two were merged into, or None where it was only asked, or cannot be done."""
    into = form.cleaned_data["other"]
    try:
        actions.check_merge(twice=member, into=into)
        if request.method == "POST":
            actions.merge(twice=member, into=into)
            return into
    except ValidationError as error:
        form.add_error("other", error)
    return None
