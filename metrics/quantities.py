"""Figures and targets, read as people say them and written back the same way.

A figure ("4 min 22 s", "59 %", "£1,250.50") is one `Decimal` on a `Scale`. A target ("at least 92 %",
"between 2 and 5") is an `Aim` on such a scale. The two ways in are `Scale.read` and `read_aim`; for a
text that they cannot take, both raise `Unreadable` and nothing else.

Reading goes from the outside in: an aim is split into a direction and one or two figures; a figure is
understood as a `_Quantity`, which is what the text says by itself; and only then is it placed on a
scale, which knows whether that unit, currency or top fits. The words understood are English ones.

How numbers are read: the decimal sign may be a point or a comma. Thousands may be grouped by a point,
a comma, an apostrophe or a space, always in threes. Only a text that makes sense both ways ("1,250") is
ambiguous, and then the decimal sign of the active locale decides: in English that is 1250, in German 1.25.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from django.db.models import TextChoices
from django.utils import formats, numberformat
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

# What a database column with max_digits=18 and decimal_places=6 can hold.
MAX_WHOLE_DIGITS = 12
MAX_DECIMALS = 6
# What SQLite keeps of a figure exactly.
MAX_DIGITS = 15

# Far longer than any figure; short enough for every pattern below to answer at once.
MAX_LENGTH = 100

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


class Unit(TextChoices):
    """What a metric counts, and so what its one stored `Decimal` means."""

    PERCENT = "percent", gettext_lazy("percent")  # 59 for 59 %
    NUMBER = "number", gettext_lazy("number")
    MONEY = "money", gettext_lazy("money")  # in the organization's currency
    DURATION = "duration", gettext_lazy("duration")  # in seconds
    RATING = "rating", gettext_lazy("rating")  # points on a scale that begins at 0
    YES_NO = "yes-no", gettext_lazy("yes/no")  # 1 or 0


class Direction(TextChoices):
    """On which side of its target a figure has to be."""

    AT_LEAST = "at-least", gettext_lazy("at least")
    AT_MOST = "at-most", gettext_lazy("at most")
    BETWEEN = "between", gettext_lazy("between")
    JUDGED = "judged", gettext_lazy("judged")


class Unreadable(ValueError):
    """A text that is no figure or target here; `str()` of it is a translated sentence for the person.

    The sentence says what was not understood, and what would be.
    """


@dataclass(frozen=True)
class Scale:
    """What the figures of a metric are measured in.

    `currency` is an ISO 4217 code and matters for money only. `top` is the best possible rating, or None
    where nobody has said; it matters for ratings only.
    """

    unit: Unit
    currency: str = "EUR"
    top: Decimal | None = None

    def read(self, text: str) -> Decimal:
        """The figure that `text` says, as it is stored; a unit that is left out is this scale's.

        Durations come back in seconds, and yes and no as 1 and 0. A duration must name its unit of time.
        Raises `Unreadable` for anything that is not a figure on this scale.
        """
        text = _tidy(text)
        said = _understand(text)
        if said is None:
            raise _not_a_figure(text, self)
        return _place(said, self)

    def write(self, value: Decimal) -> str:
        """`value` as people write it in the active locale, with its unit; `read` gives it back."""
        return self.write_figure(value) + self._unit_after_figure()

    def write_figure(self, value: Decimal) -> str:
        """`value` without the unit that would follow it, as the 2 in "2–5 %"."""
        match self.unit:
            case Unit.YES_NO:
                return _("yes") if value else _("no")
            case Unit.DURATION:
                return _write_duration(value)
            case Unit.MONEY:
                return _write_amount(value, self.currency)
            case Unit.PERCENT | Unit.NUMBER | Unit.RATING:
                return _write_number(value)

    def _unit_after_figure(self) -> str:
        if self.unit == Unit.PERCENT:
            return f"{NO_BREAK_SPACE}%"
        if self.unit == Unit.MONEY and self.currency not in _SIGN_BEFORE_AMOUNT:
            return f"{NO_BREAK_SPACE}{self.currency}"
        if self.unit == Unit.RATING and self.top is not None:
            out_of = _("of %(top)s") % {"top": _write_number(self.top)}
            return f" {out_of}".replace(" ", NO_BREAK_SPACE)
        return ""


@dataclass(frozen=True)
class Aim:
    """What a target says. A figure that is equal to the target meets it.

    AT_LEAST needs `low`, AT_MOST needs `high`, BETWEEN both, and JUDGED, where a person says yes or no,
    neither. Raises `Unreadable` for a range whose low end is above its high end.
    """

    direction: Direction
    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self):
        if self.direction == Direction.BETWEEN and self.low > self.high:
            raise Unreadable(
                _(
                    "This range is upside down: its low end is above its high end. "
                    "Write it like between 2 and 5."
                )
            )

    def holds(self, value: Decimal) -> bool:
        """Whether `value`, on the same scale, meets the target."""
        match self.direction:
            case Direction.AT_LEAST:
                return value >= self.low
            case Direction.AT_MOST:
                return value <= self.high
            case Direction.BETWEEN:
                return self.low <= value <= self.high
            case Direction.JUDGED:
                return value == 1

    def write(self, scale: Scale) -> str:
        """The target in words, as in "at least 92 %"; `read_aim` gives it back."""
        return _aim_in_words(self, scale, get_language())

    def write_short(self, scale: Scale) -> str:
        """The target in signs, for a narrow column: "≥ 92 %", "2–5"; `read_aim` gives it back."""
        match self.direction:
            case Direction.AT_LEAST:
                return f"≥{NO_BREAK_SPACE}{scale.write(self.low)}"
            case Direction.AT_MOST:
                return f"≤{NO_BREAK_SPACE}{scale.write(self.high)}"
            case Direction.BETWEEN:
                return f"{scale.write_figure(self.low)}–{scale.write(self.high)}"
            case Direction.JUDGED:
                return _("yes")


@lru_cache(maxsize=10_000)
def _aim_in_words(aim: Aim, scale: Scale, language: str) -> str:
    """Each line of a sheet says its target, most of which are the same each time."""
    match aim.direction:
        case Direction.AT_LEAST:
            return _("at least %(low)s") % {"low": scale.write(aim.low)}
        case Direction.AT_MOST:
            return _("at most %(high)s") % {"high": scale.write(aim.high)}
        case Direction.BETWEEN:
            ends = {"low": scale.write_figure(aim.low), "high": scale.write(aim.high)}
            return _("between %(low)s and %(high)s") % ends
        case Direction.JUDGED:
            return _("yes")


def read_aim(text: str, scale: Scale | None = None) -> tuple[Aim, Scale]:
    """The target that `text` says, and the scale it is on.

    With a `scale`, the target has to fit it, and a unit that the text leaves out is taken from it; it
    comes back as given, except that a rating scale without a top takes the one in "4.5 of 5". Without
    one, the scale is what the text says, and a figure without a unit is a plain number.

    A figure alone is the least that will do ("92 %"), but for a duration the most ("3 min"), since
    nobody wants to wait longer. Raises `Unreadable`, also for "under" and "more than": they say that
    a figure equal to the target misses it.
    """
    text = _tidy(text)
    _refuse_strict_words(text)
    if _JUDGED_BY_A_PERSON.fullmatch(text):
        direction, ends = None, (_Quantity(Decimal(1), Unit.YES_NO, text=text),)
    else:
        direction, figures = _split_aim(text)
        ends = _with_shared_unit_of_time(tuple(_understand_in_aim(figure, scale) for figure in figures))
    scale = _scale_for(ends, scale)
    values = [_place(end, scale) for end in ends]
    if scale.unit == Unit.YES_NO:
        _refuse_unless_plain_yes(text, direction, values)
        return Aim(Direction.JUDGED), scale
    return _aim(direction or _usual_direction(scale), values), scale


# --- Aims -----------------------------------------------------------------------------------------

_JUDGED_BY_A_PERSON = re.compile(
    r"yes ?(?:/|or) ?no|judged(?: by a person)?|met ?(?:/|or) ?not met|a person decides", re.IGNORECASE
)

_STRICTLY_BELOW = re.compile(r"(?:(?:under|below|less than|fewer than)\b|<(?! ?=)).*", re.IGNORECASE)
_STRICTLY_ABOVE = re.compile(r"(?:(?:over|above|more than)\b|>(?! ?=)).*", re.IGNORECASE)

# How a text names its direction; None where it leaves that to what is usual for the unit. There is no
# "min." for minimum: it is a minute.
_DIRECTION_PATTERNS = tuple(
    (direction, re.compile(pattern, re.IGNORECASE))
    for direction, pattern in (
        (
            Direction.AT_LEAST,
            r"(?:(?:at least|no less than|not less than|no fewer than|not below|not under"
            r"|minimum(?: of)?)\b|>=|≥) ?(?P<figure>.+)",
        ),
        (
            Direction.AT_MOST,
            r"(?:(?:at most|no more than|not more than|not above|not over|up to|within"
            r"|max(?:imum)?(?: of)?)\b\.?|<=|≤) ?(?P<figure>.+)",
        ),
        (Direction.AT_LEAST, r"(?P<figure>.+) (?:or (?:more|higher|above|over)|at least|minimum)"),
        (
            Direction.AT_MOST,
            r"(?P<figure>.+) (?:or (?:less|fewer|lower|below|under|faster|sooner|quicker)"
            r"|at most|max(?:imum)?)",
        ),
        (None, r"(?P<figure>.+) or better"),
    )
)

_LOW_END = r"(?P<low>.*?[0-9].*?)"
_HIGH_END = r"(?P<high>.*[0-9].*)"
_RANGE_PATTERNS = (
    re.compile(rf"between {_LOW_END} and {_HIGH_END}", re.IGNORECASE),
    re.compile(rf"(?:between |from )?{_LOW_END}(?: to | ?- ?){_HIGH_END}", re.IGNORECASE),
)


def _refuse_strict_words(text):
    if _STRICTLY_BELOW.fullmatch(text):
        offer = _("“%(text)s” leaves the target itself out. Write “at most”: equal to the target is met.")
    elif _STRICTLY_ABOVE.fullmatch(text):
        offer = _("“%(text)s” leaves the target itself out. Write “at least”: equal to the target is met.")
    else:
        return
    raise Unreadable(offer % {"text": text})


def _split_aim(text):
    """The direction that `text` names, or None, and the texts of its one or two figures."""
    for direction, pattern in _DIRECTION_PATTERNS:
        if found := pattern.fullmatch(text):
            return direction, (found["figure"],)
    # "1 h and 5 min" and "-5" are figures before they could be ranges.
    if _understand(text) is None:
        for pattern in _RANGE_PATTERNS:
            if found := pattern.fullmatch(text):
                return Direction.BETWEEN, (found["low"], found["high"])
    return None, (text,)


def _understand_in_aim(figure, scale):
    said = _understand(figure)
    if said is not None:
        return said
    if scale is not None:
        raise _not_a_figure(figure, scale)
    raise Unreadable(
        _("“%(text)s” is not a target. Write it like %(percent)s, %(duration)s, between 2 and 5, or yes.")
        % {
            "text": figure,
            "percent": Aim(Direction.AT_LEAST, low=Decimal(92)).write(Scale(Unit.PERCENT)),
            "duration": Aim(Direction.AT_MOST, high=3 * _MINUTE).write(Scale(Unit.DURATION)),
        }
    )


def _with_shared_unit_of_time(ends):
    """In "between 2 and 5 min" the 2 is in minutes as well.

    Other units need no such care: a bare number takes whatever scale it is placed on.
    """
    shared = next((end.unit_of_time for end in ends if end.unit_of_time is not None), None)
    if shared is None:
        return ends
    return tuple(
        replace(end, amount=end.amount * shared, unit=Unit.DURATION) if end.unit is None else end
        for end in ends
    )


def _scale_for(ends, scale):
    """The given scale, or else the one that the ends of the aim speak of."""
    said = next((end for end in ends if end.unit is not None), None)
    if scale is None:
        scale = said.scale() if said else Scale(Unit.NUMBER)
    if said and scale.unit == Unit.RATING and scale.top is None:
        return replace(scale, top=said.top)
    return scale


def _refuse_unless_plain_yes(text, direction, values):
    if direction is not None:
        raise Unreadable(
            _("“%(text)s” does not fit an answer of yes or no. Write yes: a person decides.") % {"text": text}
        )
    if values != [1]:
        raise Unreadable(
            _("“%(text)s” cannot be the target, which is met by a yes. Turn the question round.")
            % {"text": text}
        )


def _usual_direction(scale):
    return Direction.AT_MOST if scale.unit == Unit.DURATION else Direction.AT_LEAST


def _aim(direction, values):
    match direction:
        case Direction.AT_LEAST:
            return Aim(direction, low=values[0])
        case Direction.AT_MOST:
            return Aim(direction, high=values[0])
        case Direction.BETWEEN:
            return Aim(direction, low=values[0], high=values[1])


# --- Placing what a text says on a scale ----------------------------------------------------------


@dataclass(frozen=True)
class _Quantity:
    """What a figure says by itself, before anybody asks whether it fits a scale."""

    amount: Decimal
    unit: Unit | None = None  # None for a bare number
    currencies: tuple[str, ...] = ()  # all that a sign such as $ may mean, the likeliest first
    top: Decimal | None = None
    unit_of_time: Decimal | None = None  # its seconds, where a duration is given in one unit alone
    text: str = ""  # as typed, to be quoted

    def scale(self):
        """The scale that the quantity itself speaks of."""
        if self.currencies:
            return Scale(self.unit, currency=self.currencies[0])
        return Scale(self.unit, top=self.top)


def _place(said, scale):
    """The value of a quantity on a scale; raises `Unreadable` where it does not fit."""
    if said.unit not in (None, scale.unit):
        raise Unreadable(
            _("“%(text)s” is %(found)s, but this is measured %(wanted)s.")
            % {"text": said.text, "found": _KINDS[said.unit], "wanted": _MEASURED[scale.unit]}
        )
    match scale.unit:
        case Unit.MONEY:
            _check_currency(said, scale)
        case Unit.RATING:
            _check_rating(said, scale)
        case Unit.DURATION:
            _check_duration(said, scale)
        case Unit.YES_NO:
            _check_answer(said, scale)
    _check_digits(said.amount, said.text)
    return _plain(said.amount)


def _check_currency(said, scale):
    if said.currencies and scale.currency not in said.currencies:
        raise Unreadable(
            _("“%(text)s” is in %(found)s, but money is counted in %(wanted)s here.")
            % {"text": said.text, "found": said.currencies[0], "wanted": scale.currency}
        )


def _check_rating(said, scale):
    if said.top is not None:
        _check_digits(said.top, said.text)
    top = said.top if scale.top is None else scale.top
    if said.top is not None and said.top != top:
        raise Unreadable(
            _("“%(text)s” is on a scale to %(found)s, but this scale goes to %(wanted)s.")
            % {"text": said.text, "found": _write_number(said.top), "wanted": _write_number(top)}
        )
    if top is not None and not 0 <= said.amount <= top:
        raise Unreadable(
            _("“%(text)s” is off the scale, which goes from 0 to %(top)s.")
            % {"text": said.text, "top": _write_number(top)}
        )
    if said.amount < 0:
        raise Unreadable(_("“%(text)s” is off the scale, which begins at 0.") % {"text": said.text})


def _check_duration(said, scale):
    if said.amount < 0:
        raise Unreadable(
            _("“%(text)s” is less than no time. Write a duration like %(example)s.")
            % {"text": said.text, "example": _example(scale)}
        )
    if said.unit is None and said.amount != 0:
        raise Unreadable(
            _("“%(text)s” does not say whether it is hours, minutes or seconds. Write it like %(example)s.")
            % {"text": said.text, "example": _example(scale)}
        )


def _check_answer(said, scale):
    if said.amount not in (0, 1):
        raise _not_a_figure(said.text, scale)


def _check_digits(number, text):
    if abs(number) >= Decimal(10) ** MAX_WHOLE_DIGITS:
        raise Unreadable(
            _("“%(text)s” is too large: there is room for %(digits)d digits before the decimal sign.")
            % {"text": text, "digits": MAX_WHOLE_DIGITS}
        )
    if number != round(number, MAX_DECIMALS):
        raise Unreadable(
            _("“%(text)s” is too fine: there is room for %(digits)d digits after the decimal sign.")
            % {"text": text, "digits": MAX_DECIMALS}
        )
    if len(number.normalize().as_tuple().digits) > MAX_DIGITS:
        raise Unreadable(
            _("“%(text)s” is too long: no more than %(digits)d digits are kept exactly.")
            % {"text": text, "digits": MAX_DIGITS}
        )


_KINDS = {
    Unit.PERCENT: gettext_lazy("a percentage"),
    Unit.NUMBER: gettext_lazy("a plain number"),
    Unit.MONEY: gettext_lazy("an amount of money"),
    Unit.DURATION: gettext_lazy("a duration"),
    Unit.RATING: gettext_lazy("a rating"),
    Unit.YES_NO: gettext_lazy("an answer of yes or no"),
}
_MEASURED = {
    Unit.PERCENT: gettext_lazy("in percent"),
    Unit.NUMBER: gettext_lazy("as a plain number"),
    Unit.MONEY: gettext_lazy("as an amount of money"),
    Unit.DURATION: gettext_lazy("as a duration"),
    Unit.RATING: gettext_lazy("as a rating"),
    Unit.YES_NO: gettext_lazy("by yes or no"),
}


def _not_a_figure(text, scale):
    return Unreadable(
        _("“%(text)s” is not %(kind)s. Write it like %(example)s.")
        % {"text": text, "kind": _KINDS[scale.unit], "example": _example(scale)}
    )


def _example(scale):
    match scale.unit:
        case Unit.PERCENT:
            return scale.write(Decimal(59))
        case Unit.DURATION:
            return scale.write(Decimal(262))
        case Unit.RATING:
            return scale.write(scale.top or Decimal(4))
        case Unit.YES_NO:
            return _("yes or no")
        case Unit.NUMBER | Unit.MONEY:
            return scale.write(Decimal("1250.5"))


# --- Understanding one figure ---------------------------------------------------------------------

_SPACE = re.compile(r"[\s\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}]+")
# A dot before a digit is a decimal sign.
_LEADING_DOTS = re.compile(r"^[. …]+(?![0-9.])")
_PLAINER_SIGNS = str.maketrans("−–—‒‑’′ʼ″”“％", "-----'''\"\"\"%")

_FIGURE = r"(?:[0-9.,' ]*[0-9])"
_ONE_FIGURE = re.compile(rf"(?P<before>[^0-9.,' ]*) ?(?P<figure>{_FIGURE}) ?(?P<after>[^0-9]*)")
_RATING = re.compile(rf"(?P<points>{_FIGURE}) ?(?:out of|of|/) ?(?P<top>{_FIGURE})(?: ?(?:stars|★))?")

_ANSWERS = {
    **dict.fromkeys(("yes", "y", "true", "met", "✓", "✔"), Decimal(1)),
    **dict.fromkeys(("no", "n", "false", "not met", "✗", "✘"), Decimal(0)),
}
_PERCENT_WORDS = {"%", "percent", "per cent", "pct"}
_STAR_WORDS = {"star", "stars", "★"}

_SECOND = Decimal(1)
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_NEXT_SMALLER = {_WEEK: _DAY, _DAY: _HOUR, _HOUR: _MINUTE, _MINUTE: _SECOND}
_TIME_WORDS = {
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), _WEEK),
    **dict.fromkeys(("d", "day", "days"), _DAY),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), _HOUR),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "'"), _MINUTE),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", '"'), _SECOND),
}
_CLOCK = re.compile(r"(?:(?P<hours>[0-9]+):)?(?P<minutes>[0-9]+):(?P<seconds>[0-5][0-9])")
# One part of "4 min 22 s", with what may stand between it and the next one.
_TIME_PART = re.compile(
    r"(?P<figure>[.,]?[0-9]+(?:[ '.,][0-9]{3}(?![0-9]))*(?:[.,][0-9]+)?) ?(?P<word>[a-z]+|['\"]|)\.?"
    r" ?(?:(?:,|&|and\b) ?(?=[0-9]))?"
)
_WORKING_DAYS = re.compile(r"\b(?:(?:working|business|bank|office)[ -]days?|workdays?|weekdays?)\b")

_SIGN_CURRENCIES = {
    "€": ("EUR",),
    "£": ("GBP",),
    "$": ("USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"),
    "us$": ("USD",),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}
# Signs that are written before the amount. The euro has none, since half of Europe puts it behind.
_SIGN_BEFORE_AMOUNT = {"GBP": "£", "USD": "$", "JPY": "¥"}
_ISO_4217 = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD
LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK
PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
_ISO_CURRENCIES = frozenset(_ISO_4217.split())


def _tidy(text):
    """`text` with plain single spaces and plain signs, and no dots around it; raises if hopeless."""
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise Unreadable(
            _("This is too long to be read as a figure: %(limit)d characters are enough. Write it like 92.")
            % {"limit": MAX_LENGTH}
        )
    text = _SPACE.sub(" ", text.translate(_PLAINER_SIGNS))
    text = _LEADING_DOTS.sub("", text).strip().rstrip(". …")
    if not text:
        raise Unreadable(_("Nothing was written here. Write a figure like 92."))
    return text


def _understand(text):
    """What a tidy text says by itself as a `_Quantity`, or None if it is no figure."""
    words = text.casefold()
    if words in _ANSWERS:
        return _Quantity(_ANSWERS[words], Unit.YES_NO, text=text)
    if _WORKING_DAYS.search(words):
        raise Unreadable(
            _(
                "“%(text)s” is no exact length of time. Measure in percent instead: "
                "the share that is done within 10 working days, say."
            )
            % {"text": text}
        )
    sign, size = (words[0], words[1:].lstrip()) if words[0] in "+-" else ("", words)
    for understand in (_understand_clock, _understand_duration, _understand_rating, _understand_one_figure):
        if said := understand(size):
            amount = said.amount.copy_negate() if sign == "-" else said.amount
            return replace(said, amount=amount, text=text)
    return None


def _understand_clock(size):
    """4:22 and 1:04:22."""
    found = _CLOCK.fullmatch(size)
    if not found:
        return None
    hours, minutes, seconds = (Decimal(part or 0) for part in found.group("hours", "minutes", "seconds"))
    if found["hours"] and minutes >= 60:
        return None
    return _Quantity(hours * _HOUR + minutes * _MINUTE + seconds, Unit.DURATION)


def _understand_duration(size):
    """4 min 22 s, 4m22, 1.5 h: parts from large to small, where the last may leave out its unit."""
    parts = list(_TIME_PART.finditer(size))
    if not parts or _TIME_PART.sub("", size):
        return None
    total, previous = Decimal(0), None
    for part in parts:
        number = _read_number(part["figure"])
        length = _TIME_WORDS.get(part["word"]) if part["word"] else _NEXT_SMALLER.get(previous)
        if number is None or length is None or (previous is not None and length >= previous):
            return None
        total += number * length
        previous = length
    return _Quantity(total, Unit.DURATION, unit_of_time=length if len(parts) == 1 else None)


def _understand_rating(size):
    """4.2 of 5, 4.2/5."""
    found = _RATING.fullmatch(size)
    if not found:
        return None
    points, top = _read_number(found["points"]), _read_number(found["top"])
    if points is None or not top:
        return None
    return _Quantity(points, Unit.RATING, top=top)


def _understand_one_figure(size):
    """A number with at most one word or sign beside it, which is its unit: 59 %, £200, 4 stars, 88."""
    found = _ONE_FIGURE.fullmatch(size)
    number = _read_number(found["figure"]) if found else None
    if number is None:
        return None
    before, after = found["before"], found["after"].rstrip(".")
    if not before and not after:
        return _Quantity(number)
    if not before and after in _PERCENT_WORDS:
        return _Quantity(number, Unit.PERCENT)
    if not before and after in _STAR_WORDS:
        return _Quantity(number, Unit.RATING)
    if not (before and after) and (currencies := _currencies(before or after)):
        return _Quantity(number, Unit.MONEY, currencies=currencies)
    return None


def _currencies(word):
    code = word.upper()
    return (code,) if code in _ISO_CURRENCIES else _SIGN_CURRENCIES.get(word, ())


# --- Numbers --------------------------------------------------------------------------------------

_UNGROUPED = re.compile(r"(?P<whole>[0-9]*)(?:(?P<mark>[.,])(?P<fraction>[0-9]+))?")
_GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<group>[ '.,])[0-9]{3}(?:(?P=group)[0-9]{3})*)"
    r"(?:(?!(?P=group))[.,](?P<fraction>[0-9]+))?"
)


def _read_number(figure):
    """A number without a sign, or None; the docstring of the module says how marks are read."""
    ungrouped, grouped = _UNGROUPED.fullmatch(figure), _GROUPED.fullmatch(figure)
    if ungrouped and grouped and ungrouped["mark"] == formats.get_format("DECIMAL_SEPARATOR"):
        grouped = None
    found = grouped or ungrouped
    if not found:
        return None
    whole = re.sub(r"[^0-9]", "", found["whole"])
    return Decimal(f"{whole or 0}.{found['fraction'] or ''}")


def _plain(value):
    """`value` without trailing zeros, exponent or a minus before zero."""
    return value.normalize() + 0


def _write_number(value, decimals=None):
    # Groups of three in every locale, because that is what the reading side understands.
    return numberformat.format(
        _plain(value),
        formats.get_format("DECIMAL_SEPARATOR"),
        decimal_pos=decimals,
        grouping=3,
        thousand_sep=formats.get_format("THOUSAND_SEPARATOR"),
        force_grouping=True,
    )


def _write_amount(value, currency):
    """Money with the sign that comes before it; cents, if there are any, have two digits or more."""
    is_round = value == value.to_integral_value()
    decimals = None if is_round else max(2, -_plain(value).as_tuple().exponent)
    minus = "-" if value < 0 else ""
    return f"{minus}{_SIGN_BEFORE_AMOUNT.get(currency, '')}{_write_number(abs(value), decimals)}"


def _write_duration(seconds):
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    parts = ((days, ngettext("day", "days", int(days))), (hours, "h"), (minutes, "min"), (rest, "s"))
    written = [f"{_write_number(count)}{NO_BREAK_SPACE}{unit}" for count, unit in parts if count]
    return " ".join(written) or f"0{NO_BREAK_SPACE}s"
