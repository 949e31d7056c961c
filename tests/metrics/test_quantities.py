import time
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from metrics.quantities import MAX_LENGTH, Aim, Direction, Scale, Unit, Unreadable, read_aim

PERCENT = Scale(Unit.PERCENT)
NUMBER = Scale(Unit.NUMBER)
POUNDS = Scale(Unit.MONEY, currency="GBP")
EUROS = Scale(Unit.MONEY, currency="EUR")
DURATION = Scale(Unit.DURATION)
RATING = Scale(Unit.RATING)
FIVE_POINTS = Scale(Unit.RATING, top=Decimal(5))
YES_NO = Scale(Unit.YES_NO)
ALL_SCALES = [PERCENT, NUMBER, POUNDS, EUROS, DURATION, RATING, FIVE_POINTS, YES_NO]

# Languages that between them write numbers in each of the usual ways.
LANGUAGES = ["en", "en-gb", "de", "fr", "de-ch", "pl"]

LARGEST = Decimal("999999999.999999")
"""Of those with six decimals, which have 15 digits then."""


def written(text):
    """`text` with the no-break spaces it is expected to have, which are hard to tell apart in a test."""
    return text.replace("~", "\N{NO-BREAK SPACE}")


def values(scale):
    """Every value that a column can hold and that exists on the scale."""
    if scale.unit == Unit.YES_NO:
        return st.sampled_from([Decimal(0), Decimal(1)])
    lowest = Decimal(0) if scale.unit in (Unit.DURATION, Unit.RATING) else -LARGEST
    return st.decimals(lowest, scale.top or LARGEST, places=6)


@st.composite
def values_and_scales(draw):
    scale = draw(st.sampled_from(ALL_SCALES))
    return draw(values(scale)), scale


@st.composite
def aims_and_scales(draw):
    scale = draw(st.sampled_from(ALL_SCALES))
    if scale == YES_NO:
        return Aim(Direction.JUDGED), scale
    low, high = sorted([draw(values(scale)), draw(values(scale))])
    aims = [
        Aim(Direction.AT_LEAST, low=low),
        Aim(Direction.AT_MOST, high=high),
        Aim(Direction.BETWEEN, low=low, high=high),
    ]
    return draw(st.sampled_from(aims)), scale


def refusal(read, *args):
    """The sentence with which something is refused."""
    with pytest.raises(Unreadable) as raised:
        read(*args)
    return str(raised.value).replace("\N{NO-BREAK SPACE}", " ")


# --- Reading figures ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1250", "1250"),
        ("1,250", "1250"),
        ("1 250", "1250"),
        ("1\N{NO-BREAK SPACE}250", "1250"),
        ("1\N{NARROW NO-BREAK SPACE}250", "1250"),
        ("1'250", "1250"),
        ("1’250", "1250"),
        ("1,250,000", "1250000"),
        ("1.250.000", "1250000"),
        ("1,250.5", "1250.5"),
        ("1.250,5", "1250.5"),
        ("1 250,5", "1250.5"),
        ("0,5", "0.5"),
        ("0,500", "0.5"),
        (".5", "0.5"),
        ("12345,678", "12345.678"),
        ("-5", "-5"),
        ("- 5", "-5"),
        ("+5", "5"),
        ("\N{MINUS SIGN}5", "-5"),
        ("-0", "0"),
        ("007", "7"),
        (" \t5\N{ZERO WIDTH SPACE}\n", "5"),
        ("5.", "5"),
        ("... 5 ...", "5"),
    ],
)
def test_read_number_as_people_write_it(text, value):
    assert NUMBER.read(text) == Decimal(value)


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "1,250", "1250"),
        ("en", "1.250", "1.25"),
        ("de", "1,250", "1.25"),
        ("de", "1.250", "1250"),
        ("fr", "1,250", "1.25"),
        ("fr", "1.250", "1250"),
    ],
)
def test_read_number_with_ambiguous_mark_follows_the_locale(language, text, value):
    with translation.override(language):
        assert NUMBER.read(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "1,2,3.4.5",
        "1,250,5",
        "12,34,567",
        "1.250.5",
        "1 25",
        "0,500,000",
        "--5",
        "5-",
        "1e5",
        "1e999999",
        "NaN",
        "sNaN",
        "Infinity",
        "-inf",
        "0x10",
        "1_000",
        "٣",
        "½",
        "5 calls",
        "a 5",
    ],
)
def test_read_number_from_nonsense_is_refused(text):
    assert refusal(NUMBER.read, text) == f"“{text}” is not a plain number. Write it like 1,250.5."


@pytest.mark.parametrize("text", ["999999999999", "-999999999999.123", "999999999.999999", "1.50000000000"])
def test_read_number_that_fits_the_column(text):
    assert NUMBER.read(text) == Decimal(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1000000000000", "too large: there is room for 12 digits"),
        ("9" * MAX_LENGTH, "too large"),
        ("0.1234567", "too fine: there is room for 6 digits"),
        ("999999999999.9999", "too long: no more than 15 digits are kept exactly"),
        ("0." + "0" * 60 + "1", "too fine"),
    ],
)
def test_read_number_with_too_many_digits_is_refused(text, words):
    assert words in refusal(NUMBER.read, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("59 %", "59"),
        ("59%", "59"),
        ("59", "59"),
        ("59 percent", "59"),
        ("59 Per Cent", "59"),
        ("59 pct.", "59"),
        ("99,5 %", "99.5"),
        ("150 %", "150"),
        ("-3 %", "-3"),
    ],
)
def test_read_percent(text, value):
    assert PERCENT.read(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4 min 22 s", 262),
        ("4 minutes 22 seconds", 262),
        ("4 minutes and 22 seconds", 262),
        ("4 Minutes, 22 Seconds", 262),
        ("4 min. 22 sec.", 262),
        ("4:22", 262),
        ("4m22s", 262),
        ("4m22", 262),
        ("4'22\"", 262),
        ("4’22”", 262),
        ("1:04:22", 3862),
        ("90:00", 5400),
        ("51 seconds", 51),
        ("2 h", 7200),
        ("2 hours 5", 7500),
        ("1.5 h", 5400),
        (".5 h", 1800),
        ("3 days", 259_200),
        ("2 weeks", 1_209_600),
        ("1 week 1 d 1 hr 1 min 1 s", 694_861),
        ("1 250 s", 1250),
        ("0", 0),
    ],
)
def test_read_duration_in_seconds(text, seconds):
    assert DURATION.read(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["soon", "5 min 4 h", "4 min 4 min", "4:90", "1:90:00", "4:2", "5 s 3", "3 months", "4 min 1,2,3 s"],
)
def test_read_duration_from_nonsense_is_refused(text):
    assert refusal(DURATION.read, text) == f"“{text}” is not a duration. Write it like 4 min 22 s."


def test_read_duration_below_zero_is_refused():
    assert "less than no time" in refusal(DURATION.read, "-3 min")


def test_read_duration_without_unit_of_time_is_refused():
    assert "hours, minutes or seconds" in refusal(DURATION.read, "3")


def test_read_duration_that_outgrows_the_column_is_refused():
    assert "too large" in refusal(DURATION.read, "999999999999 weeks")


@pytest.mark.parametrize("scale", ALL_SCALES)
@pytest.mark.parametrize("text", ["10 working days", "3 business days", "1 workday"])
def test_read_working_days_suggests_measuring_a_share(scale, text):
    sentence = refusal(scale.read, text)
    assert f"“{text}” is no exact length of time" in sentence
    assert "percent" in sentence


@pytest.mark.parametrize(
    ("scale", "text"),
    [
        (POUNDS, "£1,250.50"),
        (POUNDS, "1,250.50 £"),
        (POUNDS, "GBP 1250.50"),
        (POUNDS, "1250.50 gbp"),
        (POUNDS, "1250.50"),
        (EUROS, "1.250,50 €"),
        (EUROS, "€1250.5"),
        (Scale(Unit.MONEY, currency="USD"), "$1,250.50"),
        (Scale(Unit.MONEY, currency="USD"), "US$1,250.50"),
        (Scale(Unit.MONEY, currency="CAD"), "$1,250.50"),
        (Scale(Unit.MONEY, currency="JPY"), "¥1250.50"),
        (Scale(Unit.MONEY, currency="CNY"), "¥1250.50"),
        (Scale(Unit.MONEY, currency="CHF"), "CHF 1'250.50"),
        (Scale(Unit.MONEY, currency="NOK"), "1250,50 kr."),
    ],
)
def test_read_money_in_the_currency_of_the_scale(scale, text):
    assert scale.read(text) == Decimal("1250.5")


def test_read_money_below_zero():
    assert POUNDS.read("-£5") == -5


@pytest.mark.parametrize("text", ["$5", "5 USD"])
def test_read_money_in_another_currency_names_both(text):
    assert refusal(POUNDS.read, text) == f"“{text}” is in USD, but money is counted in GBP here."


@pytest.mark.parametrize(
    "text", ["4.2 of 5", "4.2 out of 5", "4.2/5", "4,2 / 5", "4.2 stars", "4.2 ★", "4.2"]
)
def test_read_rating(text):
    assert FIVE_POINTS.read(text) == Decimal("4.2")


@pytest.mark.parametrize("text", ["6", "-1", "6 stars", "6 of 5", "5.000001"])
def test_read_rating_beyond_its_ends_is_off_the_scale(text):
    assert refusal(FIVE_POINTS.read, text) == f"“{text}” is off the scale, which goes from 0 to 5."


def test_read_rating_with_another_top_is_refused():
    sentence = refusal(FIVE_POINTS.read, "4 of 10")
    assert sentence == "“4 of 10” is on a scale to 10, but this scale goes to 5."


def test_read_rating_on_a_scale_without_top():
    assert RATING.read("9 of 10") == 9
    assert RATING.read("12") == 12
    assert "off the scale" in refusal(RATING.read, "11 of 10")
    assert "off the scale" in refusal(RATING.read, "-1")


def test_read_rating_with_zero_as_top_is_refused():
    assert "is not a rating" in refusal(RATING.read, "0 of 0")


@pytest.mark.parametrize("text", ["yes", "Y", "TRUE", "met", "✓", "1", " yes. "])
def test_read_yes(text):
    assert YES_NO.read(text) == 1


@pytest.mark.parametrize("text", ["no", "N", "false", "Not Met", "not\N{NO-BREAK SPACE}met", "✗", "0"])
def test_read_no(text):
    assert YES_NO.read(text) == 0


@pytest.mark.parametrize("text", ["maybe", "2", "0.5", "-1", "-yes"])
def test_read_yes_no_from_anything_else_is_refused(text):
    assert "is not an answer of yes or no" in refusal(YES_NO.read, text)


@pytest.mark.parametrize(
    ("scale", "text", "sentence"),
    [
        (PERCENT, "3 min", "“3 min” is a duration, but this is measured in percent."),
        (NUMBER, "59 %", "“59 %” is a percentage, but this is measured as a plain number."),
        (DURATION, "£5", "“£5” is an amount of money, but this is measured as a duration."),
        (POUNDS, "4 of 5", "“4 of 5” is a rating, but this is measured as an amount of money."),
        (FIVE_POINTS, "yes", "“yes” is an answer of yes or no, but this is measured as a rating."),
        (YES_NO, "59 %", "“59 %” is a percentage, but this is measured by yes or no."),
    ],
)
def test_read_figure_in_another_unit_names_both(scale, text, sentence):
    assert refusal(scale.read, text) == sentence


@pytest.mark.parametrize("read", [PERCENT.read, read_aim])
@pytest.mark.parametrize("text", ["", "  ", "...", "\N{NO-BREAK SPACE}\n"])
def test_read_nothing_is_refused(read, text):
    assert "Nothing was written" in refusal(read, text)


# --- Writing figures ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "value", "text"),
    [
        (PERCENT, "59.000000", "59~%"),
        (PERCENT, "-0.500000", "-0.5~%"),
        (NUMBER, "1234.500000", "1,234.5"),
        (NUMBER, "1E+6", "1,000,000"),
        (NUMBER, "-0", "0"),
        (POUNDS, "1250.500000", "£1,250.50"),
        (POUNDS, "1250.000000", "£1,250"),
        (POUNDS, "0.125", "£0.125"),
        (POUNDS, "-5", "-£5"),
        (EUROS, "1250", "1,250~EUR"),
        (DURATION, "262.000000", "4~min 22~s"),
        (DURATION, "51", "51~s"),
        (DURATION, "3900", "1~h 5~min"),
        (DURATION, "86400", "1~day"),
        (DURATION, "259200.5", "3~days 0.5~s"),
        (DURATION, "0", "0~s"),
        (FIVE_POINTS, "4.200000", "4.2~of~5"),
        (RATING, "4.2", "4.2"),
        (YES_NO, "1.000000", "yes"),
        (YES_NO, "0.000000", "no"),
    ],
)
def test_write_figure_as_people_write_it(scale, value, text):
    assert scale.write(Decimal(value)) == written(text)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "1,234.5"), ("de", "1.234,5"), ("fr", "1\N{NO-BREAK SPACE}234,5")]
)
def test_write_figure_in_the_marks_of_the_locale(language, text):
    with translation.override(language):
        assert NUMBER.write(Decimal("1234.5")) == text


@given(values_and_scales(), st.sampled_from(LANGUAGES))
def test_figure_survives_being_written_and_read(value_and_scale, language):
    value, scale = value_and_scale
    with translation.override(language):
        assert scale.read(scale.write(value)) == value


# --- Aims -----------------------------------------------------------------------------------------

AT_LEAST_90 = (Aim(Direction.AT_LEAST, low=Decimal(90)), PERCENT)
AT_MOST_3_MIN = (Aim(Direction.AT_MOST, high=Decimal(180)), DURATION)
BETWEEN_2_AND_5 = (Aim(Direction.BETWEEN, low=Decimal(2), high=Decimal(5)), NUMBER)
JUDGED = (Aim(Direction.JUDGED), YES_NO)


@pytest.mark.parametrize(
    "text",
    [
        "at least 90 %",
        "At Least 90%",
        ">= 90%",
        "≥90 %",
        "minimum 90 %",
        "minimum of 90 %",
        "no less than 90 %",
        "not less than 90 percent",
        "90 % or more",
        "90 % or better",
        "90 % minimum",
        "90%",
    ],
)
def test_read_aim_at_least(text):
    assert read_aim(text) == AT_LEAST_90


@pytest.mark.parametrize(
    "text",
    [
        "at most 3 min",
        "<= 3 min",
        "≤\N{NO-BREAK SPACE}3 min",
        "no more than 3 min",
        "not more than 180 s",
        "maximum 3 min",
        "max 3 min",
        "max. 3 min",
        "up to 3:00",
        "within 3 minutes",
        "3 min or less",
        "3 min or faster",
        "3 min or better",
        "3 min max",
        "3 minutes",
    ],
)
def test_read_aim_at_most(text):
    assert read_aim(text) == AT_MOST_3_MIN


@pytest.mark.parametrize(
    "text", ["between 2 and 5", "Between 2 to 5", "2 to 5", "2 - 5", "2-5", "2–5", "2—5", "from 2 to 5"]
)
def test_read_aim_between(text):
    assert read_aim(text) == BETWEEN_2_AND_5


def test_read_aim_between_negative_numbers():
    assert read_aim("-5 - -2") == (Aim(Direction.BETWEEN, low=Decimal(-5), high=Decimal(-2)), NUMBER)


@pytest.mark.parametrize(
    "text", ["yes", "yes/no", "Yes or no", "judged", "met", "met / not met", "a person decides"]
)
@pytest.mark.parametrize("scale", [None, YES_NO])
def test_read_aim_judged_by_a_person(text, scale):
    assert read_aim(text, scale) == JUDGED


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("92%", PERCENT),
        ("88", NUMBER),
        ("£200", POUNDS),
        ("200 EUR", EUROS),
        ("4.5 of 5", FIVE_POINTS),
        ("4 stars", RATING),
        ("1 h and 5 min", DURATION),
        ("between 2 and 5 %", PERCENT),
        ("£2–£5", POUNDS),
        ("2 to 4 of 5", FIVE_POINTS),
    ],
)
def test_read_aim_without_scale_finds_it_in_the_text(text, scale):
    assert read_aim(text)[1] == scale


@pytest.mark.parametrize(
    ("text", "scale", "aim"),
    [
        ("at least 90", PERCENT, Aim(Direction.AT_LEAST, low=Decimal(90))),
        ("between 2 and 5", POUNDS, Aim(Direction.BETWEEN, low=Decimal(2), high=Decimal(5))),
        ("4.5", FIVE_POINTS, Aim(Direction.AT_LEAST, low=Decimal("4.5"))),
        ("at most 0", DURATION, Aim(Direction.AT_MOST, high=Decimal(0))),
        ("1", YES_NO, Aim(Direction.JUDGED)),
    ],
)
def test_read_aim_takes_a_missing_unit_from_the_scale(text, scale, aim):
    assert read_aim(text, scale) == (aim, scale)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("between 2 and 5 min", 120, 300),
        ("2-5 h", 7200, 18000),
        ("2 min to 5", 120, 300),
        ("0–5 min", 0, 300),
    ],
)
def test_read_aim_shares_the_unit_of_time_between_both_ends(text, low, high):
    aim, _scale = read_aim(text, DURATION)
    assert aim == Aim(Direction.BETWEEN, low=Decimal(low), high=Decimal(high))


def test_read_aim_gives_its_top_to_a_rating_scale_without_one():
    assert read_aim("4.5 of 5", RATING)[1] == FIVE_POINTS


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("under 3 min", "at most"),
        ("below 3 min", "at most"),
        ("less than 3 min", "at most"),
        ("< 3 min", "at most"),
        ("over 90 %", "at least"),
        ("above 90 %", "at least"),
        ("More than 90 %", "at least"),
        (">90 %", "at least"),
    ],
)
def test_read_aim_with_strict_words_offers_the_words_that_include_the_target(text, offer):
    assert refusal(read_aim, text) == (
        f"“{text}” leaves the target itself out. Write “{offer}”: equal to the target is met."
    )


@pytest.mark.parametrize(
    "text", ["soon", "at most soon", "> = 90", "min. 90", "2 and 5", "between 2", "follow-up"]
)
def test_read_aim_from_nonsense_shows_what_a_target_looks_like(text):
    sentence = refusal(read_aim, text)
    assert "is not a target. Write it like at least 92 %, at most 3 min, between 2 and 5, or yes." in sentence


@pytest.mark.parametrize(
    ("text", "scale", "words"),
    [
        ("3 min", PERCENT, "“3 min” is a duration, but this is measured in percent."),
        ("between 2 % and 5 min", None, "“5 min” is a duration, but this is measured in percent."),
        ("judged", PERCENT, "“judged” is an answer of yes or no, but this is measured in percent."),
        ("at most soon", DURATION, "“soon” is not a duration. Write it like 4 min 22 s."),
        ("at most 3", DURATION, "“3” does not say whether it is hours, minutes or seconds."),
        ("between 2 and 6", FIVE_POINTS, "“6” is off the scale"),
        ("$5", POUNDS, "“$5” is in USD"),
        ("within 10 working days", None, "“10 working days” is no exact length of time."),
    ],
)
def test_read_aim_that_does_not_fit_names_the_figure(text, scale, words):
    assert words in refusal(read_aim, text, scale)


@pytest.mark.parametrize("text", ["no", "not met", "0"])
def test_read_aim_of_no_is_refused(text):
    assert "met by a yes" in refusal(read_aim, text, YES_NO)


@pytest.mark.parametrize("text", ["at least yes", "at most 1", "0 to 1"])
def test_read_aim_with_direction_for_yes_or_no_is_refused(text):
    assert "does not fit an answer of yes or no" in refusal(read_aim, text, YES_NO)


def test_read_aim_with_low_end_above_high_end_is_upside_down():
    assert "upside down" in refusal(read_aim, "between 5 and 2")


def test_aim_with_low_end_above_high_end_is_upside_down():
    assert "upside down" in refusal(Aim, Direction.BETWEEN, Decimal(5), Decimal(2))


@pytest.mark.parametrize(
    ("text", "scale", "long", "short"),
    [
        ("92", PERCENT, "at least 92~%", "≥~92~%"),
        ("3 min", DURATION, "at most 3~min", "≤~3~min"),
        ("2-5", NUMBER, "between 2 and 5", "2–5"),
        ("2-5", PERCENT, "between 2 and 5~%", "2–5~%"),
        ("2-5 min", DURATION, "between 2~min and 5~min", "2~min–5~min"),
        ("2-5", POUNDS, "between £2 and £5", "£2–£5"),
        ("2-5", EUROS, "between 2 and 5~EUR", "2–5~EUR"),
        ("4.5", FIVE_POINTS, "at least 4.5~of~5", "≥~4.5~of~5"),
        ("judged", YES_NO, "yes", "yes"),
    ],
)
def test_write_aim(text, scale, long, short):
    aim, scale = read_aim(text, scale)
    assert aim.write(scale) == written(long)
    assert aim.write_short(scale) == written(short)


@given(aims_and_scales(), st.sampled_from(LANGUAGES))
def test_aim_survives_being_written_and_read(aim_and_scale, language):
    aim, scale = aim_and_scale
    with translation.override(language):
        assert read_aim(aim.write(scale), scale) == (aim, scale)
        assert read_aim(aim.write_short(scale), scale) == (aim, scale)


# --- Met / not met --------------------------------------------------------------------------------

numbers = st.decimals(-LARGEST, LARGEST, places=6)


@given(numbers, numbers)
def test_aim_at_least_splits_the_figures_without_gap_or_overlap(target, value):
    assert Aim(Direction.AT_LEAST, low=target).holds(value) == (not value < target)


@given(numbers, numbers)
def test_aim_at_most_splits_the_figures_without_gap_or_overlap(target, value):
    assert Aim(Direction.AT_MOST, high=target).holds(value) == (not value > target)


@given(numbers, numbers, numbers)
def test_aim_between_splits_the_figures_without_gap_or_overlap(one_end, other_end, value):
    low, high = sorted([one_end, other_end])
    met = Aim(Direction.BETWEEN, low=low, high=high).holds(value)
    assert [value < low, met, value > high].count(True) == 1


@given(numbers)
def test_aim_holds_for_a_figure_equal_to_the_target(target):
    assert Aim(Direction.AT_LEAST, low=target).holds(target)
    assert Aim(Direction.AT_MOST, high=target).holds(target)
    assert Aim(Direction.BETWEEN, low=target, high=target).holds(target)


def test_aim_judged_holds_for_yes_only():
    aim = Aim(Direction.JUDGED)
    assert aim.holds(Decimal(1))
    assert not aim.holds(Decimal(0))


# --- Any text whatsoever --------------------------------------------------------------------------

# Scraps of what people type, which go deeper into the grammar than characters drawn at random.
connectives = ["at least", "at most", "max", "between", "and", "to", "-", "–", "≥", "<", "or better", "of"]
figures = [
    "1",
    "0",
    "250",
    "4:22",
    ".",
    ",",
    "'",
    '"',
    "/",
    " ",
    "%",
    "£",
    "kr",
    "min",
    "h",
    "s",
    "days",
    "yes",
]
oddities = ["İ", "ſ", "K", "ß", "٣", "½", "\x00", "\N{NO-BREAK SPACE}"]
scraps = st.sampled_from([*connectives, *figures, *oddities])
any_text = (
    st.text() | st.lists(scraps, max_size=12).map("".join) | st.lists(scraps, max_size=12).map(" ".join)
)


@given(any_text, st.sampled_from(ALL_SCALES))
def test_read_of_any_text_gives_a_figure_that_fits_the_column_or_is_unreadable(text, scale):
    try:
        value = scale.read(text)
    except Unreadable:
        return
    assert abs(value) < 10**12
    assert value == round(value, 6)


@given(any_text, st.sampled_from([None, *ALL_SCALES]))
def test_read_aim_of_any_text_gives_an_aim_or_is_unreadable(text, scale):
    try:
        aim, found = read_aim(text, scale)
    except Unreadable:
        return
    assert read_aim(aim.write(found), found) == (aim, found)


@pytest.mark.parametrize(
    "scrap", ["1", "1,", "1 ", "-", "1-", ".", " ", "4 min ", "between ", "1/", "(", "İ"]
)
@pytest.mark.parametrize("length", [MAX_LENGTH, 100_000])
def test_read_of_a_long_text_answers_at_once(scrap, length):
    text = f"5{(scrap * length)[: length - 2]}x"
    started = time.perf_counter()
    for read in (NUMBER.read, DURATION.read, read_aim):
        refusal(read, text)
    assert time.perf_counter() - started < 0.5


def test_read_of_a_long_text_says_that_it_is_too_long():
    assert "too long" in refusal(NUMBER.read, "1" * (MAX_LENGTH + 1))


def test_target_is_written_as_whoever_reads_it_does_whoever_read_it_before():
    aim = Aim(Direction.AT_LEAST, low=Decimal("92.5"))
    for language, figure in (("en", "92.5"), ("de", "92,5"), ("en", "92.5")):
        with translation.override(language):
            assert figure in aim.write(PERCENT)
    assert "£" in aim.write(POUNDS) and "£" not in aim.write(EUROS)
