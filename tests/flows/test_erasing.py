"""After an erasure nothing of the person is in the database's file (F141), nor in one restored."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, update
from sqlmodel import AutoString, SQLModel, col, select

from bot.accounts.enrolment import open_link
from bot.accounts.invites import tokens
from bot.accounts.privacy import flow as privacy
from bot.coaching.athletes import card
from bot.coaching.weekly.command import summary
from bot.dispatch import upkeep
from bot.letters import Priority
from bot.protocol.folding import plain_letters
from bot.store import backup, erasures, facts, forgetting, outbox, people, wiping
from bot.store.engine import StoreError
from bot.store.outbox import Letter
from bot.store.restore import restore
from bot.store.tables import (
    AthleteRow,
    InboxRow,
    InviteRow,
    NoteRow,
    OutboxRow,
    OutboxState,
    PersonRow,
    RatingRow,
    Role,
)
from bot.training.overview import flow as overview
from testkit.database import is_file, memory_folder
from tests.flows.chatting import types
from tests.flows.test_privacy import put, received
from tests.flows.world import ADMIN, COACH, RUNA, STRANGER, T0, FlowWorld
from tests.store.test_mentions import WAYS

JO: Final = RUNA + 50
_ESCAPE: Final = re.compile(r"\\u([0-9a-f]{4})")
DAY: Final = timedelta(hours=24)
NAMES: Final = (
    "Åsa Ørsted",
    "İnci Işıkyol",
    "Σωκράτης Παππάς",
    "Runa Holmqvist",
    "Ана Ковачевић",
    "田中花子 佐藤",
    "สมชาย ใจดีมาก",
)


def typed(world: FlowWorld, number: int, chat: int, text: str, *, plainly: bool) -> None:
    """Store what somebody typed, or the message they pressed a button under."""
    received(world, number, chat, "")
    said = {"update_id": number, "message": {"from": {"id": chat}, "text": text}}
    pressed = {
        "update_id": number,
        "callback_query": {"from": {"id": chat}, "data": "1:c:x:2", "message": {"text": text}},
    }
    row = update(InboxRow).where(col(InboxRow.update_id) == number)
    payload = json.dumps(said if number % 2 else pressed, ensure_ascii=plainly)
    world.run(lambda db: db.connection().execute(row.values(payload=payload)))


def lived(world: FlowWorld, name: str, ways: list[str]) -> int:
    """Let an athlete of this name be talked about everywhere; return the id."""
    athlete = world.athlete(RUNA, name)
    world.coach(athlete)
    world.coach(world.athlete(JO, "Jo Berg"))
    world.person(ADMIN, "Ada", Role.ADMIN)
    world.trains(athlete, 2, 7)
    world.does(RUNA, overview.pain_note, "4")
    world.does(COACH, card.athlete, f"#{athlete}")
    world.does(COACH, summary, "now")
    called = [WAYS[way](name) for way in ways]
    for number, one in enumerate(called):
        types(world, COACH, f"/say {one} hello")
        types(world, COACH, f"/note Jo Berg runs with {one}, slowly")
        types(world, COACH, f"/pause Jo Berg until 2027-01-02 with {one}")
        types(world, COACH, f"/say Jo Berg greet {one}")
        types(world, ADMIN, f"/invite athlete {one}")
        types(world, ADMIN, f"/broadcast athletes Thank you, {one}!")
        types(world, ADMIN, f"/unlock {one}")
        types(world, ADMIN, f"/note {one}")
        for chat in (ADMIN, COACH, JO):
            base = 9_000 + 100 * number + chat % 10 * 10
            typed(world, base, chat, f"/plan {one}", plainly=True)
            typed(world, base + 1, chat, f"{one}: hold 3 of 5", plainly=False)
    first = called[0].split()[0]
    typed(world, 9_900, COACH, f"/say {first} well done", plainly=False)
    body = {"topic": "of_another_version", "values": {"text": f"about {name}"}}
    odd = Letter(key="odd", chat_id=JO, kind="Say", body=body, priority=Priority.REPLY, due=T0)
    world.run(outbox.put, odd)
    return athlete


def erased(world: FlowWorld, athlete_id: int) -> None:
    """Let the athlete confirm, the day pass, and the last message go out."""
    world.presses(RUNA, privacy.erase_confirm)
    world.later(hours=24)
    assert world.run(privacy.erase_due, athlete_id, world.now)
    sent = update(OutboxRow).where(col(OutboxRow.state) == OutboxState.PENDING)
    world.run(lambda db: db.connection().execute(sent.values(state=OutboxState.SENT)))
    world.run(upkeep.tidy, world.now)


def on_disk(world: FlowWorld) -> bytes:
    """Return the bytes of a database's file, with those of its log; or all that a server tells."""
    if not is_file():
        tables = SQLModel.metadata.tables.values()
        return str(
            world.read(lambda db: [db.execute(one.select()).all() for one in tables])
        ).encode()
    path = world.path
    parts = [path.with_name(path.name + end) for end in ("", "-wal")]
    return b"".join(part.read_bytes() for part in parts if part.exists())


def leaks(data: bytes, name: str) -> list[str]:
    """Return the words of a name, and the Telegram id, as far as a file has them in any form."""
    text = data.decode("utf-8", "ignore")
    for way in (text, _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)):
        plain = plain_letters(way)
        found = [word for word in name.split() if plain_letters(word) in plain]
        if found:
            return found
    return [str(RUNA)] if str(RUNA) in text or RUNA.to_bytes(4, "big") in data else []


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(NAMES), st.lists(st.sampled_from(sorted(WAYS)), min_size=1, max_size=2))
def test_f141_nothing_is_left_in_the_file(name: str, ways: list[str]) -> None:
    """Not in any table, page or log; and what is somebody else's is there as it was."""
    with memory_folder() as folder, FlowWorld(Path(folder)) as world:
        athlete = lived(world, name, ways)
        assert leaks(on_disk(world), name)
        erased(world, athlete)
        assert leaks(on_disk(world), name) == []
        assert world.row(PersonRow, 3).name == "Jo Berg"
        notes = world.read(lambda db: [row.text for row in db.exec(select(NoteRow))])
        assert notes == ["runs with …, slowly"] * len(ways)
        assert world.row(AthleteRow, 3).pause_reason == "with …"
        assert world.count(RatingRow) == 0
        assert world.read(facts.fact, wiping.WANTED) is None


def test_f141_every_text_is_named() -> None:
    """A new column with people's words fails here until an erasure goes through it, or says why."""
    names = {f"{table}.{column}" for table, column in forgetting.WRITTEN} | set(
        forgetting.UNWRITTEN
    )
    texts = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, String | AutoString)
    }
    assert texts - names == NO_WORDS
    assert names <= texts


NO_WORDS: Final = {
    "alert.event",
    "alert.key",
    "alert.outbox_key",
    "assignment.consent_version",
    "assignment.diary_asked",
    "assignment.diary_refused",
    "athlete.consent_version",
    "athlete.cues",
    "athlete.lock_reason",
    "athlete.quiet_end",
    "lease.holder",
    "lease.name",
    "node.name",
    "athlete.quiet_start",
    "athlete.times",
    "athlete.weekdays",
    "audit.action",
    "broadcast.role",
    "coach.quiet_end",
    "coach.quiet_start",
    "coach.summary_time",
    "enrolment.step",
    "erasure.hash",
    "erasure.salt",
    "fact.key",
    "given_tip.tip",
    "given_tip.why",
    "hold.side",
    "hold.status",
    "hold.timed_by",
    "inbox.digest",
    "inbox.error",
    "invite.role",
    "invite.token_hash",
    "load_entry.extras",
    "load_entry.hash",
    "load_entry.kind",
    "occurrence.state",
    "outbox.edits",
    "outbox.error",
    "outbox.key",
    "outbox.kind",
    "outbox.state",
    "person.zone",
    "own_picture.exercise",
    "own_picture.file",
    "own_picture.kind",
    "plan.band_anchor",
    "plan.exercise",
    "plan.side",
    "rating.moment",
    "red_flag.kind",
    "restriction.extra",
    "role.role",
    "seen.key",
    "session.cut",
    "session.exercise",
    "session.outcome",
    "session.phase",
    "session.stop_reason",
    "start.exercise",
    "summary.week",
    "watch_file.file_id",
    "weekly_check.week",
}
"""Columns in which nobody's words stand: choices, numbers, hashes."""


def test_f141_somebody_of_the_same_name_keeps_everything(world: FlowWorld) -> None:
    """What names them stays; only what others typed is emptied, as it may mean either."""
    runa = world.athlete()
    world.coach(world.athlete(JO, "RUNA HOLM"))
    types(world, COACH, "/note RUNA holds well, says Runa Holm")
    received(world, 9_001, COACH, "/note runa holm x")
    erased(world, runa)
    assert (
        world.read(lambda db: db.exec(select(NoteRow)).one().text) == "holds well, says Runa Holm"
    )
    assert world.row(PersonRow, 2).name == "RUNA HOLM"
    assert world.row(InboxRow, 9_001).payload == ""


def test_f141_a_first_name_alone_is_gone(world: FlowWorld) -> None:
    """From what others were sent, from their pauses and notes; a band of that colour stays."""
    runa = world.athlete(name="Runa Black")
    jo = world.athlete(JO, "Jo Berg", band_label="Black, thick")
    world.coach(jo)
    types(world, COACH, "/note Jo runs with Runa, blackened")
    types(world, COACH, "/pause Jo until 2027-01-02 away with Runa")
    types(world, COACH, "/say Jo greet Runa and Black, may it help")
    types(world, JO, "/write Runa is away")
    erased(world, runa)
    assert leaks(on_disk(world), "Runa") == []
    assert world.row(AthleteRow, jo).pause_reason == "away with …"
    assert people_plan(world, jo) == "Black, thick"
    notes = world.read(lambda db: [row.text for row in db.exec(select(NoteRow))])
    assert notes == ["runs with …, blackened"]
    bodies = world.read(lambda db: list(db.exec(select(OutboxRow.body))))
    assert any("greet … and …, may it help" in body for body in bodies)


def people_plan(world: FlowWorld, athlete_id: int) -> str | None:
    """Return the label of an athlete's band."""
    return world.read(lambda db: people.plan(db, athlete_id).band_label)


def test_f141_an_open_link_of_that_name_works_without_it(world: FlowWorld) -> None:
    """It may be for somebody else: whoever opens it is called as Telegram says."""
    runa = world.athlete()
    ada = world.person(ADMIN, "Ada", Role.ADMIN)
    link: Any = {"created_by": ada, "created_at": T0, "expires_at": T0 + 7 * DAY}
    for role in (Role.ATHLETE, Role.COACH):
        token = tokens._hash(f"open-{role}")
        put(world, InviteRow(token_hash=token, role=role, name="rUNA  hOLM", **link))
    erased(world, runa)
    assert world.read(lambda db: list(db.exec(select(InviteRow.name)))) == ["", ""]
    start: Any = {"open_enrolment": False, "name": "Bo Lind"}
    world.does(STRANGER, open_link.start, "open-coach", **start)
    assert world.read(people.who_is, STRANGER).name == "Bo Lind"
    told = world.does(STRANGER + 1, open_link.start, "open-athlete", **start)
    assert "Bo Lind" in str(told)


def test_f141_what_nobody_has_handled_yet_comes_first(world: FlowWorld) -> None:
    """A coach's message about the athlete: it is acted on, and then emptied like the others."""
    runa = world.athlete()
    world.coach(runa)
    world.presses(RUNA, privacy.erase_confirm)
    world.later(hours=24)
    received(world, 9_001, COACH, "/say rUNA hOLM hello", handled=False)
    assert not world.run(privacy.erase_due, runa, world.now)
    handled = update(InboxRow).values(handled_at=world.now)
    world.run(lambda db: db.connection().execute(handled))
    world.later(minutes=1)
    assert world.run(privacy.erase_due, runa, world.now)
    assert world.row(InboxRow, 9_001).payload == ""


def test_f141_what_was_said_in_an_account_before_goes_too(world: FlowWorld) -> None:
    """Who moved to another account takes along what was said in the old one."""
    runa = world.athlete()
    world.trains(runa, 2)
    received(world, 9_001, RUNA, "it hurts, 5")
    put(
        world,
        InviteRow(
            token_hash=tokens._hash("move"),
            role=Role.ATHLETE,
            name="Runa Holm",
            created_at=T0,
            expires_at=T0 + 7 * DAY,
            person_id=runa,
        ),
    )
    world.does(STRANGER, open_link.start, "move", open_enrolment=False, name="Runa")
    world.presses(STRANGER, privacy.erase_confirm)
    world.later(hours=24)
    assert world.run(privacy.erase_due, runa, world.now)
    sent = update(OutboxRow).where(col(OutboxRow.state) == OutboxState.PENDING)
    world.run(lambda db: db.connection().execute(sent.values(state=OutboxState.SENT)))
    world.run(upkeep.tidy, world.now)
    assert leaks(on_disk(world), "Runa Holm") == []
    assert world.row(InboxRow, 9_001).payload == ""


@pytest.mark.one_database("of a file, and its backups")
def test_f141_a_large_file_is_written_anew_while_nobody_trains(
    world: FlowWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That takes its seconds: till then the log is emptied, and the rest is still wanted."""
    monkeypatch.setattr(wiping, "_BESIDE", 0)
    runa, jo = world.athlete(), world.athlete(JO, "Jo")
    world.trains(jo, 1)
    erased(world, runa)
    assert world.read(facts.fact, wiping.WANTED) is not None
    world.run(upkeep.tidy, world.now)
    assert world.read(facts.fact, wiping.WANTED) is not None
    world.later(hours=1)
    world.presses(JO, privacy.erase_confirm)
    world.run(upkeep.tidy, world.now)
    assert world.read(facts.fact, wiping.WANTED) is None


# ---- F121: a backup does not bring back who was erased ----------------------------------


def backed_up(world: FlowWorld) -> Path:
    """Return a backup made now."""
    return backup.make(world.url, world.path.parent / "backups", world.now, 9).path


def listed(world: FlowWorld) -> None:
    """Put who was erased down beside the backups, as the program does within a second."""
    erasures.write(world.path.parent / "backups", world.read(erasures.unlisted))


def restored(world: FlowWorld, source: Path) -> int:
    """Restore a backup; return how many were erased again."""
    world.close()
    done = restore(world.url, source, world.now, world.path.parent / "backups")
    world.reopen()
    return done.erased


@pytest.mark.one_database("of a file, and its backups")
@pytest.mark.parametrize("known", ["by the list", "by the database", "by both"])
@pytest.mark.parametrize("name", ["Runa Holmqvist", "Åsa Ørsted"])
def test_f121_who_was_erased_does_not_come_back(world: FlowWorld, known: str, name: str) -> None:
    """Erased again from the backup, all of it; the others are back with everything."""
    athlete = lived(world, name, ["upper"])
    old = backed_up(world)
    erased(world, athlete)
    if known != "by the database":
        listed(world)
    if known == "by the list":
        world.path.unlink()
    assert restored(world, old) == 1
    assert leaks(on_disk(world), name) == []
    assert world.count(AthleteRow) == 1
    assert world.row(PersonRow, 3).name == "Jo Berg"


@pytest.mark.one_database("of a file, and its backups")
def test_f121_it_is_known_ever_after(world: FlowWorld) -> None:
    """Restored twice, and the list lost between: the restored database knows it too."""
    runa = world.athlete()
    old = backed_up(world)
    erased(world, runa)
    listed(world)
    assert restored(world, old) == 1
    (world.path.parent / "backups" / erasures.LIST).unlink()
    world.later(seconds=1)
    assert restored(world, old) == 1


@pytest.mark.one_database("of a file, and its backups")
def test_f121_who_joined_anew_stays(world: FlowWorld) -> None:
    """The same account after the erasure is somebody new, in backups made since."""
    erased(world, world.athlete())
    listed(world)
    world.later(hours=1)
    world.athlete()
    assert restored(world, backed_up(world)) == 0
    assert world.count(AthleteRow) == 1


@pytest.mark.one_database("of a file, and its backups")
def test_f121_a_row_with_another_number_is_recognised(world: FlowWorld) -> None:
    """After an older backup was restored, people join with other numbers."""
    empty = backed_up(world)
    world.later(minutes=1)
    world.athlete(JO, "Jo")
    world.athlete()
    with_both = backed_up(world)
    world.later(minutes=1)
    restored(world, empty)
    erased(world, world.athlete())
    listed(world)
    assert restored(world, with_both) == 1
    assert world.read(lambda db: list(db.exec(select(PersonRow.name)))) == ["Jo"]


@pytest.mark.one_database("of a file, and its backups")
def test_f121_a_moved_account_is_recognised(world: FlowWorld) -> None:
    """The backup has the old account; the row's number and age tell who it is."""
    runa = world.athlete()
    old = backed_up(world)
    moved = update(PersonRow).values(telegram_id=STRANGER)
    world.run(lambda db: db.connection().execute(moved))
    world.presses(STRANGER, privacy.erase_confirm)
    world.later(hours=24)
    assert world.run(privacy.erase_due, runa, world.now)
    assert restored(world, old) == 1


@pytest.mark.one_database("of a file, and its backups")
def test_f121_who_stays_as_a_coach_loses_the_training_alone(world: FlowWorld) -> None:
    """As when it was erased."""
    runa = world.athlete()
    world.person(RUNA, "Runa Holm", Role.COACH)
    old = backed_up(world)
    erased(world, runa)
    assert restored(world, old) == 1
    assert world.count(AthleteRow) == 0
    assert world.row(PersonRow, runa).name == "Runa Holm"


@pytest.mark.one_database("of a file, and its backups")
def test_f121_the_list_tells_nobodys_number(world: FlowWorld) -> None:
    """Hashes with a salt, private, whole or not at all."""
    erased(world, world.athlete())
    listed(world)
    path = world.path.parent / "backups" / erasures.LIST
    assert path.stat().st_mode & 0o777 == 0o600
    rows: list[Any] = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    assert len(rows) == len({one for one, _salt, _at in rows}) == 2
    assert str(RUNA) not in path.read_text("ascii")
    assert len({salt for _one, salt, _at in rows}) == 1
    world.run(erasures.listed, erasures.read(path.parent))
    assert world.read(erasures.unlisted) == []


@pytest.mark.one_database("of a file, and its backups")
def test_f121_a_damaged_list_restores_nothing(world: FlowWorld) -> None:
    """One sentence that names it, and nothing is touched."""
    erased(world, world.athlete())
    listed(world)
    old = backed_up(world)
    path = world.path.parent / "backups" / erasures.LIST
    path.write_text('["half', encoding="ascii")
    world.close()
    with pytest.raises(StoreError, match=r"erasures\.jsonl.* cannot be read"):
        restore(world.url, old, world.now)
    assert not list(world.path.parent.glob("*.before-restore-*"))
    world.reopen()
    assert world.count(AthleteRow) == 0
