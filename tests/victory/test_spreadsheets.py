"""Tables as files for a spreadsheet: harmless there, and the same when they come back."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from actionplans.worksheets import ACTIONS
from customers.worksheets import CHOICES, CRITERIA, CUSTOMERS, DELIVERABLES, GROUPS, NEEDS
from metrics.models import Measurement, Metric
from metrics.worksheets import BASELINES, DEVIATIONS, METRICS, TARGETS
from tests import factories
from tests.routes import ROUTES
from victory.models import CustomerRight
from victory.spreadsheets import LARGEST_FILE, Unreadable, bare, harmless, read_file, write_cells
from victory.tables import NOTES, RIGHTS
from victory.tenancy import organization_scope

pytestmark = pytest.mark.protects("cells")

WORKSHEETS = [
    *(RIGHTS, NOTES, DELIVERABLES, CUSTOMERS, GROUPS, CRITERIA, CHOICES, NEEDS),
    *(METRICS, TARGETS, BASELINES, DEVIATIONS, ACTIONS),
]

# Cells


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-", "'quoted"]
)
def test_text_that_could_be_a_formula_is_made_harmless(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+44 20 7946", "-1,250.50", "-5\u00a0%", "0", "4 min", "a=b", ""])
def test_number_stays_a_number_and_text_a_text(text):
    assert harmless(text) == text


@given(st.text())
@example("'")
@example("''=1")
@example("'-5")
def test_cell_comes_back_as_it_was(text):
    assert bare(harmless(text)) == text


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1))
def test_no_cell_begins_a_formula(text):
    cell = harmless(text)
    assert cell[0] not in "=@\t\r\n" and (cell[0] not in "+-" or re.fullmatch(r"[+-][\d.,\s]+%?", cell))


CELL = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=5), st.sampled_from(",;\t"))
def test_file_is_read_as_it_was_written(rows, separator):
    heading = ["heading", "another"]
    content = write_cells([heading, *rows], separator=separator).encode("utf-8-sig")
    assert read_file(content) == [heading, *rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_file_is_read_in_whatever_way_it_was_saved(encoding):
    assert read_file("Größe;Preis\r\nklein;2,5\r\n".encode(encoding)) == [
        ["Größe", "Preis"],
        ["klein", "2,5"],
    ]


@pytest.mark.parametrize("content", [b"PK\x03\x04\0\0", b'"' + b"x" * 200_000])
def test_file_that_holds_no_cells_is_refused(content):
    with pytest.raises(Unreadable):
        read_file(content)


# Sheets


def downloaded(client, worksheet, organization, query="") -> bytes:
    answer = client.get(f"{worksheet.address(organization)}download/{query}")
    assert answer.status_code == 200
    return answer.content


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def bring(client, worksheet, organization, content: bytes):
    """Bring the file to the page for pasting, and take what it shows."""
    address = f"{worksheet.address(organization)}paste/"
    shown = client.post(address, {"file": SimpleUploadedFile("cells.csv", content)})
    assert "Cannot be taken" not in shown.text, re.findall(r"Cannot be taken.*", shown.text)
    return client.post(address, {"file": SimpleUploadedFile("cells.csv", content), "take": "1"})


@pytest.fixture
def sheets(organization):
    """Some rows on every sheet, with texts that a spreadsheet would take for formulas."""
    make = {"organization": organization}
    deliverable = factories.DeliverableFactory(**make, name="=HYPERLINK(A1), in a row")
    customer = factories.CustomerFactory(
        **make,
        name="@residents",
        group=factories.CustomerGroupFactory(**make, name="+direct", side="internal"),
    )
    factories.DeliveryFactory(**make, deliverable=deliverable, customer=customer)
    factories.DriverChoiceFactory(**make, customer=customer, reason='"Most" of, the income')
    factories.CriterionFactory(**make, name="-profit", weight=Decimal("2.50"))
    need = factories.NeedFactory(
        **make, customer=customer, text="'ere, quickly", importance=5, aspect="support"
    )
    factories.TranslationFactory(**make, need=need, deliverable=deliverable)
    metric = factories.MetricFactory(
        **make,
        deliverable=deliverable,
        need=need,
        measured_by="-share",
        satisfied_when="=all; of it",
        unit="duration",
    )
    factories.TargetFactory(**make, metric=metric, low=None, high=180, direction="at-most", reason="+why")
    factories.MeasurementFactory(**make, metric=metric, value=262, note="=note")
    factories.MeasurementFactory(**make, metric=metric, value=120, date=date(2026, 2, 28))
    factories.DeviationFactory(**make, metric=metric, reason="@reason", high=300)
    factories.BaselineFactory(**make, metric=metric, starts_on=date(2026, 1, 31), reason="=since")
    factories.ActionFactory(
        **make,
        metric=metric,
        what="-act",
        who=factories.MemberFactory(**make, name="@Ann"),
        earns_loyalty=True,
    )
    factories.CustomerRightFactory(**make, text="=right")
    factories.NoteFactory(**make, text="=first line\n\n-third line", step="needs")
    factories.NoteFactory(**make, text="on all of it")
    return organization


@pytest.mark.parametrize("worksheet", WORKSHEETS, ids=lambda worksheet: worksheet.name)
def test_sheet_comes_back_as_it_was(worksheet, manager, sheets):
    content = downloaded(manager, worksheet, sheets)
    assert content.startswith(b"\xef\xbb\xbf")
    with organization_scope(sheets):
        count = worksheet.model.objects.count()
        for row in worksheet.model.objects.all():
            row.delete()
    if worksheet is DELIVERABLES:  # its metrics went along, and come back on their own sheet
        assert count == 1
    answer = bring(manager, worksheet, sheets, content)
    assert answer.status_code == 302
    with organization_scope(sheets):
        assert worksheet.model.objects.count() == count
    assert cells(downloaded(manager, worksheet, sheets)) == cells(content)


def test_heading_has_the_labels_of_the_sheet_first(manager, sheets):
    heading = cells(downloaded(manager, DELIVERABLES, sheets))[0]
    assert heading == ["Output/Deliverable(s)", "Customers"]


def test_one_sheet_of_several_is_downloaded_alone(manager, sheets):
    other = factories.MetricFactory(organization=sheets)
    rows = cells(downloaded(manager, METRICS, sheets, f"?deliverable={other.deliverable_id}"))
    assert [row[1] for row in rows[1:]] == [other.measured_by]
    assert len(cells(downloaded(manager, METRICS, sheets))) == 3


def test_rows_of_another_organization_are_not_in_it(manager, sheets):
    other = factories.MetricFactory()
    rows = cells(downloaded(manager, METRICS, sheets, f"?deliverable={other.deliverable_id}"))
    assert len(rows) == 1


def test_viewer_may_download(viewer, sheets):
    assert len(cells(downloaded(viewer, NOTES, sheets))) == 3
    assert "focus/rights/download/" in viewer.get(f"/o/{sheets.slug}/focus/").text


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize(("worksheet", "queries"), [(METRICS, 8), (ACTIONS, 5), (NEEDS, 6), (CUSTOMERS, 7)])
def test_number_of_queries_stays(worksheet, queries, count, manager, organization, django_assert_num_queries):
    for _ in range(count):
        factories.a_row(worksheet.model, organization)
    with django_assert_num_queries(queries):
        assert len(cells(downloaded(manager, worksheet, organization))) == count + 1


TEXT = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts=st.lists(TEXT.map(str.strip).filter(bool), min_size=1, max_size=4, unique_by=str.casefold))
def test_whole_sheet_comes_back_through_the_page(texts, manager, organization):
    with organization_scope(organization):
        CustomerRight.objects.all().delete()
        for text in texts:
            CustomerRight(organization=organization, text=text).save()
        content = downloaded(manager, RIGHTS, organization)
        CustomerRight.objects.all().delete()
        bring(manager, RIGHTS, organization, content)
        assert list(CustomerRight.objects.order_by("position", "pk").values_list("text", flat=True)) == texts


def test_cells_that_are_left_to_mend_stay_as_they_are(manager, scoped):
    factories.CustomerRightFactory(organization=scoped, text="''=taken")
    answer = manager.post(f"{RIGHTS.address(scoped)}paste/", {"text": "'''=taken\nnew", "take": "1"})
    left = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)[1]
    assert left.strip() == "&#x27;&#x27;&#x27;=taken"


# Figures


def test_figures_come_back_as_they_were(manager, sheets):
    with organization_scope(sheets):
        metric = Metric.objects.get()
    address = f"/o/{sheets.slug}/metrics/{metric.pk}/figures/download/"
    content = manager.get(address).content
    assert cells(content)[1][:3] == ["2026-01-31", "4\u00a0min 22\u00a0s", "Not met"]
    with organization_scope(sheets):
        before = list(Measurement.objects.order_by("date").values_list("date", "value"))
        for figure in Measurement.objects.all():
            figure.delete()
    page = f"/o/{sheets.slug}/performance/paste/?metric={metric.pk}"
    shown = manager.post(page, {"file": SimpleUploadedFile("figures.csv", content)})
    fields = dict(re.findall(r'name="(columns|shown)" value="([^"]+)"', shown.text))
    chosen = dict(re.findall(r'<select id="(column-\d)".*?value="([^"]*)" selected', shown.text))
    text = write_cells(read_file(content), separator="\t")
    answer = manager.post(page, {"text": text, "take": "1", **fields, **chosen})
    assert answer.status_code == 302
    with organization_scope(sheets):
        assert list(Measurement.objects.order_by("date").values_list("date", "value")) == before


# The file on the page


def test_file_that_is_too_large_is_not_read(manager, organization):
    content = b"x" * (LARGEST_FILE + 1)
    answer = manager.post(
        f"{RIGHTS.address(organization)}paste/", {"file": SimpleUploadedFile("a.csv", content)}
    )
    assert answer.status_code == 200
    assert "at most 1.0" in answer.text and 'aria-describedby="file-error"' in answer.text


def test_file_of_something_else_is_refused_beside_the_field(manager, organization):
    for address in (f"{RIGHTS.address(organization)}paste/", "/o/enfield/performance/paste/"):
        answer = manager.post(address, {"file": SimpleUploadedFile("a.xlsx", b"PK\0\0"), "text": "kept"})
        assert "not a file of cells" in answer.text and "kept" in answer.text


def test_file_is_shown_as_cells_before_anything_is_kept(manager, scoped):
    content = b"a prompt answer\r\n"
    answer = manager.post(f"{RIGHTS.address(scoped)}paste/", {"file": SimpleUploadedFile("a.csv", content)})
    assert "1 row can be taken" in answer.text and not CustomerRight.objects.exists()


def test_sweep_has_every_worksheet():
    found = {route.worksheet.name for route in ROUTES if route.worksheet}
    assert found == {worksheet.name for worksheet in WORKSHEETS}
