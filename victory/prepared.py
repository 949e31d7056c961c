"""Reads of an organization whose statements are put together once.

To put a statement together takes Django several times as long as the database takes for the few rows that it
names. What is asked after every write is therefore kept as it was sent, and sent again with other values.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import OuterRef, Prefetch, QuerySet
from django_scopes import get_scope
from django_scopes.exceptions import ScopeError

from victory.along import OF_ORGANIZATION, Along
from victory.models import Organization
from victory.recent import Recent

MOST_STATEMENTS = 10
"""Of one read: for some days, since it is not the same day everywhere, and for some numbers of values."""
ROOM = (1, 10, 100)
"""For how many rows at once a statement is kept: for more of them, one is put together each time."""


LARGEST_KEY = 2**63 - 1


class Prepared:
    """What is read in the organization in scope, narrowed down by values that stand behind `sign`.

    `read` is given the day on which, None where that is all the same, and the values. It narrows nothing
    down to an organization: its managers do.
    """

    def __init__(self, read: Callable[[date | None, Sequence], QuerySet], sign: str):
        self._read, self._sign = read, sign
        self._statements: Recent[tuple, Statement] = Recent(MOST_STATEMENTS)

    def rows_of(self, today: date | None, keys: list[int]) -> list:
        """What is there for any of these rows, of which there are others each time."""
        if not keys:
            return []
        room = next((room for room in ROOM if room >= len(keys)), None)
        if room is None:
            return list(self._read(today, keys))
        return self.rows(today, keys + keys[:1] * (room - len(keys)))

    def rows(self, today: date | None = None, values: Sequence[int | str] = ()) -> list:
        """The rows as they are now."""
        organization = organization_in_scope()
        key = today, len(values)
        statement = self._statements.get(key)
        if statement is None:
            statement = Statement(self._read(today, list(range(len(values)))), self._sign, len(values))
            self._statements.put({key: statement})
        return statement.send(organization.pk, values)

    def row(self, value: int):
        """The first row for this value, whatever the day; None where there is none."""
        if not 0 <= value <= LARGEST_KEY:  # as addresses may say; a database would refuse to look for it
            return None
        return next(iter(self.rows(None, [value])), None)


def organization_in_scope() -> Organization:
    """The one whose rows are read. Raises ScopeError where there are several, or none."""
    scope = get_scope()
    organization = scope.get("organization") if scope["_enabled"] else None
    if not isinstance(organization, Organization):
        raise ScopeError("This is read in the scope of one organization alone.")
    return organization


class Statement:
    """What a queryset sends, with room for the values that are others the next time.

    It relies on how Django 6.1 sends a queryset: the compiler that the query hands out asks its own `as_sql`,
    and what it says of the columns itself. `tests/test_prepared.py` notices another Django.
    """

    def __init__(self, queryset: QuerySet, sign: str, count: int):
        self._queryset = queryset
        self._compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, values = self._compiler.as_sql()
        self._values, self._count = list(values), count
        self._of_columns = {}
        self._organizations = self._places(OF_ORGANIZATION)
        if not self._organizations:
            raise ValueError("What is read is not narrowed down to an organization.")
        if any(isinstance(each, Prefetch) for each in queryset._prefetch_related_lookups):
            raise ValueError(
                "What is read along is narrowed down to the organization of now: name it instead."
            )
        if count:
            (self._first,) = self._places(sign)

    def _places(self, sign: str) -> list[int]:
        """Which of the values stand behind these signs."""
        parts = self._sql.split("%s")
        return [place for place, part in enumerate(parts[:-1]) if part.endswith(sign)]

    def _asked_once(self, name: str) -> Callable[[Iterable], object]:
        """What the compiler says of the columns: they are the same each time."""

        def ask(expressions: Iterable) -> object:
            if name not in self._of_columns:
                self._of_columns[name] = getattr(self._compiler, name)(expressions)
            return self._of_columns[name]

        return ask

    def send(self, organization: int, values: Sequence[int | str]) -> list:
        """The rows, for these values."""
        sent = list(self._values)
        for place in self._organizations:
            sent[place] = organization
        if self._count:
            sent[self._first : self._first + self._count] = values
        compiler = twin_of(self._compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # that of this thread
        compiler.as_sql = lambda *args, **kwargs: (self._sql, tuple(sent))
        for name in ("get_converters", "has_composite_fields"):
            setattr(compiler, name, self._asked_once(name))
        # What Django's own clones copy besides is not touched by whoever only reads.
        queryset = twin_of(self._queryset)
        queryset._query = twin_of(self._queryset.query)
        queryset._query.get_compiler = lambda *args, **kwargs: compiler
        return list(queryset)


def twin_of[Thing](thing: Thing) -> Thing:
    """Another one with the same attributes, which may be given others."""
    twin = object.__new__(type(thing))
    twin.__dict__.update(thing.__dict__)
    return twin


class PreparedRow:
    """One row by its key, with what these relations of it lead to, in one statement.

    `read` is given the keys, of which there is one, and they stand behind `sign`.
    """

    def __init__(
        self,
        read: Callable[[Sequence[int]], QuerySet],
        sign: str,
        relations: Iterable[models.Field | models.ForeignObjectRel],
    ):
        self._relations = {f"{relation.name}_along": relation for relation in relations}
        self._row = Prepared(lambda _day, keys: read(keys).annotate(**self._along()), sign)

    def _along(self) -> dict[str, Along]:
        return {
            name: Along(relation.related_model.objects.filter(**{relation.remote_field.name: OuterRef("pk")}))
            for name, relation in self._relations.items()
        }

    def __call__(self, pk: int) -> models.Model | None:
        row = self._row.row(pk)
        if row is not None:
            for name, relation in self._relations.items():
                others = row.__dict__.pop(name)
                if relation.one_to_many:
                    for other in others:
                        setattr(other, relation.remote_field.name, row)
                know(row, relation.name, AtHand(others, row, relation.name))
        return row


class Gathered:
    """Several reads of the organization in scope in one statement, each of them under its name.

    All of them are of one moment, whoever writes meanwhile.
    """

    def __init__(self, **reads: Callable[[date | None], QuerySet]):
        self._reads, self._told = reads, namedtuple("Told", reads)
        self._row = Prepared(self._beside_each_other, '"victory_organization"."id" IN (')

    def _beside_each_other(self, today: date | None, keys: Sequence[int]) -> QuerySet:
        told = {f"all_{name}": Along(read(today)) for name, read in self._reads.items()}
        return Organization.objects.filter(pk__in=keys).order_by().annotate(**told).values_list(*told)

    def read(self, today: date | None = None) -> tuple[list, ...]:
        """What each of them reads on that day, as a named tuple."""
        [row] = self._row.rows(today, [organization_in_scope().pk])
        return self._told(*row)


class AtHand(list):
    """What a relation leads to, as it was read beside the row that it leads from.

    To make a queryset of it takes longer than to read it. One is made for whoever asks for more than all of
    it, and takes its place.
    """

    def __init__(self, others: list[models.Model], row: models.Model, name: str):
        super().__init__(others)
        self._row, self._name = row, name

    def _as_queryset(self) -> QuerySet:
        self._row.__dict__[PREFETCHED].pop(self._name, None)
        queryset = getattr(self._row, self._name).all()
        queryset._result_cache = list(self)
        know(self._row, self._name, queryset)
        return queryset

    def __getattr__(self, name: str):
        if name.startswith("_"):  # as asked by whoever copies it
            raise AttributeError(name)
        return getattr(self._as_queryset(), name)

    def exists(self) -> bool:
        return bool(self)

    def count(self) -> int:
        return len(self)

    def reverse(self) -> QuerySet:
        return self._as_queryset().reverse()


PREFETCHED = "_prefetched_objects_cache"
"""Where Django keeps with a row what its relations lead to."""


def know(row: models.Model, name: str, others: list):
    """Let a row take these for what its relation of that name leads to: they were read beside it.

    As with what Django prefetches, they are asked for with `all()`; of a list, nothing else can be asked.
    """
    row.__dict__.setdefault(PREFETCHED, {})[name] = others


def known(row: models.Model, name: str) -> Iterable[models.Model]:
    """What the relation of that name leads to: what was read beside the row, without the way through Django's
    managers, which takes longer than to write the names.
    """
    others = row.__dict__.get(PREFETCHED, {}).get(name)
    return getattr(row, name).all() if others is None else others
