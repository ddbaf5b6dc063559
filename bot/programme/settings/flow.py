"""The screens: everything that is set, the choices for one item, and a change as it was stored."""

from typing import Any

from bot.conversation.interaction import Turn
from bot.conversation.message import iso
from bot.conversation.pending_value import remembered, stop_waiting, wait
from bot.conversation.schedule_input import Chosen, Shown
from bot.programme.settings.values import change, newest_change, snapshot
from bot.protocol.calendar.parse_dates import InputError
from bot.store import people
from bot.store.tables import Role
from bot.training import occurrences


def show(turn: Turn, *, problem: str | None = None) -> None:
    """/settings: everything that is set, each with a button."""
    if Role.ATHLETE not in turn.who.roles:
        turn.say("not_allowed")
        return
    stop_waiting(turn)
    athlete = people.athlete(turn.db, turn.person_id)
    turn.show(
        "settings",
        **snapshot(turn.db, turn.person_id),
        next_at=iso(occurrences.next_at(turn.db, turn.person_id, turn.now)),
        paused=occurrences.is_paused(turn.db, turn.person_id, turn.now),
        back_on=iso(athlete.paused_until),
        kept=athlete.only_coach_resumes,
        locked=athlete.locked_at is not None,
        problem=problem,
    )


def ask(turn: Turn, item: str, **values: Any) -> None:
    """Show the choices for an item, and take typed text as its value from now on."""
    current = snapshot(turn.db, turn.person_id)
    tell(turn, f"set_{item}", **current, **values)
    wait(turn, item)


def tell(turn: Turn, topic: str, **values: Any) -> None:
    """Rewrite the pressed message, or say it anew; a location button on the screen goes first."""
    if remembered(turn).get("keyboard"):
        turn.say("location_off")
        turn.retire()
        turn.say(topic, **values)
    else:
        turn.show(topic, **values)


def apply(turn: Turn, wanted: dict[str, str]) -> None:
    """Store a change and show it, before and after, with a button to change back."""
    try:
        changed = change(turn.db, turn.person_id, wanted, actor=turn.who.person_id, now=turn.now)
    except InputError as why:
        ask(turn, next(iter(wanted)), problem=str(why))
        return
    if not changed.items:
        show(turn)
        return
    stop_waiting(turn)
    newest = newest_change(turn.db, turn.person_id)
    turn.show(
        "set_done",
        changes=[[item, *pair] for item, pair in changed.items.items()],
        next_at=iso(changed.next_at),
        zone=changed.zone,
        back=None if newest is None else newest.id,
    )


def take_zone(turn: Turn, found: Shown | Chosen) -> None:
    """Set the zone, or show the next screen about it."""
    if isinstance(found, Chosen):
        apply(turn, {"zone": found.zone})
    elif not found.screen:
        ask(turn, "zone", **found.values)
    elif found.screen == "_location":
        turn.say("set_zone_location")
        wait(turn, "zone", keyboard=True)
    else:
        tell(turn, f"set_zone{found.screen}", **found.values)
        wait(turn, "zone", checking=found.values.get("zone"))
