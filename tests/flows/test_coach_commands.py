"""What a coach does about an athlete: the list, the card, notes, unlocking; and who may not."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session as Db
from sqlmodel import col, delete, select

from bot.coaching.athletes.messages import SessionShown
from bot.coaching.messages import Album
from bot.conversation.message import Answer, Say
from bot.dispatch import delivery_events
from bot.protocol.session.state import Outcome
from bot.store import people
from bot.store.audience import may_be_told
from bot.store.tables import (
    AssignmentRow,
    AthleteRow,
    AuditRow,
    MorningRow,
    NoteRow,
    OccurrenceRow,
    OccurrenceState,
    OutboxRow,
    PersonRow,
    RedFlagRow,
    Role,
)
from bot.training import occurrences
from bot.training.alerts.words import coach_alert
from bot.training.messages import Chart, CoachAlert
from bot.training.red_flags import flow as red_flags
from bot.training.session import actions as session_actions
from tests.flows.chatting import buttons, said_about, screen, taps, types
from tests.flows.world import ADMIN, COACH, RUNA, STRANGER, FlowWorld, reply, the, topics

OTHER_COACH = ADMIN + 10
EVIL = "<b>'; DROP TABLE note; -- ü"


@pytest.fixture
def runa(world: FlowWorld) -> int:
    """Return an athlete who shares with Kim; there are another coach and an admin, too."""
    runa = world.athlete()
    world.coach(runa)
    world.person(OTHER_COACH, "Lee", Role.COACH)
    world.person(ADMIN, "Ada", Role.ADMIN)
    return runa


def lock_of(world: FlowWorld, athlete_id: int) -> str | None:
    """Return why the athlete is locked."""
    found: str | None = world.row(AthleteRow, athlete_id).lock_reason
    return found


# ---- rights ---------------------------------------------------------------------------

COMMANDS = ("athlete", "note", "say", "unlock")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("who", [RUNA, OTHER_COACH, STRANGER])
def test_f63_an_athlete_is_nobody_elses(
    world: FlowWorld, runa: int, who: int, command: str
) -> None:
    """By name or forged button: nothing happens, and the refusal is that for nobody at all."""
    world.presses(RUNA, red_flags.report, "tear")
    mails = len(world.letters(RUNA))

    def said(data: str) -> list[str]:
        return topics([one for one in taps(world, who, data) if not isinstance(one, Answer)])

    for rest in ("", ":Hello", ":yes", ":undo 1"):
        there, nowhere = said(f"1:c:{command}:{runa}{rest}"), said(f"1:c:{command}:99999{rest}")
        assert there == nowhere
    told = types(world, who, f"/{command} Runa Holm Hello")
    assert "Holm" not in str(
        [one for one in said_about(told) if one.get("name") != "Runa Holm Hello"]
    )
    assert lock_of(world, runa) == "red_flag"
    assert world.count(NoteRow) == 0
    if who != RUNA:
        assert len(world.letters(RUNA)) == mails


@pytest.mark.parametrize("command", ["athletes", *COMMANDS])
def test_an_ended_consent_ends_everything(world: FlowWorld, runa: int, command: str) -> None:
    """Old buttons too: once the consent is taken back the athlete is nobody."""

    def end(db: Db) -> None:
        kim = people.by_telegram(db, COACH)
        assert kim is not None
        row = db.get(AssignmentRow, (runa, kim.id))
        assert row is not None
        row.ended_at = world.now
        db.add(row)

    world.run(end)
    told = [
        *taps(world, COACH, f"1:c:{command}:{runa}:x"),
        *types(world, COACH, f"/{command} Runa"),
    ]
    assert "Holm" not in str(said_about(told))
    assert world.count(NoteRow) == 0


def test_an_admin_may_everything(world: FlowWorld, runa: int) -> None:
    """Without any consent to themselves."""
    assert topics(types(world, ADMIN, "/athlete runa")) == ["athlete_card"]
    assert topics(types(world, ADMIN, "/note Runa fine")) == ["note_kept"]
    assert the(types(world, ADMIN, "/athletes"), "athletes")["count"] == 1
    assert runa


# ---- one session ----------------------------------------------------------------------


def test_an_alert_shows_its_own_session(world: FlowWorld, runa: int) -> None:
    """Not the newest: the one that the alert is about, in words and as a picture."""
    world.trains(runa, 2, 5)
    (alert,) = (one for one in world.letters(COACH) if isinstance(one, CoachAlert))
    world.later(days=1)
    world.trains(runa, 1, 1)
    see = coach_alert(alert, world.now).rows[0][0]
    assert (see.label, see.data) == ("See session", f"1:c:athlete:{runa}:1")
    told = taps(world, COACH, see.data)
    shown = reply(told, SessionShown)
    assert shown.session is not None
    assert (shown.session.outcome, shown.session.stop_pain) == (Outcome.STOPPED_PAIN, 5)
    (picture,) = (one for one in told if isinstance(one, Chart))
    assert [hold.pain for hold in picture.holds][:2] == [2, 5]
    assert (picture.name, picture.athlete_id) == ("Runa Holm", runa)
    text = screen(told, "session_shown", world).text
    assert "Yesterday: stopped by pain, pain 2 → 5 on hold 2 · 20 of 50 s" in text
    assert "Pain before it: 1 · 2 of 5 holds" in text
    assert world.store.read_now(may_be_told, COACH, {runa})


def test_f63_a_session_is_shown_to_its_own_coaches_alone(world: FlowWorld, runa: int) -> None:
    """Another athlete's, one that is not there, another coach, after the consent ended: nothing."""
    world.trains(runa, 2, 5)
    world.coach(world.athlete(RUNA + 500, "Liv"), COACH + 500, "Coach Lou")
    for who, data in (
        (COACH, f"1:c:athlete:{runa}:99"),
        (COACH, "1:c:athlete:5:1"),
        (COACH + 500, f"1:c:athlete:{runa}:1"),
        (COACH + 500, "1:c:athlete:5:1"),
        (STRANGER, f"1:c:athlete:{runa}:1"),
    ):
        told = taps(world, who, data)
        assert not any(isinstance(one, Chart) for one in told)
        assert "session_shown" not in topics([one for one in told if isinstance(one, Say)])
    world.run(lambda db: db.connection().execute(delete(AssignmentRow)))
    assert not world.store.read_now(may_be_told, COACH, {runa})


# ---- the list -------------------------------------------------------------------------


def add_day(
    world: FlowWorld, athlete: int, days_ago: int, state: str, reason: str | None = None
) -> None:
    """Store what became of a planned day."""
    day = (world.now - timedelta(days=days_ago)).date()
    row = OccurrenceRow(
        athlete_id=athlete,
        local_date=day,
        slot=0,
        planned_at=world.now - timedelta(days=days_ago),
        state=state,
        reason=reason,
        delivered_at=world.now,
    )
    world.run(lambda db: db.add(row))


def test_the_most_urgent_comes_first(world: FlowWorld, runa: int) -> None:
    """Locked, stopped by pain, rising, missed, unreachable; the rest by name."""
    names = ["Zoe Calm", "Amy Calm", "Uma Gone", "Mia Missed", "Ria Rising", "Pia Pain", "Lou Lock"]
    ids = {name: world.athlete(RUNA + 200 + n, name) for n, name in enumerate(names)}
    for athlete in ids.values():
        world.coach(athlete)
    world.trains(ids["Pia Pain"], 2, 5)
    world.trains(ids["Ria Rising"], 1, 3)
    world.presses(RUNA + 200 + names.index("Lou Lock"), red_flags.report, "bone")
    world.run(delivery_events.unreachable, RUNA + 200 + names.index("Uma Gone"), world.now)
    for days_ago in (1, 2):
        add_day(world, ids["Mia Missed"], days_ago, OccurrenceState.MISSED)
    shown = the(types(world, COACH, "/athletes"), "athletes")
    assert [one["name"] for one in shown["athletes"]] == [
        "Lou Lock",
        "Pia Pain",
        "Ria Rising",
        "Mia Missed",
        "Uma Gone",
        "Amy Calm",
        "Runa Holm",
        "Zoe Calm",
    ]
    needs = [one["need"] for one in shown["athletes"]]
    assert needs[:5] == ["locked", "stopped", "rising", "missed", "unreachable"]
    pia = shown["athletes"][1]["last"]
    assert (pia["outcome"], pia["first"], pia["stop_pain"], pia["stop_hold"]) == (
        "stopped_pain",
        2,
        5,
        2,
    )
    assert runa


def test_a_line_counts_the_week_and_knows_the_morning(world: FlowWorld, runa: int) -> None:
    """Tuesday: Monday was rested, today is open, Sunday belongs to last week."""
    for days_ago, state in ((2, OccurrenceState.MISSED), (1, OccurrenceState.RESTED)):
        add_day(world, runa, days_ago, state)
    morning = MorningRow(
        athlete_id=runa,
        local_date=(world.now - timedelta(days=1)).date(),
        value=4,
        answered_at=world.now - timedelta(days=1),
    )
    world.run(lambda db: db.add(morning))
    (line,) = the(types(world, COACH, "/athletes"), "athletes")["athletes"]
    assert (line["done"], line["planned"]) == (1, 1)
    assert line["morning"] == ["2026-11-23", 4]
    text = screen(types(world, COACH, "/athletes"), "athletes", world).text
    assert "No session yet · week 1 of 1 · morning 4 (yesterday)" in text


def test_the_list_is_paged_at_a_constant_cost(world: FlowWorld) -> None:
    """Eight a page; twenty athletes take as many statements as two."""
    counts = []
    for athletes in (2, 20):
        for n in range(athletes):
            world.coach(world.athlete(RUNA + 100 * athletes + n, f"Athlete {n:02}"))
        statements: list[str] = []

        def heard(*said: object, into: list[str] = statements) -> None:
            into.append(str(said[2]))

        event.listen(world.store._engine, "before_cursor_execute", heard)
        told = types(world, COACH, "/athletes")
        event.remove(world.store._engine, "before_cursor_execute", heard)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    shown = screen(told, "athletes", world)
    assert "(page 1 of 3)" in shown.text
    later = screen(taps(world, COACH, buttons(shown)["More ›"]), "athletes", world)
    assert next(iter(buttons(later))) == "Athlete 06"
    last = the(taps(world, COACH, "1:c:athletes::p99"), "athletes")
    assert (last["page"], len(last["athletes"])) == (3, 6)


# ---- the card -------------------------------------------------------------------------


def test_the_card_says_what_a_coach_needs(world: FlowWorld, runa: int) -> None:
    """Plan, schedule, next session, sessions, week, notes; and the picture of 28 days."""
    world.trains(runa, 3, 2, 2, 1, 1)
    add_day(world, runa, 1, OccurrenceState.MISSED, "time")
    types(world, COACH, "/note Runa New shoes")
    told = types(world, COACH, "/athlete runa")
    shown = screen(told, "athlete_card", world)
    for line in (
        "<b>Runa Holm</b>",
        "Plan: 5 holds of 10 s, LEFT side, standing hold, tubing at the hip; pain limit 3",
        "Schedule: every day at 07:30 (Europe/Berlin)",
        "Today: finished, pain eased, pain 3 → 1 · 50 of 50 s",
        "Yesterday: missed, no time",
        "Today, Coach Kim: New shoes",
    ):
        assert line in shown.text
    assert set(buttons(shown)) == {
        "Plan",
        "Schedule",
        "Pause",
        "Note",
        "Message",
        "Report",
        "Stage",
    }
    (album,) = [one for one in told if isinstance(one, Album)]
    assert len(album.charts[0].days) == 28
    assert album.charts[0].days[-1].last == 1


def test_the_card_of_a_locked_and_paused_athlete(world: FlowWorld, runa: int) -> None:
    """What bars sessions stands first, and can be lifted."""
    world.presses(RUNA, red_flags.report, "bone")

    def pause(db: Db) -> None:
        row = people.athlete(db, runa)
        row.paused_at, row.pause_reason = world.now, EVIL
        db.add(row)

    world.run(pause)
    shown = screen(types(world, COACH, "/athlete"), "athlete_card", world)
    assert "Red flag, today 07:30 (Europe/Berlin): a bony ache" in shown.text
    assert "Paused, until resumed: &lt;b&gt;" in shown.text
    assert {"Unlock", "Resume"} <= buttons(shown).keys()


@pytest.mark.usefixtures("runa")
def test_f88_a_pause_that_lies_ahead_stands_on_the_card(world: FlowWorld) -> None:
    """Its first day and the first day back, until it is over; the plan runs until then."""
    types(world, COACH, "/pause Runa 24 Dec - 2 Jan: holiday")
    shown = screen(types(world, COACH, "/athlete Runa"), "athlete_card", world)
    assert "A pause from Thu 24 Dec, first day back Sun 3 Jan 2027: holiday." in shown.text
    assert "Next session: tomorrow 07:30" in shown.text
    assert "Pause" in buttons(shown)
    types(world, COACH, "/resume Runa")
    shown = screen(types(world, COACH, "/athlete Runa"), "athlete_card", world)
    assert "pause from" not in shown.text


# ---- notes ----------------------------------------------------------------------------


def test_a_note_is_kept_as_it_was_written_and_taken_back(world: FlowWorld, runa: int) -> None:
    """Audited; the athlete is not told; Undo deletes it."""
    told = types(world, COACH, f"/note Runa {EVIL}")
    shown = screen(told, "note_kept", world)
    assert "Runa Holm sees it only in /export" in shown.text
    assert world.row(NoteRow, 1).text == EVIL
    assert world.letters(RUNA) == []
    assert "note_undone_staff" in topics(taps(world, COACH, buttons(shown)["Undo"]))
    assert world.count(NoteRow) == 0
    actions = world.store.read_now(lambda db: [row.action for row in db.exec(select(AuditRow))])
    assert actions == ["note", "undo_note"]
    assert runa


def test_a_note_can_be_tapped_then_typed(world: FlowWorld, runa: int) -> None:
    """/note alone: the only athlete; the next text is the note, the one after it is not."""
    assert topics(types(world, COACH, "/note")) == ["notes"]
    assert topics(types(world, COACH, "New shoes")) == ["note_kept"]
    assert topics(types(world, COACH, "Hello?")) == ["unknown_text"]
    types(world, COACH, "/note")
    assert topics(types(world, COACH, "Cancel")) == ["command_cancelled"]
    types(world, COACH, "/note")
    world.later(minutes=16)
    assert topics(types(world, COACH, "Too late")) == ["unknown_text"]
    assert world.row(NoteRow, 1).athlete_id == runa
    assert world.count(NoteRow) == 1


def test_a_note_has_an_end(world: FlowWorld, runa: int) -> None:
    """1,000 characters are kept, 1,001 are not; another's note is not undone."""
    assert topics(types(world, COACH, f"/note Runa {'x' * 1001}")) == ["note_too_long"]
    assert topics(types(world, COACH, f"/note Runa {'x' * 1000}")) == ["note_kept"]
    taps(world, ADMIN, f"1:c:note:{runa}:undo 1")
    assert world.count(NoteRow) == 1


# ---- unlocking ------------------------------------------------------------------------


def test_a_hard_stop_is_unlocked_with_a_reason(world: FlowWorld, runa: int) -> None:
    """Asked why, one tap: unlocked, noted, audited, the athlete told once."""
    world.trains(runa, 7)
    shown = screen(taps(world, COACH, f"1:c:unlock:{runa}"), "unlock_why", world)
    assert lock_of(world, runa) == "stopped_hard"
    told = taps(world, COACH, buttons(shown)["Talked to the athlete"])
    assert the(told, "unlock_done") == {
        "name": "Runa Holm",
        "athlete_id": runa,
        "told": True,
        "paused": False,
        "why": "Talked to the athlete",
    }
    assert lock_of(world, runa) is None
    assert world.row(NoteRow, 1).text == "Unlocked: Talked to the athlete"
    assert topics(world.letters(RUNA)).count("unlocked") == 1
    (audit,) = world.store.read_now(
        lambda db: list(db.exec(select(AuditRow).where(AuditRow.action == "unlock")))
    )
    assert audit.before == '{"lock": "stopped_hard", "flags": []}'
    assert audit.after == '{"lock": null, "flags": [], "why": "Talked to the athlete"}'


def test_a_red_flag_is_named_again_before_it_is_lifted(world: FlowWorld, runa: int) -> None:
    """A reason alone lifts nothing; the second step lifts what it named."""
    for flag in ("tear", "bone"):
        world.presses(RUNA, red_flags.report, flag)
    shown = screen(types(world, COACH, "/unlock Runa Seen by Dr Ü"), "unlock_confirm", world)
    assert "sudden pop or tear" in shown.text
    assert "bony ache" in shown.text
    assert lock_of(world, runa) == "red_flag"
    assert "unlock_done" in topics(taps(world, COACH, buttons(shown)["Yes, lift it"]))
    assert lock_of(world, runa) is None
    assert world.row(NoteRow, 1).text == "Unlocked: Seen by Dr Ü"
    assert world.row(RedFlagRow, 2).cleared_at == world.now
    world.later(days=1)
    assert "SetUp" in topics(world.does(RUNA, session_actions.begin))


@pytest.mark.parametrize("flagged", [True, False])
def test_a_red_flag_needs_a_doctors_clearance(
    world: FlowWorld, runa: int, *, flagged: bool
) -> None:
    """Words with the athlete, by tap or typed, lift a hard stop; a red flag needs to be cleared."""
    world.trains(runa, 7)
    if flagged:
        world.presses(RUNA, red_flags.report, "bone")
    refused, done = ("unlock_not_cleared", "unlock_not_cleared") if flagged else ("", "unlock_done")
    for text in ("Talked to the athlete", "Seen by a doctor", "not seen by Dr Berg", "other"):
        told = topics(taps(world, COACH, f"1:c:unlock:{runa}:{text}"))
        assert (refused or ("unlock_write" if text == "other" else done)) in told
        if not flagged:
            world.run(occurrences.lock, runa, "stopped_hard", world.now)
    assert lock_of(world, runa) is not None


def test_f89_what_is_refused_as_no_clearance_waits_for_one(world: FlowWorld, runa: int) -> None:
    """The words that the refusal asks for can be typed as they are."""
    world.presses(RUNA, red_flags.report, "bone")
    types(world, COACH, "/unlock Runa fine again")
    shown = screen(types(world, COACH, "cleared by Dr Berg on Tuesday"), "unlock_confirm", world)
    taps(world, COACH, buttons(shown)["Yes, lift it"])
    assert lock_of(world, runa) is None


def test_a_clearance_is_tapped_and_written(world: FlowWorld, runa: int) -> None:
    """The tap asks by whom and when; the words, the tap that lifts it and the audit are kept."""
    world.presses(RUNA, red_flags.report, "bone")
    shown = screen(taps(world, COACH, f"1:c:unlock:{runa}"), "unlock_why", world)
    assert list(buttons(shown)) == ["Seen by a doctor: cleared"]
    told = taps(world, COACH, buttons(shown)["Seen by a doctor: cleared"])
    assert "unlock_by_whom" in topics(told)
    shown = screen(types(world, COACH, "Dr Berg on Tuesday"), "unlock_confirm", world)
    assert "cleared by Dr Berg on Tuesday" in shown.text
    assert lock_of(world, runa) == "red_flag"
    assert "unlock_done" in topics(taps(world, COACH, buttons(shown)["Yes, lift it"]))
    (audit,) = world.store.read_now(
        lambda db: list(db.exec(select(AuditRow).where(AuditRow.action == "unlock")))
    )
    assert '"why": "cleared by Dr Berg on Tuesday"' in (audit.after or "")
    assert lock_of(world, runa) is None


def test_nothing_lifts_a_flag_round_the_clearance(world: FlowWorld, runa: int) -> None:
    """Nor does a question that an older version asked, with a reason it took."""
    world.presses(RUNA, red_flags.report, "bone")
    types(world, COACH, "/unlock Runa cleared by Dr Berg on Tuesday")

    def as_before(db: Db) -> None:
        row = db.exec(select(OutboxRow).order_by(col(OutboxRow.id).desc())).first()
        assert row is not None
        row.body = row.body.replace("cleared by Dr Berg on Tuesday", "Talked to the athlete")
        db.add(row)

    world.run(as_before)
    assert "unlock_why" in topics(taps(world, COACH, f"1:c:unlock:{runa}:yes"))
    assert lock_of(world, runa) == "red_flag"


def test_a_flag_that_came_meanwhile_is_not_lifted_unseen(world: FlowWorld, runa: int) -> None:
    """The question named one; there are two now: it is asked again."""
    world.presses(RUNA, red_flags.report, "tear")
    types(world, COACH, "/unlock Runa cleared by Dr Berg on Tuesday")
    world.later(minutes=1)
    world.presses(RUNA, red_flags.report, "clot")
    assert "unlock_why" in topics(taps(world, COACH, f"1:c:unlock:{runa}:yes"))
    assert lock_of(world, runa) == "red_flag"
    for text in ("/unlock Runa yes", "/unlock Runa"):
        assert topics(types(world, COACH, text)) == ["unlock_why"]
    assert lock_of(world, runa) == "red_flag"


def test_another_reason_is_typed(world: FlowWorld, runa: int) -> None:
    """A tap on Other takes the next text; one that is too long changes nothing."""
    world.trains(runa, 8)
    assert "unlock_write" in topics(taps(world, COACH, f"1:c:unlock:{runa}:other"))
    assert topics(types(world, COACH, "x" * 501)) == ["unlock_too_long"]
    assert lock_of(world, runa) == "stopped_hard"
    taps(world, COACH, f"1:c:unlock:{runa}:other")
    assert topics(types(world, COACH, "Physio said yes")) == ["unlock_done"]
    assert world.row(NoteRow, 1).text == "Unlocked: Physio said yes"


def test_unlock_alone_offers_the_locked(world: FlowWorld, runa: int) -> None:
    """Nobody locked: said so; one: asked why at once; several: buttons for those alone."""
    others = [world.athlete(RUNA + 200 + n, name) for n, name in enumerate(("Bo", "Cy"))]
    for one in others:
        world.coach(one)
    assert topics(types(world, COACH, "/unlock")) == ["unlock_none_locked"]
    assert topics(types(world, COACH, "/unlock Bo")) == ["unlock_not_locked"]
    world.trains(others[0], 8)
    assert topics(types(world, COACH, "/unlock")) == ["unlock_why"]
    world.presses(RUNA, red_flags.report, "tear")
    found = the(types(world, COACH, "/unlock"), "who_which")["people"]
    assert [(one["athlete_id"], one["about"]) for one in found] == [
        (others[0], "locked"),
        (runa, "locked"),
    ]


def test_unlocking_says_only_what_is_true(world: FlowWorld, runa: int) -> None:
    """Nobody says that somebody who cannot be reached is told; twice changes nothing."""
    world.trains(runa, 8)

    def lose(db: Db) -> None:
        row = db.get(PersonRow, runa)
        assert row is not None
        row.unreachable_since = world.now
        db.add(row)

    world.run(lose)
    told = types(world, COACH, "/unlock Runa Talked to her")
    assert the(told, "unlock_done")["told"] is False
    assert topics(types(world, COACH, "/unlock Runa Talked to her")) == ["unlock_not_locked"]
    assert world.count(NoteRow) == 1
    assert all(isinstance(one, Say) for one in told)
