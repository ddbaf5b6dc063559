"""One moment on two people's clocks, and whether a letter about it is on its way."""

from datetime import date, datetime

from bot.conversation.screen import esc
from bot.conversation.widgets import Values
from bot.protocol.calendar.local_time import local, say_date, say_day_time, say_time


def say_zones(values: Values) -> str:
    """Return the zones that `say_both` writes in: "Europe/Berlin", or "… (yours: UTC)"."""
    zone, reader = values["zone"], values["reader_zone"]
    return esc(zone) if zone == reader else f"{esc(zone)} (yours: {esc(reader)})"


def say_both(text: str, values: Values, now: datetime) -> str:
    """Return an instant's ISO text on the athlete's clock, and on the reader's in brackets."""
    at = datetime.fromisoformat(text)
    zone, reader = values["zone"], values["reader_zone"]
    theirs = say_day_time(at, zone, now)
    if zone == reader:
        return theirs
    same_day = local(at, zone).date() == local(at, reader).date()
    yours = say_time(at, reader) if same_day else say_day_time(at, reader, now)
    return f"{theirs} ({yours})"


def say_next(values: Values, now: datetime) -> str:
    """Return the next reminder with both zones named, or that there is none."""
    if values["next_at"] is None:
        return "No reminder is planned."
    at = say_both(values["next_at"], values, now)
    return f"Next reminder: <b>{at}</b>, {say_zones(values)}."


def say_local_date(day: str, zone: str, now: datetime) -> str:
    """Return a date's ISO text as it is said on the zone's day of `now`."""
    return say_date(date.fromisoformat(day), local(now, zone).date())


def say_told(values: Values) -> str:
    """Return what becomes of the letter to the athlete; nothing where none is needed."""
    name, told = esc(values["name"]), values["told"]
    if told is None:
        return ""
    if told:
        return f"A message to {name} is on its way."
    return f"I can not reach {name} at the moment: please tell them yourself."
