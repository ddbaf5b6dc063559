"""Words between a coach and an athlete: passed on as they are, each confirmed when delivered.

The other side answers with Telegram's reply. Without the athlete's consent nothing is passed on.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.messages import Relayed
from bot.coaching.relay.messages import (
    RelayDelivered,
    RelayEnded,
    RelayLost,
    RelayTextOnly,
    RelayTooLong,
    RelayUnderWay,
    RelayUnreachable,
)
from bot.conversation import message
from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply, Say
from bot.conversation.outgoing import post
from bot.conversation.told_apart import told_apart
from bot.letters import UnreadableError
from bot.protocol.names import in_full
from bot.store import asked, outbox, people
from bot.store.tables import PersonRow, Role

RECENT: Final = timedelta(hours=48)
"""So long after somebody's message words may be an answer to it."""
MAX_TEXT: Final = 2_000
"""Characters passed on at once."""


def say(turn: Interaction, athlete: PersonRow, text: str) -> None:
    """Pass a coach's or admin's words on to an athlete; the caller has checked the reach."""
    assert athlete.id is not None
    _pass_on(turn, Relayed(athlete.id, turn.person_id, turn.who.name, text, to_athlete=True))


def replied_to(turn: Interaction, message_id: int) -> Relayed | None:
    """Return the words that came from the other side as this message of the chat, if they did."""
    letter = outbox.of_message(turn.db, turn.chat_id, message_id)
    if letter is None or letter[1] != Relayed.kind():
        return None
    try:
        came = message.read(Relayed, letter[2])
    except UnreadableError:
        return None
    me = came.athlete_id if came.to_athlete else came.coach_id
    return came if me == turn.who.person_id else None


def answer(turn: Interaction, came: Relayed, text: str) -> None:
    """Pass an answer on to whoever wrote `came`; without text say what can be passed on."""
    back = Relayed(
        came.athlete_id, came.coach_id, turn.who.name, text, to_athlete=not came.to_athlete
    )
    if not text:
        turn.say(RelayTextOnly(came.name, came.athlete_id))
    elif not _may(turn.db, back):
        turn.say(RelayEnded(came.name, mine=came.to_athlete))
    else:
        _pass_on(turn, back)


def pass_on(turn: Interaction, words: Relayed, *, key: str) -> bool:
    """Pass words on, once under `key`; False where that was done before. Refusals are said."""
    if outbox.exists(turn.db, key):
        return False
    if not _may(turn.db, words):
        turn.say(RelayEnded(_reader_name(turn.db, words), mine=not words.to_athlete))
    else:
        _pass_on(turn, words, key)
    return True


def readers(turn: Interaction) -> list[PersonRow]:
    """Return to whom words can go: who wrote lately, then the coaches; those who can be reached."""
    wrote = wrote_lately(turn)
    coaches = [] if turn.athlete is None else people.coaches_of(turn.db, turn.person_id)
    found = {one.id: one for one in [*([] if wrote is None else [wrote]), *coaches]}
    return [
        one
        for one in found.values()
        if one.telegram_id is not None and one.unreachable_since is None
    ]


def wrote_lately(turn: Interaction) -> PersonRow | None:
    """Return who wrote the newest words that were passed on to this chat of late."""
    for letter in asked.said(turn.db, turn.chat_id, [Relayed.kind()], turn.now - RECENT):
        try:
            came = message.read(Relayed, letter.body)
        except UnreadableError:
            continue
        mine = came.athlete_id if came.to_athlete else came.coach_id
        if mine == turn.person_id and _may(turn.db, came):
            return people.person(turn.db, came.coach_id if came.to_athlete else came.athlete_id)
    return None


def words_to(turn: Interaction, reader_id: int, text: str) -> Relayed:
    """Return words to one of the `readers`: an athlete's to a coach or admin, or the other way."""
    to_athlete = not _writes_as_athlete(turn.db, turn.person_id, reader_id)
    pair = (reader_id, turn.person_id) if to_athlete else (turn.person_id, reader_id)
    return Relayed(*pair, turn.who.name, text, to_athlete=to_athlete)


def _writes_as_athlete(db: Db, writer_id: int, reader_id: int) -> bool:
    staff = Role.ADMIN in people.roles_of(db, reader_id)
    coached = people.coaches(db, reader_id, writer_id)
    return people.find_athlete(db, writer_id) is not None and (coached or staff)


def _may(db: Db, words: Relayed) -> bool:
    """Whether the two may write to each other: by the athlete's consent, or to and from admins."""
    consented = people.coaches(db, words.coach_id, words.athlete_id)
    athlete = people.find_athlete(db, words.athlete_id) is not None
    return consented or (athlete and Role.ADMIN in people.roles_of(db, words.coach_id))


def _pass_on(turn: Interaction, words: Relayed, key: str | None = None) -> None:
    reader = _reader(turn.db, words)
    about = _reader_name(turn.db, words), words.athlete_id
    if not words.to_athlete:
        words = replace(words, name=_athlete_name(turn.db, words))
    if len(words.text) > MAX_TEXT:
        turn.show(RelayTooLong(*about, len(words.text), MAX_TEXT))
    elif reader.telegram_id is None or reader.unreachable_since is not None:
        turn.show(RelayUnreachable(*about))
    else:
        key = key or f"u{turn.update_id}:relay"
        post(turn.db, turn.chat_id, Say(RelayUnderWay(*about)), turn.now, key=_way(key))
        post(turn.db, reader.telegram_id, words, turn.now, key=key)


def _reader(db: Db, words: Relayed) -> PersonRow:
    return people.person(db, words.athlete_id if words.to_athlete else words.coach_id)


def _reader_name(db: Db, words: Relayed) -> str:
    return _athlete_name(db, words) if words.to_athlete else _reader(db, words).name


def _athlete_name(db: Db, words: Relayed) -> str:
    """Return the athlete's name as the other side knows it: namesakes are told apart."""
    admin = Role.ADMIN in people.roles_of(db, words.coach_id)
    known = people.athletes(db, None if admin else words.coach_id)
    apart = told_apart(db, known, by_coach=admin)
    return in_full(people.person(db, words.athlete_id).name, apart.get(words.athlete_id, ""))


def _writer(db: Db, words: Relayed) -> PersonRow:
    return people.person(db, words.coach_id if words.to_athlete else words.athlete_id)


def _way(key: str) -> str:
    """Return the key of the message that says what becomes of the words."""
    return f"{key}:way"


# ---- what became of it ----------------------------------------------------------------


def still_allowed(db: Db, words: Relayed) -> bool:
    """Whether the words may still be passed on at the moment of sending."""
    return _may(db, words)


def delivered(db: Db, key: str, words: Relayed, now: datetime) -> None:
    """The other side has it: say so to who wrote it, where it said that it was on its way."""
    _settled(db, key, words, RelayDelivered(_reader_name(db, words), words.athlete_id), now)


def undelivered(db: Db, key: str, words: Relayed, now: datetime) -> None:
    """It did not, or perhaps not, arrive, or the two do not share any more: say so."""
    name = _reader_name(db, words)
    if _may(db, words):
        _settled(db, key, words, RelayLost(name, words.athlete_id), now)
    else:
        _settled(db, key, words, RelayEnded(name, mine=not words.to_athlete), now)


def _settled(db: Db, key: str, words: Relayed, told: Reply, now: datetime) -> None:
    way, writer = _way(key), _writer(db, words)
    outbox.cancel(db, way)
    post(db, writer.telegram_id, Say(told), now, key=f"{key}:fate", edits=way)
