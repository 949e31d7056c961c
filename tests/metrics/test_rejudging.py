"""A target that changes verdicts that have been given: it says which beforehand, and asks."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from metrics.models import Metric, Target, Verdict
from tests.factories import MeasurementFactory, MetricFactory, TargetFactory

TARGETS = "/o/enfield/metrics/targets/"
WHY = "The board agreed on it in January."


@pytest.fixture
def metric(scoped):
    return MetricFactory(organization=scoped)


@pytest.fixture
def target(metric):
    return TargetFactory(organization=metric.organization, metric=metric, holds_from=date(2026, 1, 1))


@pytest.fixture
def met(metric, target):
    """92 % in March, which meets the target of at least 90 %."""
    return measured(metric, 92, date(2026, 3, 31))


def measured(metric, value, day):
    return MeasurementFactory(organization=metric.organization, metric=metric, value=Decimal(value), date=day)


def typed(metric, **fields):
    back_dated = {"target": "at least 95 %", "holds_from": "2026-02-01", "reason": WHY}
    return {"metric": metric.pk} | back_dated | fields


def text_of(response):
    return unescape(response.content.decode())


def agreed(response) -> str:
    """What the button posts that agrees to the changes that the page lists."""
    return re.search(r'name="agreed" value="(\w+)"', text_of(response))[1]


@pytest.mark.parametrize("client", ["manager", "manager_htmx"])
def test_back_dated_target_tells_which_verdicts_it_would_change_and_keeps_nothing(
    client, request, metric, met
):
    response = request.getfixturevalue(client).post(TARGETS, typed(metric))
    text = text_of(response)
    assert response.status_code == 200
    assert "March 31, 2026: <b>92\xa0%</b>" in text
    assert text.index("verdict met") < text.index("verdict not-met")
    assert "Set it, and change 1 verdict" in text
    assert 'value="at least 95 %"' in text and WHY in text
    assert Target.objects.count() == 1
    assert Metric.objects.get().verdict == Verdict.MET


@pytest.mark.parametrize("client", ["manager", "manager_htmx"])
def test_back_dated_target_is_set_once_it_is_agreed_to(client, request, metric, met):
    client = request.getfixturevalue(client)
    asked = agreed(client.post(TARGETS, typed(metric)))
    response = client.post(TARGETS, typed(metric, agreed=asked), follow=True)
    assert "1 verdict changed." in text_of(response)
    assert Metric.objects.get().verdict == Verdict.NOT_MET
    assert Target.objects.get(holds_from=date(2026, 2, 1)).set_by.user == client.user


def test_target_that_changes_verdicts_needs_a_reason(manager, metric, met):
    response = manager.post(TARGETS, typed(metric, reason=" "))
    assert "Say why: this changes 1 verdict that has been given." in text_of(response)
    again = manager.post(TARGETS, typed(metric, reason="", agreed=agreed(response)))
    assert "Say why" in text_of(again) and Target.objects.count() == 1


def test_target_that_changes_no_verdict_is_set_at_once(manager, metric, met):
    manager.post(TARGETS, typed(metric, target="at least 91 %", reason=""))
    assert str(Target.objects.get(holds_from=date(2026, 2, 1))) == "at least 91\xa0%"


def test_question_is_asked_again_where_figures_have_changed_meanwhile(manager, metric, met):
    asked = agreed(manager.post(TARGETS, typed(metric)))
    measured(metric, 93, date(2026, 4, 30))
    response = manager.post(TARGETS, typed(metric, agreed=asked))
    assert "What would change is not what you were asked about." in text_of(response)
    assert "Set it, and change 2 verdicts" in text_of(response)
    assert Target.objects.count() == 1
    manager.post(TARGETS, typed(metric, agreed=agreed(response)))
    assert Target.objects.count() == 2


def test_question_is_about_the_targets_that_stand_once_the_metric_is_locked(
    manager, metric, met, monkeypatch
):
    lock = Metric.lock

    def be_overtaken(waiting):
        monkeypatch.setattr(Metric, "lock", lock)
        earlier = {"holds_from": date(2026, 3, 1), "low": Decimal(91)}
        TargetFactory(organization=metric.organization, metric=metric, **earlier)

    monkeypatch.setattr(Metric, "lock", be_overtaken)
    manager.post(TARGETS, typed(metric))
    assert Target.objects.count() == 3 and Metric.objects.get().verdict == Verdict.MET


def test_yes_does_not_count_for_another_target(manager, metric, met):
    measured(metric, 88, date(2026, 4, 30))
    asked = agreed(manager.post(TARGETS, typed(metric)))
    response = manager.post(TARGETS, typed(metric, target="at least 80 %", agreed=asked))
    assert "Set it, and change 1 verdict" in text_of(response)
    assert Target.objects.count() == 1


@pytest.mark.parametrize(
    "correction", [{"holds_from": "2026-04-01"}, {"target": "at least 93 %"}, {"target": "at most 90 %"}]
)
def test_corrected_target_asks_as_well(manager, metric, target, met, correction):
    as_it_was = {"target": "at least 90 %", "holds_from": "2026-01-01", "version": target.version}
    address = f"{TARGETS}{target.pk}/edit/"
    response = manager.post(address, typed(metric, **(as_it_was | correction)))
    assert "Set it, and change 1 verdict" in text_of(response)
    met.refresh_from_db()
    assert met.verdict == Verdict.MET
    manager.post(address, typed(metric, **(as_it_was | correction), agreed=agreed(response)))
    met.refresh_from_db()
    assert met.verdict != Verdict.MET


def test_target_typed_with_its_metric_asks_as_well(manager, metric, met):
    address = reverse("metrics-edit", args=["enfield", metric.pk])
    fields = {
        "measured_by": metric.measured_by,
        "deliverable": metric.deliverable_id,
        "frequency": metric.frequency,
        "target": "at least 95 %",
        "holds_from": "2026-02-01",
        "version": Metric.objects.get().version,
    }
    assert "Reason for the target" not in text_of(manager.get(address))
    response = manager.post(address, fields)
    assert "Say why" in text_of(response) and "Reason for the target" in text_of(response)
    manager.post(address, fields | {"agreed": agreed(response), "target_reason": WHY})
    assert Target.objects.get(holds_from=date(2026, 2, 1)).reason == WHY
    assert Metric.objects.get().verdict == Verdict.NOT_MET


def test_only_the_first_changes_are_listed(manager, metric, target):
    for number in range(25):
        measured(metric, 92, date(2026, 3, 1) + timedelta(days=number))
    text = text_of(manager.post(TARGETS, typed(metric)))
    assert text.count("<b>92\xa0%</b>") == 20
    assert "and 5 more" in text and "Set it, and change 25 verdicts" in text


def test_target_that_cannot_be_set_asks_nothing(manager, metric, met):
    text = text_of(manager.post(TARGETS, typed(metric, holds_from="2026-01-01")))
    assert "A target holds from this date already." in text
    assert 'name="agreed"' not in text


@pytest.mark.parametrize("client", ["manager", "manager_htmx"])
def test_target_is_deleted_once_what_changes_is_agreed_to(client, request, target, met):
    client = request.getfixturevalue(client)
    address = f"{TARGETS}{target.pk}/delete/"
    response = client.post(address)
    assert "March 31, 2026: <b>92\xa0%</b>" in text_of(response)
    assert "Delete it, and change 1 verdict" in text_of(response)
    assert Target.objects.exists() and Metric.objects.get().verdict == Verdict.MET
    client.post(address, {"agreed": agreed(response)})
    assert not Target.objects.exists() and Metric.objects.get().verdict == Verdict.NO_TARGET


def test_target_that_no_verdict_rests_on_is_deleted_at_once(manager, metric, met):
    later = TargetFactory(organization=metric.organization, metric=metric, holds_from=date(2026, 5, 1))
    manager.post(f"{TARGETS}{later.pk}/delete/")
    assert Target.objects.count() == 1


def test_pasted_target_says_in_its_preview_what_it_changes(manager, metric, met):
    block = f"Holds from\tTarget\tReason\n2026-02-01\tat least 95 %\t{WHY}\n"
    address = f"{TARGETS}paste/?metric={metric.pk}"
    assert "1 verdict changed." in text_of(manager.post(address, {"text": block}))
    without_reason = block.replace(WHY, "")
    assert "Say why" in text_of(manager.post(address, {"text": without_reason, "take": "1"}))
    assert Target.objects.count() == 1
