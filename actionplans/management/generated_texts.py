"""What generated workbooks are put together from (see `generated`): all of it is made up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from metrics.quantities import Aim, Direction, Unit
from metrics.rhythm import Frequency


@dataclass(frozen=True)
class Kind:
    """A kind of metric: what is measured, what it should reach, and how widely its figures spread.

    Figures are multiples of `step`, and none exceeds the `top`.
    """

    measured_by: str
    satisfied_when: str
    unit: Unit
    aim: Aim
    spread: float
    frequency: Frequency
    step: Decimal = Decimal(1)
    top: int | None = None

    def rounded(self, figure) -> Decimal:
        """The figure as people would write it."""
        return round(Decimal(figure) / self.step) * self.step


def _at_least(low) -> Aim:
    return Aim(Direction.AT_LEAST, low=Decimal(low))


def _at_most(high) -> Aim:
    return Aim(Direction.AT_MOST, high=Decimal(high))


def _between(low, high) -> Aim:
    return Aim(Direction.BETWEEN, low=Decimal(low), high=Decimal(high))


_TENTH, _HOUR = Decimal("0.1"), Decimal(3600)
_SHARE, _TIME = {"unit": Unit.PERCENT, "top": 100}, {"unit": Unit.DURATION}
_COUNT, _MONEY = {"unit": Unit.NUMBER}, {"unit": Unit.MONEY, "step": Decimal("0.01")}
_DAILY, _WEEKLY = {"frequency": Frequency.DAILY}, {"frequency": Frequency.WEEKLY}
_MONTHLY, _QUARTERLY = {"frequency": Frequency.MONTHLY}, {"frequency": Frequency.QUARTERLY}

KINDS = (
    Kind("Answered in ten days", "They hear soon", aim=_at_least(90), spread=6, **_SHARE, **_MONTHLY),
    Kind("Wait on the telephone", "Somebody picks up", aim=_at_most(180), spread=45, **_TIME, **_DAILY),
    Kind(
        *("Errors in a hundred cases", "It is right at once"),
        **{"aim": _at_most(4), "spread": 1.2, "step": _TENTH, **_COUNT, **_WEEKLY},
    ),
    Kind("Cost of a case", "It is worth its price", aim=_at_most(250), spread=30, **_MONEY, **_MONTHLY),
    Kind(
        *("Points in the survey", "They would come again"),
        **{"unit": Unit.RATING, "aim": _at_least(4), "spread": 0.4, "step": _TENTH, "top": 5, **_QUARTERLY},
    ),
    Kind(
        *("The list is published", "They can look it up"),
        **{"unit": Unit.YES_NO, "aim": Aim(Direction.JUDGED), "spread": 0.4, "top": 1, **_MONTHLY},
    ),
    Kind("Cases open at a time", "Nothing piles up", aim=_between(20, 60), spread=12, **_COUNT, **_WEEKLY),
    Kind("Done at the first visit", "They come once", aim=_at_least(85), spread=5, **_SHARE, **_WEEKLY),
    Kind(
        *("Time to deliver", "It comes in time"),
        **{"aim": _at_most(72 * _HOUR), "spread": 43_200, "step": _HOUR, **_TIME, **_MONTHLY},
    ),
    Kind("Complaints in a month", "They need not complain", aim=_at_most(12), spread=4, **_COUNT, **_MONTHLY),
    Kind(
        *("Delivered in full", "Nothing is missing"),
        **{"aim": _at_least(97), "spread": 2, "step": _TENTH, **_SHARE, **_MONTHLY},
    ),
    Kind("Saved for a household", "They notice it", aim=_at_least(120), spread=20, **_MONEY, **_QUARTERLY),
)

PLACES = (
    *("Ashford", "Birchwood", "Clifton", "Dunmore", "Eastleigh", "Farnham", "Glenfield", "Harrow", "Ilkley"),
    *("Kelso", "Langley", "Marlow", "Newport", "Oakham", "Penrith", "Ripon", "Selby", "Thirsk", "Wells"),
)
SERVICES = (
    "Library",
    "Clinic",
    "Waterworks",
    "Licensing",
    "Housing",
    "Transport",
    "Parks",
    "Schools",
    "Care",
)

PEOPLE = (
    "Ada Moss",
    "Ben Okafor",
    "Carla Ruiz",
    "Dev Patel",
    "Elin Berg",
    "Femi Ade",
    "Grace Liu",
    "Hugo Marsh",
)

CUSTOMERS = (
    "Families",
    "Builders",
    "Shops",
    "Schools",
    "Doctors",
    "Farmers",
    "Tenants",
    "Visitors",
    "Carers",
)
WHERE = ("in the centre", "in the north", "in the south", "by the river", "on the hill", "beyond the bridge")

OUTPUTS = (
    *("Permits", "Repairs", "Advice", "Certificates", "Deliveries", "Inspections", "Invoices", "Courses"),
    *("Reports", "Maps", "Appointments", "Refunds", "Registrations", "Loans", "Emergency visits"),
)
FOR_WHAT = (
    *("for homes", "for businesses", "at the counter", "online", "by telephone", "by post", "at weekends"),
    *("for newcomers", "on site", "in writing"),
)

NEEDS = (
    *(
        "To get an answer without asking twice",
        "To know beforehand what it will cost",
        "To lose no working day",
    ),
    *(
        "To reach somebody who can decide",
        "To rely on the date that was promised",
        "To find it right at once",
    ),
    *("To do it without a journey", "To be told first when something goes wrong"),
)

GROUPS = (("Internal", "internal"), ("Direct", "external"), ("End-user", "external"))
CRITERIA = (("Mission impact", 5), ("Transactions with us", 4), ("Dependence on us", 3))
RIGHTS = ("You get a prompt answer.", "You deal with people who care.", "You see how well we do.")
WHY_DRIVERS = ("Most of what we do is done for them.", "Without them there would be no work for us.")

ACTIONS = (
    *("Put a second person on it in the mornings", "Ask ten customers what held them up"),
    *("Write down how it is done, on one page", "Let people book a time", "Take out the second check"),
    *("Train two colleagues to stand in", "Show the figure where everybody sees it", "Mend the form online"),
)
WHY_ACCEPTED = "The new system is being brought in"
NOTES = (
    ("", "A made-up workbook."),
    ("performance", "Look first at what was missed twice in a row."),
)


def names(number: int, firsts: Sequence[str], seconds: Sequence[str]) -> list[str]:
    """So many different names, each of a first and a second part; where these run out, with a number."""
    found = []
    for turn in count(1):
        for second in seconds:
            for first in firsts:
                if len(found) == number:
                    return found
                found.append(f"{first} {second}" if turn == 1 else f"{first} {second} {turn}")
