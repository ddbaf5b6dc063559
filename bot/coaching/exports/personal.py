"""Everything stored about a person as one document, and rows as JSON has them."""

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local, utc
from bot.protocol.load.entries import Extra, LoadFigures, count
from bot.protocol.load.longest_run import long_runs
from bot.protocol.report.period import FOLLOWED, ReportedSession, Stretch
from bot.store import people, personal_data
from bot.training.history import all_days

EXPORT: Final = "holdfast-export"
_JSON: Final = frozenset({"payload", "body", "answers"})
"""Text columns that hold JSON."""


def export_document(db: Db, person_id: int, now: datetime) -> tuple[str, bytes]:
    """Return a file name and a JSON document (UTF-8) with every row about the person.

    Every time is in UTC and on the wall clock of the person's zone. What is left out is named
    in the document, with the reason. The person must exist.
    """
    person, subject = people.person(db, person_id), personal_data.about(db, person_id)
    document: dict[str, Any] = {
        "format": f"{EXPORT}/1",
        "time_zone": person.zone,
        "left_out": personal_data.LEFT_OUT,
    }
    if people.find_athlete(db, person_id) is not None:
        document["counted"] = counted(all_days(db, person, now, person_id))
    document |= rows_as_json(db, subject, person.zone)
    document["messages_about_you"] = [
        _plain({**row, "chat_id": None}, person.zone, person_id)
        for row in personal_data.letters_about(db, subject)
    ]
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return f"{EXPORT}.json", text.encode()


def counted(found: Stretch, *, diary: bool = True) -> dict[str, Any]:
    """Return what every view tells of these days, counted as they count: a session, day by day.

    Without the `diary` nothing is told of load: no entry is no rest.
    """
    load = {"load": _counted_load(found)} if diary else {}
    return load | {
        "planned": len(found.planned),
        "asked_for": found.asked,
        "as_planned": found.followed,
        "beside_plan": found.beside,
        "days_paused": found.paused_days,
        "held_s": found.tension_s,
        "planned_s": found.planned_s,
        "days": [
            {
                "day": one.day.isoformat(),
                "slot": one.slot,
                "became": one.became.value,
                "as_planned": one.became in FOLLOWED,
                "reason": one.reason,
            }
            for one in found.planned
        ],
        "sessions": [_counted_session(one) for one in found.trained],
    }


def _counted_load(found: Stretch) -> dict[str, Any]:
    """Return the diary in numbers; of days that are not known nothing is counted."""
    span = LoadFigures.of(found.entries, found.first_day, found.last_day)
    inside = [one for one in found.entries if found.first_day <= one.day <= found.last_day]
    return {
        "days_known": span.known_days,
        "days_of_rest": span.rest_days,
        "minutes": span.minutes,
        "load": span.load,
        "entries_not_rated": span.not_rated,
        "extras": {extra.value: count(inside, extra) for extra in Extra},
        "long_runs": [
            {"day": one.day.isoformat(), "minutes": one.minutes, "longest_before": one.longest}
            for one in long_runs(found.entries, found.first_day, found.last_day)
        ],
    }


def _counted_session(one: ReportedSession) -> dict[str, Any]:
    return {
        "session": one.session_id,
        "day": one.day.isoformat(),
        "outcome": one.outcome,
        "beside_plan": one.became is None,
        "held_s": one.tension_s,
        "planned_s": one.planned_s,
        "pain_that_stopped": one.stop_pain,
        "answered_late": one.late,
    }


def rows_as_json(
    db: Db,
    subject: personal_data.Subject,
    zone: str,
    sections: Collection[str] | None = None,
    without: Collection[str] = (),
) -> dict[str, Any]:
    """Return every row about the person, or those of some sections, as JSON has them.

    `without` are columns that are left out.
    """
    return {
        held.section: [
            {
                name: value
                for name, value in _plain(row, zone, subject.person_id).items()
                if name not in without
            }
            for row in personal_data.rows(db, subject, held)
        ]
        for held in personal_data.HELD
        if sections is None or held.section in sections
    }


def _plain(row: dict[str, Any], zone: str, person_id: int) -> dict[str, Any]:
    """Return a row as JSON has it; a message says nothing in it about other athletes."""
    plain = {name: _value(name, value, zone) for name, value in row.items()}
    if "body" in plain:
        plain["body"] = personal_data.without_others(plain["body"], person_id)
    return plain


def _value(name: str, value: Any, zone: str) -> Any:
    if isinstance(value, datetime):
        return {"utc": utc(value).isoformat(), "local": local(value, zone).isoformat()}
    if isinstance(value, date):
        return value.isoformat()
    if name in _JSON and value:
        return _parsed(value)
    return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
