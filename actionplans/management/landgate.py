"""A workbook that shows time: two promises of Landgate, month by month, as plain tuples.

The two indicators with their targets and monthly figures were published by Landgate (the land information
authority of Western Australia) on its page "Our performance", under its customer service charter, for
July 2018 to August 2019. Everything around them (the people, customers, statements, scores, needs, owners,
actions, the deviation and the notes) is made up for this demo.
"""

from datetime import date

ORGANIZATION = {
    "name": "Landgate",
    "slug": "landgate",
    "kind": "public",
    "currency": "AUD",
    "time_zone": "Australia/Perth",
}

TARGETS_HOLD_FROM = date(2018, 7, 1)
FREQUENCY = "monthly"
SOURCE = "Landgate, customer service charter, page “Our performance”"

# The last day of each month that was published.
MEASURED_ON = (
    *(date(2018, 7, 31), date(2018, 8, 31), date(2018, 9, 30), date(2018, 10, 31)),
    *(date(2018, 11, 30), date(2018, 12, 31), date(2019, 1, 31), date(2019, 2, 28)),
    *(date(2019, 3, 31), date(2019, 4, 30), date(2019, 5, 31), date(2019, 6, 30)),
    *(date(2019, 7, 31), date(2019, 8, 31)),
)
COUNTER = (
    *("68%", "78%", "67%", "59%", "51%", "53%", "63%", "71%", "71%", "67%", "72%", "66%", "76%", "64%"),
)
TELEPHONE = (
    *("63%", "76%", "83%", "81%", "53%", "56%", "91%", "65%", "71%", "70%", "71%", "64%", "69%", "64%"),
)

MEMBERS = (
    ("Grace Liu", "manager"),
    ("Daniel Reid", "contributor"),
    ("Aisha Khan", "contributor"),
)

STATEMENTS = (
    (
        date(2018, 6, 20),
        "Grace Liu",
        "Whoever comes to us or rings us is served at once, by somebody who can finish the matter.",
        "We serve the people who buy, sell and survey land in Western Australia. We serve them at the "
        "counter within ten minutes, answer the telephone within a minute, and publish how often we do.",
    ),
)

RIGHTS = (
    "You are served at the counter within ten minutes.",
    "Your call is answered within a minute.",
    "You can see every month how often we kept these promises.",
)

GROUPS = (("Internal", "internal"), ("Direct", "external"), ("End-user", "external"))

CRITERIA = (("Mission impact", 5), ("Transactions with us", 4), ("Dependence on us", 3))

CUSTOMERS = (
    ("Settlement agents", "Direct", (9, 10, 8)),
    ("Home buyers and sellers", "End-user", (10, 7, 9)),
    ("Surveyors", "Direct", (7, 6, 9)),
    ("Local governments", "Direct", (6, 5, 5)),
)
UNITS = ()

DRIVERS = (
    ("Settlement agents", "Nearly every transfer of land comes through one of them."),
    ("Home buyers and sellers", "They pay for it all, and they meet us once or twice in a life."),
)

DRIVER_STATEMENT = (
    "Settlement agents and the people they act for drive our work: a settlement that waits for us "
    "keeps a family out of its house."
)

DELIVERABLES = (
    ("Service at the counter", ("Settlement agents", "Home buyers and sellers", "Surveyors")),
    ("Answers on the telephone", ("Settlement agents", "Home buyers and sellers", "Local governments")),
)

NEEDS = (
    (
        *("Settlement agents", "To lodge documents without losing the morning", 5, "time"),
        (("Service at the counter", 9),),
    ),
    (
        *("Home buyers and sellers", "To reach somebody who knows where my title is", 4, "availability"),
        (("Answers on the telephone", 9), ("Service at the counter", 3)),
    ),
    (
        *("Surveyors", "To have a question on a plan settled the same day", 3, "support"),
        (("Answers on the telephone", 9), ("Service at the counter", 3)),
    ),
)

METRICS = (
    (
        *("Service at the counter", "To lodge documents without losing the morning"),
        *("They hardly wait at the counter", "Served at the counter within 10 minutes", COUNTER, "90%"),
    ),
    (
        *("Answers on the telephone", "To reach somebody who knows where my title is"),
        *("Somebody picks up at once", "Telephone answered within 60 seconds", TELEPHONE, "85%"),
    ),
)

# Indicator, accepted from and until in days from today, reason.
DEVIATIONS = (
    (
        *("Served at the counter within 10 minutes", -30, 60),
        "The hall is rebuilt: two of five counters are closed until it is finished.",
    ),
)

OWNERS = (
    ("Served at the counter within 10 minutes", "Robin Demo"),
    ("Telephone answered within 60 seconds", "Aisha Khan"),
)

ACTIONS = (
    (
        "Served at the counter within 10 minutes",
        "Open a second counter for settlement agents from ten to noon",
        *("Daniel Reid", (date(2018, 12, 31),), "done", (True, True)),
    ),
    (
        "Telephone answered within 60 seconds",
        "Let callers book a call back on the website",
        *("Aisha Khan", (-75, -40, -5), "under-way", (True, True)),
    ),
    (
        "Telephone answered within 60 seconds",
        "Put the three questions asked most at the top of the website",
        *("Robin Demo", (30,), "planned", (True, None)),
    ),
    (
        "Telephone answered within 60 seconds",
        "Play new music while callers wait",
        *("Aisha Khan", (20,), "planned", (False, False)),
    ),
)

ANSWERS = ()
REVIEWS = ()

NOTES = (
    ("", "The figures are those of July 2018 to August 2019. What surrounds them is made up."),
    ("performance", "Neither promise was kept in more than one month of fourteen."),
)
