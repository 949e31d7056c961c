"""What step W writes down, and the notes on every step."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from victory.models.people import Member
from victory.rows import WorkbookRow
from victory.tenancy import scoped
from victory.trail import Shows


class FocusStatementQuerySet(models.QuerySet):
    def draft(self):
        """The revision that is still being written, or None."""
        return self.filter(adopted_on=None).first()

    def adopted(self):
        """The revisions that were adopted, the one in force first."""
        return self.exclude(adopted_on=None).order_by("-revision")


class FocusStatement(WorkbookRow):
    """One revision of the customer focus statement and the view of perfection it is written from.

    At most one revision is a draft. An adopted one never changes again: the next change is a new draft.
    """

    LIMIT = 10_000

    revision = models.PositiveIntegerField(_("revision"))
    view_of_perfection = models.TextField(_("view of perfection"), blank=True, max_length=LIMIT)
    statement = models.TextField(_("customer focus statement"), blank=True, max_length=LIMIT)
    adopted_on = models.DateField(_("adopted on"), null=True, editable=False)
    adopted_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("adopted by")
    )

    objects = scoped(FocusStatementQuerySet)

    class Meta:
        ordering = ["-revision"]
        verbose_name = _("focus statement")
        verbose_name_plural = _("focus statements")
        constraints = [
            models.UniqueConstraint(fields=["organization", "revision"], name="focus_revision_once"),
            models.UniqueConstraint(
                fields=["organization"], condition=Q(adopted_on=None), name="focus_one_draft"
            ),
        ]

    def __str__(self):
        return str(_("revision %(number)s")) % {"number": self.revision}

    @property
    def is_draft(self) -> bool:
        return self.adopted_on is None

    def adopt(self, by: Member):
        """Put this draft in force from today. Raises ValidationError where there is nothing to adopt."""
        if not self.is_draft:
            raise ValidationError(_("This revision has been adopted already."))
        if not self.statement.strip():
            raise ValidationError(_("Write the customer focus statement before adopting it."))
        self.adopted_on, self.adopted_by = timezone.localdate(), by
        self.save()

    def save(self, **kwargs):
        if FocusStatement.objects.adopted().filter(pk=self.pk).exists():
            raise ValidationError(_("This revision has been adopted already."))
        super().save(**kwargs)


class CustomerRight(WorkbookRow):
    """One line of the Customer Bill of Rights: what a customer has the right to expect."""

    text = models.CharField(_("a customer has the right to"), max_length=300)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("customer right")
        verbose_name_plural = _("customer rights")
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("text"),
                name="customer_right_once",
                violation_error_message=_("This right is on the list already."),
            )
        ]

    def __str__(self):
        return self.text


class Step(models.TextChoices):
    """The six steps of the process. The key is the last part of a step's address."""

    FOCUS = "focus", _("Focus statement")
    DRIVERS = "drivers", _("Customer drivers")
    NEEDS = "needs", _("Needs & expectations")
    METRICS = "metrics", _("Metrics")
    PERFORMANCE = "performance", _("Performance")
    PLAN = "plan", _("Action plan")


class Note(WorkbookRow):
    """A note or an insight, on one step or on the workbook as a whole (no step)."""

    shows = Shows.NOWHERE_ELSE

    step = models.CharField(_("step"), max_length=20, choices=Step, blank=True)
    text = models.TextField(_("notes and insights"), max_length=4000)
    by = models.ForeignKey(
        Member, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self):
        return self.text[:60]
