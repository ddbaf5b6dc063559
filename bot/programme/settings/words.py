"""Words and buttons of the settings."""

from datetime import datetime
from typing import Final

from bot.conversation import screen, widgets
from bot.conversation.screen import Button, Row, Screen, Words, data, esc
from bot.conversation.widgets import Data, problem
from bot.programme.messages import Item, SettingChange
from bot.programme.pauses.by_athlete_words import CANCEL, RESUME, kept_until, say_days, until
from bot.programme.pauses.messages import PausedDays
from bot.programme.phrases import say_open, say_reminder
from bot.programme.settings.messages import (
    CuesSetting,
    DaysSetting,
    QuietSetting,
    SettingsChanged,
    SettingsShown,
    SideSetting,
    TimeSetting,
    ZoneSetting,
    ZoneSettingCheck,
    ZoneSettingClock,
    ZoneSettingLocation,
    ZoneSettingPlaces,
)
from bot.protocol.calendar.local_time import say_time
from bot.protocol.session.state import Cues

WORDS: Final = Words()
_LABELS: Final[dict[Item, str]] = {
    "zone": "Zone",
    "days": "Days",
    "time": "Time",
    "side": "Side",
    "cues": "Cues",
    "quiet": "Quiet hours",
}
_HOME: Final[Row] = (Button("All settings", data("s", "home")),)
_BACK: Final[Row] = (Button("Back", data("s", "home")),)
_QUIET: Final = ("21:00-07:00", "22:00-07:00", "22:00-06:00", "23:00-08:00")


def _value(item: str) -> Data:
    return lambda value: data("s", item, value)


def _say(item: str, text: str) -> str:
    """Return a setting's value as a person reads it."""
    if item == "days":
        return widgets.say_days(text)
    if item == "time":
        return widgets.say_times(text)
    return text.replace("-", "–") if item == "quiet" else esc(text)


# ---- all of them ----------------------------------------------------------------------


@WORDS.of(SettingsShown)
def _settings(said: SettingsShown, now: datetime) -> Screen:
    stored: dict[Item, str] = {
        "zone": said.zone,
        "days": said.days,
        "time": said.time,
        "side": said.side,
        "cues": said.cues,
        "quiet": said.quiet,
    }
    clock = f", {say_time(now, said.zone)} now"
    lines = [
        f"{_LABELS[item]}: <b>{_say(item, text)}</b>{clock if item == 'zone' else ''}"
        for item, text in stored.items()
    ]
    change = [Button(f"Change {label.lower()}", data("s", item)) for item, label in _LABELS.items()]
    return Screen(
        text="\n".join(
            [f"{problem(said.problem)}<b>Your settings</b>", *lines, "", _next(said, now)]
        ),
        rows=(*screen.in_rows(change[:-1], 2), (change[-1],), *filter(None, [_pause_row(said)])),
    )


def _pause_row(said: SettingsShown) -> Row:
    if said.paused or said.pause_from is not None:
        mine = RESUME if said.paused else CANCEL
        return () if said.kept else (mine,)
    return (Button("Pause", data("s", "pause", "ask")),)


def _next(said: SettingsShown, now: datetime) -> str:
    if said.locked:
        return "Sessions are locked until your coach unlocks them."
    if said.paused:
        ends = kept_until if said.kept else until
        return f"Paused {ends(said.back_on, said.zone, now)}"
    if said.pause_from is not None:
        days = say_days(PausedDays(said.pause_from, said.back_on), said.zone, now)
        return f"Pause: {days}.\n{say_reminder(said.next_at, said.zone, now)}"
    return say_reminder(said.next_at, said.zone, now)


@WORDS.of(SettingsChanged)
def _changed(said: SettingsChanged, now: datetime) -> Screen:
    lines = [
        f"{_LABELS[item]}: {_say(item, before)} → <b>{_say(item, after)}</b>"
        for item, before, after in said.changes
    ]
    undo = () if said.back is None else (Button("Change back", data("s", "back", said.back)),)
    opened = say_open(said.moved_to, closed=said.closed, zone=said.zone, now=now)
    if said.closed:
        opened += " /session still starts it."
    end = [opened] if opened else []
    end.append(say_reminder(said.next_at, said.zone, now))
    return Screen(
        text="\n".join(["<b>Changed.</b>", *lines, "", _note(said.changes) + "\n".join(end)]),
        rows=((*undo, *_HOME),),
    )


def _note(changes: tuple[SettingChange, ...]) -> str:
    items = {one.item for one in changes}
    made = "The quiet hours were changed too, so that the reminder can ring.\n"
    by_sound = any(Cues.SOUND in one[1:] for one in changes if one.item == "cues")
    kept = [*(["side"] if "side" in items else []), *(["cues"] if by_sound else [])]
    running = f"A session that is running keeps its {' and '.join(kept)}.\n" if kept else ""
    return (made if "quiet" in items and "time" in items else "") + running


def _meant(item: Item, choices: tuple[str, ...]) -> tuple[Row, ...]:
    """Return a button for each value that the last answer may have."""
    return widgets.meant(choices, _value(item), lambda text: _say(item, text))


# ---- one by one -----------------------------------------------------------------------


@WORDS.of(ZoneSetting)
def _zone(said: ZoneSetting, now: datetime) -> Screen:
    return Screen(
        text=(
            f"{problem(said.problem)}Your zone is <b>{esc(said.zone)}</b>, "
            f"{say_time(now, said.zone)} now.\n\n"
            "Type a city, for example Lyon, or choose:"
        ),
        rows=(*widgets.zone_rows(_value("zone")), _BACK),
    )


@WORDS.of(ZoneSettingClock)
def _zone_clock(said: ZoneSettingClock, now: datetime) -> Screen:
    text, rows = widgets.clock(said.offsets, now, _value("zone"))
    return Screen(text=text, rows=(*rows, _BACK))


@WORDS.of(ZoneSettingPlaces)
def _zone_places(said: ZoneSettingPlaces, now: datetime) -> Screen:
    text, rows = widgets.pick(said.guesses, said.problem, now, _value("zone"))
    return Screen(text=text, rows=(*rows, _BACK))


@WORDS.of(ZoneSettingCheck)
def _zone_check(said: ZoneSettingCheck, now: datetime) -> Screen:
    text, rows = widgets.check(said.zone, now, _value("zone"))
    return Screen(text=text, rows=(*rows, _BACK))


@WORDS.of(ZoneSettingLocation)
def _zone_location(_said: ZoneSettingLocation, _now: datetime) -> Screen:
    return widgets.location()


@WORDS.of(DaysSetting)
def _days(said: DaysSetting, _now: datetime) -> Screen:
    ticked = said.days if said.draft is None else said.draft
    return Screen(
        text=(
            f"{problem(said.problem)}Your days: <b>{_say('days', said.days)}</b>.\n\n"
            "Choose a set, tick single days and press OK, or type them, for example mon-fri."
        ),
        rows=(*_meant("days", said.choices), *widgets.day_rows(ticked, _value("days")), _BACK),
    )


@WORDS.of(TimeSetting)
def _time(said: TimeSetting, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"{problem(said.problem)}Your time: <b>{_say('time', said.time)}</b>.\n\n"
            "Choose, or type it, for example 6:45 pm. Two a day: 07:30 and 18:00."
        ),
        rows=(*(_meant("time", said.choices) or widgets.time_rows(_value("time"))), _BACK),
    )


@WORDS.of(SideSetting)
def _side(said: SideSetting, _now: datetime) -> Screen:
    return Screen(
        text=f"{problem(said.problem)}Your side: <b>{_say('side', said.side)}</b>.",
        rows=(*widgets.side_rows(_value("side")), _BACK),
    )


@WORDS.of(CuesSetting)
def _cues(said: CuesSetting, _now: datetime) -> Screen:
    value = _value("cues")
    return Screen(
        text=(
            f"{problem(said.problem)}Cues are <b>{_say('cues', said.cues)}</b>.\n\n"
            "Full: messages; each HOLD repeats how to stand. Short: messages; HOLD and the seconds "
            "only. Sound: one sound a hold, with rest, HOLD and RELEASE in it; you need not look."
        ),
        rows=(
            tuple(Button(one.capitalize(), value(one)) for one in Cues),
            (Button("Hear a hold as sound", data("c", "sound", "", "try")),),
            _BACK,
        ),
    )


@WORDS.of(QuietSetting)
def _quiet(said: QuietSetting, _now: datetime) -> Screen:
    value = _value("quiet")
    buttons = [Button(hours.replace("-", "–"), value(hours.replace(":", ""))) for hours in _QUIET]
    return Screen(
        text=(
            f"{problem(said.problem)}Quiet hours: <b>{_say('quiet', said.quiet)}</b>. "
            "No reminder rings in that time.\n\nChoose, or type them, for example 22:00-07:00."
        ),
        rows=(*(_meant("quiet", said.choices) or screen.in_rows(buttons, 2)), _BACK),
    )
