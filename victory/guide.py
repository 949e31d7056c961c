"""The guide: the prompts that stand in the quiet margin beside each worksheet.

Texts only. The memory words themselves stay English, since their letters have to spell them;
everything else can be translated. A "%" here is followed by punctuation or nothing, so that
makemessages does not take it for a placeholder.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _


class Letter(NamedTuple):
    """One letter of a memory word: what it stands for, and one thing to do about it."""

    letter: str
    meaning: str
    line: str


class Term(NamedTuple):
    """A word that the process gives a meaning of its own."""

    key: str
    label: str
    line: str


@dataclass(frozen=True)
class MemoryWord:
    """A word whose letters recall what matters in some situation."""

    word: str
    about: str
    letters: tuple[Letter, ...]


@dataclass(frozen=True)
class Example:
    """One step as somebody else filled it in, under the labels of the printed sheet."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class StepGuide:
    """What stands in the margin beside one step, and the lead above its sheets."""

    key: str
    lead: str
    questions: tuple[str, ...]
    words: tuple[MemoryWord, ...]
    example: Example
    tip: str
    levels: tuple[Term, ...] = ()
    """Stages that lead upwards, the lowest first."""


def _spell(word, about, *lines):
    """Give each letter of the word its (meaning, line), in order."""
    letters = zip(word, lines, strict=True)
    return MemoryWord(word, about, tuple(Letter(letter, *line) for letter, line in letters))


# What satisfies a customer, and how far it can go

ASPECTS = (
    Term("quality", _("Service and product quality"), _("It does what it should, the first time.")),
    Term("adaptability", _("Adaptability"), _("You change with them when their situation changes.")),
    Term("time", _("Time, speed, responsiveness"), _("They wait no longer than they expect to.")),
    Term("integration", _("Integration with the customer's systems"), _("It fits their forms and tools.")),
    Term("support", _("Support"), _("Help is easy to find before, during and after use.")),
    Term("flexibility", _("Flexibility"), _("An unusual request gets a fair try.")),
    Term("availability", _("Availability"), _("It is there at the hours and places they need it.")),
    Term("consistency", _("Consistency"), _("It is as good on a busy day as on a quiet one.")),
    Term("technology", _("Technology"), _("The tools they meet are up to date and simple to use.")),
    Term("involvement", _("Involvement of the customer"), _("They have a say before it is decided.")),
    Term("optimization", _("Optimization of business processes"), _("No step costs them time for nothing.")),
    Term("needs", _("Needs and expectations"), _("You know what they need now and will expect next.")),
)

LEVELS_OF_SATISFACTION = (
    Term("satisfied", _("Satisfied"), _("They got what they expected; a better offer could win them away.")),
    Term("pleased", _("Pleased"), _("It went a little better than they expected.")),
    Term("wowed", _("Wowed"), _("Something surprised them so much that they told somebody.")),
    Term("delighted", _("Delighted"), _("It is better than expected every time; they look nowhere else.")),
    Term("fanatic", _("Fanatic"), _("They bring others, and stand by you when something goes wrong.")),
)


# Starting points for the tables of an empty workbook

RIGHTS_TO_START_WITH = (
    _("You deal with people who care."),
    _("You get a prompt answer."),
    _("You hear from us first about availability, shipment or any trouble with your order."),
    _("You receive quality, in the product and in the service."),
    _("You get your delivery just in time, when you need it."),
    _("You have problems resolved quickly and fairly."),
    _("You can rely on every promise we make."),
)

GROUPS_TO_START_WITH = (
    (_("Internal"), "internal"),
    (_("Direct"), "external"),
    (_("Indirect"), "external"),
    (_("End-user"), "external"),
)

CRITERIA_TO_START_WITH = (
    (_("Profitability"), 3),
    (_("Mission impact"), 5),
    (_("Dependence on us"), 3),
    (_("Influence on others"), 2),
)


# The memory words

CUSTOMER = _spell(
    "CUSTOMER",
    _("What a customer is to the whole organization"),
    (_("Can make or break the organization"), _("Ask what would happen if your largest customer left.")),
    (_("Unique needs and expectations"), _("Write down needs per customer; no two lists are the same.")),
    (_("Set total-satisfaction targets"), _("Aim at all they judge you by, not only price or speed.")),
    (_("Treat as special"), _("Use what you know of them: name, history, last complaint.")),
    (_("Orient everyone"), _("Tell every colleague which customer their work is for.")),
    (_("Make getting and keeping customers the goal"), _("Ask of each plan whom it wins or keeps.")),
    (_("Engage the customer's voice in design"), _("Read what customers said before you design.")),
    (_("Relate as long-term partners"), _("Decide as if you will still work together in ten years.")),
)

REASON = _spell(
    "REASON",
    _("Why customers come first"),
    (_("Reason for existence"), _("Say what would be missed, and by whom, if you closed tomorrow.")),
    (_("Expects satisfaction"), _("They come with a picture of how it should be; ask what is in it.")),
    (_("Allows payments"), _("Trace the money you live on back to the customer it comes from.")),
    (_("Sets quality"), _("Good is what the customer calls good; ask before you specify.")),
    (_("Obtains the outputs"), _("Follow one output until you meet the person who uses it.")),
    (_("Needs to be the driver"), _("Let what this customer needs decide what you do first.")),
)

UNIQUE = _spell(
    "UNIQUE",
    _("Finding the customers who should drive your work"),
    (_("Understand customer and organization"), _("Say in two sentences what they do and what you do.")),
    (_("Note your and the competition's offerings"), _("List what else they could choose, even nothing.")),
    (_("Identify drivers"), _("Pick the few customers whose satisfaction decides your success.")),
    (_("Query customers"), _("Ask three of them this month what you should do differently.")),
    (_("Use the information"), _("Change one thing because of what you heard, and tell them.")),
    (_("Evaluate results"), _("Look after a quarter whether your drivers got what they needed.")),
)

SATISFACTION = _spell(
    "SATISFACTION",
    _("The twelve aspects of total customer satisfaction"),
    *((aspect.label, aspect.line) for aspect in ASPECTS),
)

SPECIAL = _spell(
    "SPECIAL",
    _("Treating each customer as special"),
    (_("Spend time"), _("Watch one customer use what you make, from start to finish.")),
    (_("Provide what you promise"), _("Promise only what you can keep on a bad day.")),
    (_("Empathize"), _("Tell the last problem as it looked from their side of the desk.")),
    (_("Care"), _("Name one thing you would do for them though nobody checks.")),
    (_("Insure they feel important"), _("Know them when they call; let nobody explain twice.")),
    (_("Attend"), _("Put other work down while a customer is with you.")),
    (_("Listen"), _("Write the statement in the words customers use.")),
)

AIM = _spell(
    "AIM",
    _("What everyone in the organization can do"),
    (_("Adopt a customer-focused culture"), _("Open each team meeting with something a customer said.")),
    (_("Include customers in process planning"), _("Let a customer check a new process first.")),
    (_("Maximize customer interaction"), _("See that every colleague meets a customer each quarter.")),
)

VALUE = _spell(
    "VALUE",
    _("Getting the customers you want"),
    (_("View deliverables as the customer does"), _("Describe each output by what it lets them do.")),
    (_("Aim for the right customers"), _("Look for those whose needs match what you do well.")),
    (_("Look to organizational excellence"), _("Put your own house in order before you promise more.")),
    (_("Understand your customer"), _("Know what they try to achieve and what stands in the way.")),
    (_("Ensure it is easy to do business with you"), _("Try to order and complain as a stranger would.")),
)

LEARN = _spell(
    "LEARN",
    _("When a customer brings you a problem"),
    (_("Listen"), _("Let them finish before you say anything.")),
    (_("Empathize"), _("Say what this must have meant for their day.")),
    (_("Acknowledge"), _("Repeat the problem in their words and ask whether that is right.")),
    (_("Respond"), _("Say what you will do and by when.")),
    (_("Negotiate"), _("If you cannot do all of it, agree on what would be enough.")),
)

AGREE = _spell(
    "AGREE",
    _("When you settle with a customer what they need"),
    (_("Attend"), _("Meet where they work, and bring only questions.")),
    (_("Gather"), _("Collect needs first and leave solutions for later.")),
    (_("Review"), _("Read the list back and let them correct it.")),
    (_("Establish"), _("Fix which needs matter most and what counts as satisfied.")),
    (_("Evaluate"), _("Meet again and ask whether it still holds.")),
)

CARE = _spell(
    "CARE",
    _("Keeping the customers you have"),
    (_("Communicate, especially listen"), _("Call before there is trouble, and talk less than they do.")),
    (_("Attend to satisfaction"), _("Look at their figures before each meeting with them.")),
    (_("Respect"), _("Guard their time and their data as you would your own.")),
    (_("Encourage long-term relationships"), _("Plan the next year with them, not only the next order.")),
)

RESPECT = _spell(
    "RESPECT",
    _("Showing customers that they count"),
    (_("Respond"), _("Answer every complaint within the time you promised.")),
    (_("Empathize"), _("Read the complaint aloud as if you had written it.")),
    (_("Spend time"), _("Visit the customer whose metric is furthest from its target.")),
    (_("Produce"), _("Deliver what was agreed before you offer anything new.")),
    (_("Encourage"), _("Thank customers who tell you what is wrong.")),
    (_("Care"), _("Ask after an improvement whether it really helped.")),
    (_("Talk"), _("Tell them yourself what changed because of them.")),
)

COMMUNICATE = _spell(
    "COMMUNICATE",
    _("Interviewing a customer"),
    (_("Clarify"), _("Say why you ask and what will happen with the answers.")),
    (_("Observe"), _("Watch what they do as well as what they say.")),
    (_("Maintain self-esteem"), _("Take every need seriously, also the one you find odd.")),
    (_("Make it short"), _("Bring six questions and take twenty minutes.")),
    (_("Understand"), _("Ask for the reason behind each need.")),
    (_("Nurture"), _("Come back, also when you want nothing.")),
    (_("Involve"), _("Let them put the needs in order of importance.")),
    (_("Comprehend"), _("Sum up at the end and ask what you missed.")),
    (_("Attend"), _("Let one person ask and another write.")),
    (_("Talk judiciously"), _("Speak for no more than a fifth of the time.")),
    (_("Emphasize listening"), _("Do not defend or explain; write it down.")),
)

FEEDBACK = _spell(
    "FEEDBACK",
    _("Talking about results"),
    (_("Foster"), _("Make it safe to bring a figure that is not met.")),
    (_("Encourage"), _("Begin with what was met and who made it so.")),
    (_("Establish guidelines"), _("Agree to talk about the work, not about persons.")),
    (_("Discuss"), _("Look for the cause of each miss before the remedy.")),
    (_("Be direct"), _("Say the figure, the target and the gap in one sentence.")),
    (_("Ask"), _("Ask the owner what would help before you propose anything.")),
    (_("Consider feelings"), _("Raise a hard result with its owner before the meeting.")),
    (_("Keep focus"), _("Come back to the customer whenever the talk drifts.")),
)

LISTEN = _spell(
    "LISTEN",
    _("Hearing what a customer really says"),
    (_("Let"), _("Let the customer choose where to begin.")),
    (_("Involve"), _("Ask them to show you an example.")),
    (_("Summarize"), _("Say in one sentence what you heard.")),
    (_("Talk only to clarify"), _("Ask short questions; keep your answers for later.")),
    (_("Empathize"), _("Notice what worries them, also when they do not say it.")),
    (_("Nurture"), _("Tell them later what became of it.")),
)

DRIVER = _spell(
    "DRIVER",
    _("Bringing the customer's voice into design"),
    (_("Design in quality as the customer defines it"), _("Begin with when they are satisfied.")),
    (_("Require the voice on the design team"), _("Name one person who speaks for the customer.")),
    (_("Include internal and external"), _("Ask the colleague who works with it next as well.")),
    (_("Visualize the perfect product"), _("Describe it without a flaw, then measure the distance.")),
    (_("Evaluate own capabilities"), _("Check what you reach today before you set a target.")),
    (_("Review the deliverables"), _("Drop a deliverable that no customer would miss.")),
)

MARRY = _spell(
    "MARRY",
    _("Looking after the relationship"),
    (_("Manage it"), _("Give every driver one person who looks after them.")),
    (_("Attend to needs"), _("Read their needs again at every review.")),
    (_("Respond to changes"), _("When a need changes, change its metric too.")),
    (_("Respect"), _("Give bad news early and in person.")),
    (_("Yearn for communication"), _("Be the one who calls first.")),
)


# The worked example: one community clinic through all six steps. What several steps show is here once.

_OUTPUTS = _("Output/Deliverable(s)")
_DRIVERS = _("My customer driver(s) are:")
_NEEDS = _("Customer needs and expectations")
_MET_BY = _("I meet customer needs and expectations by:")
_SATISFIED_WHEN = _("My customers are satisfied when:")
_MEASURED_BY = _("I measure this by:")
_METRIC = _("Customer Metric")
_PERFORMANCE = _("My current performance is:")
_VERDICT = _("Met/Not Met")
_ACTION = _("Action")

_SEEN_ON_TIME = _("To be seen on time")
_SHARE_SEEN = _("Share seen within 15 minutes of the appointment")
_SHARE_NOW = _("March 82 %, February 85 %")
_SHARE_NOT_MET = _("Not met: the target is at least 90 %")
_RESERVE_SLOTS = _("Keep two slots free each morning for urgent visits, so that booked patients do not wait")


# The six steps, and the workbook as a whole

_FOCUS_GUIDE = StepGuide(
    key="focus",
    lead=_(
        "Describe your organization as your customers would like it to be, then turn that into a "
        "statement to work by. Three sentences are enough to start."
    ),
    questions=(
        _("If everything went right for a customer tomorrow, what would they notice first?"),
        _("What would you like customers to tell a friend about you?"),
        _("What must never happen to a customer here?"),
        _("What can you promise and keep, also on a bad day?"),
        _("Who has to agree before the statement is adopted?"),
    ),
    words=(SPECIAL, CUSTOMER),
    example=Example(
        _("A community clinic writes its focus statement"),
        (
            (_("View of perfection"), _("Patients are seen on time and never tell their story twice.")),
            (
                _("Customer focus statement"),
                _("We help people live well with illness: seen on time, answered plainly, known by name."),
            ),
            (_("Customer Bill of Rights"), _("You hear each test result within three working days.")),
        ),
    ),
    tip=_("Read the statement aloud to a customer, and strike out what means nothing to them."),
)

_DRIVERS_GUIDE = StepGuide(
    key="drivers",
    lead=_(
        "List what you put out and who receives it, then rank the customers to find your drivers. "
        "A handful of each is enough to start."
    ),
    questions=(
        _("What left your desk, counter or system last week, and who received it?"),
        _("Who is affected by it later without having asked for it?"),
        _("Who inside the organization cannot start until you have finished?"),
        _("What makes one customer more critical for your success than another?"),
        _("Whose loss would hurt most?"),
        _("Should somebody below the top of the ranking drive your work too, and why?"),
    ),
    words=(UNIQUE, REASON, VALUE),
    example=Example(
        _("A community clinic finds its customer driver"),
        (
            (_OUTPUTS, _("Appointments, test results, repeat prescriptions")),
            (_("Customers"), _("Long-term patients, walk-in patients, the clinic's nurses, pharmacies")),
            (_("Customer Group"), _("End-user: all patients. Internal: nurses. Direct: pharmacies.")),
            (
                _("Criteria for Success"),
                _("Profitability 3, mission impact 5, dependence on us 3, influence on others 2"),
            ),
            (_("Score Based on Criteria"), _("Long-term patients 110, walk-in 78, nurses 72, pharmacies 60")),
            (_DRIVERS, _("Long-term patients, because they come most often and depend on us most.")),
        ),
    ),
    tip=_("If everybody is a driver, nobody is. Two or three are usually enough."),
)

_NEEDS_GUIDE = StepGuide(
    key="needs",
    lead=_(
        "Write what each customer depends on you for, what they need, and what you do to meet it. "
        "One need per driver is enough to start."
    ),
    questions=(
        _("What comes to a halt for this customer when you are late?"),
        _("What did they last complain about, and what did they thank you for?"),
        _("What do they expect without ever saying it?"),
        _("Which of the twelve aspects of satisfaction have you not asked them about?"),
        _("Which deliverable does most for their most important need?"),
        _("Did you hear this need from the customer, or from a colleague?"),
    ),
    words=(SATISFACTION, LISTEN, LEARN, AGREE, COMMUNICATE),
    example=Example(
        _("A community clinic names what its patients need"),
        (
            (_("Customer (internal/external)"), _("Long-term patients (external)")),
            (_("They depend on me for:"), _("Regular check-ups, test results, medicine that never runs out")),
            (_NEEDS, _SEEN_ON_TIME),
            (_MET_BY, _("Appointments, in slots long enough for a check-up")),
            (_NEEDS, _("To know a test result without having to ring for it")),
            (_MET_BY, _("Test results, sent as a message with a number to call")),
        ),
    ),
    tip=_("Write the need in the customer's words; your answer to it belongs in the next column."),
)

_METRICS_GUIDE = StepGuide(
    key="metrics",
    lead=_(
        "Say when your customers are satisfied with each deliverable, and how you will know. "
        "One line per promise is enough to start."
    ),
    questions=(
        _("How would this customer finish the sentence: I am satisfied when ...?"),
        _("What could you count, time or ask to know whether it happened?"),
        _("From which figure on would the customer call it good?"),
        _("Is higher better, is lower better, or is there a range to stay in?"),
        _("Where does the figure come from, and who can read it off without extra work?"),
        _("How often must you look to notice trouble before the customer does?"),
    ),
    words=(SATISFACTION, DRIVER),
    example=Example(
        _("A community clinic says how it will know"),
        (
            (_SATISFIED_WHEN, _("They are seen on time")),
            (_MEASURED_BY, _("Share seen within 15 minutes of the appointment; monthly, at least 90 %")),
            (_SATISFIED_WHEN, _("They hear their test result soon")),
            (_MEASURED_BY, _("Longest wait for a result in working days; monthly, at most 3")),
            (_SATISFIED_WHEN, _("They know whom to ask about it")),
            (_MEASURED_BY, _("Yes or no, decided each quarter by the practice manager after five calls")),
        ),
    ),
    tip=_("If you have no figure yet, start with a yes or no that a named person decides."),
)

_PERFORMANCE_GUIDE = StepGuide(
    key="performance",
    lead=_(
        "Enter how you are doing on each metric; the target decides whether it is met. "
        "The latest figure is enough to start."
    ),
    questions=(
        _("What is the latest figure, and for which date does it hold?"),
        _("Would the customer recognise this figure?"),
        _("Is it better or worse than the last one, and what happened in between?"),
        _("Which metric has gone without a figure for too long?"),
        _("For a yes or no: what did you see or hear that decides it?"),
    ),
    words=(FEEDBACK, LISTEN),
    example=Example(
        _("A community clinic looks at its figures"),
        (
            (_METRIC, _SHARE_SEEN),
            (_PERFORMANCE, _SHARE_NOW),
            (_VERDICT, _SHARE_NOT_MET),
            (_METRIC, _("Longest wait for a result in working days")),
            (_PERFORMANCE, _("March 2 days, February 4 days")),
            (_VERDICT, _("Met: the target is at most 3 days")),
        ),
    ),
    tip=_("Enter bad figures too. A miss that is written down can be worked on."),
    levels=LEVELS_OF_SATISFACTION,
)

_PLAN_GUIDE = StepGuide(
    key="plan",
    lead=_(
        "Give every metric a person who can improve it, and every miss an action with a date. "
        "One action for the worst miss is enough to start."
    ),
    questions=(
        _("Who can change this result without asking for permission?"),
        _("What is the smallest step the customer would notice?"),
        _("By which day is it done, and how will you see that it worked?"),
        _("What have customers said since the last review?"),
        _("Which need, metric or target is out of date?"),
        _("When do you meet again, and which customer could be there?"),
    ),
    words=(CARE, RESPECT, MARRY, FEEDBACK, AIM),
    example=Example(
        _("A community clinic acts on a miss"),
        (
            (_METRIC, _SHARE_SEEN),
            (_("The person who can take action to make improvements is:"), _("Ana Costa, head of reception")),
            (_ACTION, _RESERVE_SLOTS),
            (_("Who"), _("Ana Costa")),
            (_("When"), _("30 April")),
            (_("Status"), _("In progress")),
            (_("Notes and Insights"), _("Most delays begin when urgent visits are squeezed in before ten.")),
        ),
    ),
    tip=_("Put one name on each metric and each action; a shared task tends to wait."),
)

WORKBOOK_GUIDE = StepGuide(
    key="workbook",
    lead=_(
        "Six steps lead from what your customers see to what you will do about it. "
        "A first round with one customer is enough to start."
    ),
    questions=(
        _("Is the focus statement written down, adopted and known to everyone?"),
        _("Does every metric trace back through a deliverable and a need to a customer?"),
        _("Does every customer driver lead forward to at least one metric?"),
        _("When did you last ask customers whether their needs have changed?"),
        _("Do you measure anything here that no customer expects of you?"),
        _("Is the date of the next review set?"),
    ),
    words=(CUSTOMER, REASON, AIM),
    example=Example(
        _("One thread through a community clinic's workbook"),
        (
            (_DRIVERS, _("Long-term patients")),
            (_NEEDS, _SEEN_ON_TIME),
            (_OUTPUTS, _("Appointments")),
            (_METRIC, _SHARE_SEEN),
            (_PERFORMANCE, _SHARE_NOW),
            (_VERDICT, _SHARE_NOT_MET),
            (_ACTION, _RESERVE_SLOTS),
        ),
    ),
    tip=_("Mend one gap at a time, beginning with those that touch a customer driver."),
)

GUIDE: dict[str, StepGuide] = {
    guide.key: guide
    for guide in (_FOCUS_GUIDE, _DRIVERS_GUIDE, _NEEDS_GUIDE, _METRICS_GUIDE, _PERFORMANCE_GUIDE, _PLAN_GUIDE)
}
