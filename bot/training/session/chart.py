"""The session as a picture: a bar a hold, those that were left as well."""

from datetime import timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import say_date
from bot.protocol.dose.dose import Side
from bot.protocol.session.state import HoldStatus, Place, counting, place_at
from bot.store import sessions
from bot.store.sessions import Stored
from bot.training import messages


def picture(db: Db, stored: Stored) -> messages.Chart | None:
    """Return a session's picture; None where no hold was answered."""
    value = stored.value
    if not any(hold.pain is not None for hold in value.holds):
        return None
    shown = [
        _bar(hold.place, hold.planned_s, hold.actual_s, hold.pain, _BARS[hold.status])
        for hold in value.holds
        if hold.status in _BARS
    ]
    held = {hold.place for hold in value.holds if hold.status is not HoldStatus.INTERRUPTED}
    places = (place_at(value.dose, position) for position in range(value.dose.total_holds))
    shown += [
        _bar(place, value.dose.hold_s, 0.0, None, "not done")
        for place in places
        if place not in held
    ]
    day, before = sessions.day_of(db, stored), counting(value.before)
    return messages.Chart(
        title=say_date(day, day - timedelta(days=2)),
        holds=tuple(shown),
        before=None if before is None else before.value,
        limit=value.dose.pain_limit,
        stop=value.stop_pain,
    )


_BARS: Final[dict[HoldStatus, messages.Bar]] = {
    HoldStatus.DONE: "done",
    HoldStatus.STOPPED: "stopped",
    HoldStatus.INTERRUPTED: "interrupted",
}


def _bar(
    place: Place, planned_s: int, actual_s: float, pain: int | None, status: messages.Bar
) -> messages.ChartHold:
    side: messages.Leg = "left" if place.side is Side.LEFT else "right"
    return messages.ChartHold(place.number, side, planned_s, actual_s, pain, status)
