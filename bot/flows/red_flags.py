"""Red flags: asked for, reported, and unlocked by a person (PROTOCOL 5)."""

import json

from bot.flows import calendar, holds, training
from bot.flows.alerts import alert_coaches
from bot.flows.intents import CoachAlert, RedFlagAdvice, Say, Screen, iso
from bot.flows.name_search import Found, matching, typed_name
from bot.flows.post import post
from bot.flows.turn import Turn
from bot.protocol import events
from bot.protocol.record import Phase
from bot.protocol.redflags import RED_FLAGS
from bot.store import people, sessions
from bot.store.people import Who
from bot.store.tables import AthleteRow, PersonRow, Role

NONE = "none"
"""The button that says: nothing of this."""
NONE_AWAY = "fit"
"""The same, where it was asked because of days away: the session begins then."""
_CUED = frozenset({Phase.GET_SET, Phase.HOLDING, Phase.RESTING})


def screen(turn: Turn) -> None:
    """Ask for red flags."""
    turn.answer()
    if turn.athlete is None:
        turn.say("not_athlete")
    else:
        turn.send(Screen("asked"))


def report(turn: Turn, flag_id: str) -> None:
    """A sign was chosen from the screen: say what to do first, then stop and lock everything."""
    if turn.athlete is None or flag_id not in {NONE, NONE_AWAY, *RED_FLAGS}:
        turn.expired()
    elif flag_id == NONE:
        _no_flags(turn)
    elif flag_id == NONE_AWAY:
        _screened(turn)
        holds.begin(turn)
    else:
        _flagged(turn, flag_id)


def _no_flags(turn: Turn) -> None:
    turn.answer()
    turn.show("no_flags", locked=_screened(turn).locked_at is not None)
    live = sessions.live(turn.db, turn.person_id)
    if live is not None and live.value.phase not in _CUED:
        training.ask_again(turn.db, live, turn.now)


def _screened(turn: Turn) -> AthleteRow:
    """Keep that the athlete was asked and named no sign."""
    athlete = people.athlete(turn.db, turn.person_id)
    athlete.screened_at = turn.now
    turn.db.add(athlete)
    turn.db.flush()
    return athlete


def _flagged(turn: Turn, flag_id: str) -> None:
    has_coach = bool(people.coaches_of(turn.db, turn.person_id))
    turn.send(RedFlagAdvice(flag_id, has_coach))
    turn.answer()
    turn.retire()
    live = sessions.live(turn.db, turn.person_id)
    session_id = None if live is None else live.id
    new = people.raise_flag(turn.db, turn.person_id, flag_id, turn.now, session_id=session_id)
    if live is not None:
        training.happen(turn.db, live, events.RedFlagRaised(), turn.now)
    elif new:
        calendar.lock(turn.db, turn.person_id, "red_flag", turn.now)
        _alert(turn)


def _alert(turn: Turn) -> None:
    person = people.person(turn.db, turn.person_id)
    intent = CoachAlert(
        athlete=person.name,
        athlete_id=turn.person_id,
        event="red_flag",
        value=None,
        limit=people.plan(turn.db, turn.person_id).pain_limit,
        spot=None,
        at=turn.now,
        zone=person.zone,
        locked=True,
    )
    alert_coaches(turn.db, turn.person_id, intent, f"u{turn.update_id}:flag", turn.now)


# ---- unlocking ------------------------------------------------------------------------


def unlock(turn: Turn, athlete_id: int) -> None:
    """Let an athlete train again; for admins, and coaches this athlete consented to."""
    athlete = people.find_athlete(turn.db, athlete_id)
    if not _may_unlock(turn, athlete_id):
        _not_allowed(turn)
    elif athlete is None:
        turn.expired()
    else:
        turn.answer()
        _unlock(turn, athlete)


def unlock_by_name(turn: Turn, text: str) -> None:
    """The same by name; several people who fit become buttons, as do the locked for no name."""
    if not turn.who.roles & {Role.ADMIN, Role.COACH}:
        _not_allowed(turn)
        return
    everyone = people.athletes(turn.db, _reach(turn.who))
    wanted = typed_name(text)
    barred = [person for person in everyone if _barred(turn, person)]
    found = matching(everyone, wanted) if wanted else Found(barred)
    if not wanted and not barred:
        turn.say("unlock_none_locked")
    elif not found.people:
        turn.say("unlock_nobody", name=wanted)
    elif found.only is not None and wanted:
        _unlock(turn, people.athlete(turn.db, found.only))
    else:
        turn.say("unlock_which", **found.choice(lambda one: {"locked": one in barred}))


def _reach(who: Who) -> int | None:
    """Return whose athletes may be named: None means everybody's."""
    return None if Role.ADMIN in who.roles else who.person_id


def _may_unlock(turn: Turn, athlete_id: int) -> bool:
    who = turn.who
    if who.person_id is None:
        return False
    consented = Role.COACH in who.roles and people.coaches(turn.db, who.person_id, athlete_id)
    return Role.ADMIN in who.roles or consented


def _not_allowed(turn: Turn) -> None:
    turn.answer()
    turn.say("not_allowed")


def _barred(turn: Turn, person: PersonRow) -> bool:
    assert person.id is not None
    locked = people.athlete(turn.db, person.id).locked_at is not None
    return locked or bool(people.open_flags(turn.db, person.id))


def _unlock(turn: Turn, athlete: AthleteRow) -> None:
    person = people.person(turn.db, athlete.person_id)
    if not _barred(turn, person):
        turn.show("unlock_not_locked", name=person.name, athlete_id=athlete.person_id)
        return
    _clear(turn, athlete)
    told = _tell(turn, person)
    turn.show(
        "unlock_done",
        name=person.name,
        athlete_id=athlete.person_id,
        told=told,
        paused=calendar.is_paused(turn.db, athlete.person_id, turn.now),
    )


def _clear(turn: Turn, athlete: AthleteRow) -> None:
    flags = people.open_flags(turn.db, athlete.person_id)
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
        subject=athlete.person_id,
        before=json.dumps(before),
        after=json.dumps({"lock": None, "flags": []}),
    )
    turn.db.flush()


def _tell(turn: Turn, person: PersonRow) -> bool:
    """Tell the athlete; whether the message has anywhere to go."""
    assert person.id is not None
    next_at = calendar.next_at(turn.db, person.id, turn.now)
    values = {
        "by": turn.who.name,
        "next_at": iso(next_at),
        "zone": person.zone,
    }
    key = f"u{turn.update_id}:unlocked"
    posted = post(turn.db, person.telegram_id, Say("unlocked", values), turn.now, key=key)
    return posted and person.unreachable_since is None
