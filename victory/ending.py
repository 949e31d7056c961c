"""Deleting an organization: asked for, waited for, stopped, and at last done for good."""

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from victory.models import Member, Organization
from victory.portable.tables import tables
from victory.tenancy import organization_scope, organizations_naming
from victory.trail import Event, all_or_nothing, call_write, note_organization, put_down


@all_or_nothing()
def ask_for_deletion(*, organization: Organization, by: Member, address: str):
    """Let the organization be deleted once the wait is over, and tell all its admins by e-mail.

    `address` is where that can be stopped. Raises ValidationError where it has units below it, or was asked
    for already.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    if organization.deleted_from:
        raise ValidationError(_("The deletion was asked for already."))
    if organization.units.exists():
        raise ValidationError(
            _("It has units below it: %(units)s. Delete them first, or let them be part of something else."),
            params={"units": ", ".join(str(unit) for unit in organization.units.all()[:5])},
        )
    organization.deleted_from = timezone.now() + Organization.WAIT
    organization.save(update_fields=["deleted_from"])
    call_write(Event.DELETION_ASKED, organization_id=organization.pk, detail=organization.name)
    words = {
        "organization": organization,
        "who": by,
        "day": date_format(timezone.localtime(organization.deleted_from), "DATETIME_FORMAT"),
        "address": address,
    }
    tell_admins(
        _("%(organization)s is going to be deleted") % words,
        _(
            "%(who)s has asked for %(organization)s to be deleted, with everything in it.\n\n"
            "Until %(day)s any admin can stop that, or download an export:\n%(address)s\n"
        )
        % words,
    )


def tell_admins(subject: str, text: str):
    """Write to all who are in charge of the organization, once what was done stands."""
    for address in Member.objects.in_charge().order_by("pk").values_list("user__email", flat=True):
        letter = EmailMessage(" ".join(subject.split()), text, to=[address])
        transaction.on_commit(letter.send, robust=True)


@all_or_nothing()
def stop_deletion(*, organization: Organization, by: Member):
    """Let the organization stay, and tell its admins. Raises ValidationError where nobody asked for it."""
    stopped = Organization.objects.filter(pk=organization.pk).exclude(deleted_from=None)
    if not stopped.update(deleted_from=None):
        raise ValidationError(_("There is no deletion to stop."))
    call_write(Event.DELETION_STOPPED, organization_id=organization.pk, detail=organization.name)
    words = {"organization": organization, "who": by}
    tell_admins(
        _("%(organization)s stays") % words,
        _("%(who)s has stopped the deletion of %(organization)s. Everything in it stays.\n") % words,
    )


@all_or_nothing()
def delete_for_good(key: int) -> str:
    """Delete the organization with everything in it, and say what it was called.

    One entry of the audit trail is left, which belongs to nobody. Nothing happens, and the answer is empty,
    where its time has not come, somebody else is at it, or it has got units below it.
    """
    due = Organization.objects.due_for_deletion().select_for_update(skip_locked=True, of=["self"])
    organization = due.filter(pk=key, units=None).first()
    if organization is None:
        return ""
    with organization_scope(organization):
        for table in tables():
            if table.history:
                history = table.history.objects.filter(organization=organization)
                history._raw_delete(history.db)
            rows = table.model.objects.all()
            rows._raw_delete(rows.db)
    for other in {*organization.house, *organizations_naming(organization)} - {key}:
        note_organization(other)
    put_down(Event.ORGANIZATION_DELETED, organization_id=None, detail=f"{organization} ({organization.slug})")
    Organization.objects.filter(pk=key).delete()
    return organization.name
