"""What is kept so that nothing is lost and nothing happens unseen."""

from collections.abc import Callable

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from victory.models.organizations import Organization
from victory.models.people import Member
from victory.tenancy import OrganizationModel, scoped
from victory.trail import Event


class Deletion(OrganizationModel):
    """A row that was deleted, with all that went with it, kept so that it can be put back.

    `rows` holds them serialized, parents first; `cut` names the references that the deletion
    emptied elsewhere: model, key, field and the key it pointed to. See `victory.undo`.
    """

    label = models.CharField(max_length=200)
    rows = models.JSONField()
    cut = models.JSONField(default=list)
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    names_in = ("label", "rows")

    class Meta:
        verbose_name = _("deletion")
        verbose_name_plural = _("deletions")

    def __str__(self):
        return self.label

    @classmethod
    def renamed(cls, values, replace):
        """In the rows that were deleted, where these rows name somebody."""
        return {
            "label": replace(values["label"]),
            "rows": [cls._renamed(row, replace) for row in values["rows"]],
        }

    @classmethod
    def _renamed(cls, row: dict, replace: Callable[[str], str]) -> dict:
        model = cls.model_of(row)
        names = {
            name: row["fields"][name] for name in getattr(model, "names_in", ()) if name in row["fields"]
        }
        return row | {"fields": row["fields"] | (model.renamed(names, replace) if names else {})}

    @staticmethod
    def model_of(row: dict) -> type[models.Model] | None:
        """The table that one of its rows was deleted from; None where there is no such table any longer."""
        try:
            return apps.get_model(row["model"])
        except LookupError:
            return None


class AuditEntryQuerySet(models.QuerySet):
    """Entries are read and added. `tell_no_longer` alone changes what one says."""

    def update(self, **fields):
        raise ValidationError(_("An entry of the audit trail never changes."))

    def bulk_update(self, objs, fields, batch_size=None):
        return self.update()

    def delete(self):
        raise ValidationError(_("An entry of the audit trail is not deleted."))

    delete.queryset_only = True

    def tell_no_longer(self, **fields) -> int:
        """Put something else in the place of what told who somebody was.

        The one door through which an entry changes: for forgetting a member, and for who deletes their own
        account.
        """
        return super().update(**fields)


class AuditEntry(models.Model):
    """Who did what and when: one line of the audit trail, which never changes again.

    Only who it was can be told no longer (`tell_no_longer`), and an entry goes only with its whole
    organization. One whose member or user is deleted stays, and points to nobody.

    `by` is what whoever did it was called then. `rows` names the first rows that were changed (verb,
    kind, key and label of each, see `victory.trail.Change`), `count` is how many there were. What belongs
    to no organization, such as a failed sign-in with an unknown e-mail, has none.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)
    event = models.CharField(_("what"), max_length=30, choices=Event)
    member = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+", verbose_name=_("member"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by = models.CharField(_("who"), max_length=254, blank=True)
    address = models.GenericIPAddressField(_("from"), null=True)
    route = models.CharField(max_length=80, blank=True)
    rows = models.JSONField(default=list)
    count = models.PositiveIntegerField(default=0)
    detail = models.TextField(_("details"), blank=True)

    objects = scoped(AuditEntryQuerySet)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes = [models.Index(fields=["organization", "-at"], name="audit_newest")]

    def __str__(self):
        return f"{self.by}: {self.get_event_display()}"

    def save(self, **kwargs):
        if self.pk:
            raise ValidationError(_("An entry of the audit trail never changes."))
        super().save(**kwargs)

    def delete(self, **kwargs):
        raise ValidationError(_("An entry of the audit trail is not deleted."))

    @classmethod
    def forget(cls, *, member: Member, user, replace: Callable[[str], str]):
        """Let no entry in scope tell any longer who this member was.

        What was done stays, and that it was this member; the address it came from goes.
        """
        for entry in cls.objects.all().iterator():
            is_theirs = entry.member_id == member.pk or (user is not None and entry.user_id == user.pk)
            after = {
                "by": member.name if is_theirs else replace(entry.by),
                "user": None if is_theirs else entry.user_id,
                "address": None if is_theirs else entry.address,
                "detail": replace(entry.detail),
                "rows": [row | {"label": replace(row["label"])} for row in entry.rows],
            }
            before = {name: getattr(entry, "user_id" if name == "user" else name) for name in after}
            if after != before:
                cls.objects.filter(pk=entry.pk).tell_no_longer(**after)


class TriesQuerySet(models.QuerySet):
    def outdated(self):
        """Those whose window is over."""
        return self.filter(ends_at__lt=timezone.now())


class Tries(models.Model):
    """How often something limited was tried since its window began (see `victory.limits`).

    Kept in the database, where all processes see it. `key` is a digest of what is limited, and for whom.
    """

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    objects = TriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("tries")
        verbose_name_plural = _("tries")

    def __str__(self):
        return self.key
