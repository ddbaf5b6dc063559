"""Words about load that athletes and coaches both read."""

from datetime import date
from typing import Final

from bot.conversation.screen import many, sentence
from bot.protocol.calendar.local_time import say_date
from bot.protocol.load.advice import Advice, Because, Tip
from bot.protocol.load.entries import Extra, LoadFigures, LoadKind
from bot.protocol.load.weekly_check import SITS
from bot.training.load.messages import LeftOut, NotedLoad

KINDS: Final = {
    LoadKind.NONE: "no sport",
    LoadKind.RUN: "run",
    LoadKind.BIKE: "bike",
    LoadKind.SWIM: "swim",
    LoadKind.WALK: "walk",
    LoadKind.STRENGTH: "strength",
    LoadKind.OTHER: "other sport",
}
EXTRAS: Final = {
    Extra.UPHILL: "hills",
    Extra.FAST: "fast",
    Extra.TRAIL: "trail",
    Extra.HINGE: "deadlifts",
    Extra.HINGE_FAST: "fast deadlifts",
    Extra.SIT: "long sitting",
    Extra.STRETCH: "stretching",
}
"""What an extra is called within a sentence; deadlifts stand for all that bends so at the hip."""
_CALM: Final = "Ask your coach before you go back up."
_LEADS: Final = {
    (Tip.HILLS, Because.FLARE): "Your morning pain was up after a run with hills.",
    (Tip.HILLS, Because.OFTEN): "You noted hills three times in seven days.",
    (Tip.DEADLIFT, Because.FLARE): "Your morning pain was up after deadlifts.",
    (Tip.DEADLIFT, Because.OFTEN): "You noted deadlifts three times in seven days.",
    (Tip.LONG_RUN, Because.FLARE): "Your morning pain was up after a run that was longer than any "
    "of the 30 days before.",
    (Tip.LONG_RUN, Because.LONG): "That was longer than any run of the last 30 days.",
    (Tip.SIT, Because.FLARE): "Your morning pain was up after a day with long sitting.",
    (Tip.SIT, Because.OFTEN): "You noted long sitting three times in seven days.",
    (Tip.SIT, Because.TURN): "Sitting presses on the sore spot.",
}
_LINES: Final = {
    Tip.HILLS: f"For now, pick flat routes. {_CALM}",
    Tip.DEADLIFT: "For now leave deadlifts out, fast ones above all.",
    Tip.LONG_RUN: "Keep the next ones at or under it until your mornings are calm.",
    Tip.STRIDE: "On an easy run, try a minute at a time: land close under you, lift the foot, run "
    "light. If the next morning is worse, drop it and tell your coach.",
    Tip.GLUTE: "The method asks for a lot of glute work beside the holds. Ask your coach which "
    "exercises suit you.",
    Tip.SIT: "Stand up more often.",
}


def say_tip(advice: Advice | None) -> str:
    """Return a line of advice, with why it is given; nothing for none."""
    if advice is None:
        return ""
    lead = _LEADS.get((advice.tip, advice.why))
    return _LINES[advice.tip] if lead is None else f"{lead} {_LINES[advice.tip]}"


def say_noted(noted: NotedLoad) -> str:
    """Return an entry: "run, 40 min, effort 4, 8.2 km, 120 m up, hills"."""
    if noted.kind is LoadKind.NONE:
        return ", ".join(["no sport", *_extras(noted)])
    parts = [KINDS[noted.kind], "" if noted.minutes is None else f"{noted.minutes} min"]
    parts.append("effort not known" if noted.effort is None else f"effort {noted.effort}")
    parts.append("" if noted.metres is None else f"{noted.metres / 1000:.1f} km")
    parts.append("" if noted.climb_m is None else f"{noted.climb_m} m up")
    return ", ".join(part for part in (*parts, *_extras(noted)) if part)


def _extras(noted: NotedLoad) -> list[str]:
    return [EXTRAS[one] for one in noted.extras]


def say_week(week: LoadFigures) -> str:
    """Return "120 min, load 480, 5 of 7 days known"; of days of which nothing is known, so."""
    if not week.known_days:
        return "nothing noted"
    rated = say_not_rated(week.not_rated)
    load = say_load(week.load, week.not_rated)
    return f"{week.minutes:,} min, {load}, {week.known_days} of {week.days} days known{rated}"


def say_load(load: int, not_rated: int) -> str:
    """Return "load 1,480"; of days of which no load is known, that it is not."""
    return "load not known" if not_rated and not load else f"load {load:,}"


def say_not_rated(count: int) -> str:
    """Return ", 2 efforts not known": what the load lacks; nothing where it lacks nothing."""
    return f", {many(count, 'effort')} not known" if count else ""


def say_left_out(found: LeftOut, today: date) -> str:
    """Return "hills until Sun 1 Mar" or "hills until stage 2"."""
    until = f"stage {found.until_stage}"
    if found.until_day is not None:
        until = say_date(found.until_day, today)
    return f"{EXTRAS[found.extra]} until {until}"


def say_entries(count: int) -> str:
    """Return "1 entry" or "3 entries"."""
    return many(count, "entry", "entries")


def say_day(day: date, today: date) -> str:
    """Return a day as a line begins with it: "Today", "Sun 22 Nov"."""
    return sentence(say_date(day, today))


_BETTER: Final = {
    -3: "Much worse",
    -2: "Worse",
    -1: "A little worse",
    0: "The same",
    1: "A little better",
    2: "Better",
    3: "Much better",
}


def say_better(step: int) -> str:
    """Return how it is against the start, from -3 to 3."""
    return _BETTER[step]


def say_sit(minutes: int) -> str:
    """Return how long one can sit before it hurts; the last step is that long or longer."""
    more = " or more" if minutes >= SITS[-1] else ""
    return f"{minutes} min{more}"
