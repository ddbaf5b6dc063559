"""Pieces that joining and the settings share: choosing a zone, weekdays and times by buttons.

And the smaller ones: a plain sentence, a problem.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.conversation.offer_messages import Reader
from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Style,
    command_data,
    esc,
    in_one_line,
    in_rows,
)
from bot.conversation.zone_input import CityGuess
from bot.protocol.calendar.local_time import (
    WEEKDAYS,
    local,
    say_date,
    say_day_time,
    say_time,
    say_weekdays,
    utc,
    utc_offset_label,
)

Data = Callable[[str], str]
"""From a value to the data of the button that carries it."""

TIMES: Final = ("06:30", "07:00", "07:30", "08:00", "12:00", "18:00", "20:00")
SIDES: Final = {"left": "Left", "right": "Right", "both": "Both"}
_EVERY_DAY: Final = "0123456"
_CLOCK: Final = len(", 00:00")
_PRESETS: Final = (("Every day", _EVERY_DAY), ("Mon–Fri", "01234"), ("Mon, Wed, Fri", "024"))


def write_rows(readers: Sequence[Reader]) -> tuple[Row, ...]:
    """Return a button "Write to Kim" for each who could read it."""
    return tuple(
        (Button(in_one_line(f"Write to {one.name}"), command_data("write", one.id)),)
        for one in readers
    )


def name_rows(named: Sequence[tuple[str, str]]) -> tuple[Row, ...]:
    """Return a button for each name and its data: two a row, or one where they would look alike."""
    halves = {in_one_line(name, of=2) for name, _data in named}
    of = 2 if len(halves) == len({name for name, _data in named}) else 1
    return in_rows([Button(in_one_line(name, of=of), found) for name, found in named], of)


def problem(found: str | None) -> str:
    """Return what was wrong with the last answer, as a first paragraph; or nothing."""
    return f"⚠️ {esc(found)}\n\n" if found else ""


def say_days(days: str) -> str:
    """Return stored weekdays, "0,2,4", as a person reads them."""
    return say_weekdays(frozenset(int(day) for day in days.split(",") if day)) or "no days"


def say_times(times: str) -> str:
    """Return stored times, "07:30,18:00", as a person reads them."""
    return times.replace(",", " and ")


def say_moment(at: datetime, zone: str, now: datetime) -> str:
    """Return an instant as "today 07:30 (Europe/Berlin)"."""
    return f"{say_day_time(at, zone, now)} ({esc(zone)})"


def say_day(moment: datetime, zone: str, now: datetime) -> str:
    """Return an instant's date on the zone's clock, seen from `now`."""
    return say_date(local(moment, zone).date(), local(now, zone).date())


def meant(choices: Sequence[str], data: Data, say: Callable[[str], str]) -> tuple[Row, ...]:
    """Return a button for each stored value that a typed answer may have."""
    return tuple((Button(in_one_line(say(one)), data(compact(one))),) for one in choices)


def compact(stored: str) -> str:
    """Return days, times or quiet hours as a button carries them: "024", "0730-1800"."""
    if ":" not in stored:
        return stored.replace(",", "")
    return stored.replace(":", "").replace(",", "-")


# ---- zone -----------------------------------------------------------------------------


def zone_rows(data: Data) -> tuple[Row, ...]:
    """Return the ways to tell a zone; typing a city is one more."""
    return (
        (Button("📍 Share location", data("location")),),
        (Button("🕑 Pick by local time", data("clock")),),
    )


def clock(offsets: Sequence[int], now: datetime, data: Data) -> tuple[str, tuple[Row, ...]]:
    """Ask which time it is; a button for each of `offsets`, in minutes from UTC."""
    moments = [(utc(now) + timedelta(minutes=offset), offset) for offset in offsets]
    buttons = [Button(f"{at:%H:%M}", data(f"@{offset}")) for at, offset in moments]
    return "What time is it where you are? Choose, or type it, for example 14:05.", in_rows(
        buttons, 4
    )


def pick(
    guesses: Sequence[CityGuess], wrong: str | None, now: datetime, data: Data
) -> tuple[str, tuple[Row, ...]]:
    """Offer places to choose from, after what was `wrong` with the last answer."""
    buttons = [
        (Button(f"{in_one_line(label, but=_CLOCK)}, {say_time(now, zone)}", data(f"={zone}")),)
        for label, zone in guesses
    ]
    text = f"{problem(wrong)}Which of these shows your local time? Or type another city."
    return text, tuple(buttons)


def check(zone: str, now: datetime, data: Data) -> tuple[str, tuple[Row, ...]]:
    """Ask whether a zone's clocks are right."""
    day = WEEKDAYS[local(now, zone).weekday()]
    text = (
        f"<b>{esc(zone)}</b> – it is {day} <b>{say_time(now, zone)}</b> there now "
        f"({utc_offset_label(now, zone)}), right?"
    )
    yes = Button("Yes", data(f"={zone}"), Style.SUCCESS)
    return text, ((yes, Button("No", data("ask"))),)


def location() -> Screen:
    """Put a button below the text field that shares the phone's location."""
    return Screen(
        text=(
            "Tap the button below to share your location once. Only the time zone is kept. "
            "On a computer, type your city instead. Write back or cancel to leave."
        ),
        asks_location="📍 Share my location",
    )


# ---- days and times -------------------------------------------------------------------


def day_rows(draft: str, data: Data) -> tuple[Row, ...]:
    """Return presets, a toggle for each weekday, and OK for what is ticked in `draft`."""
    ticked = {digit for digit in draft if digit.isdigit()}
    presets = [Button(label, data(digits)) for label, digits in _PRESETS]
    toggles = [_toggle(day, ticked, data) for day in _EVERY_DAY]
    digits = "".join(sorted(ticked))
    days = say_days(",".join(digits))
    ok = Button(in_one_line(f"OK: {days}"), data(digits), Style.SUCCESS)
    done = ((ok,),) if ticked else ()
    return (*in_rows(presets, 2), *in_rows(toggles, 4), *done)


def _toggle(day: str, ticked: set[str], data: Data) -> Button:
    label = f"✓ {WEEKDAYS[int(day)]}" if day in ticked else WEEKDAYS[int(day)]
    return Button(label, data("d" + "".join(sorted(ticked ^ {day}))))


def time_rows(data: Data) -> tuple[Row, ...]:
    """Return the common times."""
    return in_rows([Button(at, data(at.replace(":", ""))) for at in TIMES], 4)


def side_rows(data: Data) -> tuple[Row, ...]:
    """Return the sides."""
    return (tuple(Button(label, data(side)) for side, label in SIDES.items()),)
