"""How metrics split by verdict."""

from metrics.models import Verdict
from metrics.split import Split

MIXED = Split.of([Verdict.NOT_MET, Verdict.MET, Verdict.MET, Verdict.NO_TARGET])


def test_split_is_said_in_words():
    assert MIXED.met_of_all == "2 of 4 met"
    assert MIXED.in_words == "2 met, 1 not met, 1 no target"
    assert MIXED.share_met == 0.5


def test_parts_of_the_bar_stand_side_by_side_and_fill_it():
    assert [(part.verdict, part.x, part.width) for part in MIXED.parts] == [
        (Verdict.MET, 0, 50),
        (Verdict.NOT_MET, 50, 25),
        (Verdict.NO_TARGET, 75, 25),
    ]
    thirds = Split.of(["met", "not-met", "no-target"]).parts
    assert [(part.x, part.width) for part in thirds] == [(0, 33.33), (33.33, 33.33), (66.67, 33.33)]


def test_splits_are_taken_together():
    both = Split.together([MIXED, Split.of([Verdict.MET])])
    assert both == Split.of(["met", "met", "met", "not-met", "no-target"])


def test_split_of_nothing_has_no_share():
    nothing = Split.of([])
    assert nothing.share_met is None
    assert nothing.parts == [] and nothing.met_of_all == "0 of 0 met"
    assert Split.together([]) == nothing
