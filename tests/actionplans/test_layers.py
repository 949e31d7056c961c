"""The geometry of the chain: columns, lanes, arrows that close a circle, and boxes beyond the most."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplans.house import Kind, Link, Station
from actionplans.layers import BOX_WIDTH, MOST_IN_COLUMN, PITCH, WORDS, lay_out
from metrics.models import Verdict
from metrics.split import Split


def station(name: str) -> Station:
    """Stations in capitals are units, the one named US is this unit, and others are outside of the house."""
    kind = Kind.US if name == "US" else Kind.UNIT if name.isupper() else Kind.EXTERNAL
    return Station(("unit", name), name, kind)


def picture(*pairs: str):
    """Lay out links written as "A B": A promises something to B."""
    links = [
        Link(station(giver), station(receiver), 1, Split.of([Verdict.MET, Verdict.MET, Verdict.NOT_MET]))
        for giver, receiver in (pair.split() for pair in pairs)
    ]
    stations = {each.place: each for link in links for each in (link.giver, link.receiver)}
    ends = {place for place, each in stations.items() if each.kind == Kind.EXTERNAL}
    return lay_out(stations, links, ends)


def columns(layout) -> dict[str, int]:
    return {box.lines[0]: int(box.x // PITCH) for box in layout.boxes}


def test_each_stands_behind_the_furthest_that_leads_to_it():
    assert columns(picture("A US", "A B", "B US", "US people")) == {"A": 0, "B": 1, "US": 2, "people": 3}


def test_customers_outside_stand_at_the_end_whoever_serves_them():
    assert columns(picture("A US", "US people", "A others"))["others"] == 2


def test_arrow_that_closes_a_circle_is_named_instead():
    layout = picture("A US", "US A", "US people")

    assert len(layout.arrows) == 2
    assert [(link.giver.name, link.receiver.name) for link in layout.leading_back] == [("US", "A")]


def test_arrow_that_passes_a_column_has_a_lane_there():
    layout = picture("A US", "US people", "A people")

    us = next(box for box in layout.boxes if box.kind == "us")
    passing = next(arrow for arrow in layout.arrows if arrow.path.startswith("M158") and "H484" in arrow.path)
    lane = float(re.search(r" ([\d.]+)H484", passing.path)[1])
    assert not us.y <= lane <= us.y + us.height


def test_boxes_beyond_the_most_are_gathered_with_their_arrows():
    layout = picture(*(f"US person-{n}" for n in range(MOST_IN_COLUMN + 5)))

    names = [box.lines[0] for box in layout.boxes]
    assert len(names) == MOST_IN_COLUMN + 1 and "6 more" in names
    assert [arrow.title.text for arrow in layout.arrows].count("6 promises") == 1
    gathered = next(arrow for arrow in layout.arrows if arrow.title.text == "6 promises")
    assert [count.text for count in gathered.counts] == ["12 met", "6 not met"]


def test_this_unit_and_those_linked_with_it_are_not_gathered():
    layout = picture(*(f"A{n} b" for n in range(20)), "ZZ US", "US b")

    assert {"US", "ZZ"} <= set(columns(layout))


def test_long_name_is_cut_after_three_lines():
    (box, *_others) = picture(
        "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH-IIII-JJJJ-KKKK-LLLL-MMMM-NNNN people"
    ).boxes
    assert len(box.lines) == 3 and box.lines[-1].endswith("…")


def test_picture_without_links_is_empty():
    assert picture().boxes == []


NAMES = st.sampled_from(["A", "B", "C", "D", "E", "US", "people", "shops"])
PAIRS = st.lists(
    st.tuples(NAMES, NAMES).filter(lambda pair: pair[0] != pair[1] and pair[0].isupper()), max_size=20
)


@given(PAIRS)
def test_boxes_and_words_never_overlap_and_every_link_is_shown(pairs):
    pairs = list(dict.fromkeys(pairs))

    layout = picture(*(" ".join(pair) for pair in pairs))

    assert len(layout.arrows) + len(layout.leading_back) == len(pairs)
    places = [(box.x, box.y, box.x + BOX_WIDTH, box.y + box.height) for box in layout.boxes]
    for arrow in layout.arrows:
        lines = [arrow.title, *arrow.counts]
        places.append((lines[0].x, lines[0].y - 10, lines[0].x + WORDS - 1, lines[-1].y + 2))
    for n, (left, top, right, bottom) in enumerate(places):
        assert left >= 0 and top >= 0 and right <= layout.width and bottom <= layout.height
        for other in places[n + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


@pytest.mark.parametrize("count", [60, 300])
def test_long_chain_is_laid_out(count):
    layout = picture(*(f"U{n} U{n + 1}" for n in range(count)))

    assert len(layout.boxes) == count + 1
