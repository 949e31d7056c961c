"""Which tables an export holds, and which of their fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from django.apps import apps
from django.db import models

from victory.models import AuditEntry, Invitation, Organization, User
from victory.tenancy import OrganizationModel, is_tenant_key

FORMAT = "winning-customers"
VERSION = 1

OF_THE_ORGANIZATION = ("name", "slug", "kind", "time_zone", "currency", "second_factor")
"""The organization's own fields that go along. What it is part of is named for the reader alone."""

NOT_RESTORED = {
    AuditEntry: "what was kept apart from what people edit proves nothing once it came in a file",
    Invitation: "their links lead to the other installation; whoever was invited is invited anew",
}

type Part = Literal["rows", "history"]


@dataclass(frozen=True)
class Table:
    """One table of the organization, with the history of its rows where it keeps one."""

    model: type[models.Model]

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    @property
    def name(self) -> str:
        """What its rows are, as people call them."""
        return str(self.model._meta.verbose_name_plural)

    @cached_property
    def fields(self) -> list[models.Field]:
        return exported_fields(self.model)

    @cached_property
    def history(self) -> type[models.Model] | None:
        return self.model.history.model if hasattr(self.model, "history") else None

    @property
    def is_restored(self) -> bool:
        return self.model not in NOT_RESTORED

    def fields_of(self, part: Part) -> list[models.Field]:
        return self.fields if part == "rows" else exported_fields(self.history)


@cache
def exported_fields(model: type[models.Model]) -> list[models.Field]:
    """The fields that go along: no accounts, nothing a model holds back, nor which organization it is."""
    left_out = getattr(model, "not_exported", ())
    return [
        field
        for field in model._meta.concrete_fields
        if field.name not in left_out
        and field.name not in ("organization", "history_id")
        and field.related_model is not User
    ]


def tables() -> Iterator[Table]:
    """Every table whose rows belong to organizations, those of the project's own app first."""
    for model in apps.get_models():
        if issubclass(model, OrganizationModel):
            yield Table(model)
    yield Table(AuditEntry)


def is_key(field: models.Field) -> bool:
    """Whether it holds the key of a row in the file: its own, or that of another one."""
    return field.primary_key or is_tenant_key(field) or field.name == "id"


def names_organization(field: models.Field) -> bool:
    """Whether it points to another organization, of which no more than the name goes along."""
    return field.related_model is Organization
