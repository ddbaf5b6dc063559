"""Files about an athlete, for a coach: a table of holds, all data, and a page to print."""

import csv
import io
import json
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.coaching.exports.personal import EXPORT, rows_as_json
from bot.coaching.messages import File
from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.protocol.calendar.local_time import local, utc
from bot.protocol.session.state import HoldRecord
from bot.store import people, personal_data, sessions
from bot.store.sessions import Stored
from bot.store.tables import SessionRow

TABLE: Final = "holdfast-sessions"
REPORT: Final = "holdfast-report"
SEEN_BY_COACHES: Final = (
    "athlete",
    "plans",
    "days",
    "sessions",
    "holds",
    "ratings",
    "red_flags",
    "mornings",
    "notes",
)
"""Sections of an export that a consenting coach may have."""
_LEFT_OUT: Final = {
    "person": "Telegram ids belong to the athlete alone.",
    "messages": "What the athlete and the bot wrote to each other is theirs.",
    "changes": "Who changed what is for the athlete and for admins.",
}
_COLUMNS: Final = (
    "athlete",
    "session",
    "day",
    "opened_local",
    "opened_utc",
    "time_zone",
    "outcome",
    "pain_before",
    "side",
    "set",
    "hold",
    "status",
    "planned_s",
    "actual_s",
    "pain",
    "started_local",
    "started_utc",
)
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for the beginning of a formula."""


def export(turn: Interaction, words: str) -> None:
    """/export NAME: a table with a row a hold, everything as JSON, and the page."""
    found = who.athlete_named(turn, "export", words, alone=True)
    if found is not None:
        _send(turn, found.id, TABLE, EXPORT, REPORT)


def report(turn: Interaction, words: str) -> None:
    """/report NAME: one page to print."""
    found = who.athlete_named(turn, "report", words, alone=True)
    if found is not None:
        _send(turn, found.id, REPORT)


def _send(turn: Interaction, athlete_id: int, *names: str) -> None:
    turn.answer()
    people.note(
        turn.db,
        "export",
        turn.now,
        actor=turn.person_id,
        subject=athlete_id,
        after=", ".join(names),
    )
    for name in names:
        turn.send(File(name, athlete_id))


# ---- the table ------------------------------------------------------------------------


def csv_document(db: Db, subject_id: int, _now: datetime) -> tuple[str, bytes]:
    """Return a file name and a CSV (UTF-8 with a mark, for spreadsheets) with a row a hold.

    A session without holds has one row. Times are ISO 8601, on the athlete's clock and in UTC.
    """
    person = people.person(db, subject_id)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for stored in _all(db, subject_id):
        head = _session(stored, person.name, person.zone)
        holds = [_hold(hold, person.zone) for hold in stored.value.holds]
        for cells in holds or [()]:
            padded = (*head, *cells, *[""] * (len(_COLUMNS) - len(head) - len(cells)))
            table.writerow([_safe(cell) for cell in padded])
    return f"{TABLE}.csv", text.getvalue().encode("utf-8-sig")


def _all(db: Db, athlete_id: int) -> list[Stored]:
    query = (
        select(SessionRow.id)
        .where(SessionRow.athlete_id == athlete_id)
        .order_by(col(SessionRow.opened_at), col(SessionRow.id))
    )
    found = [sessions.get(db, one) for one in db.exec(query) if one is not None]
    return [one for one in found if one is not None]


def _session(stored: Stored, name: str, zone: str) -> tuple[object, ...]:
    value = stored.value
    before = [rating.value for rating in value.before if not rating.undone]
    at = local(value.opened_at, zone)
    return (
        name,
        stored.id,
        at.date().isoformat(),
        at.isoformat(timespec="seconds"),
        utc(value.opened_at).isoformat(timespec="seconds"),
        zone,
        value.outcome or "running",
        before[-1] if before else "",
    )


def _hold(hold: HoldRecord, zone: str) -> tuple[object, ...]:
    return (
        hold.place.side.value,
        hold.place.set_no,
        hold.place.number,
        hold.status.value,
        hold.planned_s,
        round(hold.actual_s, 1),
        "" if hold.pain is None else hold.pain,
        local(hold.started_at, zone).isoformat(timespec="seconds"),
        utc(hold.started_at).isoformat(timespec="seconds"),
    )


def _safe(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell


# ---- everything -----------------------------------------------------------------------


def coach_document(db: Db, subject_id: int, _now: datetime) -> tuple[str, bytes]:
    """Return a file name and a JSON document with what a consenting coach may have of an athlete.

    Every time is in UTC and on the athlete's clock. The athlete must exist.
    """
    person, subject = people.person(db, subject_id), personal_data.about(db, subject_id)
    document = {
        "format": f"{EXPORT}-coach/1",
        "athlete_name": person.name,
        "time_zone": person.zone,
        "left_out": _LEFT_OUT,
    }
    document |= rows_as_json(db, subject, person.zone, SEEN_BY_COACHES)
    return f"{EXPORT}.json", json.dumps(document, ensure_ascii=False, indent=2).encode()
