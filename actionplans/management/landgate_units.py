"""Two units below Landgate, one of which is the internal customer of the other, as plain tuples.

All of it is made up for this demo, the figures too: Landgate publishes nothing about its units.
"""

from datetime import date
from types import SimpleNamespace

MONTHS = (date(2019, 4, 30), date(2019, 5, 31), date(2019, 6, 30), date(2019, 7, 31), date(2019, 8, 31))
BOTH = {
    "TARGETS_HOLD_FROM": date(2019, 4, 1),
    "FREQUENCY": "monthly",
    "SOURCE": "made up for the demo",
    "MEASURED_ON": MONTHS,
    "STATEMENTS": (),
    "RIGHTS": (),
    "GROUPS": (("Internal", "internal"), ("Direct", "external")),
    "CRITERIA": (("Depends on us", 1),),
    "DEVIATIONS": (),
    "REVIEWS": (),
}

COUNTER_SERVICES = SimpleNamespace(
    **BOTH,
    ORGANIZATION={
        "name": "Landgate Counter services",
        "slug": "landgate-counter",
        "kind": "team",
        "part_of": "landgate",
        "currency": "AUD",
        "time_zone": "Australia/Perth",
    },
    MEMBERS=(("Daniel Reid", "manager"),),
    CUSTOMERS=(("People at the counter", "Direct", (9,)),),
    UNITS=(),
    DRIVERS=(("People at the counter", "They stand in front of us."),),
    DRIVER_STATEMENT="Whoever stands at the counter drives our work.",
    DELIVERABLES=(("Documents taken in at the counter", ("People at the counter",)),),
    NEEDS=(
        (
            *("People at the counter", "To leave with the matter finished", 5, "quality"),
            (("Documents taken in at the counter", 9),),
        ),
    ),
    METRICS=(
        (
            *("Documents taken in at the counter", "To leave with the matter finished"),
            *("They need not come back", "Documents taken in at the first visit"),
            *(("91%", "93%", "92%", "95%", "94%"), "90%"),
        ),
    ),
    OWNERS=(("Documents taken in at the first visit", "Robin Demo"),),
    ACTIONS=(),
    ANSWERS=(),
    NOTES=(("", "This unit and its figures are made up."),),
)

TELEPHONE_TEAM = SimpleNamespace(
    **BOTH,
    ORGANIZATION={
        "name": "Landgate Telephone team",
        "slug": "landgate-telephone",
        "kind": "team",
        "part_of": "landgate",
        "currency": "AUD",
        "time_zone": "Australia/Perth",
    },
    MEMBERS=(("Aisha Khan", "manager"),),
    CUSTOMERS=(("Counter services", "Internal", (8,)), ("Callers", "Direct", (9,))),
    # Customer, address of the unit that it is.
    UNITS=(("Counter services", "landgate-counter"),),
    DRIVERS=(("Callers", "Each call is somebody who could not go on alone."),),
    DRIVER_STATEMENT="Callers drive our work, and the counter to which we send them.",
    DELIVERABLES=(
        ("Visitors sent to the counter with a reference", ("Counter services",)),
        ("Questions settled in the call", ("Callers",)),
    ),
    NEEDS=(
        (
            *(
                "Counter services",
                "To know what a visitor comes for before they are served",
                4,
                "integration",
            ),
            (("Visitors sent to the counter with a reference", 9),),
        ),
        (
            *("Callers", "Not to have to ring again", 5, "quality"),
            (("Questions settled in the call", 9),),
        ),
    ),
    METRICS=(
        (
            "Visitors sent to the counter with a reference",
            "To know what a visitor comes for before they are served",
            *("Visitors bring what is needed", "Visitors who were given a reference"),
            *(("71%", "68%", "74%", "70%", "72%"), "90%"),
        ),
        (
            *("Questions settled in the call", "Not to have to ring again"),
            *("One call is enough", "Questions settled in the first call"),
            *(("82%", "84%", "83%", "86%", "85%"), "80%"),
        ),
    ),
    OWNERS=(("Questions settled in the first call", "Aisha Khan"),),
    ACTIONS=(
        (
            "Visitors who were given a reference",
            "Send the reference as a text message while the call still lasts",
            *("Aisha Khan", (14,), "planned", (True, None)),
        ),
    ),
    # Deliverable, customer, agrees, sentence, who said it, days from today.
    ANSWERS=(
        (
            *("Visitors sent to the counter with a reference", "Counter services", False),
            *("Three in ten still come without one, and wait for us to find them.", "Daniel Reid", -20),
        ),
    ),
    NOTES=(("", "This unit and its figures are made up."),),
)
