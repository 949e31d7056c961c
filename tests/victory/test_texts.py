"""What was written once is shown again only where it says just that."""

import pytest
from django.utils.safestring import mark_safe

from tests import factories
from victory.models import CustomerRight
from victory.texts import Texts
from victory.worksheets import Column, Worksheet
from victory.worksheets.declared import Row


def sheet(show) -> Worksheet:
    return Worksheet(
        name="rights",
        step="focus",
        title="",
        form=None,
        columns=(Column("text", "Text", show=show),),
        rows=CustomerRight.objects.all,
    )


@pytest.fixture
def texts():
    return Texts(1_000_000)


def test_text_that_looks_like_markup_is_not_taken_for_it(scoped, texts):
    right = factories.CustomerRightFactory(organization=scoped, text="<b>now</b>")

    def written(show) -> str:
        [row] = Row.all_of([right], sheet(show), "/rights/")
        return texts.of((row,), "worksheets/table.html#row", row=row, editable=False)

    assert "<b>now</b>" in written(lambda right: mark_safe(right.text))
    assert "&lt;b&gt;now&lt;/b&gt;" in written(lambda right: right.text)


def test_same_key_of_another_template_is_another_text(texts):
    shown = {"row": {"id": "x", "cells": ()}}
    one = texts.of(("x",), "worksheets/table.html#row", **shown)
    assert texts.of(("x",), "worksheets/table.html#cells", **shown) != one


def test_nothing_is_kept_without_a_key(texts):
    def written(label) -> str:
        return texts.of(None, "worksheets/table.html#row", row={"id": label, "cells": ()})

    assert written("one") != written("another")
