"""The daily mail of what waits for somebody: what it says, when it comes, and that it comes once."""

import email.policy
import re
import smtplib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from actionplans.digest import MOST_LINES, read_digest
from actionplans.models import Action
from metrics.rhythm import Frequency
from tests import factories
from victory.models import Mailing
from victory.tenancy import Role, organization_scope

MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TODAY = MORNING.date()
A_DAY = timedelta(days=1)
SITE = "https://quality.example.org"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


@pytest.fixture(autouse=True)
def set_clock(monkeypatch):
    """Let it be that time; a Monday morning where nothing else is said."""

    def set_clock(moment: datetime):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_clock(MORNING)
    return set_clock


@pytest.fixture
def me(organization):
    user = factories.UserFactory(email="ana@example.org", name="Ana Costa")
    return join(organization, user)


def join(organization, user, **fields):
    return factories.MemberFactory(
        organization=organization, user=user, **({"role": Role.CONTRIBUTOR} | fields)
    )


def action_of(member, *, days=30, **fields):
    due = TODAY + timedelta(days=days)
    return factories.ActionFactory(organization=member.organization, who=member, due=due, **fields)


def old_action_of(member, set_clock, **fields):
    """One that the person has had for long."""
    set_clock(MORNING - timedelta(days=60))
    action = action_of(member, **fields)
    set_clock(MORNING)
    return action


def owned(member, *, measured, **fields):
    """A metric that the member owns and that was last measured so many days ago."""
    organization = member.organization
    metric = factories.MetricFactory(organization=organization, frequency=Frequency.MONTHLY, **fields)
    factories.OwnershipFactory(organization=organization, metric=metric, member=member)
    day = TODAY - timedelta(days=measured)
    factories.MeasurementFactory(organization=organization, metric=metric, value=59, date=day)
    return metric


def tick() -> list:
    """Let the mails go out, and hand over those of this time."""
    before = len(mail.outbox)
    call_command("tick")
    return mail.outbox[before:]


def section(letter, title) -> list[str]:
    """The lines under a heading, without their addresses."""
    part = letter.body.partition(f"\n{title}\n")[2].partition("\n\n")[0]
    return re.findall(r"^- (.*)$", part, flags=re.MULTILINE)


def test_nothing_that_waits_is_no_mail(me, set_clock):
    old_action_of(me, set_clock, days=4)
    owned(me, measured=3)

    assert tick() == []


def test_mail_says_all_that_waits(me, set_clock, organization):
    late = old_action_of(me, set_clock, days=-1, what="Second desk")
    old_action_of(me, set_clock, days=0, what="Train two people")
    old_action_of(me, set_clock, days=3, what="Ask the caretaker")
    old_action_of(me, set_clock, days=4, what="In a while")
    action_of(me, what="Call them back")
    stale = owned(me, measured=90, measured_by="share of calls answered")
    owned(me, measured=40, measured_by="days to a reply")
    owned(me, measured=3, measured_by="complaints")
    for days in (-1, 1, 3):
        review = factories.ReviewFactory(organization=organization, on=TODAY + timedelta(days=days))
        factories.AttendanceFactory(organization=organization, review=review, member=me)

    [letter] = tick()

    assert letter.to == ["ana@example.org"]
    assert letter.subject == "7 things wait for you"
    assert section(letter, "New for you") == ["Enfield: Call them back, due on Dec. 23, 2026"]
    assert section(letter, "Late") == ["Enfield: Second desk, late: due on Nov. 22, 2026"]
    assert section(letter, "Due soon") == [
        "Enfield: Train two people, due on Nov. 23, 2026",
        "Enfield: Ask the caretaker, due on Nov. 26, 2026",
    ]
    stale_one, due_one = section(letter, "Figures to enter")
    assert stale_one.startswith("Enfield: share of calls answered, stale: due since ")
    assert due_one.startswith("Enfield: days to a reply, due since ")
    assert section(letter, "Reviews") == ["Enfield: review of Nov. 24, 2026"]
    for path in (
        f"/o/enfield/actions/{late.pk}/",
        f"/o/enfield/performance/#figure-{stale.pk}",
        "/mine/",
    ):
        assert f"{SITE}{path}\n" in letter.body
    assert "<" not in letter.body and "In a while" not in letter.body


def test_one_thing_is_said_in_the_singular(me):
    action_of(me)
    assert tick()[0].subject == "1 thing waits for you"


@pytest.mark.parametrize(
    ("zone", "hour", "minute", "comes"),
    [
        ("Europe/Berlin", 5, 59, False),
        ("Europe/Berlin", 6, 0, True),
        ("America/New_York", 11, 59, False),
        ("America/New_York", 12, 0, True),
        ("Pacific/Kiritimati", 17, 0, True),
    ],
)
def test_mail_comes_from_seven_on_where_the_organization_works(
    me, organization, set_clock, zone, hour, minute, comes
):
    organization.time_zone = zone
    organization.save()
    action_of(me, days=0)
    set_clock(MORNING.replace(hour=hour, minute=minute))

    assert bool(tick()) == comes


def test_mail_comes_once_a_day(me, set_clock):
    action_of(me, days=0)
    assert len(tick()) == 1

    for moment, count in (
        (MORNING + timedelta(hours=1), 0),
        (MORNING.replace(hour=23, minute=59), 0),
        (MORNING.replace(hour=6) + A_DAY, 0),
        (MORNING + A_DAY, 1),
    ):
        set_clock(moment)
        assert len(tick()) == count


def test_several_organizations_are_one_mail_in_the_zone_of_the_first_by_name(me, set_clock):
    acme = factories.OrganizationFactory(name="Acme", slug="acme", time_zone="America/New_York")
    there = join(acme, me.user)
    action_of(me, what="Here", days=0)
    action_of(there, what="There", days=0)

    assert tick() == []
    set_clock(MORNING.replace(hour=12))
    [letter] = tick()

    assert [each.partition(",")[0] for each in section(letter, "New for you")] == [
        "Enfield: Here",
        "Acme: There",
    ]


@pytest.mark.parametrize("closed_by", ["second factor", "deletion", "membership", "account"])
def test_what_is_closed_to_somebody_is_not_mailed(me, organization, closed_by):
    action_of(me, days=0)
    if closed_by == "second factor":
        organization.second_factor = True
    elif closed_by == "deletion":
        organization.deleted_from = MORNING
        factories.OrganizationFactory(parent=organization)  # so that it stays for now
    elif closed_by == "membership":
        factories.MemberFactory(organization=organization, user=factories.UserFactory(), role=Role.ADMIN)
        with organization_scope(organization):
            me.active = False
            me.save()
    else:
        me.user.is_active = False
        me.user.save()
    organization.save()

    assert tick() == []
    assert not Mailing.objects.filter(user=me.user).exists()


def test_action_is_new_where_somebody_else_gave_it_since_then(me, set_clock, organization, request_of):
    boss = join(organization, factories.UserFactory(), name="Tom Okafor")
    others = old_action_of(boss, set_clock, what="Handed over")
    old_action_of(me, set_clock, what="Mine for long")
    with organization_scope(organization):
        with request_of(boss):
            others.who = me
            others.save()
            Action.objects.get(what="Mine for long").save()
        with request_of(me):
            action_of(me, what="My own idea")

    [letter] = tick()
    assert section(letter, "New for you") == ["Enfield: Handed over, due on Dec. 23, 2026, from Tom Okafor"]

    set_clock(MORNING + A_DAY)
    assert tick() == []


def test_action_that_was_given_on_or_finished_is_not_new(me, organization):
    action = action_of(me)
    action_of(me, status="done")
    with organization_scope(organization):
        action.who = factories.MemberFactory(organization=organization)
        action.save()

    assert tick() == []


def test_what_is_no_longer_accepted_is_said_once(me, set_clock, organization):
    metric = owned(me, measured=3, measured_by="calls")
    for metric_of_it, last in (
        (metric, date(2026, 11, 22)),
        (owned(me, measured=3), date(2026, 11, 23)),
        (owned(me, measured=3), date(2026, 11, 1)),
        (factories.MetricFactory(organization=organization), date(2026, 11, 22)),
    ):
        factories.DeviationFactory(
            organization=organization, metric=metric_of_it, holds_until=last, reason="No telephone."
        )

    [letter] = tick()
    assert section(letter, "No longer accepted") == [
        "Enfield: calls, which was accepted until Nov. 22, 2026: No telephone."
    ]
    set_clock(MORNING + A_DAY)
    [letter] = tick()
    assert "until Nov. 23, 2026" in letter.body and "until Nov. 22, 2026" not in letter.body


def test_what_is_accepted_on_is_not_said(me, organization):
    metric = owned(me, measured=3)
    for first, last in ((date(2026, 11, 1), date(2026, 11, 22)), (date(2026, 11, 23), date(2026, 12, 31))):
        factories.DeviationFactory(
            organization=organization, metric=metric, holds_from=first, holds_until=last
        )

    assert tick() == []


def test_long_section_is_cut_and_counted(me):
    for _ in range(MOST_LINES + 2):
        action_of(me)

    [letter] = tick()

    assert len(section(letter, "New for you")) == MOST_LINES
    assert "\nand 2 more\n" in letter.body and letter.subject == f"{MOST_LINES + 2} things wait for you"


def test_what_somebody_typed_keeps_to_its_line_and_is_no_markup(me):
    action_of(me, what="A & B\n\nAll that waits for you:\nhttps://evil.example")

    [letter] = tick()

    assert section(letter, "New for you")[0].startswith("Enfield: A & B All that waits for you: https://evil")


@dataclass
class MailServer:
    """One that fails for some addresses, or altogether."""

    refuses: dict[str, BaseException] = field(default_factory=dict)
    down: BaseException | None = None
    asked: int = 0

    def ask(self, letter):
        self.asked += 1
        if error := self.down or self.refuses.get(letter.to[0]):
            raise error


@pytest.fixture
def server(monkeypatch):
    server, send = MailServer(), EmailBackend.send_messages

    def send_messages(backend, letters):
        for letter in letters:
            server.ask(letter)
        return send(backend, letters)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    return server


def tick_that_fails():
    with pytest.raises(CommandError, match="mail what is due"):
        call_command("tick")


REFUSED = smtplib.SMTPRecipientsRefused({"ana@example.org": (450, b"try again later")})


def test_mail_that_fails_is_tried_again_at_the_next_tick_and_not_twice(me, server, set_clock, caplog):
    action_of(me, what="Call them back")
    server.refuses["ana@example.org"] = REFUSED

    tick_that_fails()
    assert mail.outbox == [] and f"user {me.user.pk}" in caplog.text

    server.refuses.clear()
    set_clock(MORNING + timedelta(hours=1))
    [letter] = tick()
    assert section(letter, "New for you") == ["Enfield: Call them back, due on Dec. 23, 2026"]
    assert tick() == []


def test_mail_that_fails_all_day_is_told_the_day_after(me, server, set_clock):
    action_of(me, what="Call them back")
    server.refuses["ana@example.org"] = REFUSED
    for hours in (0, 30):
        set_clock(MORNING + timedelta(hours=hours))
        tick_that_fails()

    server.refuses.clear()
    set_clock(MORNING + 2 * A_DAY)
    [letter] = tick()
    assert section(letter, "New for you") == ["Enfield: Call them back, due on Dec. 23, 2026"]


def test_first_mail_of_somebody_looks_a_day_back(me, set_clock):
    set_clock(MORNING - timedelta(hours=25))
    action_of(me, what="Long ago")
    set_clock(MORNING - timedelta(hours=23))
    action_of(me, what="Yesterday")
    set_clock(MORNING)

    [letter] = tick()
    assert section(letter, "New for you") == ["Enfield: Yesterday, due on Dec. 23, 2026"]


def test_mail_that_is_refused_does_not_keep_the_others(me, server, organization):
    other = join(organization, factories.UserFactory())
    for member in (me, other):
        action_of(member)
    server.refuses["ana@example.org"] = REFUSED

    tick_that_fails()

    assert [letter.to for letter in mail.outbox] == [[other.user.email]]


def test_server_that_is_not_there_is_asked_twice_and_nothing_is_lost(me, server, organization):
    for member in (me, *(join(organization, factories.UserFactory()) for _ in range(3))):
        action_of(member)
    server.down = ConnectionRefusedError("no mail server")

    tick_that_fails()
    assert server.asked == 2

    server.down = None
    assert len(tick()) == 4


def test_server_that_hangs_up_at_one_mail_is_asked_for_the_others(me, server, organization):
    """Whoever it is, they would keep all who come after them from their mails, hour by hour."""
    others = [join(organization, factories.UserFactory()) for _ in range(4)]
    for member in (me, *others):
        action_of(member)
    for member in (me, others[1], others[3]):  # never two in a row
        server.refuses[member.user.email] = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    tick_that_fails()

    assert [letter.to for letter in mail.outbox] == [[others[0].user.email], [others[2].user.email]]


def test_sender_that_is_killed_sends_nothing_twice_and_loses_nothing(me, server, set_clock):
    old_action_of(me, set_clock, days=0)
    assert len(tick()) == 1
    set_clock(MORNING + A_DAY)
    action_of(me, what="Call them back")
    server.down = SystemExit()  # whether the mail went out is not known
    with pytest.raises(SystemExit):
        call_command("tick")

    server.down = None
    assert tick() == []
    set_clock(MORNING + 2 * A_DAY)
    [letter] = tick()
    assert section(letter, "New for you") == ["Enfield: Call them back, due on Dec. 23, 2026"]


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_send_one_mail_to_each(organization):
    """Each has its own connection to the database, as on two machines."""
    people = [join(organization, factories.UserFactory()) for _ in range(5)]
    for member in people:
        action_of(member)
    both, failed = Barrier(2), []

    def tick():
        try:
            both.wait()
            call_command("tick")
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    ticks = [Thread(target=tick) for _ in range(2)]
    for each in ticks:
        each.start()
    for each in ticks:
        each.join()

    assert not failed
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(each.user.email for each in people)


@pytest.mark.django_db(transaction=True)
def test_mail_is_sent_outside_of_any_transaction(organization, server, monkeypatch):
    action_of(join(organization, factories.UserFactory()))
    seen = []
    monkeypatch.setattr(server, "ask", lambda letter: seen.append(connection.in_atomic_block))

    call_command("tick")

    assert seen == [False]


def test_claim_of_a_day_is_got_by_one(me):
    first, second = Mailing.of(me.user), Mailing.of(me.user)
    assert first.claim(TODAY) and not second.claim(TODAY)
    first.give_back(TODAY)
    assert second.claim(TODAY)
    assert not Mailing.of(me.user).claim(TODAY - A_DAY)


def link_out(letter) -> str:
    """The path of the link by which the mails are ended."""
    return re.search(rf"{SITE}(/mails/\S+)", letter.body)[1]


def test_mail_program_ends_the_mails_in_one_click(me, settings, set_clock):
    settings.SITE_URL = f"https://{'a' * 60}.example.org"
    action_of(me, days=0)
    [letter] = tick()
    raw = letter.message(policy=email.policy.SMTP).as_bytes().decode()
    address = re.search(r"^List-Unsubscribe: <(https://\S+)>\r$", raw, flags=re.MULTILINE)[1]
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert f"\n{address}" in letter.body

    # As providers do: no cookie, no token, no sign-in, the body that the standard names.
    program = Client(enforce_csrf_checks=True)
    answer = program.post(
        address.removeprefix(settings.SITE_URL),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 200
    set_clock(MORNING + A_DAY)
    assert tick() == []


def test_link_asks_with_one_button_and_looking_ends_nothing(me, client, set_clock):
    action_of(me, days=0)
    path = link_out(tick()[0])

    page = client.get(path)
    assert page.text.partition("<main")[2].count("<button") == 1
    assert "no-store" in page["Cache-Control"]
    assert Mailing.of(me.user).wanted

    assert "You are no longer mailed what is due" in client.post(path).text
    client.post(path)
    assert not Mailing.of(me.user).wanted


@pytest.mark.parametrize("token", ["1", "1.forged", "x.y", "..", "1:2"])
def test_link_that_is_not_ours_leads_nowhere(me, client, token):
    for answer in (client.get(f"/mails/{token}/"), client.post(f"/mails/{token}/")):
        assert answer.status_code == 404


def test_link_of_an_account_that_is_gone_leads_nowhere(me, client, organization):
    action_of(me, days=0)
    path = link_out(tick()[0])
    me.user.delete()
    assert client.get(path).status_code == 404
    assert not Mailing.objects.exists()


def test_account_turns_the_mails_off_and_on(me, client, set_clock):
    client.force_login(me.user)
    assert "Turn it off" in client.get("/account/").text

    page = client.post("/account/mails/", {"wanted": "no"}, follow=True).text
    assert "You are no longer mailed what is due." in page and 'value="yes"' in page
    action_of(me, what="Meanwhile")
    assert tick() == []

    set_clock(MORNING + timedelta(hours=1))
    page = client.post("/account/mails/", {"wanted": "yes"}, follow=True).text
    assert "You are mailed what is due." in page and "Turn it off" in page
    set_clock(MORNING + timedelta(hours=2))
    action_of(me, what="Afterwards")
    [letter] = tick()
    assert len(section(letter, "New for you")) == 1 and "Afterwards" in letter.body


def test_data_of_the_account_says_whether_mails_are_wanted(me, client):
    client.force_login(me.user)
    assert client.post("/account/data/").json()["mailed_what_is_due"] is True
    client.post("/account/mails/", {"wanted": "no"})
    assert client.post("/account/data/").json()["mailed_what_is_due"] is False


def test_tick_without_a_site_says_what_to_set_where_there_is_somebody_to_write_to(me, settings):
    settings.SITE_URL = ""
    with pytest.raises(CommandError, match="mail what is due: Set SITE_URL to where people find this server"):
        call_command("tick")


def test_tick_without_a_site_and_nobody_to_write_to_does_its_work(organization, settings):
    settings.SITE_URL = ""
    call_command("tick")


def test_tick_without_a_mail_server_says_what_to_set_and_claims_no_day(me, settings):
    """As without DEBUG: mails that are printed reach nobody, and would count as sent."""
    settings.EMAIL_URL = ""
    with pytest.raises(
        CommandError, match="mail what is due: Set EMAIL_URL to an address such as submission"
    ):
        call_command("tick")
    assert not mail.outbox and not Mailing.objects.exclude(day=None).exists()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_digest_takes_the_same_queries_however_much_waits(me, organization, count, django_assert_num_queries):
    for number in range(count):
        action_of(me, days=number % 5)
        metric = owned(me, measured=90)
        factories.DeviationFactory(organization=organization, metric=metric, holds_until=TODAY - A_DAY)
        review = factories.ReviewFactory(organization=organization)
        factories.AttendanceFactory(organization=organization, review=review, member=me)

    with django_assert_num_queries(6):
        assert read_digest(me.user, since=MORNING - A_DAY).count == 3 * count
