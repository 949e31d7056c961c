"""The demo workbook: a council's customer service, as plain tuples.

The ten indicators with their figures and targets were published by Enfield Council on its page
"Customer service commitment", for 1 April 2018 to 31 March 2019. Everything around them (the people,
customers, statements, scores, needs, owners, actions and notes) is made up for this demo.
"""

from datetime import date

ORGANIZATION = {
    "name": "Enfield Council",
    "slug": "enfield",
    "kind": "public",
    "currency": "GBP",
    "time_zone": "Europe/London",
}

TARGETS_HOLD_FROM = date(2018, 4, 1)
FREQUENCY = "yearly"
SOURCE = "Enfield Council, Customer service commitment"
MEASURED_ON = (date(2019, 3, 31),)

# Name, what they may do. None of them signs in.
MEMBERS = (
    ("Priya Nair", "contributor"),
    ("Tom Okafor", "contributor"),
    ("Helen Marsh", "manager"),
    ("Selin Demir", "contributor"),
    ("Marcus Webb", "viewer"),
)

# Adopted on, by whom, view of perfection, customer focus statement.
STATEMENTS = (
    (
        date(2018, 3, 15),
        "Helen Marsh",
        "Everybody who contacts the council reaches somebody who can help. Questions are answered "
        "in one call. Complaints are closed quickly.",
        "We serve the people of Enfield. We answer calls promptly, close complaints within the time "
        "we set ourselves and treat everybody with respect.",
    ),
    (
        date(2019, 4, 24),
        "Helen Marsh",
        "Everybody who contacts the council reaches somebody who can help, by whichever way they "
        "choose. Questions are answered in one call or one chat. Nobody has to ask twice, and what "
        "goes wrong is put right before it becomes a complaint.",
        "We serve the people of Enfield. We answer calls and chats promptly, reply to complaints and "
        "enquiries within the time we promise, and tell people what happens next. We treat everybody "
        "with respect, and we publish how well we keep our word.",
    ),
)

RIGHTS = (
    "You reach somebody who can help, by phone, online or in person.",
    "You get a reply within the time we promise, or hear from us why it takes longer.",
    "You explain your matter once.",
    "You have mistakes put right quickly and fairly, with an apology.",
    "You can see how well we keep these promises.",
)

# Customer group, internal or external.
GROUPS = (
    ("Internal", "internal"),
    ("Direct", "external"),
    ("Indirect", "external"),
    ("End-user", "external"),
)

# Criterion for success, weight.
CRITERIA = (
    ("Mission impact", 5),
    ("Dependence on us", 4),
    ("People reached", 3),
    ("Influence on others", 2),
)

# Customer, customer group, and a score on each criterion.
CUSTOMERS = (
    ("Residents", "End-user", (10, 8, 10, 6)),
    ("Council Tax payers", "Direct", (9, 7, 9, 5)),
    ("People who claim benefits", "Direct", (9, 10, 4, 3)),
    ("Elected members", "Internal", (7, 5, 2, 10)),
    ("Local businesses", "Direct", (6, 5, 4, 7)),
    ("Leisure centre users", "End-user", (5, 4, 6, 4)),
    ("People who ask for information", "Indirect", (4, 6, 2, 6)),
)

# Customer, reason. The last one stands outside the top of the ranking, and the reason carries it.
DRIVERS = (
    ("Residents", "Everything we do is for them, and they have nowhere else to go."),
    ("Council Tax payers", "Nearly every household; what they think of a call is what they think of us."),
    (
        "Elected members",
        "They speak for residents who got no answer; each enquiry is a second chance.",
    ),
)

DRIVER_STATEMENT = (
    "Residents and Council Tax payers drive our work: they depend on us, and they are nearly everybody. "
    "Elected members come with them, because they bring us the cases in which we failed."
)

# Output or deliverable, and the customers who receive it.
DELIVERABLES = (
    ("Replies to complaints", ("Residents", "Council Tax payers", "Local businesses")),
    ("Telephone contact centre", ("Residents", "Local businesses")),
    ("Council Tax and benefits line", ("Council Tax payers", "People who claim benefits")),
    ("Webchat", ("Residents", "Council Tax payers")),
    ("Answers to Freedom of Information requests", ("People who ask for information",)),
    ("Replies to members’ enquiries", ("Elected members",)),
    ("Leisure centres", ("Leisure centre users", "Residents")),
)

# Customer, need, importance, aspect of satisfaction, and the deliverables that meet it, with strengths.
# One need has no answer yet.
NEEDS = (
    (
        *("Residents", "To have a complaint settled soon", 5, "time"),
        (("Replies to complaints", 9), ("Telephone contact centre", 1)),
    ),
    (
        *("Residents", "To get through when I ring", 5, "availability"),
        (("Telephone contact centre", 9), ("Webchat", 3)),
    ),
    (
        *("Residents", "To choose how I contact you", 3, "flexibility"),
        (("Webchat", 9), ("Telephone contact centre", 3)),
    ),
    ("Residents", "To follow my request online without having to ring", 4, "technology", ()),
    (
        *("Council Tax payers", "A clear answer about my bill in one call", 5, "quality"),
        (("Council Tax and benefits line", 9), ("Webchat", 1)),
    ),
    (
        *("People who claim benefits", "Not to be kept waiting on the line", 4, "time"),
        (("Council Tax and benefits line", 9),),
    ),
    (
        *("Elected members", "An answer I can take back to a resident", 4, "consistency"),
        (("Replies to members’ enquiries", 9), ("Replies to complaints", 3)),
    ),
    (
        *("Leisure centre users", "Clean and safe places to be active", 3, "quality"),
        (("Leisure centres", 9),),
    ),
    (
        *("People who ask for information", "What the law promises, on time", 3, "time"),
        (("Answers to Freedom of Information requests", 9),),
    ),
)

# Deliverable, need it answers, satisfied when, and then as published: indicator, the figure of each day
# in MEASURED_ON, target.
METRICS = (
    (
        *("Replies to complaints", "To have a complaint settled soon", "A complaint is settled soon"),
        *("Complaints closed within 10 working days", ("59%",), "92%"),
    ),
    (
        *("Telephone contact centre", "To get through when I ring", "Somebody picks up"),
        *("Telephone contact centre - answer rate", ("84%",), "88%"),
    ),
    (
        *("Telephone contact centre", "To get through when I ring", "They do not wait long"),
        *("Telephone contact centre telephones - average wait time", ("4 minutes 22 seconds",), "3 minutes"),
    ),
    (
        *("Council Tax and benefits line", "A clear answer about my bill in one call", "Somebody picks up"),
        *("Telephone Council Tax and benefits - answer rate", ("93%",), "88%"),
    ),
    (
        *("Council Tax and benefits line", "Not to be kept waiting on the line", "They do not wait long"),
        *("Telephone Council Tax and benefits - average wait time", ("51 seconds",), "3 minutes"),
    ),
    (
        *("Telephone contact centre", "To get through when I ring", "Nobody waits beyond five minutes"),
        *("Percentage of calls answered within 5 minutes", ("83%",), "97%"),
    ),
    (
        *("Webchat", "To choose how I contact you", "A chat helps as much as a call"),
        *("Customer satisfaction with webchat", ("81%",), "80%"),
    ),
    (
        *("Answers to Freedom of Information requests", "What the law promises, on time"),
        *("They have their answer within the time the law sets",),
        *("Freedom of Information requests answered within 20 working days", ("73%",), "100%"),
    ),
    (
        *("Replies to members’ enquiries", "An answer I can take back to a resident"),
        *("They can answer the resident within days",),
        *("Members enquiries - answered within 8 working days", ("76%",), "95%"),
    ),
    (
        *("Leisure centres", "Clean and safe places to be active", "They would come again"),
        *("Satisfaction with leisure centre users", ("77%",), "77%"),
    ),
)

# Indicator, owner. The one about Freedom of Information has none yet.
OWNERS = (
    ("Complaints closed within 10 working days", "Helen Marsh"),
    ("Telephone contact centre - answer rate", "Priya Nair"),
    ("Telephone contact centre telephones - average wait time", "Priya Nair"),
    ("Telephone Council Tax and benefits - answer rate", "Tom Okafor"),
    ("Telephone Council Tax and benefits - average wait time", "Tom Okafor"),
    ("Percentage of calls answered within 5 minutes", "Priya Nair"),
    ("Customer satisfaction with webchat", "Selin Demir"),
    ("Members enquiries - answered within 8 working days", "Helen Marsh"),
    ("Satisfaction with leisure centre users", "Selin Demir"),
)

# Indicator, action, who, promised for which days (counted from today; several where it was put off), status,
# and whether it is a key to the customer's success and earns their loyalty (None: not answered yet).
# Nothing is planned for the members' enquiries.
ACTIONS = (
    (
        "Complaints closed within 10 working days",
        "Name one person in each department who answers for its complaints",
        *("Helen Marsh", (-12,), "under-way", (True, True)),
    ),
    (
        "Complaints closed within 10 working days",
        "Ring the complainant within two days to agree what would settle it",
        *("Tom Okafor", (40,), "planned", (True, True)),
    ),
    (
        "Telephone contact centre telephones - average wait time",
        "Move six people to the phones from ten to two, when most calls come in",
        *("Priya Nair", (21,), "under-way", (True, None)),
    ),
    (
        "Telephone contact centre - answer rate",
        "Offer to call back instead of holding the line",
        *("Priya Nair", (-30,), "done", (True, False)),
    ),
    (
        "Percentage of calls answered within 5 minutes",
        "Agree the Monday rota with the staff council",
        *("Priya Nair", (14,), "blocked", (None, None)),
    ),
    (
        "Freedom of Information requests answered within 20 working days",
        "Publish the ten most requested data sets, so that nobody has to ask",
        *("Marcus Webb", (60,), "planned", (None, None)),
    ),
)

# No customer is another unit here, so none answers to what it is promised; no deviation is accepted.
UNITS = ()
ANSWERS = ()
DEVIATIONS = ()

# Held so many days from today, who took part, findings, decisions, the next one in so many days from today,
# and the actions that were decided in it.
REVIEWS = (
    (
        *(-1, ("Helen Marsh", "Priya Nair", "Tom Okafor")),
        "Six of ten promises are not kept. The two lines of Council Tax and benefits keep theirs with a "
        "team of their own; the contact centre shares its people with three other services.",
        "Complaints come first: each department names one person who answers for its own. The contact "
        "centre moves people to the hours in which most calls come.",
        45,
        (
            "Name one person in each department who answers for its complaints",
            "Move six people to the phones from ten to two, when most calls come in",
        ),
    ),
)

# Step (none for the workbook as a whole), note.
NOTES = (
    ("", "The figures are those of 2018/19. What surrounds them is made up to show a whole workbook."),
    ("performance", "The line with its own team meets its targets; the line that shares one does not."),
    ("needs", "Three callers in four who waited long only wanted to know how far their request was."),
)
