"""Every table below an organization is scoped, and so is every form."""

import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.urls import get_resolver
from django_scopes.exceptions import ScopeError

from tests import factories
from victory.forms import WorkbookForm
from victory.models import Organization
from victory.tenancy import OrganizationModel, Role, organization_scope

pytestmark = pytest.mark.protects("rows")

NOT_SCOPED = {
    "victory.AuditEntry": "is scoped, but what belongs to no organization is kept there too",
    "victory.Organization": "is what the others are scoped by; reached through memberships alone",
}


def leads_to_organization(model, seen=()) -> bool:
    keys = [field.related_model for field in model._meta.concrete_fields if field.many_to_one]
    return any(
        related is Organization or (related not in seen and leads_to_organization(related, (*seen, model)))
        for related in keys
    )


SCOPED = [model for model in apps.get_models() if issubclass(model, OrganizationModel)]
# The history of a scoped table is reached through its row alone.
HISTORIES = {model.history.model for model in SCOPED if hasattr(model, "history")}
BELOW = [model for model in apps.get_models() if leads_to_organization(model)]


def every(models_):
    return pytest.mark.parametrize("model", models_, ids=lambda model: model._meta.label)


def test_sweep_finds_the_tables():
    print(f"{len(BELOW)} tables lead to an organization: {len(SCOPED)} scoped, {len(HISTORIES)} histories")
    assert set(SCOPED) <= set(BELOW)


@every(BELOW)
def test_table_below_an_organization_is_scoped_or_listed(model):
    if model in HISTORIES or model._meta.label in NOT_SCOPED:
        return
    assert issubclass(model, OrganizationModel)
    assert not model._meta.get_field("organization").null


def test_listed_exceptions_are_still_needed():
    unscoped = {model._meta.label for model in BELOW if model not in SCOPED and model not in HISTORIES}
    assert set(NOT_SCOPED) == unscoped


@every(SCOPED)
def test_query_outside_of_a_scope_raises(model, db):
    for manager in model._meta.managers:
        with pytest.raises(ScopeError):
            manager.count()
        with pytest.raises(ScopeError):
            list(manager.all())


@every(SCOPED)
def test_query_in_a_scope_sees_that_organization_alone(model, organization):
    other = factories.OrganizationFactory()
    own, foreign = factories.a_row(model, organization), factories.a_row(model, other)
    with organization_scope(organization):
        keys = set(model.objects.values_list("pk", flat=True))
    assert own.pk in keys and foreign.pk not in keys


def first_part(constraint) -> str:
    if constraint.fields:
        return constraint.fields[0].lstrip("-")
    return getattr(constraint.expressions[0], "name", "")


@every(SCOPED)
def test_indexes_and_unique_constraints_begin_with_the_organization(model):
    unique = [each for each in model._meta.constraints if isinstance(each, models.UniqueConstraint)]
    assert {first_part(each) for each in [*model._meta.indexes, *unique]} <= {"organization"}
    assert not model._meta.unique_together
    loose = [field.name for field in model._meta.local_fields if field.unique and not field.primary_key]
    assert not loose
    indexed = [field for field in model._meta.local_fields if field.db_index]
    assert all(field.many_to_one for field in indexed)


def forms_below(form_class) -> set:
    """All forms of rows, once every page has been loaded."""
    get_resolver().url_patterns  # noqa: B018
    found = set(form_class.__subclasses__())
    return found.union(*(forms_below(each) for each in found))


FORMS = sorted((f for f in forms_below(WorkbookForm) if f._meta.model), key=lambda form: form.__name__)


@pytest.mark.parametrize("form_class", FORMS, ids=lambda form: form.__name__)
def test_form_refuses_rows_of_another_organization(form_class, organization):
    other = factories.OrganizationFactory()
    member = factories.MemberFactory(organization=organization, role=Role.ADMIN)
    for name, field in form_class.base_fields.items():
        # Which organizations a customer's unit may be is told in tests/customers/test_units.py.
        if not isinstance(field, forms.ModelChoiceField) or field.queryset.model is Organization:
            continue
        model = field.queryset.model
        own, foreign = factories.a_row(model, organization), factories.a_row(model, other)
        with organization_scope(organization):
            assert name in form_class({name: foreign.pk}, by=member).errors
            assert name not in form_class({name: own.pk}, by=member).errors


def test_sweep_finds_forms_with_references():
    assert any(
        isinstance(field, forms.ModelChoiceField) for form in FORMS for field in form.base_fields.values()
    )
