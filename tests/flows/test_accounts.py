"""Who is who: people, open links, removing somebody, and what was changed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import col

from bot.dispatch import delivery_events
from bot.store import people
from bot.store.tables import (
    AlertRow,
    AssignmentRow,
    AthleteRow,
    AuditRow,
    BroadcastRow,
    CoachRow,
    InviteRow,
    OccurrenceRow,
    Role,
    SessionRow,
)
from bot.training import occurrences
from bot.training.red_flags import flow as red_flags
from tests.flows.talking import Talk
from tests.flows.world import ADMIN, COACH, RUNA, STRANGER

SECOND_ADMIN = ADMIN + 100
FIRST = 800_000_000


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    """Ada, an admin; Runa, an athlete; Kim, her coach."""
    with Talk(tmp_path) as made:
        made.person(ADMIN, "Ada", Role.ADMIN)
        made.coach(made.athlete(), name="Kim")
        yield made


def found(talk: Talk, telegram_id: int) -> frozenset[Role]:
    """Return the roles of a Telegram account."""
    return talk.store.read_now(people.who_is, telegram_id).roles


def test_who_is_in_a_session_is_known_with_who_they_are(talk: Talk) -> None:
    """From the first question until the session is closed; nobody else is."""

    def in_session(telegram_id: int) -> bool:
        return talk.store.read_now(people.who_is, telegram_id).in_session

    assert not in_session(RUNA)
    talk.says(RUNA, "/session")
    assert in_session(RUNA)
    assert not any(map(in_session, (ADMIN, COACH, STRANGER)))
    talk.says(RUNA, "stop")
    for _ in range(48):
        talk.time_acts(minutes=30)
    assert not in_session(RUNA)


# ---- people ---------------------------------------------------------------------------


def test_everybody_has_a_line(talk: Talk) -> None:
    """Names, roles and states; counted at the top, the invited among them."""
    talk.says(ADMIN, "/invite athlete Zoë O'Neil")
    talk.says(RUNA, "/pause 3 days")
    talk.run(lambda db: occurrences.lock(db, 2, "red_flag", talk.now))
    told = talk.says(ADMIN, "/people")
    assert told.splitlines() == [
        "3 people: 1 athlete, 1 coach, 1 admin, 1 invited",
        "",
        "Ada – admin; active",
        "Kim – coach; active",
        "Runa Holm – athlete; locked since today, paused, back Fri 27 Nov",
        "Zoë O'Neil – athlete; invited, link open until Tue 1 Dec",
    ]


def test_people_are_paged_and_tapped(talk: Talk) -> None:
    """Ten a page; a name opens the card, and the card leads back."""
    for number in range(20):
        talk.person(FIRST + number, f"Coach {number:02}", Role.COACH)
    assert "(page 1 of 3)" in talk.says(ADMIN, "/people")
    assert talk.labels(ADMIN)[-1] == "More ›"
    assert "(page 2 of 3)" in talk.taps(ADMIN, "More")
    assert talk.labels(ADMIN)[-2:] == ["‹ Back", "More ›"]
    assert talk.taps(ADMIN, "Coach 12").startswith("Coach 12 – coach\nActive")
    assert "(page 1 of 3)" in talk.taps(ADMIN, "‹ Everybody")


def test_a_card_says_who_coaches_whom(talk: Talk) -> None:
    """An athlete's card names the coach, the coach's the athletes; each has its buttons."""
    assert "Coach: Kim" in talk.says(ADMIN, "/people runa")
    assert {"Schedule", "Plan", "Coaches", "Remove …"} <= set(talk.labels(ADMIN))
    assert "Athletes: Runa Holm" in talk.says(ADMIN, "/people Kim")
    assert "Plan" not in talk.labels(ADMIN)
    assert talk.says(ADMIN, "/people ada").startswith("Ada (you) – admin")


def test_since_when_somebody_is_unreachable(talk: Talk) -> None:
    """The day is told; a page beyond the last is the last."""
    talk.run(delivery_events.unreachable, COACH, talk.now - timedelta(days=3))
    assert "Kim – coach; unreachable since Sat 21 Nov" in talk.presses_data(
        ADMIN, "1:c:people::p9999"
    )


# ---- links ----------------------------------------------------------------------------


def test_an_invite_by_tapping(talk: Talk) -> None:
    """A role is tapped, the name is typed, as it is: the link is made."""
    assert "Who should join?" in talk.says(ADMIN, "/invite")
    assert "name of the new coach" in talk.taps(ADMIN, "Coach")
    assert "Lee <b> Ó, Ada invites you to Holdfast, as a coach." in talk.says(ADMIN, "Lee <b> Ó")
    talk.says(ADMIN, "Not a name")
    assert talk.count(InviteRow) == 1


@pytest.mark.parametrize("meanwhile", ["/invites", "cancel", "15 minutes"])
def test_a_name_is_not_waited_for_for_ever(talk: Talk, meanwhile: str) -> None:
    """Another command, "cancel" or a quarter of an hour, and text is text again."""
    talk.says(ADMIN, "/invite athlete")
    if meanwhile.startswith("15"):
        talk.later(minutes=15, seconds=1)
    else:
        talk.says(ADMIN, meanwhile)
    assert "did not understand" in talk.says(ADMIN, "Zoe")
    assert talk.count(InviteRow) == 0


def test_open_links_are_listed_and_revoked(talk: Talk) -> None:
    """Used, old and revoked ones are not there; the zone is named."""
    talk.says(ADMIN, "/invite admin Old")
    talk.later(days=7, seconds=1)
    talk.says(ADMIN, "/invite coach Sam")
    talk.says(ADMIN, "/relink Runa")
    told = talk.says(ADMIN, "/invites")
    assert told.startswith("2 open links\n")
    assert "Sam – joins as a coach; until Tue 8 Dec 06:30 (UTC)" in told
    assert "Runa Holm – moves to a new account" in told
    told = talk.taps(ADMIN, "Revoke Sam")
    assert told.startswith("Revoked: the link for Sam.")
    assert "1 open link\n" in told
    assert "no longer open" in talk.presses_data(ADMIN, "1:c:invites::revoke 2")
    assert "“x” is not a page" in talk.says(ADMIN, "/invites x")


# ---- removing -------------------------------------------------------------------------


def test_the_last_admin_stays(talk: Talk) -> None:
    """Even when they are sure; a second admin makes it possible, and asks in plain words."""
    for words in ("ada", "ada yes", "ada admin yes", "ada all yes"):
        assert "only admin" in talk.says(ADMIN, f"/remove {words}")
    talk.person(SECOND_ADMIN, "Bo", Role.ADMIN)
    assert "This is you" in talk.says(ADMIN, "/remove ada")
    assert "not an admin here any more" in talk.taps(ADMIN, "Remove me")
    assert found(talk, ADMIN) == frozenset()
    assert "private bot" in talk.says(ADMIN, "/people")
    assert "only admin" in talk.says(SECOND_ADMIN, "/remove bo yes")


def test_removing_is_asked_first(talk: Talk) -> None:
    """What it means is said; Keep keeps, and nothing has happened."""
    assert "1 athlete is told" in talk.says(ADMIN, "/remove kim")
    assert "Kim stays" in talk.taps(ADMIN, "Keep")
    assert found(talk, COACH) == {Role.COACH}
    assert talk.text(COACH) == ""


def test_a_removed_coach_sees_nothing_more(talk: Talk) -> None:
    """Role, assignments, settings and waiting alerts go; athletes are told once; audit stays."""
    kim_id = 3
    talk.run(lambda db: db.add(CoachRow(person_id=kim_id, summary_due_at=talk.now)))
    alert = AlertRow(key="a", coach_id=kim_id, athlete_id=2, event="rising", at=talk.now, body="{}")
    alert.due_at = talk.now
    talk.run(lambda db: db.add(alert))
    talk.says(ADMIN, "/remove kim yes")
    assert talk.text(COACH) == "An admin has removed you as a coach here."
    assert "Kim is not your coach here any more" in talk.text(RUNA)
    assert (talk.count(CoachRow), talk.count(AlertRow)) == (0, 0)
    assert talk.count(AssignmentRow, col(AssignmentRow.ended_at).is_(None)) == 0
    assert not talk.store.read_now(people.coaches, kim_id, 2)
    assert "private bot" in talk.says(COACH, "/unlock runa")
    talk.presses_data(COACH, "1:c:unlock:2")
    assert talk.toasts[-1] == "inactive"
    assert "Kim" not in talk.says(ADMIN, "/people")
    assert "Ada → Kim\nremoved as a coach" in talk.says(ADMIN, "/audit")


def test_f20_a_removed_athlete_is_silent_at_once(talk: Talk) -> None:
    """A session ends, no command works, no reminder comes; a day later everything is gone."""
    talk.holding(2)
    talk.says(ADMIN, "/remove runa yes")
    assert talk.text(RUNA).startswith("RELEASE. The session is over.")
    assert "There is no /session for you" in talk.says(RUNA, "/session")
    assert "has ended" in talk.says(RUNA, "/start")
    talk.says(RUNA, "/privacy")
    assert talk.labels(RUNA) == ["Export my data"]
    talk.presses_data(RUNA, "1:v:keep")
    talk.presses_data(RUNA, "1:F:none")
    assert talk.toasts[-2:] == ["inactive", "inactive"]
    talk.time_acts(hours=24)
    assert talk.text(RUNA) == "Everything is erased. Thank you, and all the best."
    assert [talk.count(table) for table in (AthleteRow, SessionRow, OccurrenceRow)] == [0, 0, 0]
    assert talk.store.read_now(people.by_telegram, RUNA) is None


def test_a_removed_athlete_can_be_taken_back(talk: Talk) -> None:
    """For a day: role, plan and reminders are there again, and the coach still is."""
    talk.says(ADMIN, "/remove runa")
    talk.taps(ADMIN, "Remove")
    assert "will be erased tomorrow 06:30 (UTC)" in talk.text(ADMIN)
    talk.taps(ADMIN, "Take back")
    assert "Next session: tomorrow 07:30 (Europe/Berlin)" in talk.text(RUNA)
    assert found(talk, RUNA) == {Role.ATHLETE}
    assert "Coach: Kim" in talk.says(ADMIN, "/people runa")
    assert "was not removed" in talk.says(ADMIN, "/remove runa back")


def test_only_the_athlete_takes_an_own_erasure_back(talk: Talk) -> None:
    """Who asked for it may change it; an admin is told so, and cannot remove twice."""
    talk.says(RUNA, "/erase")
    talk.taps(RUNA, "Erase everything")
    assert "already leaving" in talk.says(ADMIN, "/remove runa yes")
    assert "Only Runa Holm can change that" in talk.says(ADMIN, "/remove runa back")
    assert "Your data is kept" in talk.taps(RUNA, "Keep my data")


def test_a_link_does_not_enrol_whoever_waits_to_be_erased(talk: Talk) -> None:
    """The link is not used up; after the erasure it works."""
    link = talk.says(ADMIN, "/invite athlete Runa").partition("?start=")[2].split()[0]
    talk.says(ADMIN, "/remove runa yes")
    assert "has ended" in talk.says(RUNA, f"/start {link}")
    talk.time_acts(hours=24)
    talk.says(RUNA, f"/start {link}")
    assert "Agree" in talk.labels(RUNA)


def test_one_role_of_several(talk: Talk) -> None:
    """Which one is asked; the others stay, and the person is told."""
    talk.run(lambda db: people.grant(db, 2, Role.COACH))
    talk.says(ADMIN, "/remove runa")
    assert talk.labels(ADMIN) == ["As athlete", "As coach", "Altogether", "Keep"]
    talk.taps(ADMIN, "As coach")
    talk.taps(ADMIN, "Remove")
    assert talk.text(RUNA).endswith("as a coach here. You are still an athlete.")
    assert found(talk, RUNA) == {Role.ATHLETE}
    assert "“king” is no role" in talk.says(ADMIN, "/remove runa king")


# ---- what was changed -----------------------------------------------------------------


def test_changes_in_plain_words(talk: Talk) -> None:
    """Newest first, with who, whose, before and after; no JSON."""
    talk.says(RUNA, "/settings")
    talk.presses_data(RUNA, "1:s:time:1800")
    talk.says(RUNA, "/pause 3 days")
    talk.presses(RUNA, red_flags.report, "nerve")
    talk.says(ADMIN, "/unlock runa cleared by Dr Berg on Tuesday")
    talk.taps(ADMIN, "Yes, lift it")
    talk.says(ADMIN, "/invite coach Sam")
    told = talk.says(ADMIN, "/audit")
    assert told.split("\n\n")[1:] == [
        "today 06:30 · Ada\nmade a link for Sam to join as a coach",
        "today 06:30 · Ada → Runa Holm\nunlocked the sessions",
        "today 06:30 · Runa Holm\nsessions locked after a warning sign",
        "today 06:30 · Runa Holm\npaused the plan, back on Fri 27 Nov",
        "today 06:30 · Runa Holm\ntime 07:30 → 18:00",
    ]
    assert "Sam" not in talk.says(ADMIN, "/audit runa")
    assert "unlocked" in talk.text(ADMIN)


def test_unknown_changes_are_told_too(talk: Talk) -> None:
    """Whatever another part writes down is readable, long values are cut."""

    def note(action: str, before: str | None, after: str | None) -> None:
        row = AuditRow(
            at=talk.now, actor_id=None, subject_id=2, action=action, before=before, after=after
        )
        talk.run(lambda db: db.add(row))

    note("plan", '{"hold_s": 10, "side": "left"}', '{"hold_s": 15, "side": "left"}')
    note("new_thing", None, "x" * 4_000)
    note("other", '{"a": 1}', None)
    note("rest_day", None, "2026-11-27")
    note(
        "plan", '{"exercise": "H1", "to_fatigue": false}', '{"exercise": "H3", "to_fatigue": true}'
    )
    told = talk.says(ADMIN, "/audit Runa")
    assert "the bot → Runa Holm\nplan: hold 10 s → 15 s" in told
    assert "new thing: xxx" in told
    assert "other: a 1" in told
    assert "set a rest day: Fri 27 Nov" in told
    assert (
        "plan: exercise “standing hold, tubing at the hip” → “wall heel-press, standing”, "
        "stopping when tired counts as stopping early → counts as done" in told
    )


def test_f141_what_an_erasure_left_says_no_more_than_it_knows(talk: Talk) -> None:
    """That something was changed, by whom if they are still here; never "until resumed"."""
    talk.says(RUNA, "/pause 3 days")
    talk.says(ADMIN, "/note Runa New shoes")
    talk.says(RUNA, "/erase")
    talk.taps(RUNA, "Erase everything")
    talk.time_acts(hours=25)
    told = talk.says(ADMIN, "/audit")
    assert "yesterday 06:30\npause, of somebody who is gone" in told
    assert "yesterday 06:30 · Ada\nnote, of somebody who is gone" in told
    assert "until resumed" not in told


def test_changes_are_paged(talk: Talk) -> None:
    """Ten a page, by buttons and by number, for everybody and for one."""
    for _ in range(12):
        talk.says(ADMIN, "/invite coach Sam")
    assert talk.says(ADMIN, "/audit").count("made a link") == 10
    assert talk.taps(ADMIN, "Older").count("made a link") == 2
    assert talk.says(ADMIN, "/audit ada 2") == talk.text(ADMIN)
    assert "Changes – Ada (page 2)" in talk.text(ADMIN)
    assert "page 1" in talk.taps(ADMIN, "‹ Newer")
    assert "“many” is not a page" in talk.says(ADMIN, "/audit ada many")


def test_f60_everything_fits_into_a_message(talk: Talk) -> None:
    """The longest names, ten of them, and the longest changes."""
    name = "<&>" * 21 + "W"
    for number in range(12):
        talk.person(FIRST + number, name, Role.COACH)

    def note(db: Db) -> None:
        for _ in range(12):
            people.note(db, "x" * 99, talk.now, actor=4, subject=5, before="<" * 999, after="&")

    talk.run(note)
    for command in ("/people", "/people #4", "/audit", "/remove", "/relink", "/assign runa"):
        assert "<&>" in talk.says(ADMIN, command) or "<&>" in "".join(talk.labels(ADMIN))


# ---- rights ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("people", "Ada"),
        ("invite", "admin Eve"),
        ("invites", "revoke 1"),
        ("assign", "Runa Kim"),
        ("relink", "Ada"),
        ("remove", "Ada yes"),
        ("audit", "Runa"),
        ("broadcast", "athletes Hello"),
    ],
)
def test_f63_admin_commands_are_for_admins(talk: Talk, name: str, rest: str) -> None:
    """Typed or forged, nothing happens, and the refusal names nobody."""
    before = [talk.count(table) for table in (AuditRow, InviteRow, AssignmentRow, BroadcastRow)]
    for who in (RUNA, STRANGER) if name in {"invite", "invites"} else (COACH, RUNA, STRANGER):
        told = talk.says(who, f"/{name} {rest}")
        assert f"no /{name} for you" in told or "private bot" in told
        assert not {"Ada", "Kim", "Runa"} & set(told.split())
        for data in (f"1:c:{name}::{rest}", f"1:c:{name}:2:#3", f"1:w:{name}:1"):
            talk.presses_data(who, data)
            assert (talk.text(who), talk.toasts[-1]) == (told, "inactive")
    after = [talk.count(table) for table in (AuditRow, InviteRow, AssignmentRow, BroadcastRow)]
    assert after == before
    assert found(talk, ADMIN) == {Role.ADMIN}
