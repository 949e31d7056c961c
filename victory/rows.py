"""The rows that people edit: each has its place, a version and a history."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Self

from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from victory.saving import store_new
from victory.tenancy import OrganizationModel, Role
from victory.trail import Line, Shows, Verb, acting_member_id, all_or_nothing, note_change, note_held


class WrittenBy(models.Model):
    """What every entry of a history says beside the row's own fields: which member wrote it."""

    history_member = models.ForeignKey(
        "victory.Member",
        models.DO_NOTHING,
        null=True,
        default=acting_member_id,
        db_constraint=False,  # a member that was deleted and is put back is the same one again
        related_name="+",
    )

    class Meta:
        abstract = True


class PastRows(HistoryManager):
    """The history of a table, or of one row."""

    @classmethod
    @cache  # the library asks for it with every save, and each time makes the class anew
    def from_queryset(cls, queryset_class, class_name=None):
        return super().from_queryset(queryset_class, class_name)


class History(HistoricalRecords):
    """What people wrote. What a model names as `derived` from other rows is left out."""

    def __init__(self, **kwargs):
        super().__init__(bases=[WrittenBy], history_manager=PastRows, **kwargs)

    def fields_included(self, model):
        return [field for field in super().fields_included(model) if field.name not in model.derived]

    def create_history_model(self, model, inherited):
        history_model = super().create_history_model(model, inherited)
        history_model._history_excluded_fields = model.derived
        return history_model

    def create_historical_record(self, instance, history_type, using=None):
        """As the library does, but that nobody waits for its signals."""
        model = history_of(type(instance))
        user = self.get_history_user(instance)
        values = {field.attname: getattr(instance, field.attname) for field in model.tracked_fields}
        values |= {
            "history_date": getattr(instance, "_history_date", None) or timezone.now(),
            "history_type": history_type,
            "history_change_reason": None,
        }
        store_new(
            model, values | {"history_user_id": user and user.pk, "history_member_id": acting_member_id()}
        )


@cache
def history_of(model: type[models.Model]) -> type[models.Model]:
    """The table of what its rows were. The library makes the manager that says so anew each time."""
    return model.history.model


class WorkbookRow(OrganizationModel):
    """A row people edit: it has its place in its table, a version and a history.

    The version moves on with every save. A form remembers which version it showed, so that
    saving over somebody else's change is noticed (see `victory.forms.WorkbookForm`).

    `unspoken` are fields that say nothing to people; `history_role` is the role from which on its history
    is read (see `victory.past`), None for what is nobody's business.

    `shows` says where a change of it shows beside its own page. Where that is on one line, `shows_on` is the
    field that names the line's row, whose model is told with `touch`.
    """

    position = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    derived = ()
    unspoken = ()
    shows = Shows.ANYWHERE
    shows_on = ""
    history_role: Role | None = Role.VIEWER
    history = History(inherit=True)

    as_locked: Mapping | None = None
    """What is stored, where the row was read as it was locked and has not been saved since."""
    left_to_database = False
    """Whether its constraints are not looked at before it is saved: the database refuses what they do."""

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    @all_or_nothing(savepoint=False)
    def save(self, **kwargs):
        self.prepare()
        self.save_unsettled(**kwargs)
        self.settle()

    def save_unsettled(self, **kwargs):
        """Save the row for somebody who brings up to date what is derived from it."""
        verb = Verb.ADDED if self._state.adding else Verb.CHANGED
        self.version += 1
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "version"}
        with all_or_nothing(savepoint=False):
            super().save(**kwargs)
            note_change(self, verb)
        self.as_locked = None

    def stays_in(self, names: Collection[str]) -> bool:
        """Whether these fields hold what is stored. The row was locked, or it is not known."""
        return self.as_locked is not None and all(
            self.as_locked[name] == getattr(self, name) for name in names
        )

    @all_or_nothing()
    def delete(self, **kwargs):
        self.prepare()
        note_change(self, Verb.DELETED)
        deleted = super().delete(**kwargs)
        self.settle()
        return deleted

    def get_constraints(self):
        """Those that may not hold: what they name holds something else than is stored."""
        if self.left_to_database:
            return []
        return [
            (model, [each for each in constraints if not self.stays_in(self._named_in(each))])
            for model, constraints in super().get_constraints()
        ]

    def _named_in(self, constraint: models.UniqueConstraint | models.CheckConstraint) -> set[str]:
        names = set(getattr(constraint, "fields", ()))
        for expression in (*getattr(constraint, "expressions", ()), constraint.condition or Q()):
            names |= {path[0] for path in self._get_expr_references(expression)}
        return {self._meta.get_field(name).attname for name in names}

    def shows_as(self, verb: Verb) -> Shows:
        """Where it shows that this became of the row."""
        return self.shows

    @property
    def line(self) -> Line | None:
        """The row on whose line a change of this one shows, where it shows on one."""
        if not self.shows_on:
            return None
        field = self._meta.get_field(self.shows_on)
        return field.related_model, getattr(self, field.attname)

    def write_field(self, name: str) -> str:
        """What a field holds as people write it, where the field alone does not say that; else nothing."""
        return ""

    @classmethod
    def locked(cls, pk: int, read: Callable[[int], Self | None] | None = None) -> Self | None:
        """The row as nobody else writes it until the transaction ends, or None where it is gone.

        It is read by its key with `read`, where that reads more along with it.
        """
        if cls.lock_first is not WorkbookRow.lock_first:
            row = cls.objects.filter(pk=pk).first()
            if row is None:
                return None
            row.lock_first()
        if read is None:
            row = cls.objects.select_for_update().filter(pk=pk).first()
        else:
            # By itself: joined to a row that it is moved away from meanwhile, it would not be found. A
            # database of one writer has no such locks, and nobody else writes now.
            if connection.features.has_select_for_update:
                cls.objects.select_for_update().filter(pk=pk).values("pk").first()
            row = read(pk)
        if row is not None:
            note_held((cls, pk))
            row.as_locked = {name: getattr(row, name) for name in cls._columns()}
        return row

    @classmethod
    @cache
    def _columns(cls) -> list[str]:
        return [field.attname for field in cls._meta.concrete_fields]

    def lock_first(self):
        """Lock what is derived from this row, or it from.

        Whoever writes the row does so before locking the row itself: two who lock in another order wait
        for each other for ever.
        """

    def prepare(self):
        """Lock what is derived from this row, or it from, and bring the row itself up to date.

        Called first thing in the transaction that saves the row, deletes it or puts it back.
        """
        self.lock_first()

    def check_return(self, deleted_at: datetime):
        """Raise ValidationError where the row, deleted at that time, no longer fits."""

    def settle(self):
        """Bring what is derived from this row up to date elsewhere.

        Called in the transaction that saved the row, deleted it or put it back.
        """

    @classmethod
    def derive_anew(cls):
        """Bring what is derived from the rows in scope up to date, all of which were written at once."""
