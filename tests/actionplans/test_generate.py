"""Workbooks that are made up to measure with are as good as typed in."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from actionplans.models import Action, Review
from metrics.models import Measurement, Metric, Verdict
from tests import factories
from victory.models import Member, Organization
from victory.rows import WorkbookRow
from victory.tenancy import memberships_of, organization_scope

SMALL = {"organizations": 2, "metrics": 5, "measurements": 20}
PAGES = ("dashboard", "performance", "drivers", "needs", "metrics", "plan", "thread", "reviews", "index")
MODELS = [model for model in apps.get_models() if issubclass(model, WorkbookRow)]


@pytest.fixture
def user(db):
    return factories.UserFactory(email="robin@example.org")


@pytest.fixture
def generate(user, capsys):
    def generate(**options) -> str:
        call_command("generate", **SMALL | {"admin": user.email} | options)
        return capsys.readouterr().out

    return generate


def rows_of(organization: Organization, *but: str) -> dict:
    """Everything in the workbook, but for these fields."""
    with organization_scope(organization):
        return {
            (model._meta.label, row["id"]): {name: row[name] for name in row.keys() - {*but}}
            for model in MODELS
            for row in model.objects.values()
        }


def told_by(organization: Organization) -> list:
    """Everything in the workbook but for keys and the clock, which no two runs have in common."""
    with organization_scope(organization):
        return [
            [
                getattr(row, field.attname)
                for field in model._meta.concrete_fields
                if not (field.is_relation or field.primary_key) and field.name not in ("closed_at", "frozen")
            ]
            for model in MODELS
            if model._meta.label != "actionplans.ReviewLine"
            for row in model.objects.order_by("pk")
        ]


def test_generate_makes_as_many_as_asked(generate):
    assert "Organizations: 2, metrics: 10, measurements: 200." in generate()
    for organization in Organization.objects.all():
        with organization_scope(organization):
            assert (Metric.objects.count(), Measurement.objects.count()) == (5, 100)
            assert all(metric.measurements.count() == 20 for metric in Metric.objects.all())


def test_generate_derives_what_typing_in_derives(generate):
    """Each row saved once more, as from a form, changes nothing but its version."""
    generate(organizations=1)
    organization = Organization.objects.get()
    written = rows_of(organization, "version")
    with organization_scope(organization):
        closed = set(Review.objects.closed().values_list("pk", flat=True))
        for model in MODELS:
            if model._meta.label in ("victory.FocusStatement", "actionplans.ReviewLine"):
                continue
            for row in model.objects.all():
                if {getattr(row, "review_id", None), row.pk if model is Review else None} & closed:
                    continue
                row.save()
    assert rows_of(organization, "version") == written


@pytest.mark.parametrize("measurements", [0, 3, 20, 60])
def test_generate_derives_what_deriving_anew_derives(generate, measurements):
    generate(measurements=measurements)
    organization = Organization.objects.first()
    written = rows_of(organization)
    with organization_scope(organization):
        for model in MODELS:
            model.derive_anew()
    assert rows_of(organization) == written


def test_generate_holds_what_can_be_looked_at(generate):
    generate(organizations=1, metrics=100)
    with organization_scope(Organization.objects.get()):
        stands = set(Metric.objects.standing_on(Organization.objects.get().today).values_list("stands"))
        assert {(Verdict.MET,), (Verdict.NOT_MET,), (Verdict.ACCEPTED,), (Verdict.NO_TARGET,)} == stands
        assert Metric.objects.exclude(signal="").exists()
        assert {action.status for action in Action.objects.all()} == {"planned", "under-way", "done"}
        assert Action.objects.filter(moves=1).exists()
        assert (Review.objects.closed().count(), Review.objects.planned().count()) == (1, 1)
        assert {len(metric.targets.all()) for metric in Metric.objects.all()} == {0, 1, 2, 3}
        assert len({metric.unit for metric in Metric.objects.all()}) == 6


def test_generate_same_seed_makes_the_same(generate):
    generate()
    first = told_by(Organization.objects.get(slug="generated-1"))
    other = told_by(Organization.objects.get(slug="generated-2"))
    Organization.objects.all().delete()
    generate()
    assert told_by(Organization.objects.get(slug="generated-1")) == first != other
    Organization.objects.all().delete()
    generate(seed=2)
    assert told_by(Organization.objects.get(slug="generated-1")) != first


def test_generate_makes_what_it_made_before_on_every_database(generate, monkeypatch):
    """What was measured with a workbook of some seed can be measured with it again."""
    monkeypatch.setattr(Organization, "today", date(2026, 6, 15))
    generate(organizations=1, metrics=12, measurements=60)
    with organization_scope(Organization.objects.get()):
        stand = list(Metric.objects.order_by("pk").values_list("measured_by", "recent", "signal"))
        values = Measurement.objects.values_list("value", flat=True)
        judged = Counter(Measurement.objects.values_list("verdict", flat=True))
    assert [(name, *recent[-1], signal) for name, recent, signal in stand[:4]] == [
        ("Time to deliver", "2026-05-31", "43200.000000", "met", "outside-low"),
        ("Delivered in full", "2026-05-31", "100.000000", "met", "run-high"),
        ("Cases open at a time", "2026-06-15", "67.000000", "not-met", "run-high"),
        ("Done at the first visit", "2026-06-08", "100.000000", "met", ""),
    ]
    assert (sum(values), judged) == (Decimal("17123627.42"), {"met": 544, "not-met": 176})


def test_generate_with_a_parent_shows_in_its_portfolio(generate, user, client):
    assert generate(parent=True).endswith("Begin at /o/generated/portfolio/\n")
    assert memberships_of(user).count() == 3
    client.force_login(user)
    page = client.get("/o/generated/portfolio/")
    assert [unit.split.all for unit in page.context["portfolio"].all_units] == [5, 5]


@pytest.mark.parametrize("page", PAGES)
def test_generate_pages_open(generate, user, client, page):
    generate(organizations=1)
    client.force_login(user)
    assert client.get(f"/o/generated-1/{page}/").status_code == 200


def test_generate_metric_page_opens_without_a_history_of_its_figures(generate, user, client):
    generate(organizations=1)
    organization = Organization.objects.get()
    with organization_scope(organization):
        metric, figure = Metric.objects.first(), Measurement.objects.first()
        assert not Measurement.history.exists()
    client.force_login(user)
    assert client.get(f"/o/generated-1/metrics/{metric.pk}/").status_code == 200
    assert client.get(f"/o/generated-1/history/measurement/{figure.pk}/").status_code == 200


@pytest.mark.parametrize("measurements", [20, 400, 2000])
def test_generate_measures_up_to_about_today(generate, measurements):
    generate(organizations=1, measurements=measurements)
    organization = Organization.objects.get()
    with organization_scope(organization):
        days = [metric.latest.date for metric in Metric.objects.all()]
        assert max(days) <= organization.today
        assert min(Metric.objects.values_list("begins_on", flat=True)).year > organization.today.year - 35


def test_generate_without_measurements_leaves_them_to_be_entered(generate):
    generate(organizations=1, measurements=0)
    with organization_scope(Organization.objects.get()):
        assert set(Metric.objects.values_list("verdict", flat=True)) == {Verdict.NOT_MEASURED}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"admin": "nobody@example.org"}, "Nobody signs in"),
        ({"organizations": 0}, "at least one"),
        ({"metrics": 0}, "at least one"),
        ({"measurements": 10_001}, "from 0 to 10,000"),
        ({"slug": "Two words"}, "small letters"),
        ({"slug": "admin", "parent": True}, "already"),
    ],
)
def test_generate_refuses_what_makes_no_sense(generate, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        generate(**options)
    assert not Organization.objects.exists()


def test_generate_touches_no_organization_that_is_there(generate):
    there = factories.OrganizationFactory(slug="generated-2", name="Ours")
    with pytest.raises(CommandError, match="/o/generated-2/ already"):
        generate()
    assert list(Organization.objects.all()) == [there]
    assert not rows_of(there)
    there.slug = "generated"
    there.save()
    generate()  # whose organizations have other addresses
    assert not rows_of(there)


def test_generate_manages_no_organization_for_others(generate, user):
    generate(organizations=1)
    with organization_scope(Organization.objects.get()):
        assert [member.user for member in Member.objects.exclude(user=None)] == [user]
