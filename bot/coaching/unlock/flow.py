"""/unlock: an athlete may train again; who decided so, and why, is kept (PROTOCOL 3 and 5).

A red flag is lifted by a clinician's clearance alone: the coach taps that there is one, and writes
whose it is and from when. What was talked about with the athlete is no clearance.
"""

import json
from typing import Any, Final

from bot.coaching.unlock.messages import CLEARED, WRITE, YES
from bot.conversation import who
from bot.conversation.interaction import Turn
from bot.conversation.message import Say, Untyped, iso
from bot.conversation.outgoing import post
from bot.conversation.pending_input import await_text
from bot.conversation.who import Named
from bot.protocol.red_flags.clearance import is_clearance
from bot.protocol.session.state import Outcome
from bot.store import athletes, notes, outbox, people
from bot.store.tables import PersonRow
from bot.training import occurrences

MAX_REASON: Final = 500
_CONFIRM: Final = "unlock_confirm"


def unlock(turn: Turn, words: str) -> None:
    """Let the athlete train again, with a reason; a red flag is named again before it is lifted.

    Without a name the locked ones are offered.
    """
    everyone = who.athletes_of(turn)
    barred = _barred(turn, everyone)
    named_none = who.names_nobody(words)
    if named_none and everyone and not barred:
        turn.show("unlock_none_locked")
        return
    offered = [one for one in everyone if one.id in barred] if named_none else everyone
    named = who.one_of(
        turn, "unlock", words, offered, lambda one: "locked" if one.id in barred else "not locked"
    )
    if named is None:
        return
    if named.id not in barred:
        turn.say("unlock_not_locked", **_about(named))
    else:
        _decide(turn, named)


def _barred(turn: Turn, everyone: list[PersonRow]) -> set[int]:
    ids = [one.id for one in everyone if one.id is not None]
    locked = {one for one, row in athletes.athletes(turn.db, ids).items() if row.locked_at}
    return locked | athletes.open_flags(turn.db, ids).keys()


def _decide(turn: Turn, named: Named) -> None:
    why = named.rest
    if why == YES:
        _confirmed(turn, named)
    elif not why:
        await_text(turn, "unlock", f"#{named.id}")
        turn.say("unlock_why", **_about(named), **_lock(turn, named.id))
    elif len(why) > MAX_REASON:
        turn.say("unlock_too_long", length=len(why), most=MAX_REASON, **_about(named))
    elif _is_flagged(turn, named.id):
        _of_flag(turn, named)
    elif why == WRITE:
        await_text(turn, "unlock", f"#{named.id}")
        turn.show("unlock_write", **_about(named))
    else:
        _unlock(turn, named, why)


def _of_flag(turn: Turn, named: Named) -> None:
    """Name the red flags again for a reason that clears them; refuse any other."""
    why = named.rest
    if why.casefold() == CLEARED:
        await_text(turn, "unlock", f"#{named.id} {CLEARED}")
        turn.show("unlock_by_whom", **_about(named))
    elif is_clearance(why):
        turn.show("unlock_confirm", **_about(named), **_lock(turn, named.id), why=why)
    else:
        turn.show("unlock_not_cleared", **_about(named), why=why)


def _is_flagged(turn: Turn, athlete_id: int) -> bool:
    reason = people.athlete(turn.db, athlete_id).lock_reason
    return reason == Outcome.RED_FLAG or bool(people.open_flags(turn.db, athlete_id))


def _confirmed(turn: Turn, named: Named) -> None:
    """Lift what the question named, if that is still all there is; else ask again."""
    asked = None
    if turn.message_id is not None:
        asked = outbox.of_message(turn.db, turn.chat_id, turn.message_id)
    values = {} if asked is None or asked[2].get("topic") != _CONFIRM else asked[2]["values"]
    same = values.get("athlete_id") == named.id and values["flags"] == _flags(turn, named.id)
    if same and is_clearance(values["why"]):
        _unlock(turn, named, values["why"])
    else:
        _decide(turn, Named(named.person, ""))


def _about(named: Named) -> dict[str, Any]:
    return {"name": named.person.name, "athlete_id": named.id}


def _lock(turn: Turn, athlete_id: int) -> dict[str, Any]:
    return {
        "flags": _flags(turn, athlete_id),
        "reason": people.athlete(turn.db, athlete_id).lock_reason,
        "flagged": _is_flagged(turn, athlete_id),
        "zone": people.person(turn.db, turn.person_id).zone,
    }


def _flags(turn: Turn, athlete_id: int) -> list[dict[str, Any]]:
    found = people.open_flags(turn.db, athlete_id)
    return [{"kind": flag.kind, "at": iso(flag.at)} for flag in found]


def _unlock(turn: Turn, named: Named, why: str) -> None:
    _clear(turn, named.id, why)
    notes.add(turn.db, named.id, turn.person_id, f"Unlocked: {why}", turn.now)
    told = _tell(turn, named.person)
    paused = occurrences.is_paused(turn.db, named.id, turn.now)
    turn.show("unlock_done", **_about(named), told=told, paused=paused, why=why)


def _clear(turn: Turn, athlete_id: int, why: str) -> None:
    flags, athlete = people.open_flags(turn.db, athlete_id), people.athlete(turn.db, athlete_id)
    before = {"lock": athlete.lock_reason, "flags": [flag.kind for flag in flags]}
    for flag in flags:
        flag.cleared_at, flag.cleared_by = turn.now, turn.person_id
        turn.db.add(flag)
    athlete.locked_at = athlete.lock_reason = None
    turn.db.add(athlete)
    people.note(
        turn.db,
        "unlock",
        turn.now,
        actor=turn.person_id,
        subject=athlete_id,
        before=json.dumps(before),
        after=json.dumps({"lock": None, "flags": [], "why": why}, ensure_ascii=False),
    )
    turn.db.flush()


def _tell(turn: Turn, person: PersonRow) -> bool:
    """Tell the athlete; whether the message has anywhere to go."""
    assert person.id is not None
    values = {
        "by": turn.who.name,
        "next_at": iso(occurrences.next_at(turn.db, person.id, turn.now)),
        "zone": person.zone,
    }
    key = f"u{turn.update_id}:unlocked"
    posted = post(turn.db, person.telegram_id, Say(Untyped("unlocked", values)), turn.now, key=key)
    return posted and person.unreachable_since is None
