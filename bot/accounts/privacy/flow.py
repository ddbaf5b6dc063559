"""What is stored about a person: told, handed out, and erased (PROTOCOL 9)."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.accounts.privacy.messages import (
    DataKept,
    Erased,
    EraseQuestion,
    EraseWaiting,
    NothingToErase,
    NothingToExport,
    PrivacyNotice,
    ProgrammeEnded,
)
from bot.accounts.sharing import diary
from bot.coaching.exports.personal import EXPORT
from bot.coaching.messages import File
from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.operations import operator
from bot.protocol.session import events
from bot.store import agreed, forgetting, outbox, people, personal_data, sessions
from bot.store.tables import AthleteRow, OutboxRow, OutboxState, PersonRow, Role
from bot.training import occurrences
from bot.training.session import apply_event

GRACE: Final = timedelta(hours=24)
"""How long an erasure can be taken back."""
AGAIN: Final = timedelta(minutes=1)
"""How long an erasure waits for a message that is not handled yet."""
FAREWELL: Final = "farewell:"
"""How the key of the last message begins; a random word follows, nothing of the person's."""


def privacy(turn: Interaction) -> None:
    """Say what is stored, why, how long and who sees it."""
    athlete = turn.athlete
    coaches = [] if athlete is None else people.coaches_of(turn.db, athlete.person_id)
    removed, runs = was_removed(turn), operator.read(turn.db)
    turn.answer()
    turn.say(
        PrivacyNotice(
            known=turn.who.person_id is not None,
            athlete=athlete is not None,
            coaches=tuple(coach.name for coach in coaches),
            leaving=athlete is not None and athlete.erase_at is not None and not removed,
            removed=removed,
            operator=runs.name,
            contact=runs.contact,
            diary=diary.of_athlete(turn.db, athlete.person_id) if coaches and athlete else (),
            no_diary=athlete is not None and not agreed.keeps_diary(turn.db, athlete.person_id),
        )
    )


def was_removed(turn: Interaction) -> bool:
    """Whether an admin has removed this athlete, and the data waits to be erased."""
    return turn.athlete is not None and Role.ATHLETE not in turn.who.roles


def say_removed(turn: Interaction) -> None:
    """Tell an athlete who was removed until when the data is still here."""
    athlete = turn.athlete
    assert athlete is not None
    assert athlete.erase_at is not None
    turn.say(ProgrammeEnded(athlete.erase_at, people.person(turn.db, athlete.person_id).zone))


# ---- export ---------------------------------------------------------------------------


def export(turn: Interaction) -> None:
    """Send the person everything that is stored about them, as one document."""
    if turn.who.person_id is None:
        turn.answer()
        turn.say(NothingToExport())
        return
    turn.answer()
    turn.send(File(EXPORT, turn.person_id))


# ---- erase ----------------------------------------------------------------------------


def erase(turn: Interaction) -> None:
    """Explain what an erasure takes away, and offer it; nothing happens yet."""
    athlete = turn.athlete
    turn.answer()
    if athlete is None:
        turn.say(NothingToErase(known=turn.who.person_id is not None))
    elif was_removed(turn):
        say_removed(turn)
    elif athlete.erase_at is not None:
        _say_waiting(turn, athlete, stopped=False)
    else:
        turn.say(EraseQuestion(stays=bool(_other_roles(turn.db, athlete.person_id))))


def erase_confirm(turn: Interaction) -> None:
    """Everything goes in 24 hours; from now on it is silent, and a session ends at once."""
    athlete = turn.athlete
    if athlete is None or was_removed(turn):
        turn.expired()
        return
    stopped = False
    if athlete.erase_at is None:
        stopped = leave(turn.db, athlete, turn.now)
        _note(turn, "erase_asked")
    turn.answer()
    _say_waiting(turn, athlete, stopped=stopped)


def leave(db: Db, athlete: AthleteRow, now: datetime) -> bool:
    """Begin an athlete's erasure: silence, and an end of the session; whether there was one."""
    live = sessions.live(db, athlete.person_id)
    if live is not None:
        apply_event.happen(db, live, events.Leave(), now)
    _silence(db, people.person(db, athlete.person_id))
    athlete.erase_at = now + GRACE
    db.add(athlete)
    db.flush()
    return live is not None


def _silence(db: Db, person: PersonRow) -> None:
    """Cancel what waits for the chat; only what tells a coach about somebody else stays."""
    query = select(OutboxRow.key, OutboxRow.body).where(
        OutboxRow.chat_id == person.telegram_id, OutboxRow.state == OutboxState.PENDING
    )
    for key, body in db.exec(query).all():
        if not personal_data.tells_of_another(outbox.body_of(body), person.id or 0):
            outbox.cancel(db, key)


def erase_cancel(turn: Interaction) -> None:
    """Keep everything: reminders come again, from the next one on."""
    athlete = turn.athlete
    if athlete is None or was_removed(turn):
        turn.expired()
        return
    changed = athlete.erase_at is not None
    if changed:
        stay(turn.db, athlete, turn.now)
        _note(turn, "erase_cancelled")
    next_at = occurrences.next_at(turn.db, athlete.person_id, turn.now)
    turn.answer()
    turn.show(DataKept(changed, next_at, people.person(turn.db, athlete.person_id).zone))


def stay(db: Db, athlete: AthleteRow, now: datetime) -> None:
    """Take an erasure back: reminders come again, from the next one on."""
    athlete.erase_at = None
    db.add(athlete)
    occurrences.replan(db, athlete.person_id, now)


def _say_waiting(turn: Interaction, athlete: AthleteRow, *, stopped: bool) -> None:
    assert athlete.erase_at is not None
    zone = people.person(turn.db, athlete.person_id).zone
    turn.show(EraseWaiting(athlete.erase_at, zone, stopped))


def _note(turn: Interaction, action: str) -> None:
    people.note(turn.db, action, turn.now, actor=turn.person_id, subject=turn.person_id)


def _other_roles(db: Db, person_id: int) -> frozenset[Role]:
    return people.roles_of(db, person_id) - {Role.ATHLETE}


# ---- time acts ------------------------------------------------------------------------


def erase_due(db: Db, athlete_id: int, now: datetime) -> bool:
    """Erase an athlete whose time has come; False when nothing was erased.

    A coach or admin keeps that role and nothing else. What the athlete sent, or others about them,
    and nobody has handled yet comes first: it may say "keep". At last one message says that it is
    done; see `forget_farewells` for what becomes of it.
    """
    athlete = people.find_athlete(db, athlete_id)
    if athlete is None or athlete.erase_at is None or athlete.erase_at > now:
        return False
    subject = personal_data.about(db, athlete_id)
    if forgetting.waits(db, subject):
        athlete.erase_at = now + AGAIN
        db.add(athlete)
        return False
    stays = bool(_other_roles(db, athlete_id))
    forgetting.forget(db, subject, now, stays=stays)
    post(db, subject.telegram_id or None, Say(Erased(stays)), now, key=farewell_key())
    return True


def farewell_key() -> str:
    """Return the key of a last message to a chat: it holds nothing of the person's."""
    return f"{FAREWELL}{secrets.token_hex(8)}"


_FORGET_FAREWELLS: Final = delete(OutboxRow).where(
    col(OutboxRow.key) >= FAREWELL,  # by the index of keys: the table is long
    col(OutboxRow.key) < outbox.after(FAREWELL),
    col(OutboxRow.state).not_in((OutboxState.PENDING, OutboxState.SENDING)),
)


def forget_farewells(db: Db) -> int:
    """Delete last messages whose fate is settled; return how many.

    The message needs the chat's id to be sent, so its row is the last thing that holds it.
    """
    return db.connection().execute(_FORGET_FAREWELLS).rowcount
