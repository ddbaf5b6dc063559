"""What is set, and changing it: texts by item, checked before anything is touched.

The items are "zone", "days" ("0,2,4", or "" for none), "time" ("07:30,18:00"), "side", "cues"
("full", "short" or "sound") and "quiet" ("22:00-07:00").
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.conversation import schedule_input
from bot.programme import summary_schedule
from bot.programme.messages import Item, SettingChange
from bot.programme.plan import versions
from bot.protocol.calendar.input_error import InputError
from bot.protocol.calendar.quiet_hours import QuietHours
from bot.protocol.calendar.recurrence import RecurrenceError
from bot.protocol.dose.dose import Side
from bot.protocol.session.state import Cues
from bot.store import people, sessions
from bot.store.tables import AuditRow, CoachRow
from bot.training import occurrences
from bot.training.occurrences import Rearranged

ITEMS: Final[tuple[Item, ...]] = ("zone", "days", "time", "side", "cues", "quiet")
CHANGE: Final = "settings"
"""The audit row's action of every change."""
OFF: Final = ""
"""The days of a schedule that is switched off."""
_ANY_DAY: Final = "0"


@dataclass(frozen=True, slots=True)
class Changed:
    """What differs since a change was stored, and when the next reminder is.

    `today` is what became of a reminder that was open.
    """

    changes: tuple[SettingChange, ...]
    next_at: datetime | None
    zone: str
    today: Rearranged


def snapshot(db: Db, athlete_id: int) -> dict[str, str]:
    """Return an athlete's settings by item."""
    athlete = people.athlete(db, athlete_id)
    return {
        "zone": people.person(db, athlete_id).zone,
        "days": athlete.weekdays,
        "time": athlete.times,
        "side": people.plan(db, athlete_id).side,
        "cues": athlete.cues,
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
    _write(db, athlete_id, differing, actor, now)
    today = Rearranged()
    if differing.keys() & {"zone", "days", "time", "quiet"}:
        today = occurrences.rearrange(db, athlete_id, now)
    if "zone" in differing and db.get(CoachRow, athlete_id) is not None:
        summary_schedule.replan(db, athlete_id, now)
    after = snapshot(db, athlete_id)
    changes = tuple(
        SettingChange(item, before[item], after[item])
        for item in ITEMS
        if before[item] != after[item]
    )
    if changes:
        _note(db, athlete_id, changes, actor, now)
    next_at = occurrences.next_at(db, athlete_id, now)
    return Changed(changes, next_at, after["zone"], today)


def side_of(word: str) -> str | None:
    """Return a side's word as it is stored; None for anything else."""
    return word if word in set(Side) else None


def cues_of(word: str) -> str | None:
    """Return "full", "short" or "sound"; None for anything else."""
    return word if word in set(Cues) else None


def _check(values: dict[str, str], wanted: Iterable[str]) -> None:
    """Raise InputError when the settings cannot all be true at once."""
    try:
        schedule_input.schedule(values["days"] or _ANY_DAY, values["time"], values["zone"])
        start, end = (time.fromisoformat(at) for at in values["quiet"].split("-"))
        quiet = QuietHours(start, end)
    except RecurrenceError as why:
        raise InputError(f"{why} Write 07:30, or 07:30 and 18:00 for two.") from why
    if "quiet" not in wanted or "time" in wanted:
        return
    for at in values["time"].split(","):
        if occurrences.within(time.fromisoformat(at), quiet):
            raise InputError(
                f"The reminder at {at} would be inside these quiet hours; "
                f"choose hours without it, for example {start:%H:%M}-{at}."
                if time.fromisoformat(at) != start
                else f"The reminder at {at} would be inside these quiet hours; begin them later."
            )


def _write(
    db: Db, athlete_id: int, wanted: dict[str, str], actor: int | None, now: datetime
) -> None:
    athlete, person = people.athlete(db, athlete_id), people.person(db, athlete_id)
    person.zone = wanted.get("zone", person.zone)
    athlete.weekdays = wanted.get("days", athlete.weekdays)
    athlete.times = wanted.get("time", athlete.times)
    athlete.cues = wanted.get("cues", athlete.cues)
    if "quiet" in wanted:
        athlete.quiet_start, athlete.quiet_end = wanted["quiet"].split("-")
    if wanted.keys() & {"zone", "days", "time"}:
        occurrences.make_room(athlete)
    if "side" in wanted:
        dose = sessions.dose_of(people.plan(db, athlete_id)).changed(side=Side(wanted["side"]))
        versions.add_version(db, athlete_id, dose, now, actor=actor)
    db.add(athlete)
    db.add(person)
    db.flush()


def _note(
    db: Db,
    athlete_id: int,
    changes: tuple[SettingChange, ...],
    actor: int | None,
    now: datetime,
) -> None:
    before = json.dumps({one.item: one.before for one in changes})
    after = json.dumps({one.item: one.after for one in changes})
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
