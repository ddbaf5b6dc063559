"""One moment on two people's clocks, and whether a letter about it is on its way."""

from datetime import date, datetime
from typing import Protocol

from bot.conversation.screen import esc
from bot.protocol.calendar.local_time import local, say_date, say_day_time, say_time


class OnTwoClocks(Protocol):
    """What somebody reads about an athlete: it tells times on the clocks of both."""

    @property
    def zone(self) -> str:
        """The athlete's zone."""

    @property
    def reader_zone(self) -> str:
        """The zone of who reads it."""


def say_zones(said: OnTwoClocks) -> str:
    """Return the zones that `say_both` writes in: "Europe/Berlin", or "… (yours: UTC)"."""
    if said.zone == said.reader_zone:
        return esc(said.zone)
    return f"{esc(said.zone)} (yours: {esc(said.reader_zone)})"


def say_both(at: datetime, said: OnTwoClocks, now: datetime) -> str:
    """Return an instant on the athlete's clock, and on the reader's in brackets."""
    zone, reader = said.zone, said.reader_zone
    theirs = say_day_time(at, zone, now)
    if zone == reader:
        return theirs
    same_day = local(at, zone).date() == local(at, reader).date()
    yours = say_time(at, reader) if same_day else say_day_time(at, reader, now)
    return f"{theirs} ({yours})"


def say_next(at: datetime | None, said: OnTwoClocks, now: datetime) -> str:
    """Return the next reminder with both zones named, or that there is none."""
    if at is None:
        return "No reminder is planned."
    return f"Next reminder: <b>{say_both(at, said, now)}</b>, {say_zones(said)}."


def say_local_date(day: date, zone: str, now: datetime) -> str:
    """Return a date as it is said on the zone's day of `now`."""
    return say_date(day, local(now, zone).date())


def say_told(name: str, told: bool | None) -> str:  # noqa: FBT001 - what `tell` returned
    """Return what becomes of the letter to the athlete; nothing where none was needed."""
    if told is None:
        return ""
    if told:
        return f"A message to {esc(name)} is on its way."
    return f"I cannot reach {esc(name)} at the moment: please tell them yourself."
