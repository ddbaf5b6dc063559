"""What an athlete may change: zone, days, times, side, cues, quiet hours; pausing and resuming.

Settings are handled as texts by item: "zone", "days" ("0,2,4"), "time" ("07:30,18:00"), "side",
"cues" ("full" or "short") and "quiet" ("22:00-07:00"). Buttons carry the whole value; an item
that waits for typed text is remembered, for a while, where enrolments are.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.flows import calendar, choices, reminders
from bot.flows.choices import Chosen, CityGuess, Shown, fold
from bot.flows.turn import Turn
from bot.protocol.dose import Side
from bot.protocol.local_time import instant, local
from bot.protocol.quiet import QuietHours, release_at
from bot.protocol.recurrence import NoOccurrenceError, RecurrenceError, next_occurrence
from bot.protocol.typed_calendar import MAX_DAYS_AHEAD, InputError, parse_until
from bot.store import people, sessions
from bot.store.tables import AuditRow, EnrolmentRow, Role

WAIT: Final = timedelta(minutes=15)
"""How long a typed text is taken as the value of the item that was asked for."""
ITEMS: Final = ("zone", "days", "time", "side", "cues", "quiet")
PREFIX: Final = "settings:"
"""The step stored while typed text for an item is awaited begins so."""
CHANGE: Final = "settings"
"""The audit row's action of every change."""

_DAY: Final = timedelta(days=1)
_CUES: Final = ("full", "short")
_SPAN: Final = re.compile(r"(?:in )?(\d{1,4}|an?|one) ?(day|week)s?", re.ASCII)
_LEAD: Final = re.compile(r"^(?:until|till|til|to|for)\s+", re.IGNORECASE)
_SPAN_VALUE: Final = re.compile(r"(\d{1,3})d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Changed:
    """A change as it was stored: item → (before, after), and when the next reminder is."""

    items: dict[str, tuple[str, str]]
    next_at: datetime | None
    zone: str


# ---- what is set ----------------------------------------------------------------------


def snapshot(db: Db, athlete_id: int) -> dict[str, str]:
    """Return an athlete's settings by item."""
    athlete = people.athlete(db, athlete_id)
    return {
        "zone": people.person(db, athlete_id).zone,
        "days": athlete.weekdays,
        "time": athlete.times,
        "side": people.plan(db, athlete_id).side,
        "cues": "full" if athlete.full_cues else "short",
        "quiet": f"{athlete.quiet_start}-{athlete.quiet_end}",
    }


def change(
    db: Db, athlete_id: int, wanted: dict[str, str], *, actor: int | None, now: datetime
) -> Changed:
    """Change settings together: quiet hours make room, the next day is planned anew, an audit row.

    Raises InputError, in one sentence, before anything is touched.
    """
    before = snapshot(db, athlete_id)
    _check({**before, **wanted}, wanted)
    differing = {item: text for item, text in wanted.items() if text != before[item]}
    _write(db, athlete_id, differing, now)
    if differing.keys() & {"zone", "days", "time", "quiet"}:
        calendar.replan(db, athlete_id, now)
    after = snapshot(db, athlete_id)
    items = {item: (before[item], after[item]) for item in ITEMS if before[item] != after[item]}
    if items:
        _note(db, athlete_id, items, actor, now)
    next_at = calendar.next_at(db, athlete_id, now)
    return Changed(items, next_at, after["zone"])


def _check(values: dict[str, str], wanted: Iterable[str]) -> None:
    """Raise InputError when the settings can not all be true at once."""
    try:
        choices.schedule(values["days"], values["time"], values["zone"])
        start, end = (time.fromisoformat(at) for at in values["quiet"].split("-"))
        quiet = QuietHours(start, end)
    except RecurrenceError as why:
        raise InputError(f"{why} Write 07:30, or 07:30 and 18:00 for two.") from why
    if "quiet" not in wanted or "time" in wanted:
        return
    for at in values["time"].split(","):
        if calendar.within(time.fromisoformat(at), quiet):
            raise InputError(
                f"Your reminder at {at} would be inside these quiet hours; "
                f"choose hours without it, for example {start:%H:%M}-{at}."
                if time.fromisoformat(at) != start
                else f"Your reminder at {at} would be inside these quiet hours; begin them later."
            )


def _write(db: Db, athlete_id: int, wanted: dict[str, str], now: datetime) -> None:
    athlete, person = people.athlete(db, athlete_id), people.person(db, athlete_id)
    person.zone = wanted.get("zone", person.zone)
    athlete.weekdays = wanted.get("days", athlete.weekdays)
    athlete.times = wanted.get("time", athlete.times)
    athlete.full_cues = wanted.get("cues", "full" if athlete.full_cues else "short") == "full"
    if "quiet" in wanted:
        athlete.quiet_start, athlete.quiet_end = wanted["quiet"].split("-")
    if wanted.keys() & {"zone", "days", "time"}:
        calendar.make_room(athlete)
    if "side" in wanted:
        _new_side(db, athlete_id, Side(wanted["side"]), now)
    db.add(athlete)
    db.add(person)
    db.flush()


def _new_side(db: Db, athlete_id: int, side: Side, now: datetime) -> None:
    """Add a plan version; a running session keeps the one it began with."""
    newest = people.plan(db, athlete_id)
    dose = sessions.dose_of(newest).changed(side=side)
    db.add(sessions.plan_row(athlete_id, newest.version + 1, dose, now))
    db.flush()


def _note(
    db: Db, athlete_id: int, items: dict[str, tuple[str, str]], actor: int | None, now: datetime
) -> None:
    before, after = (json.dumps({key: pair[i] for key, pair in items.items()}) for i in (0, 1))
    people.note(db, CHANGE, now, actor=actor, subject=athlete_id, before=before, after=after)
    db.flush()


def newest_change(db: Db, athlete_id: int) -> AuditRow | None:
    """Return the audit row of the athlete's last change: the one that can be taken back."""
    query = (
        select(AuditRow)
        .where(AuditRow.subject_id == athlete_id, AuditRow.action == CHANGE)
        .order_by(col(AuditRow.id).desc())
        .limit(1)
    )
    return db.exec(query).one_or_none()


# ---- what the router calls ------------------------------------------------------------


def show(turn: Turn, *, problem: str | None = None) -> None:
    """/settings: everything that is set, each with a button."""
    if Role.ATHLETE not in turn.who.roles:
        turn.say("not_allowed")
        return
    _stop_waiting(turn)
    athlete = people.athlete(turn.db, turn.person_id)
    turn.show(
        "settings",
        **snapshot(turn.db, turn.person_id),
        next_at=_iso(calendar.next_at(turn.db, turn.person_id, turn.now)),
        paused=calendar.is_paused(turn.db, turn.person_id, turn.now),
        back_on=None if athlete.paused_until is None else athlete.paused_until.isoformat(),
        locked=athlete.locked_at is not None,
        problem=problem,
    )


def press(turn: Turn, item: str, value: str | None) -> None:
    """A button of the settings: `1:s:<item>` asks, `1:s:<item>:<value>` sets."""
    if Role.ATHLETE not in turn.who.roles:
        turn.expired()
    elif item == "home":
        turn.answer()
        show(turn)
    elif item in ITEMS and value is None:
        turn.answer()
        _ask(turn, item)
    elif item not in _PRESSED or value is None or not _PRESSED[item](turn, value):
        turn.expired()


def typed(turn: Turn, text: str, cities: list[CityGuess]) -> bool:
    """A typed value for the item that was asked for; False when none was, or long ago."""
    item = waiting(turn.db, turn.who.telegram_id, turn.now)
    if item is None or Role.ATHLETE not in turn.who.roles:
        return False
    if fold(text) in {"cancel", "back", "/cancel"}:
        show(turn)
    else:
        _type(turn, item, text, cities)
    return True


def located(turn: Turn, zone: str | None, problem: str | None) -> bool:
    """A shared location; False when the settings do not wait for one."""
    if waiting(turn.db, turn.who.telegram_id, turn.now) != "zone":
        return False
    _zone(turn, choices.zone_located(zone, problem))
    return True


def waiting(db: Db, telegram_id: int, now: datetime) -> str | None:
    """Return the item whose typed value is awaited from this account, if any."""
    row = db.get(EnrolmentRow, telegram_id)
    if row is None or not row.step.startswith(PREFIX) or now - row.updated_at > WAIT:
        return None
    return row.step.removeprefix(PREFIX)


# ---- asking ---------------------------------------------------------------------------


def _ask(turn: Turn, item: str, **values: Any) -> None:
    """Show the choices for an item, and take typed text as its value from now on."""
    current = snapshot(turn.db, turn.person_id)
    _tell(turn, f"set_{item}", **current, **values)
    _wait(turn, item)


def _tell(turn: Turn, topic: str, **values: Any) -> None:
    """Rewrite the pressed message, or say it anew; a location button on the screen goes first."""
    if _remembered(turn).get("keyboard"):
        turn.say("location_off")
        turn.retire()
        turn.say(topic, **values)
    else:
        turn.show(topic, **values)


def _remembered(turn: Turn) -> dict[str, Any]:
    row = turn.db.get(EnrolmentRow, turn.who.telegram_id)
    remembered: dict[str, Any] = {} if row is None else json.loads(row.answers)
    return remembered


def _wait(turn: Turn, item: str, **answers: Any) -> None:
    row = turn.db.get(EnrolmentRow, turn.who.telegram_id) or EnrolmentRow(
        telegram_id=turn.who.telegram_id, name=turn.who.name, step="", updated_at=turn.now
    )
    row.step, row.answers, row.updated_at = f"{PREFIX}{item}", json.dumps(answers), turn.now
    turn.db.add(row)
    turn.db.flush()


def _stop_waiting(turn: Turn) -> None:
    row = turn.db.get(EnrolmentRow, turn.who.telegram_id)
    if row is None or not row.step.startswith(PREFIX):
        return
    if json.loads(row.answers).get("keyboard"):
        turn.say("location_off")
    turn.db.delete(row)
    turn.db.flush()


# ---- setting --------------------------------------------------------------------------


def _set(turn: Turn, wanted: dict[str, str]) -> None:
    """Store a change and show it, before and after, with a button to change back."""
    try:
        changed = change(turn.db, turn.person_id, wanted, actor=turn.who.person_id, now=turn.now)
    except InputError as why:
        _ask(turn, next(iter(wanted)), problem=str(why))
        return
    if not changed.items:
        show(turn)
        return
    _stop_waiting(turn)
    newest = newest_change(turn.db, turn.person_id)
    turn.show(
        "set_done",
        changes=[[item, *pair] for item, pair in changed.items.items()],
        next_at=_iso(changed.next_at),
        zone=changed.zone,
        back=None if newest is None else newest.id,
    )


def _press_zone(turn: Turn, value: str) -> bool:
    found = choices.zone_pressed(value, turn.now)
    if found is None:
        return False
    turn.answer()
    _zone(turn, found)
    return True


def _zone(turn: Turn, found: Shown | Chosen) -> None:
    """Set the zone, or show the next screen about it."""
    if isinstance(found, Chosen):
        _set(turn, {"zone": found.zone})
    elif not found.screen:
        _ask(turn, "zone", **found.values)
    elif found.screen == "_location":
        turn.say("set_zone_location")
        _wait(turn, "zone", keyboard=True)
    else:
        _tell(turn, f"set_zone{found.screen}", **found.values)
        _wait(turn, "zone", checking=found.values.get("zone"))


def _press_days(turn: Turn, value: str) -> bool:
    """Set the days; "d" before them means that a toggle was pressed and the choice goes on."""
    draft = value[:1] == "d"
    days = choices.days_of(value[draft:])
    if days is None and value != "d":
        return False
    turn.answer()
    if draft:
        _ask(turn, "days", draft=days or "")
    elif days is not None:
        _set(turn, {"days": days})
    return True


def _presser(item: str, read: Callable[[str], str | None]) -> Callable[[Turn, str], bool]:
    """Return a reader of an item's buttons: False for a value that is none."""

    def pressed(turn: Turn, value: str) -> bool:
        found = read(value)
        if found is None:
            return False
        turn.answer()
        _set(turn, {item: found})
        return True

    return pressed


def _side(word: str) -> str | None:
    return word if word in set(Side) else None


def _cues(word: str) -> str | None:
    return word if word in _CUES else None


def _press_back(turn: Turn, value: str) -> bool:
    """Take the last change back, if this button belongs to it."""
    newest = newest_change(turn.db, turn.person_id)
    if newest is None or newest.before is None or str(newest.id) != value:
        turn.answer("inactive")
        show(turn)
        return True
    turn.answer()
    _set(turn, json.loads(newest.before))
    return True


def _press_pause(turn: Turn, value: str) -> bool:
    span = _SPAN_VALUE.fullmatch(value)
    if span is None and value != "open":
        return False
    today = _today(turn)
    days = None if span is None else int(span[1])
    if days == 0:
        return False
    turn.answer()
    _pause(turn, None if days is None else today + days * _DAY)
    return True


def _press_resume(turn: Turn, value: str) -> bool:
    if value != "now":
        return False
    turn.answer()
    resume(turn)
    return True


_PRESSED: Final[dict[str, Callable[[Turn, str], bool]]] = {
    "zone": _press_zone,
    "days": _press_days,
    "time": _presser("time", choices.times_of),
    "side": _presser("side", _side),
    "cues": _presser("cues", _cues),
    "quiet": _presser("quiet", choices.quiet_of),
    "back": _press_back,
    "pause": _press_pause,
    "resume": _press_resume,
}


# ---- typed values ---------------------------------------------------------------------


def _type(turn: Turn, item: str, text: str, cities: list[CityGuess]) -> None:
    if item == "zone":
        checking = _remembered(turn).get("checking")
        _zone(turn, choices.zone_typed(text, cities, turn.now, checking))
        return
    try:
        found = _READ[item](text)
    except InputError as why:
        _ask(turn, item, problem=str(why))
        return
    _set(turn, {item: found})


def _read_side(text: str) -> str:
    found = _side(fold(text))
    if found is None:
        raise InputError("That is not a side. Please write left, right or both.")
    return found


def _read_cues(text: str) -> str:
    found = _cues(fold(text))
    if found is None:
        raise InputError("Cues are full or short. Please write one of the two.")
    return found


_READ: Final[dict[str, Callable[[str], str]]] = {
    "days": choices.read_days,
    "time": choices.read_times,
    "side": _read_side,
    "cues": _read_cues,
    "quiet": choices.read_quiet,
}


# ---- pausing --------------------------------------------------------------------------


def pause(turn: Turn, until_text: str | None) -> None:
    """/pause: no reminders until a day, or until /resume where none is named."""
    if Role.ATHLETE not in turn.who.roles:
        turn.say("not_allowed")
        return
    text = (until_text or "").strip()
    try:
        back_on = first_day_back(text, _today(turn)) if text else None
    except InputError as why:
        turn.say("pause_problem", problem=str(why))
        return
    _pause(turn, back_on)


def first_day_back(text: str, today: date) -> date:
    """Return the first day after a typed pause; a date or weekday is the last day of it.

    "3 days" counts from today. Raises InputError: what is wrong, what is allowed, an example.
    """
    folded = _LEAD.sub("", fold(text))
    span = _SPAN.fullmatch(folded)
    if span is None:
        return parse_until(folded, today) + _DAY
    number = int(span[1]) if span[1].isdigit() else 1
    days = number * (7 if span[2] == "week" else 1)
    if not 1 <= days <= MAX_DAYS_AHEAD:
        raise InputError("A pause lasts from one day to two years. Write /pause 3 days.")
    return today + days * _DAY


def resume(turn: Turn) -> None:
    """/resume: the pause ends now. A lock is the coach's to lift."""
    if Role.ATHLETE not in turn.who.roles:
        turn.say("not_allowed")
        return
    paused = calendar.is_paused(turn.db, turn.person_id, turn.now)
    if paused:
        _store_pause(turn, None, None, "resume")
        calendar.replan(turn.db, turn.person_id, turn.now)
    athlete = people.athlete(turn.db, turn.person_id)
    turn.show(
        "resumed" if paused else "not_paused",
        next_at=_iso(calendar.next_at(turn.db, turn.person_id, turn.now)),
        zone=people.person(turn.db, turn.person_id).zone,
        locked=athlete.locked_at is not None,
    )


def _pause(turn: Turn, back_on: date | None) -> None:
    _store_pause(turn, turn.now, back_on, "pause")
    reminders.put_aside(turn.db, turn.person_id, turn.now)
    turn.show(
        "paused",
        back_on=None if back_on is None else back_on.isoformat(),
        back_at=None if back_on is None else _iso(_first_after(turn, back_on)),
        zone=people.person(turn.db, turn.person_id).zone,
    )


def _store_pause(turn: Turn, paused_at: datetime | None, back_on: date | None, action: str) -> None:
    athlete = people.athlete(turn.db, turn.person_id)
    before = _say_pause(athlete.paused_at, athlete.paused_until)
    after = _say_pause(paused_at, back_on)
    athlete.paused_at, athlete.paused_until = paused_at, back_on
    turn.db.add(athlete)
    who = turn.who.person_id
    people.note(
        turn.db, action, turn.now, actor=who, subject=turn.person_id, before=before, after=after
    )
    turn.db.flush()


def _say_pause(paused_at: datetime | None, back_on: date | None) -> str | None:
    if paused_at is None:
        return None
    return "until resumed" if back_on is None else f"back on {back_on}"


def _first_after(turn: Turn, back_on: date) -> datetime | None:
    """Return when the first reminder after the pause comes."""
    athlete, person = (
        people.athlete(turn.db, turn.person_id),
        people.person(turn.db, turn.person_id),
    )
    recurrence = calendar.recurrence_of(athlete, person)
    if recurrence is None:
        return None
    midnight = instant(back_on, time(), person.zone)
    try:
        found = next_occurrence(recurrence, midnight - timedelta(microseconds=1))
    except NoOccurrenceError:
        return None
    return release_at(found.at, calendar.quiet_of(athlete), person.zone)


def _today(turn: Turn) -> date:
    return local(turn.now, people.person(turn.db, turn.person_id).zone).date()


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
