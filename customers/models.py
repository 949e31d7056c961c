"""Step I: who the customers are and which of them drive the organization; the first N: what they need."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.scoring import TOP_SCORE
from victory.guide import ASPECTS
from victory.models import Member, Organization
from victory.rows import WorkbookRow
from victory.tenancy import scoped


def once(model: str, *, of: str = "name", message) -> models.UniqueConstraint:
    """No two rows of one organization with the same name, however it is capitalised."""
    return models.UniqueConstraint(
        "organization", Lower(of), name=f"{model}_{of}_once", violation_error_message=message
    )


def refuse_semicolon(name: str):
    """Semicolons part the names that are typed into one cell, so no name has one."""
    if ";" in name:
        raise ValidationError(_("A name cannot have a semicolon: it parts one name from the next."))


class CustomerGroup(WorkbookRow):
    """A kind of customer: internal, direct, indirect, end-user, or a group of one's own."""

    class Side(models.TextChoices):
        INTERNAL = "internal", _("internal")
        EXTERNAL = "external", _("external")

    name = models.CharField(_("customer group"), max_length=80)
    side = models.CharField(_("internal or external"), max_length=10, choices=Side, default=Side.EXTERNAL)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("customer group")
        verbose_name_plural = _("customer groups")
        constraints = [once("group", message=_("A group of this name exists already."))]

    def __str__(self):
        return self.name


class CustomerQuerySet(models.QuerySet):
    def of_the_house(self, organization: Organization):
        """Those customers that are other units of the house; a unit that left it is one no more."""
        return self.filter(unit__in=organization.house)


class Customer(WorkbookRow):
    """Somebody who receives what the organization puts out, or is affected by it."""

    name = models.CharField(_("customer"), max_length=120, validators=[refuse_semicolon])
    group = models.ForeignKey(
        CustomerGroup, models.SET_NULL, null=True, blank=True, related_name="customers",
        verbose_name=_("customer group"),
    )  # fmt: skip
    unit = models.ForeignKey(
        Organization, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("is the unit"),
        help_text=_("another unit of the same house, which then sees what it is promised"),
    )  # fmt: skip

    objects = scoped(CustomerQuerySet)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            once("customer", message=_("A customer of this name exists already.")),
            models.UniqueConstraint(
                fields=["organization", "unit"], name="customer_unit_once",
                violation_error_message=_("This unit is on the list as a customer already."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if self.unit_id and self.unit_id == self.organization_id:
            raise ValidationError({"unit": _("A unit is not its own customer. Choose another one.")})


class DeliverableQuerySet(models.QuerySet):
    def serving_drivers(self):
        """Those that a customer driver receives, or that answer a need of one."""
        received = Delivery.objects.filter(deliverable=OuterRef("pk"), customer__driver_choices__isnull=False)
        needed = Translation.objects.filter(
            deliverable=OuterRef("pk"), need__customer__driver_choices__isnull=False
        )
        return self.filter(Exists(received) | Exists(needed))

    def promised_to(self, customers):
        """Those that one of these customers receives, or that answer a need of one."""
        received = Delivery.objects.filter(deliverable=OuterRef("pk"), customer__in=customers)
        needed = Translation.objects.filter(deliverable=OuterRef("pk"), need__customer__in=customers)
        return self.filter(Exists(received) | Exists(needed))

    def drivers_first(self):
        """Those for customer drivers before the others, each in their own order."""
        serving = Deliverable.objects.serving_drivers().filter(pk=OuterRef("pk"))
        return self.order_by(Exists(serving).desc(), "position", "pk")


class Deliverable(WorkbookRow):
    """An output: something the organization puts out for its customers."""

    name = models.CharField(_("output/deliverable"), max_length=160, validators=[refuse_semicolon])
    customers = models.ManyToManyField(
        Customer, through="Delivery", related_name="deliverables", verbose_name=_("customers")
    )

    objects = scoped(DeliverableQuerySet)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        constraints = [once("deliverable", message=_("A deliverable of this name exists already."))]

    def __str__(self):
        return self.name


class Delivery(WorkbookRow):
    """This customer receives, or is affected by, this deliverable."""

    deliverable = models.ForeignKey(Deliverable, models.CASCADE, related_name="deliveries")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="deliveries")

    class Meta(WorkbookRow.Meta):
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "deliverable", "customer"], name="delivery_once",
                violation_error_message=_(
                    "This customer is on the list of this deliverable again. Take it off first."
                ),
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.deliverable} → {self.customer}"


class AnswerQuerySet(models.QuerySet):
    def by_the_customer(self):
        """Those of the unit that is the customer now; what another one said before is not its word."""
        return self.filter(unit=F("delivery__customer__unit"))

    def by_former_customers(self):
        """Those of units that were the customer once; another unit is now, or none."""
        return self.exclude(pk__in=Answer.objects.by_the_customer())

    def standing(self):
        """The newest answer to each delivery by the unit that is its customer."""
        own = Answer.objects.by_the_customer().filter(delivery=OuterRef("delivery"))
        return self.filter(pk=Subquery(own.values("pk")[:1]))


class Answer(WorkbookRow):
    """What a unit that is a customer says of what it is promised: it agrees or objects, in a sentence.

    It belongs to the unit that promises; `unit` is the one that receives, and says it. Who said it is kept
    as a text, since they are a member there. Answers are added, never changed: of a delivery stands the
    newest by the unit that is its customer.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="answers")
    unit = models.ForeignKey(
        Organization, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("unit")
    )
    agrees = models.BooleanField(_("agrees"))
    sentence = models.CharField(_("in a sentence"), max_length=300)
    said_by = models.CharField(_("said by"), max_length=120)
    said_on = models.DateField(_("said on"))

    names_in = ("said_by",)
    objects = scoped(AnswerQuerySet)

    class Meta:
        ordering = ["-said_on", "-pk"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self):
        return self.sentence

    @property
    def stance(self) -> str:
        """The answer in one word."""
        return gettext("agrees") if self.agrees else gettext("objects")

    def says_the_same(self, other: "Answer") -> bool:
        """Whether the same person says the same on the same day."""
        said = ("agrees", "sentence", "said_by", "said_on")
        return all(getattr(self, name) == getattr(other, name) for name in said)


class Criterion(WorkbookRow):
    """What makes a customer critical for this organization's success, and how much it weighs."""

    name = models.CharField(_("criterion for success"), max_length=120)
    weight = models.DecimalField(
        _("weight"), max_digits=6, decimal_places=2, default=Decimal(1),
        validators=[
            MinValueValidator(0, _("A weight cannot be negative.")),
            MaxValueValidator(1000, _("A weight can be at most 1000.")),
        ],
    )  # fmt: skip

    class Meta(WorkbookRow.Meta):
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            once("criterion", message=_("A criterion of this name exists already.")),
            models.CheckConstraint(condition=Q(weight__gte=0), name="criterion_weight_not_negative"),
        ]

    def __str__(self):
        return self.name


class Score(WorkbookRow):
    """How well one customer answers one criterion, 0 to TOP_SCORE."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="scores")
    value = models.PositiveSmallIntegerField(_("score"), validators=[MaxValueValidator(TOP_SCORE)])

    class Meta(WorkbookRow.Meta):
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["organization", "customer", "criterion"], name="score_once"),
            models.CheckConstraint(condition=Q(value__lte=TOP_SCORE), name="score_on_the_scale"),
        ]

    def __str__(self):
        return f"{self.customer}, {self.criterion}: {self.value}"


class OwnScore(WorkbookRow):
    """What one member scored on their own, before the team settles the score.

    Whoever has not scored yet does so unseeing, so neither its name nor a history tells the score.
    """

    history_role = None

    member = models.ForeignKey(Member, models.CASCADE, related_name="own_scores")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="own_scores")
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="own_scores")
    value = models.PositiveSmallIntegerField(_("score"), validators=[MaxValueValidator(TOP_SCORE)])

    class Meta(WorkbookRow.Meta):
        verbose_name = _("own score")
        verbose_name_plural = _("own scores")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "member", "customer", "criterion"], name="own_score_once"
            ),
            models.CheckConstraint(condition=Q(value__lte=TOP_SCORE), name="own_score_on_the_scale"),
        ]

    def __str__(self):
        return f"{self.member}: {self.customer}, {self.criterion}"


class DriverChoice(WorkbookRow):
    """A customer chosen as a driver, and why."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="driver_choices", verbose_name=_("customer")
    )
    reason = models.CharField(_("reason"), max_length=500)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("customer driver")
        verbose_name_plural = _("customer drivers")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer"], name="driver_once",
                violation_error_message=_("This customer is chosen already."),
            )
        ]  # fmt: skip

    def __str__(self):
        return str(self.customer)


class DriverStatement(WorkbookRow):
    """The customer drivers in words: who they are and what that means for this organization."""

    LIMIT = 4000

    text = models.TextField(_("my customer driver(s) are"), blank=True, max_length=LIMIT)

    class Meta:
        verbose_name = _("driver statement")
        verbose_name_plural = _("driver statements")
        constraints = [models.UniqueConstraint(fields=["organization"], name="driver_statement_once")]

    def __str__(self):
        return self.text[:60]


class Need(WorkbookRow):
    """Something a customer depends on the organization for."""

    class Importance(models.IntegerChoices):
        SLIGHT = 1, _("1 slight")
        SOME = 2, _("2 some")
        CLEAR = 3, _("3 clear")
        HIGH = 4, _("4 high")
        DECISIVE = 5, _("5 decisive")

    ASPECTS = [(key, label) for key, label, _line in ASPECTS]

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="needs", verbose_name=_("customer"))
    text = models.CharField(_("they depend on me for"), max_length=300)
    importance = models.PositiveSmallIntegerField(
        _("importance"), choices=Importance, default=Importance.CLEAR
    )
    aspect = models.CharField(_("aspect of satisfaction"), max_length=20, choices=ASPECTS, blank=True)
    deliverables = models.ManyToManyField(
        Deliverable, through="Translation", related_name="needs", verbose_name=_("deliverables")
    )

    class Meta(WorkbookRow.Meta):
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        constraints = [
            models.UniqueConstraint(
                "organization", "customer", Lower("text"), name="need_once",
                violation_error_message=_("This need of the customer is on the list already."),
            )
        ]  # fmt: skip

    def __str__(self):
        return self.text


class Translation(WorkbookRow):
    """A need is met by a deliverable, and how strongly the one depends on the other."""

    class Strength(models.IntegerChoices):
        STRONG = 9, _("9 strong")
        SOME = 3, _("3 some")
        SLIGHT = 1, _("1 slight")

    need = models.ForeignKey(Need, models.CASCADE, related_name="translations")
    deliverable = models.ForeignKey(Deliverable, models.CASCADE, related_name="translations")
    strength = models.PositiveSmallIntegerField(_("strength"), choices=Strength, default=Strength.STRONG)

    class Meta(WorkbookRow.Meta):
        verbose_name = _("link to a deliverable")
        verbose_name_plural = _("links to deliverables")
        constraints = [
            models.UniqueConstraint(fields=["organization", "need", "deliverable"], name="translation_once"),
            models.CheckConstraint(condition=Q(strength__in=[9, 3, 1]), name="translation_strength_9_3_1"),
        ]

    def __str__(self):
        return f"{self.need} ← {self.deliverable}: {self.strength}"
