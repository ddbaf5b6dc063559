"""/athlete: one athlete's card, with the last 28 days as a picture."""

from typing import Any, Final

from bot.coaching.athletes.board import session_line
from bot.coaching.athletes.urgency import Glance, done_of_planned, glances
from bot.coaching.messages import Album
from bot.coaching.notes.flow import SHOWN as NOTES
from bot.coaching.notes.flow import shown
from bot.conversation import who
from bot.conversation.interaction import Turn
from bot.conversation.message import iso
from bot.protocol.calendar.local_time import local
from bot.protocol.report.period import PeriodChart, chart_days
from bot.store import people, sessions
from bot.training import occurrences

SESSIONS: Final = 5
"""Sessions on a card."""
DAYS_WITHOUT: Final = 7
"""Days in which what was skipped or missed stands with its reason."""


def athlete(turn: Turn, words: str) -> None:
    """Show the card of the athlete who is named, and the picture after it."""
    named = who.athlete_named(turn, "athlete", words, alone=True)
    if named is None:
        return
    (found,) = glances(turn.db, [named.person], turn.now)
    turn.say("athlete_card", **_card(turn, found))
    turn.send(Album((_month(turn, found),)))


def _month(turn: Turn, one: Glance) -> PeriodChart:
    return PeriodChart(
        athlete_id=one.id,
        name=one.person.name,
        days=chart_days(one.stretch),
        pain_limit=people.plan(turn.db, one.id).pain_limit,
    )


def _card(turn: Turn, one: Glance) -> dict[str, Any]:
    done, planned = done_of_planned(one.week)
    trained = [session_line(found) for found in reversed(one.stretch.trained) if found.outcome]
    return {
        "athlete_id": one.id,
        "name": one.person.name,
        "today": iso(one.today),
        "plan": _plan(turn, one.id),
        **_steps(turn, one),
        **_schedule(turn, one),
        **_barred(one),
        "sessions": trained[:SESSIONS],
        "done": done,
        "planned": planned,
        "missed": one.missed,
        "reasons": _reasons(one),
        "mornings": [[iso(found.day), found.value] for found in one.stretch.mornings[-3:]],
        "notes": shown(turn.db, one.id, NOTES),
    }


def _plan(turn: Turn, athlete_id: int) -> dict[str, Any]:
    dose = sessions.dose_of(people.plan(turn.db, athlete_id))
    return {
        "holds": dose.holds,
        "hold_s": dose.hold_s,
        "sets": dose.sets,
        "side": dose.side,
        "exercise": dose.exercise,
        "limit": dose.pain_limit,
    }


def _steps(turn: Turn, one: Glance) -> dict[str, Any]:
    """Return the credits, the step up that waits for a coach, and the bot's own step down."""
    found = one.standing
    down = found.stepped_down
    return {
        "credits": found.credits,
        "step_up": None if found.proposal is None else str(found.proposal),
        "plan_id": people.plan(turn.db, one.id).id,
        "stepped_down": None if down is None else iso(local(down, one.person.zone).date()),
    }


def _schedule(turn: Turn, one: Glance) -> dict[str, Any]:
    return {
        "days": one.athlete.weekdays,
        "times": one.athlete.times,
        "zone": one.person.zone,
        "next_at": iso(occurrences.next_at(turn.db, one.id, turn.now)),
        "coach_zone": people.person(turn.db, turn.person_id).zone,
    }


def _barred(one: Glance) -> dict[str, Any]:
    paused = one.paused
    return {
        "lock": one.athlete.lock_reason,
        "flags": [{"kind": flag.kind, "at": iso(flag.at)} for flag in one.flags],
        "paused": paused,
        "paused_until": iso(one.athlete.paused_until) if paused else None,
        "pause_reason": one.athlete.pause_reason if paused else None,
        "unreachable_since": iso(one.person.unreachable_since),
        "leaving": iso(one.athlete.erase_at),
    }


def _reasons(one: Glance) -> list[list[str | None]]:
    """Return day, what became of it and why, of the last week's days that have a reason."""
    return [
        [iso(found.day), found.became, found.reason]
        for found in one.stretch.planned
        if found.reason is not None and (one.today - found.day).days < DAYS_WITHOUT
    ]
