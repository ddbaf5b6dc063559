"""Privacy: what is told, handed out, and erased so that nothing remains (F74)."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select, update
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col

from bot.accounts.invites import tokens
from bot.accounts.privacy import flow as privacy
from bot.accounts.privacy.messages import Erased
from bot.coaching.exports import personal
from bot.coaching.messages import File
from bot.coaching.notes.messages import NoteDeleted
from bot.conversation.message import Answer, Say
from bot.conversation.outgoing import post
from bot.letters import Priority
from bot.protocol.session.state import Phase
from bot.store import due_rows, outbox, people, personal_data, sessions
from bot.store.due_rows import DueKind
from bot.store.outbox import Letter
from bot.store.tables import (
    AlertRow,
    AthleteRow,
    AuditRow,
    EnrolmentRow,
    FactRow,
    GivenTipRow,
    InboxRow,
    InviteRow,
    LoadEntryRow,
    LoadSettingsRow,
    LoadTestRow,
    MorningEditRow,
    MorningRow,
    NoteRow,
    OccurrenceRow,
    OutboxRow,
    OutboxState,
    OwnPictureRow,
    PersonRow,
    RatingRow,
    RestrictionRow,
    Role,
    RoleRow,
    StartRow,
    SummaryRow,
    ToldDaysRow,
    WatchFileRow,
    WeeklyCheckRow,
)
from bot.training.messages import Hold, Release
from bot.training.overview import flow as overview
from bot.training.red_flags import flow as red_flags
from bot.training.reminders import flow as reminders
from bot.training.session import actions
from tests.flows.chatting import taps, types
from tests.flows.world import ADMIN, COACH, RUNA, STRANGER, T0, FlowWorld, the, topics

DAY: Final = timedelta(hours=24)
OTHER: Final = RUNA + 50


def put(world: FlowWorld, *rows: SQLModel) -> None:
    """Store rows."""
    world.run(lambda db: db.add_all(rows))


def received(
    world: FlowWorld, update_id: int, chat: int, text: str, *, handled: bool = True
) -> None:
    """Store an update from a chat."""
    payload = {"update_id": update_id, "message": {"from": {"id": chat}, "text": text}}
    row = InboxRow(
        update_id=update_id,
        chat_id=chat,
        payload=json.dumps(payload),
        received_at=world.now,
        handled_at=world.now if handled else None,
    )
    put(world, row)


def invited(runa: int, coach: int) -> list[SQLModel]:
    """Return invitations of hers: one that she used, one that is over, one to another phone."""
    return [
        InviteRow(
            token_hash="secret-hash",
            role=Role.ATHLETE,
            name="Runa Holm",
            created_by=coach,
            created_at=T0,
            expires_at=T0 + DAY,
            used_at=T0,
            used_by=runa,
        ),
        InviteRow(
            token_hash="old-hash",
            role=Role.ATHLETE,
            name="Runa Holm",
            created_at=T0 - 2 * DAY,
            expires_at=T0 - DAY,
        ),
        InviteRow(
            token_hash="move-hash",
            role=Role.ATHLETE,
            name="Runa Holm",
            created_at=T0,
            expires_at=T0 + 7 * DAY,
            person_id=runa,
        ),
    ]


def traces(runa: int, coach: int) -> list[SQLModel]:
    """Return what others and time have written about her."""
    return [
        EnrolmentRow(telegram_id=RUNA, name="Runa Holm", step="zone", answers="{}", updated_at=T0),
        AuditRow(at=T0, actor_id=coach, subject_id=runa, action="dose", before="a", after="b"),
        AuditRow(at=T0, actor_id=coach, action="invite", after="for Runa Holm"),
        NoteRow(athlete_id=runa, author_id=coach, at=T0, text="shorter stride"),
        OwnPictureRow(
            athlete_id=runa, exercise="H1", by_id=coach, kind="photo", file="AgAC", at=T0
        ),
        StartRow(athlete_id=runa, asked_at=T0, due_at=T0 + DAY),
        MorningRow(id=100, athlete_id=runa, local_date=T0.date(), value=2, answered_at=T0),
        SummaryRow(id=1, coach_id=coach, week="2026-W47", as_of=T0, made_at=T0),
        AlertRow(
            key="a1", coach_id=coach, athlete_id=runa, event="red_flag", at=T0, body="{}", value=7
        ),
    ]


def load_of(runa: int, coach: int) -> list[SQLModel]:
    """Return what follows from those rows, and what is there of her other sport."""
    today = T0.date()
    return [
        MorningEditRow(athlete_id=runa, morning_id=100, value=3, at=T0),
        ToldDaysRow(summary_id=1, athlete_id=runa, first_day=today, last_day=today),
        LoadEntryRow(athlete_id=runa, local_date=today, kind="run", minutes=40, effort=4, at=T0),
        LoadSettingsRow(athlete_id=runa),
        LoadTestRow(athlete_id=runa, local_date=today, value=2, at=T0),
        GivenTipRow(athlete_id=runa, local_date=today, tip="sit", why="turn"),
        WeeklyCheckRow(athlete_id=runa, week="2026-W47", asked_at=T0, worst=3),
        RestrictionRow(athlete_id=runa, extra="uphill", until_stage=2, by_id=coach, at=T0),
        WatchFileRow(athlete_id=runa, file_id="f1", name="run.fit", at=T0, due_at=T0 + DAY),
    ]


def lived(world: FlowWorld) -> tuple[int, int]:
    """Let Runa leave traces in every table; return her id and her coach's."""
    runa = world.athlete(holds=2)
    coach = world.coach(runa)
    world.person(ADMIN, "Ada", Role.ADMIN)
    world.trains(runa, 2, 7)
    world.presses(RUNA, red_flags.report, "nerve")
    types(world, COACH, "/unlock Runa Holm cleared by Dr Berg on Tuesday")
    taps(world, COACH, f"1:c:unlock:{runa}:yes")
    world.does(RUNA, overview.pain_note, "4")
    received(world, 9_001, RUNA, "3")
    received(world, 9_002, COACH, "/unlock runa holm")
    received(world, 9_003, ADMIN, "/people")
    put(world, *invited(runa, coach), *traces(runa, coach))
    put(world, *load_of(runa, coach))
    world.run(tokens.redeem, RUNA, "no-such-token", world.now)
    world.run(
        lambda db: post(db, COACH, Say(NoteDeleted("Runa Holm", 1)), world.now, key="free text")
    )
    return runa, coach


def erased(world: FlowWorld, athlete_id: int) -> None:
    """Let the athlete confirm, wait 24 hours, and let time act."""
    world.presses(RUNA, privacy.erase_confirm)
    world.later(hours=24)
    assert world.run(privacy.erase_due, athlete_id, world.now)


def dump(world: FlowWorld) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table."""

    def found(db: Db) -> dict[str, list[dict[str, Any]]]:
        return {
            name: [dict(row) for row in db.connection().execute(select(table)).mappings()]
            for name, table in SQLModel.metadata.tables.items()
        }

    return world.store.read_now(found)


# ---- privacy --------------------------------------------------------------------------


def test_privacy_names_the_consenting_coaches(world: FlowWorld) -> None:
    """Only those whom the athlete agreed to."""
    runa = world.athlete()
    world.coach(runa)
    world.person(COACH + 100, "Other", Role.COACH)
    told = the(world.does(RUNA, privacy.privacy), "privacy")
    assert told["coaches"] == ["Coach Kim"]
    assert (told["known"], told["athlete"], told["leaving"]) == (True, True, False)


def test_privacy_is_open_to_strangers(world: FlowWorld) -> None:
    """Somebody without an account is told too, and has nothing to export or erase."""
    told = the(world.does(STRANGER, privacy.privacy), "privacy")
    assert not any(told.values())
    assert topics(world.does(STRANGER, privacy.export)) == ["export_nothing"]
    assert topics(world.does(STRANGER, privacy.erase)) == ["erase_nothing"]


# ---- export ---------------------------------------------------------------------------


def export_of(world: FlowWorld, person_id: int) -> dict[str, Any]:
    """Return the person's export, read back."""
    name, content = world.store.read_now(personal.export_document, person_id, world.now)
    assert name == "holdfast-export.json"
    document: dict[str, Any] = json.loads(content.decode())
    return document


def test_export_sends_the_persons_own_file(world: FlowWorld) -> None:
    """The file names its subject: the one who asked."""
    runa = world.athlete()
    assert world.does(RUNA, privacy.export) == [File("holdfast-export", runa)]


OF_STAFF = {
    "coaching_to_come",
    "coaches_asked_for",
    "coaching",
    "invites_written",
    "notes_written",
    "pictures_given",
    "coach_settings",
    "summaries",
    "alerts_received",
    "broadcasts",
    "restrictions_made",
}
"""Sections that only coaches and admins have something in."""


def test_the_export_has_everything(world: FlowWorld) -> None:
    """Each section has what was stored, and times stand in UTC and on the person's clock."""
    runa, _coach = lived(world)
    found = export_of(world, runa)
    counts = {name: len(rows) for name, rows in found.items() if isinstance(rows, list)}
    assert all(counts[name] for name in counts if name not in OF_STAFF)
    assert [(row["moment"], row["value"]) for row in found["ratings"]] == [
        ("before", 1),
        ("hold", 2),
        ("hold", 7),
        ("note", 4),
    ]
    assert found["person"][0]["telegram_id"] == RUNA
    assert found["sessions"][0]["opened_at"] == {
        "utc": "2026-11-24T06:30:00+00:00",
        "local": "2026-11-24T07:30:00+01:00",
    }
    assert found["messages_received"][0]["payload"]["message"]["text"] == "3"
    assert {row["kind"] for row in found["messages_about_you"]} == {"CoachAlert", "Say"}
    assert all(row["chat_id"] is None for row in found["messages_about_you"])


def test_the_export_has_nothing_of_others(world: FlowWorld) -> None:
    """No token hash; a coach gets the messages here, but no body about an athlete."""
    runa, coach = lived(world)
    for secret in ("secret-hash", "move-hash"):
        assert secret not in json.dumps(export_of(world, runa))
    assert str(COACH) not in json.dumps(export_of(world, runa))
    document = export_of(world, coach)
    alerts = [row for row in document["messages_sent"] if row["kind"] == "CoachAlert"]
    assert [row["body"] for row in alerts] == [None] * len(alerts)
    assert "Runa" not in json.dumps(document["invites_written"])
    assert document["ratings"] == []


def test_of_a_list_the_export_has_the_persons_own_line(world: FlowWorld) -> None:
    """A message that names several athletes gives nothing of the others away (seed 2)."""
    runa, coach = lived(world)
    lines = [{"athlete_id": runa, "name": "Runa"}, {"athlete_id": coach, "name": "Somebody"}]
    body = {"topic": "athletes", "values": {"athletes": lines}}
    letter = Letter(
        key="list", chat_id=ADMIN, kind="Say", body=body, priority=Priority.REPLY, due=T0
    )
    world.run(lambda db: outbox.put(db, letter))
    for person, shown in ((runa, lines[:1]), (coach, lines[1:])):
        found = export_of(world, person)["messages_about_you"]
        told = [row["body"]["values"]["athletes"] for row in found if row["key"] == "list"]
        assert told == [shown]


def test_every_path_to_a_person_is_exported_or_named() -> None:
    """A new table or column about people fails here until it is exported or left out by name."""
    held = {(one.model.__tablename__, one.column) for one in personal_data.HELD}
    tables = {table for table, _column in held}
    for name, table in SQLModel.metadata.tables.items():
        assert name in tables | set(personal_data.LEFT_OUT), name
        for column in table.columns:
            targets = {key.target_fullname for key in column.foreign_keys}
            about = targets & {"person.id", "athlete.person_id"}
            if about or column.name in {"telegram_id", "chat_id"}:
                named = f"{name}.{column.name}" in personal_data.LEFT_OUT
                whole = (name, column.name) == ("person", "telegram_id")
                assert (name, column.name) in held or named or whole, f"{name}.{column.name}"


def test_hidden_columns_are_named_with_a_reason() -> None:
    """Whatever a section leaves out stands in the document with its reason."""
    for held in personal_data.HELD:
        for column in held.hidden:
            assert f"{held.model.__tablename__}.{column}" in personal_data.LEFT_OUT


# ---- erase ----------------------------------------------------------------------------


def test_erase_explains_and_changes_nothing(world: FlowWorld) -> None:
    """The first step only asks."""
    runa = world.athlete()
    assert topics(world.does(RUNA, privacy.erase)) == ["erase_ask"]
    assert world.row(AthleteRow, runa).erase_at is None


def test_erase_is_due_in_24_hours(world: FlowWorld) -> None:
    """Confirmed: the time is stored and told, and the alarm knows it."""
    runa = world.athlete()
    told = the(world.presses(RUNA, privacy.erase_confirm), "erase_waiting")
    assert datetime.fromisoformat(told["erase_at"]) == T0 + DAY
    assert told["stopped"] is False
    found = world.store.read_now(due_rows.overdue, T0 + DAY, 10)
    assert (DueKind.ERASURE, runa) in [(row.kind, row.id) for row in found]
    assert not world.run(privacy.erase_due, runa, T0 + DAY - timedelta(seconds=1))


def test_confirming_twice_does_not_put_it_off(world: FlowWorld) -> None:
    """The first confirmation counts."""
    runa = world.athlete()
    world.presses(RUNA, privacy.erase_confirm)
    world.later(hours=3)
    world.presses(RUNA, privacy.erase_confirm)
    assert world.row(AthleteRow, runa).erase_at == T0 + DAY
    assert topics(world.does(RUNA, privacy.erase)) == ["erase_waiting"]


def test_a_running_hold_ends_without_a_cue(world: FlowWorld) -> None:
    """The session closes in the machine, and nothing that waited for the chat is sent."""
    runa = world.athlete()
    world.holding(runa)
    told = world.presses(RUNA, privacy.erase_confirm)
    assert the(told, "erase_waiting")["stopped"] is True
    assert world.store.read_now(sessions.live, runa) is None
    waiting = world.letters(RUNA, waiting=True)
    assert [one for one in waiting if isinstance(one, Hold | Release)] == []
    assert set(topics(waiting)) == {"Answer", "erase_waiting"}


@pytest.mark.parametrize("phase", [Phase.ASKED_REASON, Phase.RESTING, Phase.ASKED_BEFORE])
def test_a_session_ends_from_every_question(world: FlowWorld, phase: Phase) -> None:
    """No nudge follows either: nothing of the session is due any more."""
    runa = world.athlete()
    if phase is Phase.ASKED_BEFORE:
        world.does(RUNA, actions.begin)
    else:
        world.trains(runa, 1)
    if phase is Phase.ASKED_REASON:
        world.does(RUNA, actions.stop)
    world.presses(RUNA, privacy.erase_confirm)
    found = world.store.read_now(due_rows.overdue, world.now + timedelta(hours=1), 10)
    assert [row for row in found if row.kind is DueKind.SESSION] == []


def test_f20_reminders_are_silent_while_leaving(world: FlowWorld) -> None:
    """Neither a reminder nor a nudge comes, and no session begins."""
    runa = world.athlete()
    world.run(reminders.act, 1, T0 + DAY)
    world.presses(RUNA, privacy.erase_confirm)
    waited = len(world.letters(RUNA))
    for hours in (26, 48):
        for row in world.store.read_now(due_rows.overdue, T0 + timedelta(hours=hours), 10):
            if row.kind is DueKind.OCCURRENCE:
                world.run(reminders.act, row.id, T0 + timedelta(hours=hours))
    assert len(world.letters(RUNA)) == waited
    told = the(world.does(RUNA, actions.begin), "barred")
    assert told["why"] == "leaving"
    assert runa


def test_keep_restores_everything(world: FlowWorld) -> None:
    """Within the 24 hours: no erasure, and the next reminder is planned again."""
    runa = world.athlete()
    world.presses(RUNA, privacy.erase_confirm)
    world.later(hours=23)
    told = the(world.presses(RUNA, privacy.erase_cancel), "erase_kept")
    assert told["changed"] is True
    assert datetime.fromisoformat(told["next_at"]) == T0 + DAY
    assert not world.run(privacy.erase_due, runa, T0 + 2 * DAY)
    assert world.count(OccurrenceRow, OccurrenceRow.state == "planned") == 1
    again = the(world.presses(RUNA, privacy.erase_cancel), "erase_kept")
    assert again["changed"] is False


def test_f63_strangers_and_coaches_erase_nothing(world: FlowWorld) -> None:
    """The buttons are not active for somebody who is no athlete."""
    runa = world.athlete()
    world.coach(runa)
    for who in (STRANGER, COACH):
        for flow in (privacy.erase_confirm, privacy.erase_cancel):
            told = world.presses(who, flow)
            assert [one.topic for one in told if isinstance(one, Answer)] == ["inactive"]
    assert world.count(AthleteRow) == 1


# ---- after the 24 hours ---------------------------------------------------------------


def settle(world: FlowWorld) -> None:
    """Let everything that waits be sent, and the last message's row be deleted."""
    sent = update(OutboxRow).where(col(OutboxRow.state) == OutboxState.PENDING)
    world.run(lambda db: db.connection().execute(sent.values(state=OutboxState.SENT)))
    world.run(privacy.forget_farewells)


def test_f74_nothing_remains(world: FlowWorld) -> None:
    """No table holds the name, the Telegram id, or a pain answer after the erasure."""
    runa, _coach = lived(world)
    world.athlete(OTHER, "Runar Holmen")
    world.does(OTHER, overview.pain_note, "2")
    erased(world, runa)
    assert world.letters(RUNA) == [Say(Erased(stays=False))]
    settle(world)
    found = dump(world)
    text = json.dumps(found, default=str).casefold()
    assert 'runa holm"' not in text
    assert not personal_data.names("runa holm", text)
    assert str(RUNA) not in text
    assert [(row["moment"], row["value"]) for row in found["rating"]] == [("note", 2)]
    for name in ("session", "hold", "red_flag", "enrolment", "assignment"):
        assert found[name] == [], name
    assert {row["id"] for row in found["person"]} & {runa} == set()


def test_f74_audit_keeps_that_something_was_done(world: FlowWorld) -> None:
    """The rows stay, without the person and without what was changed."""
    runa, coach = lived(world)
    before = world.count(AuditRow)
    erased(world, runa)
    rows = dump(world)["audit"]
    assert len(rows) == before + 1
    assert {row["subject_id"] for row in rows} == {None}
    assert {row["actor_id"] for row in rows} == {None, coach}
    assert {(row["before"], row["after"]) for row in rows} == {(None, None)}


def test_f74_others_keep_their_data(world: FlowWorld) -> None:
    """Another athlete's letters, updates and alerts stay as they were."""
    runa, _coach = lived(world)
    other = world.athlete(OTHER, "Runar Holmen")
    world.does(OTHER, overview.pain_note, "2")
    received(world, 9_010, OTHER, "Runar Holmen says 2")
    theirs = world.letters(OTHER)
    erased(world, runa)
    assert world.letters(OTHER) == theirs
    assert "Runar Holmen" in world.row(InboxRow, 9_010).payload
    assert "/people" in world.row(InboxRow, 9_003).payload
    assert world.count(RatingRow, RatingRow.athlete_id == other) == 1


def test_f74_updates_are_still_recognised(world: FlowWorld) -> None:
    """A repeated update finds its number, and nothing more."""
    runa, _coach = lived(world)
    erased(world, runa)
    row = world.row(InboxRow, 9_001)
    assert (row.payload, row.chat_id) == ("", None)


def test_f74_later_presses_find_a_stranger(world: FlowWorld) -> None:
    """Commands and old buttons after the erasure."""
    runa, _coach = lived(world)
    erased(world, runa)
    assert world.store.read_now(people.who_is, RUNA).person_id is None
    assert topics(world.does(RUNA, overview.next_session)) == ["not_athlete"]
    for flow in (privacy.erase_cancel, privacy.erase_confirm):
        told = world.presses(RUNA, flow)
        assert [one.topic for one in told if isinstance(one, Answer)] == ["inactive"]
    assert not world.run(privacy.erase_due, runa, world.now)


def test_f74_the_last_message_names_nobody(world: FlowWorld) -> None:
    """Its key holds no data of the person's, and its row goes once it is sent."""
    runa, _coach = lived(world)
    erased(world, runa)
    (letter,) = [row for row in dump(world)["outbox"] if row["chat_id"] == RUNA]
    assert letter["key"].startswith(privacy.FAREWELL)
    assert str(RUNA) not in letter["key"]
    assert world.run(privacy.forget_farewells) == 0
    settle(world)
    assert [row for row in dump(world)["outbox"] if row["chat_id"] == RUNA] == []


def test_f74_an_unhandled_keep_comes_first(world: FlowWorld) -> None:
    """A message that waits may say "keep": the erasure waits a minute for it."""
    runa = world.athlete()
    world.presses(RUNA, privacy.erase_confirm)
    world.later(hours=24)
    received(world, 9_001, RUNA, "keep", handled=False)
    assert not world.run(privacy.erase_due, runa, world.now)
    assert world.row(AthleteRow, runa).erase_at == world.now + timedelta(minutes=1)
    assert world.count(PersonRow) == 1


def test_f74_links_and_wrong_tries_go(world: FlowWorld) -> None:
    """No link that was used by, written for or to move the person remains, nor a wrong try."""
    runa, _coach = lived(world)
    other = world.athlete(OTHER, "Sam")
    world.run(tokens.redeem, OTHER, "no-such-token", world.now)
    theirs = InviteRow(
        token_hash="theirs",
        role=Role.ATHLETE,
        name="Sam",
        created_at=T0,
        expires_at=T0 + 7 * DAY,
        person_id=other,
    )
    put(world, theirs)
    assert world.count(FactRow, FactRow.key == f"wrong_tokens:{RUNA}") == 1
    erased(world, runa)
    found = dump(world)
    assert [row["token_hash"] for row in found["invite"]] == ["theirs"]
    assert [row["key"] for row in found["fact"]] == [f"wrong_tokens:{OTHER}"]


def test_f74_who_stays_keeps_an_open_link_to_move_by(world: FlowWorld) -> None:
    """The account is still there to be moved; the links of the athlete's past go."""
    runa, _coach = lived(world)
    world.person(RUNA, "Runa Holm", Role.COACH)
    erased(world, runa)
    assert [row["token_hash"] for row in dump(world)["invite"]] == ["move-hash"]


def test_f74_a_coach_keeps_the_coachs_account(world: FlowWorld) -> None:
    """Who coaches too loses the athlete's data alone; alerts about others stay."""
    runa, _coach = lived(world)
    world.person(RUNA, "Runa Holm", Role.COACH)
    other = world.athlete(OTHER, "Sam")
    world.coach(other, RUNA, "Runa Holm")
    world.presses(OTHER, red_flags.report, "tear")
    erased(world, runa)
    who = world.store.read_now(people.who_is, RUNA)
    assert (who.person_id, who.roles) == (runa, frozenset({Role.COACH}))
    assert topics(world.letters(RUNA)) == ["CoachAlert", "erased"]
    assert world.count(RatingRow) == world.count(AthleteRow, AthleteRow.person_id == runa) == 0
    assert world.count(RoleRow, RoleRow.person_id == runa) == 1
    assert world.store.read_now(people.coaches, runa, other)


def test_leaving_never_cancels_an_alert_about_somebody_else(world: FlowWorld) -> None:
    """A coach who stops training still hears about the coach's athletes."""
    runa = world.athlete()
    other = world.athlete(OTHER, "Sam")
    world.coach(other, RUNA, "Runa Holm")
    world.presses(OTHER, red_flags.report, "tear")
    world.presses(RUNA, privacy.erase_confirm)
    waiting = topics(world.letters(RUNA, waiting=True))
    assert sorted(waiting) == ["Answer", "CoachAlert", "erase_waiting"]
    assert world.row(AthleteRow, runa).erase_at is not None


def test_f74_a_new_invitation_starts_from_nothing(world: FlowWorld) -> None:
    """Somebody who comes back gets a new id: no old row can be theirs."""
    runa, _coach = lived(world)
    erased(world, runa)
    assert world.athlete() != runa
