"""/unlock: an athlete may train again; who decided so, and why, is kept (PROTOCOL 3 and 5).

A red flag is lifted by a clinician's clearance alone: the coach taps that there is one, and writes
whose it is and from when. What was talked about with the athlete is no clearance.
"""

import json
from typing import Final

from bot.coaching.messages import OpenFlag
from bot.coaching.unlock.messages import (
    CLEARED,
    WRITE,
    YES,
    AthleteUnlocked,
    ClearanceAwaited,
    ClearanceMissing,
    ClearanceToConfirm,
    NobodyLocked,
    NotLocked,
    SessionsUnlocked,
    UnlockReasonAsked,
    UnlockReasonAwaited,
    UnlockReasonTooLong,
)
from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import posted
from bot.conversation.pending_input import HalfCommand, wait_for
from bot.conversation.pressed import pressed
from bot.conversation.who import Named
from bot.protocol.red_flags.clearance import is_clearance
from bot.protocol.session.state import Outcome
from bot.store import athletes, notes, people
from bot.store.tables import PersonRow
from bot.training import occurrences

MAX_REASON: Final = 500


def unlock(turn: Interaction, words: str) -> None:
    """Let the athlete train again, with a reason; a red flag is named again before it is lifted.

    Without a name the locked ones are offered.
    """
    everyone = who.athletes_of(turn)
    barred = _barred(turn, everyone)
    named_none = who.names_nobody(words)
    if named_none and everyone and not barred:
        turn.show(NobodyLocked())
        return
    offered = [one for one in everyone if one.id in barred] if named_none else everyone
    named = who.one_of(
        turn, "unlock", words, offered, lambda one: "locked" if one.id in barred else "not locked"
    )
    if named is None:
        return
    if named.id not in barred:
        turn.say(NotLocked(who.known_as(turn, named.person), named.id))
    else:
        _decide(turn, named)


def _barred(turn: Interaction, everyone: list[PersonRow]) -> set[int]:
    ids = [one.id for one in everyone if one.id is not None]
    locked = {one for one, row in athletes.athletes(turn.db, ids).items() if row.locked_at}
    return locked | athletes.open_flags(turn.db, ids).keys()


def _decide(turn: Interaction, named: Named) -> None:
    why, about = named.rest, (who.known_as(turn, named.person), named.id)
    if why == YES:
        _confirmed(turn, named)
    elif not why:
        wait_for(turn, HalfCommand("unlock", f"#{named.id}"))
        turn.say(_why(turn, named))
    elif len(why) > MAX_REASON:
        turn.say(UnlockReasonTooLong(*about, len(why), MAX_REASON))
    elif _is_flagged(turn, named.id):
        _of_flag(turn, named)
    elif why == WRITE:
        wait_for(turn, HalfCommand("unlock", f"#{named.id}"))
        turn.show(UnlockReasonAwaited(*about))
    else:
        _unlock(turn, named, why)


def _of_flag(turn: Interaction, named: Named) -> None:
    """Name the red flags again for a reason that clears them; refuse any other."""
    why, about = named.rest, (who.known_as(turn, named.person), named.id)
    if why.casefold() == CLEARED:
        wait_for(turn, HalfCommand("unlock", f"#{named.id} {CLEARED}"))
        turn.show(ClearanceAwaited(*about))
    elif is_clearance(why):
        turn.show(_to_confirm(turn, named))
    else:
        wait_for(turn, HalfCommand("unlock", f"#{named.id}"))
        turn.show(ClearanceMissing(*about, why))


def _is_flagged(turn: Interaction, athlete_id: int) -> bool:
    reason = people.athlete(turn.db, athlete_id).lock_reason
    return reason == Outcome.RED_FLAG or bool(people.open_flags(turn.db, athlete_id))


def _confirmed(turn: Interaction, named: Named) -> None:
    """Lift what the question named, if that is still all there is; else ask again."""
    found = pressed(turn, ClearanceToConfirm)
    if found is not None and _still_asked(turn, named, found[1]):
        _unlock(turn, named, found[1].why)
    else:
        _decide(turn, Named(named.person, ""))


def _still_asked(turn: Interaction, named: Named, asked: ClearanceToConfirm) -> bool:
    same = asked.athlete_id == named.id and asked.flags == _flags(turn, named.id)
    return same and is_clearance(asked.why)


def _why(turn: Interaction, named: Named) -> UnlockReasonAsked:
    return UnlockReasonAsked(
        name=who.known_as(turn, named.person),
        athlete_id=named.id,
        flags=_flags(turn, named.id),
        reason=people.athlete(turn.db, named.id).lock_reason,
        zone=people.person(turn.db, turn.person_id).zone,
        flagged=_is_flagged(turn, named.id),
    )


def _to_confirm(turn: Interaction, named: Named) -> ClearanceToConfirm:
    return ClearanceToConfirm(
        name=who.known_as(turn, named.person),
        athlete_id=named.id,
        flags=_flags(turn, named.id),
        reason=people.athlete(turn.db, named.id).lock_reason,
        zone=people.person(turn.db, turn.person_id).zone,
        why=named.rest,
    )


def _flags(turn: Interaction, athlete_id: int) -> tuple[OpenFlag, ...]:
    found = people.open_flags(turn.db, athlete_id)
    return tuple(OpenFlag(flag.kind, flag.at) for flag in found)


def _unlock(turn: Interaction, named: Named, why: str) -> None:
    _clear(turn, named.id, why)
    notes.add(turn.db, named.id, turn.person_id, f"Unlocked: {why}", turn.now)
    told = _tell(turn, named.person)
    paused = occurrences.is_paused(turn.db, named.id, turn.now)
    turn.show(AthleteUnlocked(who.known_as(turn, named.person), named.id, told, paused, why))


def _clear(turn: Interaction, athlete_id: int, why: str) -> None:
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


def _tell(turn: Interaction, person: PersonRow) -> bool:
    """Tell the athlete; whether the message has anywhere to go."""
    assert person.id is not None
    next_at = occurrences.next_at(turn.db, person.id, turn.now)
    told = Say(SessionsUnlocked(turn.who.name, next_at, person.zone))
    key = f"u{turn.update_id}:unlocked"
    is_new = posted(turn.db, person.telegram_id, told, turn.now, key=key)
    return is_new and person.unreachable_since is None
