from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.scoring import TOP_SCORE, Candidate, Weighted, deliverable_weights, firmness, rank

RESIDENTS = Candidate("r", "Residents")
BUSINESSES = Candidate("b", "Businesses")
VISITORS = Candidate("v", "Visitors")
COUNCILLORS = Candidate("c", "Councillors")
PRICE = Weighted("price", "price", Decimal(1))
MISSION = Weighted("mission", "mission", Decimal(2))


def on_price(**values):
    """Scores on the criterion PRICE alone, by customer key."""
    return {(customer, "price"): value for customer, value in values.items()}


def test_rank_orders_by_weight_times_score():
    scores = {("r", "price"): 9, ("r", "mission"): 2, ("b", "price"): 3, ("b", "mission"): 7}

    first, second = rank([RESIDENTS, BUSINESSES], [PRICE, MISSION], scores)

    assert (first.name, first.total, first.place) == ("Businesses", Decimal(17), 1)
    assert (second.name, second.total, second.place) == ("Residents", Decimal(13), 2)


def test_rank_keeps_fractions_of_weights_exact():
    tenths = Weighted("price", "price", Decimal("0.1"))

    (residents,) = rank([RESIDENTS], [tenths], on_price(r=3))

    assert residents.total == Decimal("0.3")


def test_rank_equal_totals_share_a_place_in_the_given_order():
    customers = [VISITORS, BUSINESSES, RESIDENTS, COUNCILLORS]

    ranked = rank(customers, [PRICE], on_price(r=9, v=5, b=5, c=1))

    assert [(customer.name, customer.place) for customer in ranked] == [
        ("Residents", 1),
        ("Visitors", 2),
        ("Businesses", 2),
        ("Councillors", 4),
    ]


def test_rank_missing_score_counts_nothing():
    scores = {("r", "price"): 4, ("b", "price"): 4, ("b", "mission"): 0}

    residents, businesses = rank([RESIDENTS, BUSINESSES], [PRICE, MISSION], scores)

    assert (residents.total, residents.scored) == (Decimal(4), 1)
    assert (businesses.total, businesses.scored) == (Decimal(4), 2)


def test_rank_without_criteria_gives_everybody_the_first_place():
    ranked = rank([RESIDENTS, BUSINESSES], [], {})

    assert [(customer.place, customer.total) for customer in ranked] == [(1, 0), (1, 0)]


def test_firmness_with_a_wide_lead_is_firm():
    answer = firmness([RESIDENTS, BUSINESSES], [PRICE, MISSION], on_price(r=9, b=2), chosen={"r"})

    assert answer.firm
    assert answer.sentence == (
        "Firm: even if every weight moved by a tenth, no other customer would overtake Residents."
    )


def test_firmness_with_a_narrow_lead_says_which_weights_decide_it():
    criteria = [PRICE, Weighted("mission", "mission", Decimal(1))]
    scores = {("r", "price"): 2, ("r", "mission"): 10, ("b", "price"): 10, ("b", "mission"): 1}

    answer = firmness([RESIDENTS, BUSINESSES], criteria, scores, chosen={"r"})

    (overtaking,) = answer.overtakers
    assert overtaking.margin == Decimal(1)
    assert (overtaking.raised, overtaking.lowered) == (("price",), ("mission",))
    assert not overtaking.already_ahead
    assert not answer.firm
    assert answer.sentence == (
        "Not firm: Businesses would overtake Residents if price counted a tenth more"
        " and mission a tenth less."
    )


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ("r", "Not firm: Businesses would overtake Residents if price counted a tenth more."),
        ("b", "Not firm: Residents would overtake Businesses if price counted a tenth less."),
    ],
)
def test_firmness_names_no_more_weights_than_it_takes(chosen, sentence):
    criteria = [
        Weighted("price", "price", Decimal(10)),
        Weighted("mission", "mission", Decimal(8)),
        Weighted("size", "size", Decimal(1)),
    ]
    scores = {
        **{("r", "price"): 0, ("r", "mission"): 10, ("r", "size"): 10},
        **{("b", "price"): 9, ("b", "mission"): 0, ("b", "size"): 0},
    }

    answer = firmness([RESIDENTS, BUSINESSES], criteria, scores, {chosen})

    assert answer.sentence == sentence


def test_firmness_with_a_customer_ahead_leaves_it_to_the_reason():
    answer = firmness([RESIDENTS, BUSINESSES], [PRICE], on_price(r=3, b=8), chosen={"r"})

    assert answer.overtakers[0].already_ahead
    assert not answer.firm
    assert answer.sentence == (
        "Businesses ranks above Residents already; the reason given has to carry that choice."
    )


def test_firmness_with_several_overtakers_names_the_closest_and_counts_the_others():
    customers = [RESIDENTS, VISITORS, BUSINESSES, COUNCILLORS]

    answer = firmness(customers, [PRICE], on_price(r=3, v=4, b=8, c=5), chosen={"r"})

    assert [overtaking.other_name for overtaking in answer.overtakers] == [
        "Businesses",
        "Councillors",
        "Visitors",
    ]
    assert answer.sentence.startswith("Businesses ranks above Residents already")
    assert answer.sentence.endswith("2 more customers are ahead or within reach.")


def test_firmness_counts_a_customer_who_overtakes_two_chosen_ones_once():
    answer = firmness([RESIDENTS, VISITORS, BUSINESSES], [PRICE], on_price(r=3, v=4, b=8), chosen={"r", "v"})

    assert len(answer.overtakers) == 2
    assert "more" not in answer.sentence


def test_firmness_names_every_chosen_customer():
    answer = firmness([RESIDENTS, VISITORS, BUSINESSES], [PRICE], on_price(r=9, v=8, b=1), chosen={"r", "v"})

    assert answer.sentence.endswith("no other customer would overtake Residents or Visitors.")


def test_firmness_before_anybody_is_chosen_asks_about_the_first_place():
    answer = firmness([BUSINESSES, RESIDENTS], [PRICE], on_price(r=9, b=2), chosen=())

    assert answer.chosen_names == ("Residents",)
    assert answer.firm


def test_firmness_of_identical_scores_is_firm_since_no_weight_can_part_them():
    answer = firmness([RESIDENTS, BUSINESSES], [PRICE], on_price(r=5, b=5), chosen={"r"})

    assert answer.firm


def test_firmness_says_another_swing_in_percent():
    answer = firmness(
        [RESIDENTS, BUSINESSES], [PRICE], on_price(r=9, b=1), chosen={"r"}, swing=Decimal("0.20")
    )

    assert "moved by 20\N{NO-BREAK SPACE}%," in answer.sentence


@pytest.mark.parametrize(
    ("weight", "scores", "chosen"),
    [
        pytest.param(1, {}, (), id="nobody scored"),
        pytest.param(1, on_price(r=9), (), id="one customer scored"),
        pytest.param(0, on_price(r=9, b=2), (), id="no weight"),
        pytest.param(1, on_price(r=9, b=2), {"v"}, id="the chosen customer is not scored"),
        pytest.param(1, on_price(r=9, b=2), {"r", "b"}, id="everybody scored is chosen"),
    ],
)
def test_firmness_with_nothing_to_compare_is_not_asked(weight, scores, chosen):
    price = Weighted("price", "price", Decimal(weight))

    answer = firmness([RESIDENTS, BUSINESSES, VISITORS], [price], scores, chosen)

    assert not answer.asked
    assert not answer.firm
    assert answer.overtakers == ()
    assert answer.sentence.startswith("Whether the choice is firm can be said once")


weights = st.decimals(min_value=0, max_value=20, places=2)
score_values = st.integers(min_value=0, max_value=TOP_SCORE)


@st.composite
def scored_workbooks(draw):
    """Two to four customers, each with a score on each of one to five criteria."""
    customers = [RESIDENTS, BUSINESSES, VISITORS, COUNCILLORS][: draw(st.integers(2, 4))]
    criteria = [
        Weighted(number, f"criterion {number}", draw(weights)) for number in range(draw(st.integers(1, 5)))
    ]
    scores = {
        (customer.key, criterion.key): draw(score_values) for customer in customers for criterion in criteria
    }
    return customers, criteria, scores


def total(customer, weight_by_key, scores):
    return sum(weight * scores[customer.key, key] for key, weight in weight_by_key.items())


def corners(criteria, swing):
    """Every way of moving each weight all the way up or down."""
    for factors in product((1 - swing, 1 + swing), repeat=len(criteria)):
        yield {
            criterion.key: criterion.weight * factor
            for criterion, factor in zip(criteria, factors, strict=True)
        }


@given(workbook=scored_workbooks(), swing=st.sampled_from([Decimal("0.1"), Decimal("0.25"), Decimal("0.01")]))
def test_firmness_agrees_with_trying_every_corner_of_the_weights(workbook, swing):
    customers, criteria, scores = workbook
    chosen, *others = customers

    answer = firmness(customers, criteria, scores, chosen={chosen.key}, swing=swing)

    overtaking_at_a_corner = {
        other.name
        for other in others
        for moved in corners(criteria, swing)
        if total(other, moved, scores) > total(chosen, moved, scores)
    }
    assert {overtaking.other_name for overtaking in answer.overtakers} == overtaking_at_a_corner


@given(workbook=scored_workbooks())
def test_firmness_the_weights_it_names_are_enough_to_overtake(workbook):
    customers, criteria, scores = workbook
    chosen, *others = customers
    swing = Decimal("0.1")
    by_name = {customer.name: customer for customer in others}

    for overtaking in firmness(customers, criteria, scores, chosen={chosen.key}).overtakers:
        moved = {
            criterion.key: criterion.weight
            * (
                1
                + swing * (criterion.name in overtaking.raised)
                - swing * (criterion.name in overtaking.lowered)
            )
            for criterion in criteria
        }
        assert total(by_name[overtaking.other_name], moved, scores) > total(chosen, moved, scores)


def test_deliverable_weights_are_importance_times_strength():
    weights = deliverable_weights(
        needs={"quick": 5, "friendly": 3},
        relations=[("quick", "helpline", 9), ("friendly", "helpline", 3), ("quick", "website", 1)],
        deliverables=["website", "helpline"],
    )

    assert weights["helpline"].absolute == 54
    assert weights["website"].absolute == 5
    assert weights["helpline"].place == 1
    assert weights["website"].place == 2


def test_deliverable_weights_shares_are_percent_of_the_whole():
    weights = deliverable_weights(
        needs={"quick": 1}, relations=[("quick", "a", 9), ("quick", "b", 3)], deliverables=["a", "b"]
    )

    assert (weights["a"].share, weights["b"].share) == (75, 25)


def test_deliverable_weights_equal_ones_share_a_place():
    weights = deliverable_weights(
        needs={"quick": 2},
        relations=[("quick", "a", 3), ("quick", "b", 9), ("quick", "c", 3), ("quick", "d", 1)],
        deliverables=["a", "b", "c", "d"],
    )

    assert {key: weight.place for key, weight in weights.items()} == {"a": 2, "b": 1, "c": 2, "d": 4}


def test_deliverable_weights_without_relations_weigh_nothing():
    weights = deliverable_weights(needs={"quick": 5}, relations=[], deliverables=["a"])

    assert (weights["a"].absolute, weights["a"].share) == (0, 0)
